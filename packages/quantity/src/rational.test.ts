import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  add,
  divide,
  equal,
  multiply,
  ONE,
  power,
  rational,
  rationalOf,
  subtract,
  toDecimal,
  toNumber,
  ZERO,
} from './rational.ts'

const any = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.bigInt({ min: 1n, max: 10n ** 12n }))
  .map(([n, d]) => rational(n, d))

describe('fractions', () => {
  it.each([
    ['12.5', '12.5'],
    ['-0.001', '-0.001'],
    ['1e-6', '0.000001'],
    ['2.50E3', '2500'],
    ['5/9', '0.5555555555555555555555555555555556'],
    ['-2/3', '-0.6666666666666666666666666666666667'],
    ['200/3', '66.66666666666666666666666666666667'],
    ['.5', '0.5'],
    ['+7', '7'],
    ['123456789012345678901234567890.123456789', '123456789012345678901234567890.1235'],
    ['0', '0'],
    ['1/24', '0.04166666666666666666666666666666667'],
    ['1/10', '0.1'],
    ['1/1000000007', '0.0000000009999999930000000489999996570000024'],
    ['99999999999999999999999999999999999/100000000000000000000000000000000000', '1'],
    ['1/300', '0.003333333333333333333333333333333333'],
  ])('%s reads exactly and prints as %s', (text, decimal) => {
    expect(toDecimal(rationalOf(text))).toBe(decimal)
  })

  it.each(['', '.', '1,5', '1e', 'abc', '1/0', '--1', ' 1', '0x10', 'NaN', '1e99999'])(
    'refuses "%s"',
    (text) => {
      expect(() => rationalOf(text)).toThrow(RangeError)
    },
  )

  it('obey the laws of arithmetic', () => {
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        expect(equal(add(a, b), add(b, a))).toBe(true)
        expect(equal(multiply(a, add(b, c)), add(multiply(a, b), multiply(a, c)))).toBe(true)
        expect(equal(subtract(add(a, b), b), a)).toBe(true)
        if (b.n !== 0n) expect(equal(multiply(divide(a, b), b), a)).toBe(true)
        expect(equal(power(a, 3), multiply(a, multiply(a, a)))).toBe(true)
        if (a.n !== 0n) expect(equal(multiply(power(a, -2), power(a, 2)), ONE)).toBe(true)
        expect(equal(add(a, ZERO), a)).toBe(true)
      }),
    )
  })

  it('give the nearest double, and every double its own value', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e200, max: 1e200 }), (x) => {
        expect(toNumber(rationalOf(String(x)))).toBe(x + 0)
      }),
    )
    expect(toNumber(rational(1n, 3n))).toBe(1 / 3)
    expect(toNumber(rational(10n ** 40n, 3n * 10n ** 39n))).toBe(10 / 3)
  })
})
