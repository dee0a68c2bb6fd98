import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { orderByRank, Ranker, type RankRule } from './ranking.ts'

const rule = (over: Partial<RankRule> = {}): RankRule => ({
  order: 'desc',
  ties: 'min',
  decimals: null,
  ...over,
})
const rank = (scores: number[], over: Partial<RankRule> = {}, groups: number[] | null = null) =>
  Array.from(
    new Ranker(scores.length, rule(over), groups).rank(
      Float64Array.from(scores),
      new Float64Array(scores.length),
    ),
  )

describe('ranks', () => {
  it('share places as the framework says', () => {
    expect(rank([3, 4, 1, 3])).toEqual([2, 1, 4, 2])
    expect(rank([3, 4, 1, 3], { ties: 'dense' })).toEqual([2, 1, 3, 2])
    expect(rank([3, 4, 1, 3], { ties: 'mean' })).toEqual([2.5, 1, 4, 2.5])
    expect(rank([3, 4, 1, 3], { order: 'asc' })).toEqual([2, 4, 1, 2])
    expect(rank([3, 4, 1, 3], { order: 'asc', ties: 'dense' })).toEqual([2, 3, 1, 2])
  })
  it('leave out units without a score or group and keep groups apart', () => {
    expect(rank([3, Number.NaN, 1, 2])).toEqual([1, Number.NaN, 3, 2])
    expect(rank([3, 9, 1, 2], {}, [0, 1, 0, -1])).toEqual([1, 1, 2, Number.NaN])
  })
  it('are equal where the published figures look equal', () => {
    expect(rank([0.8496, 0.8504, 0.8505], { decimals: 3 })).toEqual([2, 2, 1])
    // 1.005 and 2.675 round up at two decimals although their doubles lie below the half.
    expect(rank([1.005, 1.01, 1.0049], { decimals: 2 })).toEqual([1, 1, 3])
    expect(rank([2.675, 2.68, -1.005, -1.01], { decimals: 2 })).toEqual([1, 1, 3, 3])
  })
  it('compare 12 significant digits when raw', () => {
    expect(rank([0.1 + 0.2, 0.3, 0.30000000001])).toEqual([2, 2, 1])
    expect(rank([0, -0, 1e-300])).toEqual([2, 2, 1])
  })
  it('agree with counting, for any number of units', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(Number.NaN)), { maxLength: 200 }),
        (scores) => {
          const counted = scores.map((s) =>
            Number.isNaN(s) ? Number.NaN : 1 + scores.filter((t) => t > s).length,
          )
          expect(rank(scores)).toEqual(counted)
        },
      ),
      { numRuns: 100 },
    )
  })
  it('give a reading order with equals in their given order', () => {
    expect(orderByRank([2, 1, Number.NaN, 2])).toEqual([1, 0, 3])
  })
})
