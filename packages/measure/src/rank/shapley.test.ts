import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleShapley, shapley } from './shapley.ts'

/** A game given by a table of 2^n worths, as a player-by-player play. */
const playOf = (worth: readonly number[]) => () => {
  let coalition = 0
  return {
    worth: [worth[0]!],
    join(player: number) {
      coalition |= 1 << player
      return [worth[coalition]!]
    },
  }
}

describe('Shapley values', () => {
  it('of the glove game: one left glove, two right ones', () => {
    const pairs = (c: number) => (c & 1 && c & 6 ? 1 : 0)
    const shares = shapley(3, (c) => [pairs(c)]).map(([x]) => x)
    expect(shares[0]).toBeCloseTo(2 / 3, 12)
    expect(shares[1]).toBeCloseTo(1 / 6, 12)
    expect(shares[2]).toBeCloseTo(1 / 6, 12)
  })
  it('equal the mean over all 24 orders, sum to the change and treat equals alike', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 16, maxLength: 16 }),
        (worth) => {
          const shares = shapley(4, (c) => [worth[c]!]).map(([x]) => x!)
          const byOrders = [0, 0, 0, 0]
          for (const order of permutations([0, 1, 2, 3])) {
            let c = 0
            for (const player of order) {
              byOrders[player]! += (worth[c | (1 << player)]! - worth[c]!) / 24
              c |= 1 << player
            }
          }
          for (let i = 0; i < 4; i++) expect(shares[i]).toBeCloseTo(byOrders[i]!, 9)
          expect(shares.reduce((a, b) => a + b)).toBeCloseTo(worth[15]! - worth[0]!, 9)
        },
      ),
      { numRuns: 50 },
    )
  })
  it('sampled: sum exactly, lie within their standard error of the exact ones', () => {
    const worth = Array.from({ length: 64 }, (_, c) => Math.sqrt(c) + (c & 5 ? 3 : 0))
    const exact = shapley(6, (c) => [worth[c]!])
    const { shares, standardErrors } = sampleShapley(6, playOf(worth), 400, 3)
    expect(shares.reduce((a, [x]) => a + x!, 0)).toBeCloseTo(worth[63]! - worth[0]!, 9)
    shares.forEach(([x], i) => {
      expect(Math.abs(x! - exact[i]![0]!)).toBeLessThan(4 * standardErrors[i]![0]! + 1e-12)
    })
  })
  it('sampled: an additive game has no sampling error', () => {
    const worth = Array.from({ length: 8 }, (_, c) => (c & 1) * 1 + (c & 2) * 2 + (c & 4) * 3)
    const { shares, standardErrors } = sampleShapley(3, playOf(worth), 5, 1)
    expect(shares.map(([x]) => x)).toEqual([1, 4, 12])
    for (const [error] of standardErrors) expect(error).toBeLessThan(1e-12)
  })
})

function permutations(items: number[]): number[][] {
  return items.length <= 1
    ? [items]
    : items.flatMap((head) => permutations(items.filter((x) => x !== head)).map((tail) => [head, ...tail]))
}
