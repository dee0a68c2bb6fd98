import { RandomStream } from '@nhip/random/stream'
import { describe, expect, it } from 'vitest'
import { bridge } from './bridge.ts'
import {
  complete,
  credibleFactors,
  developmentFactors,
  nowcast,
  pastErrors,
  type Triangle,
} from './triangle.ts'

/** Births registered late: a share known at each delay, with noise; the last rows are cut as they stand today. */
function simulated(
  periods: number,
  shares: number[],
  seed: number,
): { full: Float64Array[]; random: RandomStream } {
  const random = new RandomStream(seed)
  const full: Float64Array[] = []
  for (let p = 0; p < periods; p++) {
    const total = 400 + 100 * Math.sin((2 * Math.PI * p) / 12) + 60 * random.uniform()
    let known = 0
    full.push(
      Float64Array.from(shares, (share, d) => {
        const step = d ? share - shares[d - 1]! : share
        known += Math.round(total * step * (0.9 + 0.2 * random.uniform()))
        return known
      }),
    )
  }
  return { full, random }
}

const cut = (full: readonly Float64Array[], upTo: number): Triangle => ({
  counts: full.slice(0, upTo + 1).map((row, q) => row.map((v, d) => (d <= upTo - q ? v : Number.NaN))),
})

describe('reporting triangle', () => {
  it('factors by hand', () => {
    const { factors } = developmentFactors({
      counts: [Float64Array.of(50, 80, 100), Float64Array.of(30, 48, Number.NaN)],
    })
    expect(factors[0]).toBeCloseTo(1.6, 12)
    expect(factors[1]).toBeCloseTo(1.25, 12)
    expect(complete(40, 0, factors)).toBeCloseTo(80, 12)
  })
  it('few periods lean on the parent group', () => {
    const own = developmentFactors({ counts: [Float64Array.of(10, 20), Float64Array.of(10, 20)] })
    expect(credibleFactors(own, Float64Array.of(1.2))[0]).toBe(1.2)
    const many = developmentFactors({ counts: Array.from({ length: 18 }, () => Float64Array.of(10, 20)) })
    expect(credibleFactors(many, Float64Array.of(1.2))[0]).toBeCloseTo(0.75 * 2 + 0.25 * 1.2, 12)
  })
  it('known delays: error at most half that of the count as it stands, the 80 % band holds 77-83 %', () => {
    const shares = [0.5, 0.75, 0.9, 0.97, 1]
    const { full } = simulated(1040, shares, 17)
    let ours = 0
    let standing = 0
    let ratio = 0
    let held = 0
    let n = 0
    const whole = { counts: full }
    const errors = pastErrors({ counts: full.slice(0, 120) }, null)
    for (let p = 36; p < full.length - 5; p++) {
      const now = nowcast({ counts: cut(full, p).counts.slice(Math.max(0, p - 30)) }, { errors })
      const newest = now[now.length - 1]!
      const final = whole.counts[p]![4]!
      ours += Math.abs(newest.estimate - final)
      standing += Math.abs(newest.known - final)
      // The naive ratio: as much more as the last complete period got.
      const before = full[p - 4]!
      ratio += Math.abs((newest.known * before[4]!) / before[0]! - final)
      if (newest.lower <= final && final <= newest.upper) held++
      n++
    }
    expect(n).toBeGreaterThanOrEqual(999)
    expect(ours).toBeLessThan(0.5 * standing)
    expect(ours).toBeLessThan(ratio)
    expect(Math.abs(held / n - 0.8)).toBeLessThan(0.03)
  })
  it('an observation is not overwritten: complete periods have no nowcast', () => {
    const { full } = simulated(30, [0.5, 0.9, 1], 3)
    expect(nowcast({ counts: full })).toEqual([])
  })
})

describe('bridge', () => {
  it('half a year at the usual half share makes a whole', () => {
    const past = [Float64Array.of(40, 60), Float64Array.of(44, 66)]
    expect(bridge(past, Float64Array.of(20)).estimate).toBeCloseTo(50, 9)
  })
})
