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

/** The rest has the sign of the divisor; NaN for zero. */
export function modulo(a: number, b: number): number {
  const rest = a % b
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest
}

// ── days ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Months since the year 0 and the day of the month, in one number: `months · 32 + day` (Hinnant's civil from days). */
function monthsAndDay(days: number): number {
  const z = days + 719468
  const era = Math.floor(z / 146097)
  const doe = z - era * 146097
  const yoe = Math.floor(
    (doe - Math.floor(doe / 1460) + Math.floor(doe / 36524) - Math.floor(doe / 146096)) / 365,
  )
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100))
  const mp = Math.floor((5 * doy + 2) / 153)
  const day = doy - Math.floor((153 * mp + 2) / 5) + 1
  // March is month 0 of a year that begins with it.
  return ((yoe + era * 400) * 12 + mp + 2) * 32 + day
}

function daysOf(months: number, day: number): number {
  const shifted = months - 2
  const year = Math.floor(shifted / 12)
  const mp = shifted - year * 12
  const era = Math.floor(year / 400)
  const yoe = year - era * 400
  const doy = Math.floor((153 * mp + 2) / 5) + day - 1
  const doe = yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy
  return era * 146097 + doe - 719468
}

export function year(days: number): number {
  return Math.floor(Math.floor(monthsAndDay(days) / 32) / 12)
}

export function month(days: number): number {
  const months = Math.floor(monthsAndDay(days) / 32)
  return months - Math.floor(months / 12) * 12 + 1
}

export function day(days: number): number {
  const packed = monthsAndDay(days)
  return packed - Math.floor(packed / 32) * 32
}

/** 1 Monday … 7 Sunday. */
export function weekday(days: number): number {
  return modulo(days + 3, 7) + 1
}

/** The same day some months on, or that month's last. */
export function addMonths(days: number, by: number): number {
  const packed = monthsAndDay(days)
  const months = Math.floor(packed / 32)
  const first = daysOf(months + by, 1)
  return Math.min(first + (packed - months * 32) - 1, daysOf(months + by + 1, 1) - 1)
}

/** Whole months from one day to another, toward zero; a month is full on the same day, or its month's last. */
export function monthsBetween(from: number, to: number): number {
  if (Number.isNaN(from) || Number.isNaN(to)) return Number.NaN
  const [early, late] = from <= to ? [from, to] : [to, from]
  const between = Math.floor(monthsAndDay(late) / 32) - Math.floor(monthsAndDay(early) / 32)
  const full = addMonths(early, between) > late ? between - 1 : between
  return early === from ? full : 0 - full
}

/** Age in whole years; `late`: a birthday of 29 February falls on 1 March in other years, else on 28 February. */
export function age(birth: number, on: number, late: boolean): number {
  const years = year(on) - year(birth)
  return on >= birthday(birth, years, late) ? years : years - 1
}

function birthday(birth: number, years: number, late: boolean): number {
  const moved = addMonths(birth, years * 12)
  return late && day(birth) === 29 && month(birth) === 2 && day(moved) === 28 ? moved + 1 : moved
}

/** Ages of a human life, from a table: the last day of birth for each age. */
const LIFE = 130

/** Ages on one day: as {@link age}, by a table instead of the calendar. */
export function ageOn(on: number, late: boolean): (birth: number) => number {
  // lastBirth[k]: born on that day or before, one is at least k years old.
  const lastBirth = new Float64Array(LIFE + 2)
  for (let years = 0; years < lastBirth.length; years++) {
    let birth = addMonths(on, -12 * years) + 2
    while (age(birth, on, late) < years) birth--
    lastBirth[years] = birth
  }
  const [first, last] = [lastBirth[LIFE + 1] as number, lastBirth[0] as number]
  return (birth) => {
    if (!(birth > first && birth <= last)) return age(birth, on, late)
    let years = Math.floor((on - birth) / 365.2425)
    if (birth <= (lastBirth[years + 1] as number)) years++
    else if (birth > (lastBirth[years] as number)) years--
    return years
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

/** Asks a memo: NaN and 2, the nulls of kernels, become null on the way in. */
export function ask(memo: Memo, values: readonly unknown[]): number | object | null {
  return memo.run(
    values.map((value, i) => {
      if (typeof value === 'boolean') return value ? 1 : 0
      const isBoolean = memo.types[i]?.kind === 'boolean'
      return (isBoolean && value === 2) || (typeof value === 'number' && Number.isNaN(value)) ? null : value
    }),
  )
}

export const asNumber = (value: number | object | null): number =>
  typeof value === 'number' ? value : Number.NaN
export const asBoolean = (value: number | object | null): number => (typeof value === 'number' ? value : 2)
