import { RandomStream } from '@nhip/random/stream'
import { describe, expect, it } from 'vitest'
import { benjaminiHochberg, combineP, moveQ } from './fdr.ts'
import { peerDeviations } from './peers.ts'
import { type Candidate, signalsOf } from './signal.ts'
import { fitTail, tailP } from './tail.ts'

const normal = (random: RandomStream): number =>
  Math.sqrt(-2 * Math.log(random.uniformOpen())) * Math.cos(2 * Math.PI * random.uniform())

/** Ticks of many series with a few true shifts of 5σ; the tail is learned from the pool's quiet history, confirmed events taken out. */
function simulate(
  series: number,
  ticks: number,
  q: number,
): { falseShare: number; power: number; threeSigma: number } {
  const random = new RandomStream(2026)
  const share = 0.002
  const draw = (chance = share): [score: number, shifted: boolean] => {
    const shifted = random.uniform() < chance
    return [normal(random) + (shifted ? 5 : 0), shifted]
  }
  const tail = fitTail(Float64Array.from({ length: 100_000 }, () => draw(0)[0]))
  let reported = 0
  let wrong = 0
  let hits = 0
  let planted = 0
  let fixed = 0
  let fixedWrong = 0
  for (let t = 0; t < ticks; t++) {
    const truth: boolean[] = []
    const p = Float64Array.from({ length: series }, () => {
      const [score, shifted] = draw()
      truth.push(shifted)
      if (shifted) planted++
      if (score > 3) {
        fixed++
        if (!shifted) fixedWrong++
      }
      return tailP(tail, score)
    })
    for (const i of benjaminiHochberg(p, q)) {
      reported++
      if (truth[i]) hits++
      else wrong++
    }
  }
  return { falseShare: wrong / Math.max(1, reported), power: hits / planted, threeSigma: fixedWrong / fixed }
}

describe('false discovery rate', () => {
  it('Benjamini and Hochberg by hand', () => {
    expect(benjaminiHochberg(Float64Array.of(0.01, 0.5, 0.02, 0.04, 0.9), 0.1)).toEqual([0, 2, 3])
    expect(benjaminiHochberg(Float64Array.of(0.5, 0.6), 0.1)).toEqual([])
  })
  it('33,210 series, 0.2 % true shifts of 5σ: false at most 11 % at q = 0.1, power at least 0.9', () => {
    const r = simulate(33_210, 4, 0.1)
    expect(r.falseShare).toBeLessThanOrEqual(0.11)
    expect(r.power).toBeGreaterThanOrEqual(0.9)
    expect(r.threeSigma).toBeGreaterThan(0.3)
  })
  it('p is uniform where nothing happens', () => {
    const random = new RandomStream(5)
    const tail = fitTail(Float64Array.from({ length: 50_000 }, () => Math.abs(normal(random))))
    let below10 = 0
    let below001 = 0
    for (let i = 0; i < 50_000; i++) {
      const p = tailP(tail, Math.abs(normal(random)))
      if (p < 0.1) below10++
      if (p < 0.001) below001++
    }
    expect(Math.abs(below10 / 50_000 - 0.1)).toBeLessThan(0.005)
    expect(Math.abs(below001 / 50_000 - 0.001)).toBeLessThan(0.0005)
  })
  it('several components looked: Bonferroni; feedback moves q within its bounds', () => {
    expect(combineP([0.01, 0.5])).toBe(0.02)
    expect(moveQ(0.2, true)).toBe(0.2)
    expect(moveQ(0.1, false)).toBeCloseTo(0.08, 12)
  })
})

describe('signals', () => {
  const candidate = (key: string, value: number, p: number, parent: string): Candidate => ({
    key,
    at: '2026-06',
    kind: 'anomaly',
    value,
    expected: 10,
    lower: 5,
    upper: 15,
    score: 0.8,
    p,
    parent,
    reason: 'residual',
    issue: null,
  })
  it('a third of the communes of one province in one direction is one cause', () => {
    const quiet = Array.from({ length: 60 }, (_, i) => candidate(`q${i}`, 10, 0.5, 'B'))
    const loud = [1, 2, 3].map((i) => candidate(`l${i}`, 30, 1e-6, 'A'))
    const out = signalsOf(
      [...quiet, ...loud, candidate('x', 10, 0.9, 'A'), candidate('alone', 0, 1e-7, 'B')],
      0.1,
    )
    expect(out.map((s) => [s.key, s.commonCause, s.direction])).toEqual([
      ['alone', false, 'down'],
      ['l1', true, 'up'],
      ['l2', true, 'up'],
      ['l3', true, 'up'],
    ])
    expect(out[0]).toMatchObject({ k: 4, n: 65, qTick: 0.1 })
  })
  it('peers: one unit stands out, a common rise does not', () => {
    const { deviations } = peerDeviations(Float64Array.of(1, 1.1, 0.9, 1.05, 9, Number.NaN))
    expect(deviations[4]!).toBeGreaterThan(10)
    expect(deviations[5]).toBe(0)
    expect(Math.abs(peerDeviations(Float64Array.of(101, 101.1, 100.9)).deviations[0]!)).toBeLessThan(2)
  })
})
