import { RandomStream } from '@nhip/random/stream'
import { describe, expect, it } from 'vitest'
import type { PathSource } from '../combine/issue-pool.ts'
import { errorTable } from '../intervals/conformal.ts'
import { breachProbability, samplePaths, sayProbability } from './breach.ts'
import { alarmThreshold, type Outcome, recalibrate, recalibrated, reliability } from './reliability.ts'

const normal = (random: RandomStream): number =>
  Math.sqrt(-2 * Math.log(random.uniformOpen())) * Math.cos(2 * Math.PI * random.uniform())

/** Error vectors of a random walk: cumulated standard normal steps. */
function walks(count: number, h: number, seed: number): Float64Array[] {
  const random = new RandomStream(seed)
  return Array.from({ length: count }, () => {
    let x = 0
    return Float64Array.from({ length: h }, () => (x += normal(random)))
  })
}

const source = (vectors: Float64Array[], h: number, level = 0): PathSource => ({
  point: new Float64Array(h).fill(level),
  scale: 1,
  table: errorTable(vectors, h),
  fromModel: (z) => z,
})

/** Upper tail of the standard normal (Zelen & Severo 26.2.17, error below 1e-7). */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z)
  return (
    (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  )
}

describe('early warning', () => {
  it('"by" a date is about twice "at" it for a random walk (reflection principle, corrected for discrete steps)', () => {
    const h = 64
    const paths = samplePaths(source(walks(500, h, 1), h), 1, 'a', 500)
    const limit = 8
    const at = breachProbability(paths, { limit, direction: 'above', mode: 'at' })
    const by = breachProbability(paths, { limit, direction: 'above', mode: 'by' })
    // A walk seen only at whole steps crosses as a continuous one crosses a limit 0.5826σ farther away (Broadie, Glasserman & Kou 1997).
    const expectedBy = 2 * upperTail((limit + 0.5826) / Math.sqrt(h))
    expect(Math.abs(at.p[h - 1]! - upperTail(limit / Math.sqrt(h)))).toBeLessThan(0.05)
    expect(Math.abs(by.p[h - 1]! - expectedBy)).toBeLessThan(0.06)
    for (let s = 1; s < h; s++) expect(by.p[s]! >= by.p[s - 1]!).toBe(true)
    for (let s = 0; s < h; s++) expect(by.p[s]! >= at.p[s]!).toBe(true)
  })
  it('depends on seed and key alone, and uses every error vector equally often', () => {
    const vectors = walks(50, 3, 2)
    const a = samplePaths(source(vectors, 3), 9, 'x', 100)
    const b = samplePaths(source(vectors, 3), 9, 'x', 100)
    expect(a).toEqual(b)
    const first = a.map((p) => p[0]!)
    for (const v of vectors) expect(first.filter((x) => x === v[0]).length).toBe(2)
  })
  it('never says that something is certain', () => {
    expect([sayProbability(0), sayProbability(0.5), sayProbability(1)]).toEqual(['< 1 %', '50 %', '> 99 %'])
  })
  it('a target path is watched step by step', () => {
    const flat = source([new Float64Array(3)], 3, 5)
    const b = breachProbability(samplePaths(flat, 1, 'a', 10), {
      limit: Float64Array.of(4, 6, 4),
      direction: 'below',
      mode: 'at',
    })
    expect([...b.p]).toEqual([0, 1, 0])
  })
})

describe('calibration of probabilities', () => {
  it('turns overstated probabilities into observed frequencies', () => {
    const random = new RandomStream(4)
    const pairs = (n: number): Outcome[] =>
      Array.from({ length: n }, () => ({ p: random.uniform(), happened: false })).map((o) => ({
        p: o.p,
        happened: random.uniform() < o.p ** 2,
      }))
    expect(recalibrate(pairs(100))).toBeNull()
    const map = recalibrate(pairs(4000))
    for (const p of [0.2, 0.5, 0.8]) expect(Math.abs(recalibrated(map, p) - p * p)).toBeLessThan(0.07)
    const later = pairs(4000)
    const raw = reliability(later)
    const told = reliability(later.map((o) => ({ ...o, p: recalibrated(map, o.p) })))
    expect(told.brier).toBeLessThan(raw.brier)
    expect(told.skill).toBeGreaterThan(0)
    for (const b of told.bins) if (b.n >= 50) expect(Math.abs(b.said - b.happened)).toBeLessThan(0.1)
  })
  it('simulated random walks: every reliability bin of 50 or more within 10 points, skill above 0', () => {
    const h = 12
    const table = source(walks(500, h, 31), h)
    const truth = walks(600, h, 37)
    const random = new RandomStream(41)
    const outcomes = truth.map((path, i): Outcome => {
      const limit = 1 + 7 * random.uniform()
      const p = breachProbability(samplePaths(table, 5, `s${i}`, 200), {
        limit,
        direction: 'above',
        mode: 'by',
      }).p[h - 1]!
      return { p, happened: path.some((v) => v > limit) }
    })
    const r = reliability(outcomes)
    expect(r.skill).toBeGreaterThan(0)
    for (const b of r.bins) if (b.n >= 50) expect(Math.abs(b.said - b.happened)).toBeLessThan(0.1)
  })
  it('the threshold is the cost of acting over the loss', () => {
    expect(alarmThreshold()).toEqual({ raise: 0.7, clear: 0.5 })
    expect(alarmThreshold(0.2).raise).toBe(0.2)
  })
})
