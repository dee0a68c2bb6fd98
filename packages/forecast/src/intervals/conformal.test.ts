import { RandomStream } from '@nhip/random/stream'
import { describe, expect, it } from 'vitest'
import { adapt, startAdaptive } from './adaptive.ts'
import { conformalQuantile, errorTable, isotonic, unitBand } from './conformal.ts'
import { difficultyOf, FEATURES, learnDifficulty } from './difficulty.ts'

describe('conformal bands', () => {
  it('take rank ⌈(n+1)τ⌉, mirrored below', () => {
    const e = Float64Array.from({ length: 39 }, (_, i) => i + 1)
    expect(conformalQuantile(e, 0.975)).toBe(39)
    expect(conformalQuantile(e, 0.025)).toBe(1)
    expect(conformalQuantile(e, 0.9)).toBe(36)
    expect(conformalQuantile(e, 0.1)).toBe(4)
  })
  it('cover exchangeable errors as often as they say, within binomial error', () => {
    const random = new RandomStream(3)
    const draw = (): number => (random.uniform() - random.uniform()) * (1 + 3 * random.uniform() ** 4)
    let hits = 0
    const trials = 4000
    for (let rep = 0; rep < 40; rep++) {
      const table = errorTable(
        Array.from({ length: 300 }, () => Float64Array.of(draw(), 2 * draw())),
        2,
      )
      const band = unitBand(table, 95)
      for (let i = 0; i < trials / 40; i++) {
        const v = draw()
        if (v >= band.lower[0]! && v <= band.upper[0]!) hits++
      }
    }
    expect(Math.abs(hits / trials - 0.95)).toBeLessThan(0.02)
  })
  it('do not get narrower with the step, and always hold the point', () => {
    const random = new RandomStream(5)
    const vectors = Array.from({ length: 200 }, () =>
      Float64Array.from({ length: 8 }, (_, s) => (random.uniform() - 0.4) * (s === 3 ? 0.2 : s + 1)),
    )
    const band = unitBand(errorTable(vectors, 8), 80)
    for (let s = 0; s < 8; s++) {
      expect(band.lower[s]! <= 0 && band.upper[s]! >= 0).toBe(true)
      if (s)
        expect(band.upper[s]! - band.lower[s]! >= band.upper[s - 1]! - band.lower[s - 1]! - 1e-12).toBe(true)
    }
  })
  it('steps without outcomes grow from the last one that has them', () => {
    const vectors = Array.from({ length: 100 }, (_, i) =>
      Float64Array.of((i - 50) / 10, Number.NaN, Number.NaN, Number.NaN),
    )
    const band = unitBand(errorTable(vectors, 4), 80)
    expect(band.upper[3]! / band.upper[0]!).toBeCloseTo(2, 1)
  })
  it('pool adjacent violators', () => {
    expect([...isotonic(Float64Array.of(1, 3, 2, 4, 0))]).toEqual([1, 2.25, 2.25, 2.25, 2.25])
    expect([...isotonic(Float64Array.of(3, 1), Float64Array.of(3, 1))]).toEqual([2.5, 2.5])
  })
})

describe('difficulty', () => {
  it('a small pool keeps the naive scale; a large one learns which series are hard', () => {
    const random = new RandomStream(9)
    const features = Array.from({ length: 600 }, () =>
      Float64Array.from({ length: FEATURES }, () => random.uniform() * 2 - 1),
    )
    const logs = features.map((f) => 0.8 * f[1]! + 0.1 * (random.uniform() - 0.5))
    expect(learnDifficulty(features.slice(0, 50), logs.slice(0, 50))).toBeNull()
    const model = learnDifficulty(features, logs)!
    const hard = new Float64Array(FEATURES)
    hard[1] = 1
    const easy = new Float64Array(FEATURES)
    easy[1] = -1
    expect(difficultyOf(model, hard) / difficultyOf(model, easy)).toBeCloseTo(Math.exp(1.6), 0)
  })
})

describe('adaptive bands', () => {
  it('coverage comes back after the variance has trebled', () => {
    const random = new RandomStream(21)
    const normal = (): number =>
      Math.sqrt(-2 * Math.log(random.uniformOpen())) * Math.cos(2 * Math.PI * random.uniform())
    const sorted = Float64Array.from({ length: 2000 }, normal).sort()
    let state = startAdaptive(0.2)
    const missShare = (from: number, to: number, spread: number): number => {
      let missed = 0
      for (let t = from; t < to; t++) {
        let outside = 0
        for (let u = 0; u < 20; u++) {
          const v = spread * normal()
          if (
            v < conformalQuantile(sorted, state.alpha / 2) ||
            v > conformalQuantile(sorted, 1 - state.alpha / 2)
          )
            outside++
        }
        missed += outside
        state = adapt(state, 0.2, outside, 20)
      }
      return missed / (20 * (to - from))
    }
    expect(Math.abs(missShare(0, 200, 1) - 0.2)).toBeLessThan(0.03)
    const shock = missShare(200, 205, 1.6)
    expect(shock).toBeGreaterThan(0.3)
    missShare(205, 400, 1.6)
    expect(Math.abs(missShare(400, 600, 1.6) - 0.2)).toBeLessThan(0.03)
  })
})
