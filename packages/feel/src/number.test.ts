import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  add,
  compare,
  divide,
  equals,
  fromBigInt,
  modulo,
  multiply,
  type Num,
  parseNumber,
  power,
  subtract,
  toScale,
  toText,
} from './number.ts'

const num = (value: bigint | string) =>
  (typeof value === 'bigint' ? fromBigInt(value) : parseNumber(value)) as Num
/** Whole numbers on both sides of the safe integers, and short fractions. */
const wide = fc.bigInt(-(10n ** 17n), 10n ** 17n)

describe('whole numbers are exact whichever way they are kept', () => {
  it('as bigints are', () => {
    fc.assert(
      fc.property(wide, wide, (a, b) => {
        const text = (n: Num | null) => (n === null ? 'null' : toText(n))
        expect(text(add(num(a), num(b)))).toBe(String(a + b))
        expect(text(subtract(num(a), num(b)))).toBe(String(a - b))
        expect(text(multiply(num(a), num(b)))).toBe(BigInt.asIntN(256, a * b).toString())
        expect(compare(num(a), num(b))).toBe(a < b ? -1 : a > b ? 1 : 0)
        expect(equals(num(a), num(b))).toBe(a === b)
        const rest = b === 0n ? null : ((a % b) + b) % b
        expect(text(modulo(num(a), num(b)))).toBe(String(rest))
      }),
      { numRuns: 300 },
    )
  })

  it('a quotient times its divisor is the dividend, to 34 digits', () => {
    fc.assert(
      fc.property(wide, fc.bigInt(1n, 10n ** 9n), (a, b) => {
        const back = multiply(divide(num(a), num(b)) as Num, num(b)) as Num
        const off = subtract(back, num(a)) as Num
        expect(Math.abs(off.toNumber())).toBeLessThanOrEqual(Math.abs(Number(a)) * 1e-32)
      }),
      { numRuns: 300 },
    )
  })
})

describe('rounding to the even digit and the others', () => {
  it.each<[string, number, Parameters<typeof toScale>[2], string]>([
    ['2.5', 0, 'half even', '2'],
    ['3.5', 0, 'half even', '4'],
    ['-2.5', 0, 'half up', '-3'],
    ['-2.5', 0, 'half down', '-2'],
    ['2.01', 0, 'up', '3'],
    ['-2.99', 0, 'down', '-2'],
    ['-2.01', 0, 'floor', '-3'],
    ['-2.99', 0, 'ceiling', '-2'],
    ['149', -2, 'half even', '100'],
    ['150', -2, 'half even', '200'],
    ['1.005', 2, 'half up', '1.01'],
  ])('%s to %i digits, %s: %s', (text, scale, mode, expected) => {
    expect(toText(toScale(num(text), scale, mode) as Num)).toBe(expected)
  })
})

it('what overflows is null', () => {
  expect(power(num('10'), num('6145'))).toBeNull()
  expect(parseNumber('1e7000')).toBeNull()
  expect(divide(num('1'), num('0'))).toBeNull()
})
