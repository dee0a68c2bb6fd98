import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ExactSums } from './exact-sum.ts'

const value = fc.oneof(
  fc.maxSafeInteger().map((x) => Math.trunc(x / 2)),
  fc.integer(),
  fc.constantFrom(0, 2 ** 52, -(2 ** 52), 2 ** 40, -1),
)
const weight = fc.oneof(fc.integer({ min: 0, max: 2 ** 26 }), fc.constantFrom(0, 1, 2 ** 26))

test('sums of products are those of BigInt, whatever is added and however it is grouped', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(value, weight), { maxLength: 60 }), fc.nat(60), (rows, cut) => {
      const whole = new ExactSums(1)
      const parts = [new ExactSums(1), new ExactSums(1)] as const
      let exact = 0n
      for (const [i, [v, w]] of rows.entries()) {
        whole.addProduct(0, v, w)
        parts[i < cut ? 0 : 1].addProduct(0, v, w)
        exact += BigInt(v) * BigInt(w)
      }
      const merged = new ExactSums(1)
      merged.merge(parts[1])
      merged.merge(parts[0])
      expect(whole.total(0)).toBe(exact)
      expect(merged.total(0)).toBe(exact)
    }),
    { numRuns: 300 },
  )
})

test('a BigInt of either sign', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), { maxLength: 20 }), (values) => {
      const sums = new ExactSums(1)
      for (const v of values) sums.addBig(0, v)
      expect(sums.total(0)).toBe(values.reduce((a, b) => a + b, 0n))
    }),
    { numRuns: 200 },
  )
})
