import { describe, expect, it } from 'vitest'
import { independentErrors, rankSets } from './rank-set.ts'
import { coverageOf } from './synthetic-truth.fixture.ts'

const sets = (scores: number[], se: number[], level = 0.95, order: 'asc' | 'desc' = 'desc') =>
  rankSets(scores, independentErrors(se), level, order).map((set) => set && [set.lo, set.hi])

describe('rank sets', () => {
  it('are single ranks when scores are known exactly, whole knots when they are equal', () => {
    expect(sets([1, 3, 2], [0, 0, 0])).toEqual([
      [3, 3],
      [1, 1],
      [2, 2],
    ])
    expect(sets([1, 3, 2], [0, 0, 0], 0.95, 'asc')).toEqual([
      [1, 1],
      [3, 3],
      [2, 2],
    ])
    expect(sets([5, 5, 1], [0, 0, 0])).toEqual([
      [1, 2],
      [1, 2],
      [3, 3],
    ])
  })
  it('are everything when the errors swamp the differences', () => {
    expect(sets([1, 2, 3], [50, 50, 50])).toEqual([
      [1, 3],
      [1, 3],
      [1, 3],
    ])
  })
  it('step down as Holm does', () => {
    // z of the pairs: 2.30 (A−B), 4.30 (A−C), 2.00 (B−C). At 5 % the first test needs 2.394, the second 2.241, the third 1.960.
    const half = Math.SQRT1_2
    expect(sets([4.3, 2, 0], [half, half, half])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ])
    // Were the middle one at 2.1, the second step would fail at 2.20 < 2.241 and stop the third as well.
    expect(sets([4.3, 2.1, 0], [half, half, half])).toEqual([
      [1, 2],
      [1, 3],
      [2, 3],
    ])
  })
  it('leave out who has no score, and keep groups apart', () => {
    expect(sets([1, Number.NaN], [0, 0])).toEqual([[1, 1], null])
    const apart = rankSets([3, 2, 1, 9], independentErrors([0, 0, 0, 0]), 0.95, 'desc', [0, 1, 0, -1])
    expect(apart).toEqual([{ lo: 1, hi: 1 }, { lo: 1, hi: 1 }, { lo: 2, hi: 2 }, null])
  })
})

describe('coverage on synthetic truth (reduced run; the whole one is rank-set.slow.test.ts)', () => {
  it('is at least 93 % at a nominal 95 %, at most 1.25 times as wide as with the true errors', () => {
    for (const shape of ['even', 'knots', 'dense'] as const) {
      const { ours, oracle } = coverageOf({ units: 34, shape, error: 4, freedom: 200, runs: 40, seed: 1 })
      expect(ours.units).toBeGreaterThanOrEqual(0.93)
      expect(ours.joint).toBeGreaterThanOrEqual(0.9)
      expect(ours.width / oracle.width).toBeLessThanOrEqual(1.25)
    }
  })
  it('is what the percentiles of redrawn ranks do not have near ties', () => {
    const { naive } = coverageOf({ units: 34, shape: 'knots', error: 4, freedom: 200, runs: 10, seed: 2 })
    expect(naive.units).toBeLessThan(0.9)
  })
})
