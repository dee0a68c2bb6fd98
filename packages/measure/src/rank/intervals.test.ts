import { describe, expect, it } from 'vitest'
import { spreadOfRanks } from './intervals.ts'
import { quantile } from './quantile.ts'

describe('quantiles of type 1', () => {
  it('are always one of the values', () => {
    const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    expect([0, 0.05, 0.1, 0.11, 0.5, 0.95, 1].map((p) => quantile(ten, p))).toEqual([1, 1, 1, 2, 5, 10, 10])
    expect(
      quantile(
        Array.from({ length: 1000 }, (_, i) => i + 1),
        (1 - 0.9) / 2,
      ),
    ).toBe(50)
    expect(
      quantile(
        Array.from({ length: 1000 }, (_, i) => i + 1),
        (1 + 0.9) / 2,
      ),
    ).toBe(950)
  })
})

describe('the spread of ranks', () => {
  /** 20 draws of three units: A is always first; B and C change places in 2 of 20. */
  const drawn = new Float32Array(60)
  for (let d = 0; d < 20; d++) drawn.set(d < 2 ? [1, 3, 2] : [1, 2, 3], d * 3)
  const [a, b, c] = spreadOfRanks([1, 2, 3], drawn, null, 0.9)

  it('states interval, first place and the share above the next', () => {
    expect(a).toEqual({
      interval: { lo: 1, median: 1, hi: 1, mean: 1 },
      first: 1,
      tiedGroup: 1,
      aboveNext: 1,
    })
    expect(b!.interval).toEqual({ lo: 2, median: 2, hi: 3, mean: 2.1 })
    expect(b!.aboveNext).toBe(0.9)
    expect(c!.aboveNext).toBeNull()
  })
  it('opens a new tied group where the leader is above in 95 % of the draws', () => {
    expect([a, b, c].map((unit) => unit!.tiedGroup)).toEqual([1, 2, 2])
  })
  it('numbers tied groups within each rank group', () => {
    const two = spreadOfRanks([1, 1, 2], Float32Array.from([1, 1, 2]), [0, 1, 1], 0.9)
    expect(two.map((unit) => unit.tiedGroup)).toEqual([1, 1, 2])
    expect(two.map((unit) => unit.aboveNext)).toEqual([null, 1, null])
  })
  it('has nothing to say of a unit without a rank', () => {
    const [, none] = spreadOfRanks([1, Number.NaN], Float32Array.from([1, Number.NaN]), null, 0.9)
    expect(none).toEqual({ interval: null, first: null, tiedGroup: null, aboveNext: null })
  })
})
