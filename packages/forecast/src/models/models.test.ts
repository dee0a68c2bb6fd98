import { RandomStream } from '@nhip/random/stream'
import { describe, expect, it } from 'vitest'
import { MODELS } from '../combine/plan.ts'
import { dotm, runningLines } from './dotm.ts'
import { damped, ets, FORMS, fitEts, holt, ses } from './ets.ts'
import { sba, tsb } from './intermittent.ts'
import { Training } from './model.ts'
import { drift, naive, naive2, seasonalNaive } from './naive.ts'
import { cholesky, fitAr, solveCholesky } from './ridge-ar.ts'
import { isSeasonal, movingAverage, seasonalIndices } from './season.ts'
import { mstl } from './stl.ts'
import { smoothLevel, theta } from './theta.ts'

const path = (
  model: { fit(t: Training): { path(h: number): Float64Array } | null },
  y: number[],
  season: number,
  h: number,
): number[] => [...model.fit(new Training(Float64Array.from(y), [season]))!.path(h)]
const noise = (n: number, seed: number): number[] => {
  const random = new RandomStream(seed)
  return Array.from({ length: n }, () => random.uniform() + random.uniform() + random.uniform() - 1.5)
}

describe('naive family', () => {
  it('naive, drift and seasonal naive by hand', () => {
    expect(path(naive, [1, 2, 5], 1, 2)).toEqual([5, 5])
    expect(path(drift, [1, 2, 5], 1, 2)).toEqual([7, 9])
    expect(path(seasonalNaive, [9, 1, 2, 3, 4], 4, 6)).toEqual([1, 2, 3, 4, 1, 2])
  })
  it('naive2 finds a multiplicative season and puts it back', () => {
    const y = Array.from({ length: 48 }, (_, t) => 100 * [0.5, 1, 1.5, 1][t % 4]!)
    expect(path(naive2, y, 4, 4).map((v) => Math.round(v))).toEqual([50, 100, 150, 100])
  })
})

describe('season', () => {
  it('is not claimed with fewer than three cycles, nor for noise', () => {
    expect(isSeasonal(Float64Array.from([1, 5, 1, 5, 1]), 2)).toBe(false)
    expect(isSeasonal(Float64Array.from(noise(60, 3)), 12)).toBe(false)
  })
  it('2×4 moving average of a straight line is the line', () => {
    const y = Float64Array.from({ length: 9 }, (_, t) => 2 * t)
    expect([...movingAverage(y, 4)].slice(2, 7)).toEqual([4, 6, 8, 10, 12])
  })
  it('multiplicative indices have mean 1, additive ones mean 0', () => {
    const y = Float64Array.from({ length: 40 }, (_, t) => 10 + t + (t % 4))
    expect(seasonalIndices(y, 4, true)!.reduce((a, b) => a + b) / 4).toBeCloseTo(1, 12)
    expect(seasonalIndices(y, 4, false)!.reduce((a, b) => a + b) / 4).toBeCloseTo(0, 12)
  })
})

describe('theta models', () => {
  it('running lines equal least squares on every prefix', () => {
    const y = Float64Array.from(noise(60, 1), (v, t) => 3 * t + 20 * v)
    const { a, b } = runningLines(y)
    for (let n = 2; n <= y.length; n++) {
      let sx = 0
      let sy = 0
      let sxx = 0
      let sxy = 0
      for (let t = 1; t <= n; t++) {
        sx += t
        sy += y[t - 1]!
        sxx += t * t
        sxy += t * y[t - 1]!
      }
      const slope = (n * sxy - sx * sy) / (n * sxx - sx * sx)
      expect(Math.abs(b[n]! - slope)).toBeLessThan(1e-9)
      expect(Math.abs(a[n]! - (sy - slope * sx) / n)).toBeLessThan(1e-9)
    }
  })
  it('the closed form for the first level is the least-squares one', () => {
    const y = Float64Array.from(noise(40, 2), (v) => 50 + 10 * v)
    const [sse, first] = smoothLevel(y, 0.3)
    const direct = (level: number): number => {
      let l = level
      let s = 0
      for (const v of y) {
        s += (v - l) ** 2
        l += 0.3 * (v - l)
      }
      return s
    }
    expect(direct(first)).toBeCloseTo(sse, 6)
    expect(direct(first + 0.5)).toBeGreaterThan(sse)
    expect(direct(first - 0.5)).toBeGreaterThan(sse)
  })
  it('theta grows by half the slope of the line, DOTM follows a line', () => {
    const y = Array.from({ length: 40 }, (_, t) => 10 + 2 * t)
    const p = path(theta, y, 1, 3)
    expect(p[2]! - p[1]!).toBeCloseTo(1, 6)
    const d = path(dotm, y, 1, 3)
    expect(Math.abs(d[2]! - 94)).toBeLessThan(3)
  })
})

describe('exponential smoothing', () => {
  it('additive forms are scale equivariant, and their criterion does not get worse with more freedom', () => {
    const y = Float64Array.from(noise(60, 5), (v, t) => 100 + t + 5 * v)
    const one = fitEts(new Training(y, [1]), { error: 'A', trend: 'A', season: 'N' })!
    const thousand = fitEts(
      new Training(
        y.map((v) => v * 1024),
        [1],
      ),
      { error: 'A', trend: 'A', season: 'N' },
    )!
    const ratio = thousand.path(3)[2]! / one.path(3)[2]!
    expect(Math.abs(ratio / 1024 - 1)).toBeLessThan(1e-6)
    const flat = fitEts(new Training(y, [1]), { error: 'A', trend: 'N', season: 'N' })!
    expect(one.criterion).toBeLessThan(flat.criterion)
  })
  it('finds the season and the trend it was given', () => {
    const season = [0.7, 0.9, 1.2, 1.2]
    const y = noise(64, 7).map((v, t) => (100 + 2 * t) * season[t % 4]! * (1 + 0.01 * v))
    const fitted = ets.fit(new Training(Float64Array.from(y), [4]))!
    expect(fitted.spec).toMatch(/^ets\(M,A/)
    const p = fitted.path(4)
    for (let h = 0; h < 4; h++)
      expect(Math.abs(p[h]! / ((100 + 2 * (64 + h)) * season[h]!) - 1)).toBeLessThan(0.03)
  })
  it('searches fifteen forms, none with a multiplicative season and an additive error', () => {
    expect(FORMS).toHaveLength(15)
    expect(FORMS.some((f) => f.error === 'A' && f.season === 'M')).toBe(false)
  })
  it('a warm start from an earlier origin says the same as a cold one on calm data', () => {
    const y = Float64Array.from(noise(80, 9), (v, t) => 200 + 3 * t + 4 * v)
    const early = ets.fit(new Training(y.subarray(0, 70), [1]))!
    const warm = ets.fit(new Training(y, [1]), early.state)!.path(5)
    const cold = ets.fit(new Training(y, [1]))!.path(5)
    for (let h = 0; h < 5; h++) expect(Math.abs(warm[h]! / cold[h]! - 1)).toBeLessThan(0.01)
  })
  it('SES of a jump to a new level ends at the level; Holt and damped follow a line, damped less far', () => {
    expect(path(ses, [...Array(20).fill(1), ...Array(20).fill(9)], 1, 1)[0]).toBeCloseTo(9, 1)
    const line = noise(40, 11).map((v, t) => 5 * t + v)
    const h = path(holt, line, 1, 20)[19]!
    const d = path(damped, line, 1, 20)[19]!
    expect(Math.abs(h - 5 * 59)).toBeLessThan(15)
    expect(d).toBeLessThan(h)
  })
})

describe('ridge autoregression', () => {
  it('solves a positive definite system', () => {
    const a = Float64Array.of(4, 2, 2, 3)
    expect(cholesky(a, 2)).toBe(true)
    const x = solveCholesky(a, 2, Float64Array.of(2, 5))
    expect(x[0]).toBeCloseTo(-0.5, 12)
    expect(x[1]).toBeCloseTo(2, 12)
  })
  it('recovers an autoregression and repeats a pure season', () => {
    const e = noise(2000, 13)
    const y = new Float64Array(2000)
    for (let t = 1; t < 2000; t++) y[t] = 0.7 * y[t - 1]! + e[t]!
    const fit = fitAr(y, { log: false, difference: false, lags: [1] })!
    expect(Math.abs(fit.path(1)[0]! / y[1999]! - 0.7)).toBeLessThan(0.08)
    const wave = Float64Array.from({ length: 24 * 30 }, (_, t) => 100 + 50 * Math.sin((2 * Math.PI * t) / 24))
    const p = fitAr(wave, { log: true, difference: false, lags: [1, 2, 24] })!.path(24)
    for (let h = 0; h < 24; h++) expect(Math.abs(p[h]! - wave[h]!)).toBeLessThan(3)
  })
})

describe('decomposition', () => {
  it('MSTL takes two planted seasons apart', () => {
    const y = Float64Array.from(
      { length: 24 * 28 },
      (_, t) =>
        100 + 0.01 * t + 10 * Math.sin((2 * Math.PI * t) / 24) + 4 * Math.sin((2 * Math.PI * t) / 168),
    )
    const d = mstl(y, [24, 168])
    for (let t = 0; t < y.length; t++)
      expect(
        Math.abs(d.trend[t]! + d.seasons[0]!.values[t]! + d.seasons[1]!.values[t]! + d.rest[t]! - y[t]!),
      ).toBeLessThan(1e-9)
    const size = (v: Float64Array): number => Math.sqrt(v.reduce((s, x) => s + x * x, 0) / v.length)
    expect(size(d.rest)).toBeLessThan(0.8)
  })
})

describe('intermittent demand', () => {
  it('Croston-SBA and TSB come near the mean demand; TSB lets a dead series die', () => {
    const y = Array.from({ length: 80 }, (_, t) => (t % 4 === 0 ? 8 : 0))
    expect(path(sba, y, 1, 1)[0]).toBeCloseTo(2, 0)
    expect(Math.abs(path(tsb, y, 1, 1)[0]! - 2)).toBeLessThan(1)
    const dead = [...y, ...Array(60).fill(0)]
    expect(path(tsb, dead, 1, 1)[0]!).toBeLessThan(path(sba, dead, 1, 1)[0]!)
  })
})

it('every model answers or declines on one, two, three points and on zeros, and never throws', () => {
  for (const model of Object.values(MODELS))
    for (const y of [[1], [1, 2], [1, 2, 3], [0, 0, 0, 0], [5, 5, 5, 5, 5, 5], [-1, 1, -1, 1, -1], []])
      for (const seasons of [[1], [4], [24, 168]]) {
        const fitted = model.fit(new Training(Float64Array.from(y), seasons))
        expect(fitted === null || fitted.path(3).length === 3).toBe(true)
      }
})
