import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { apportion, apportionSmall } from './apportion.ts'

const weights = fc
  .array(fc.nat({ max: 100_000 }), { minLength: 1, maxLength: 8 })
  .filter((w) => w.some((x) => x > 0))

describe('apportion', () => {
  it.each([
    [10n, [1n, 1n, 1n], [4n, 3n, 3n]],
    [-10n, [1n, 1n, 1n], [-4n, -3n, -3n]],
    [1n, [1n, 1n], [1n, 0n]],
    [100n, [2n, 3n], [40n, 60n]],
    [7n, [0n, 5n], [0n, 7n]],
    [0n, [1n, 2n], [0n, 0n]],
  ] as const)('%s by %s gives %s', (total, by, parts) => expect(apportion(total, by)).toEqual(parts))

  it('conserves the total, with every part within one of its exact share', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), weights, (total, w) => {
        const parts = apportion(total, w.map(BigInt))
        expect(parts.reduce((a, b) => a + b, 0n)).toBe(total)
        const sum = w.reduce((a, b) => a + b, 0)
        for (const [i, part] of parts.entries()) {
          const error = part * BigInt(sum) - total * BigInt(w[i]!)
          expect(error < BigInt(sum) && error > -BigInt(sum)).toBe(true)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('gives the same parts in doubles, as long as those are exact', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), weights, (total, w) => {
        const sum = w.reduce((a, b) => a + b, 0)
        const small = apportionSmall(total, w, sum)
        if (Math.abs(total) * sum > Number.MAX_SAFE_INTEGER) expect(small).toBeNull()
        else expect(small).toEqual(apportion(BigInt(total), w.map(BigInt)).map(Number))
      }),
      { numRuns: 150 },
    )
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), weights, (total, w) => {
        expect(
          apportionSmall(
            total,
            w,
            w.reduce((a, b) => a + b, 0),
          ),
        ).toEqual(apportion(BigInt(total), w.map(BigInt)).map(Number))
      }),
      { numRuns: 150 },
    )
  })

  it('refuses weights that sum to nothing or are negative', () => {
    expect(() => apportion(1n, [0n, 0n])).toThrow(RangeError)
    expect(() => apportion(1n, [2n, -1n])).toThrow(RangeError)
  })
})
