export * from './days.ts'

import type { Num } from '@nhip/feel/number'
import * as number from '@nhip/feel/number'
import { decimalText } from '../ir/graph.ts'
import type { Memo, Rounding } from '../ir/node.ts'

/**
 * The steps of a kernel that are longer than an operator. Numbers are doubles that hold whole numbers, null is NaN;
 * decimals are FEEL's own, null is null.
 */

/** Rounds `a / b` to a whole number; exact while 2|a| + 2|b| < 2^53. NaN for a zero divisor. */
export function quotient(a: number, b: number, rounding: Rounding): number {
  if (b === 0) return Number.NaN
  const [n, d] = b < 0 ? [-a, -b] : [a, b]
  switch (rounding) {
    case 'floor':
      return Math.floor(n / d)
    case 'ceiling':
      return Math.ceil(n / d)
    case 'down':
      return n < 0 ? Math.ceil(n / d) : Math.floor(n / d)
    case 'up':
      return n < 0 ? Math.floor(n / d) : Math.ceil(n / d)
    case 'half up':
      return n < 0 ? -Math.floor((d - 2 * n) / (2 * d)) : Math.floor((2 * n + d) / (2 * d))
    case 'half down':
      return n < 0 ? -Math.ceil((-2 * n - d) / (2 * d)) : Math.ceil((2 * n - d) / (2 * d))
    case 'half even': {
      const down = Math.floor(n / d)
      const twice = 2 * (n - down * d)
      return twice > d || (twice === d && down % 2 !== 0) ? down + 1 : down
    }
  }
}

// ── decimals ─────────────────────────────────────────────────────────────────────────────────────────────────────

type Decimal = Num | null

export function decimal(n: number, scale: number): Decimal {
  if (Number.isNaN(n)) return null
  return scale === 0 ? number.int(n + 0) : number.parseNumber(decimalText(BigInt(n), scale))
}

/** The whole number `value · 10^scale`; only of values whose bounds allow it. */
export function integer(value: Decimal, scale: number): number {
  if (value === null) return Number.NaN
  if (scale === 0 && !Number.isNaN(value.int)) return value.int
  return Number(value.decimal.toFixed(scale).replace('.', '')) + 0
}

export function toDouble(value: Decimal): number {
  return value === null ? Number.NaN : value.toNumber()
}

export const add = (a: Decimal, b: Decimal): Decimal => a && b && number.add(a, b)
export const subtract = (a: Decimal, b: Decimal): Decimal => a && b && number.subtract(a, b)
export const multiply = (a: Decimal, b: Decimal): Decimal => a && b && number.multiply(a, b)
export const divide = (a: Decimal, b: Decimal): Decimal => a && b && number.divide(a, b)
export const modulus = (a: Decimal, b: Decimal): Decimal => a && b && number.modulo(a, b)
export const negate = (a: Decimal): Decimal => a && number.negate(a)
export const absolute = (a: Decimal): Decimal => a && number.abs(a)
export const round = (a: Decimal, digits: number, rounding: Rounding): Decimal =>
  a && number.toScale(a, digits, rounding)
export const minimum = (a: Decimal, b: Decimal): Decimal => a && b && (number.compare(a, b) <= 0 ? a : b)
export const maximum = (a: Decimal, b: Decimal): Decimal => a && b && (number.compare(a, b) >= 0 ? a : b)

/** -1, 0 or 1; NaN, which no comparison holds of, when one side is null. */
export function order(a: Decimal, b: Decimal): number {
  return a === null || b === null ? Number.NaN : number.compare(a, b)
}

export function constant(text: string): Num {
  const value = number.parseNumber(text)
  if (value === null) throw new RangeError(`"${text}" is no number`)
  return value
}

// ── approximate numbers ──────────────────────────────────────────────────────────────────────────────────────────

const finite = (value: number): number => (Number.isFinite(value) ? value : Number.NaN)

export const inexact = {
  sqrt: (a: number): number => Math.sqrt(a),
  exp: (a: number): number => finite(Math.exp(a)),
  log: (a: number): number => (a > 0 ? Math.log(a) : Number.NaN),
  power: (a: number, b: number): number => finite(a ** b),
  divide: (a: number, b: number): number => (b === 0 ? Number.NaN : a / b),
} as const

// ── what stays interpreted ───────────────────────────────────────────────────────────────────────────────────────

/**
 * Asks a memo: NaN and 2, the nulls of kernels, become null on the way in.
 * @public printed kernels call it
 */
export function ask(memo: Memo, values: readonly unknown[]): number | object | null {
  return memo.run(
    values.map((value, i) => {
      if (typeof value === 'boolean') return value ? 1 : 0
      const isBoolean = memo.types[i]?.kind === 'boolean'
      return (isBoolean && value === 2) || (typeof value === 'number' && Number.isNaN(value)) ? null : value
    }),
  )
}

/**
 * A memo's answer as a kernel's number, NaN for null.
 * @public printed kernels call it
 */
export const asNumber = (value: number | object | null): number =>
  typeof value === 'number' ? value : Number.NaN
/**
 * A memo's answer as a kernel's truth value, 2 for null.
 * @public printed kernels call it
 */
export const asBoolean = (value: number | object | null): number => (typeof value === 'number' ? value : 2)
