import { Decimal as Base } from 'decimal.js'

/**
 * FEEL numbers (DMN 1.5, 10.3.2.3.1): decimals of 34 significant digits, rounded half to even, exponents as in
 * IEEE 754 decimal128. Private clones, so that nobody else's configuration of decimal.js can change a result.
 */
const Decimal34 = Base.clone({
  defaults: true,
  precision: 34,
  rounding: Base.ROUND_HALF_EVEN,
  maxE: 6144,
  minE: -6176,
  modulo: Base.ROUND_DOWN,
})
/** Transcendental functions run with six digits more than is kept. */
const Decimal40 = Base.clone({
  defaults: true,
  precision: 40,
  rounding: Base.ROUND_HALF_EVEN,
  maxE: 6200,
  minE: -6200,
})

export type DecimalValue = InstanceType<typeof Decimal34>

/**
 * A FEEL number. Safe integers are kept in a double, where their sums, products and comparisons are exact;
 * everything else is a decimal. `int` is NaN when the value is not a safe integer.
 */
export class Num {
  readonly kind = 'number'
  readonly int: number
  #decimal: DecimalValue | null

  constructor(int: number, decimal: DecimalValue | null) {
    this.int = int
    this.#decimal = decimal
  }

  get decimal(): DecimalValue {
    this.#decimal ??= new Decimal34(this.int)
    return this.#decimal
  }

  get isInteger(): boolean {
    return !Number.isNaN(this.int) || this.decimal.isInteger()
  }

  /** -1, 0 or 1. */
  get sign(): number {
    return !Number.isNaN(this.int)
      ? Math.sign(this.int)
      : this.decimal.isNegative()
        ? -1
        : this.decimal.isZero()
          ? 0
          : 1
  }

  toString(): string {
    return toText(this)
  }

  /** The nearest double: for hosts that leave exact arithmetic, never for FEEL itself. */
  toNumber(): number {
    return !Number.isNaN(this.int) ? this.int : this.decimal.toNumber()
  }
}

const CACHE_FROM = -128
const CACHE: Num[] = []
for (let i = CACHE_FROM; i < 1024; i++) CACHE.push(new Num(i, null))

/** A number from a safe integer; the caller guarantees that it is one. */
export function int(value: number): Num {
  const cached = CACHE[value - CACHE_FROM]
  return cached !== undefined ? cached : new Num(value + 0, null)
}

export const ZERO = int(0)
export const ONE = int(1)

/** Null when the value has no place among FEEL numbers (NaN, infinite, overflow). */
function fromDecimal(value: DecimalValue): Num | null {
  if (!value.isFinite()) return null
  if (value.isInteger() && value.e <= 15) {
    const n = value.toNumber()
    if (Number.isSafeInteger(n)) return int(n + 0)
  }
  return new Num(Number.NaN, value)
}

const NUMERAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/

/** Reads a plain or scientific numeral; null when the text is none or the value overflows. */
export function parseNumber(text: string): Num | null {
  if (text.length < 16 && /^-?\d+$/.test(text)) return int(Number(text) + 0)
  if (!NUMERAL.test(text)) return null
  return fromDecimal(new Decimal34(text).toSignificantDigits(34))
}

/** A number from a double by its shortest decimal text, as JSON readers mean it; null for NaN and infinities. */
export function fromDouble(value: number): Num | null {
  if (Number.isSafeInteger(value)) return int(value + 0)
  return Number.isFinite(value) ? fromDecimal(new Decimal34(value)) : null
}

/** A number from a bigint, rounded to 34 digits. */
export function fromBigInt(value: bigint): Num | null {
  return fromDecimal(new Decimal34(value.toString()).toSignificantDigits(34))
}

/** Plain decimal text without exponent and without trailing zeros after the point. */
export function toText(n: Num): string {
  return !Number.isNaN(n.int) ? String(n.int) : n.decimal.toFixed()
}

export function add(a: Num, b: Num): Num | null {
  const sum = a.int + b.int
  return Number.isSafeInteger(sum) ? int(sum) : fromDecimal(a.decimal.plus(b.decimal))
}

export function subtract(a: Num, b: Num): Num | null {
  const difference = a.int - b.int
  return Number.isSafeInteger(difference) ? int(difference) : fromDecimal(a.decimal.minus(b.decimal))
}

export function multiply(a: Num, b: Num): Num | null {
  const product = a.int * b.int
  return Number.isSafeInteger(product) ? int(product + 0) : fromDecimal(a.decimal.times(b.decimal))
}

/** Null for division by zero. */
export function divide(a: Num, b: Num): Num | null {
  const quotient = a.int / b.int
  if (Number.isSafeInteger(quotient) && quotient * b.int === a.int) return int(quotient + 0)
  return b.sign === 0 ? null : fromDecimal(a.decimal.div(b.decimal))
}

export function negate(a: Num): Num {
  return !Number.isNaN(a.int) ? int(0 - a.int) : new Num(Number.NaN, a.decimal.neg())
}

export function compare(a: Num, b: Num): number {
  if (!Number.isNaN(a.int) && !Number.isNaN(b.int)) return a.int < b.int ? -1 : a.int > b.int ? 1 : 0
  return a.decimal.cmp(b.decimal)
}

export function equals(a: Num, b: Num): boolean {
  return !Number.isNaN(a.int) || !Number.isNaN(b.int) ? a.int === b.int : a.decimal.eq(b.decimal)
}

export function abs(a: Num): Num {
  return a.sign < 0 ? negate(a) : a
}

/** The result has the sign of the divisor (modulo(-10, 4) = 2); null for a zero divisor. */
export function modulo(a: Num, b: Num): Num | null {
  if (b.sign === 0) return null
  if (!Number.isNaN(a.int) && !Number.isNaN(b.int)) {
    const rest = a.int % b.int
    return int((rest !== 0 && rest < 0 !== b.int < 0 ? rest + b.int : rest) + 0)
  }
  const rest = a.decimal.mod(b.decimal)
  return fromDecimal(
    !rest.isZero() && rest.isNegative() !== b.decimal.isNegative() ? rest.plus(b.decimal) : rest,
  )
}

/** Null where the power is no real number or overflows. */
export function power(base: Num, exponent: Num): Num | null {
  if (exponent.int >= 0 && exponent.int <= 64 && !Number.isNaN(base.int)) {
    const fast = base.int ** exponent.int
    if (Number.isSafeInteger(fast)) return int(fast + 0)
  }
  return rounded(() => new Decimal40(base.decimal).pow(exponent.decimal))
}

export function sqrt(a: Num): Num | null {
  return a.sign < 0 ? null : rounded(() => new Decimal40(a.decimal).sqrt())
}

export function exp(a: Num): Num | null {
  return rounded(() => new Decimal40(a.decimal).exp())
}

/** Natural logarithm; null unless the argument is positive. */
export function ln(a: Num): Num | null {
  return a.sign <= 0 ? null : rounded(() => new Decimal40(a.decimal).ln())
}

function rounded(compute: () => InstanceType<typeof Decimal40>): Num | null {
  // decimal.js throws when a result needs more digits of ln(10) than it knows; that is out of range, not a fault.
  try {
    const value = compute()
    return value.isFinite() ? fromDecimal(new Decimal34(value).toSignificantDigits(34)) : null
  } catch {
    return null
  }
}

export type RoundingMode = 'up' | 'down' | 'floor' | 'ceiling' | 'half up' | 'half down' | 'half even'

const MODES: Record<RoundingMode, Base.Rounding> = {
  up: Base.ROUND_UP,
  down: Base.ROUND_DOWN,
  floor: Base.ROUND_FLOOR,
  ceiling: Base.ROUND_CEIL,
  'half up': Base.ROUND_HALF_UP,
  'half down': Base.ROUND_HALF_DOWN,
  'half even': Base.ROUND_HALF_EVEN,
}

/** Rounds to `scale` digits after the point; a negative scale rounds to tens, hundreds … */
export function toScale(n: Num, scale: number, mode: RoundingMode): Num | null {
  if (!Number.isNaN(n.int) && scale >= 0) return n
  const value = n.decimal
  if (scale >= value.decimalPlaces()) return n
  if (scale >= 0) return fromDecimal(value.toDecimalPlaces(scale, MODES[mode]))
  const unit = new Decimal34(10).pow(-scale)
  return fromDecimal(value.div(unit).toDecimalPlaces(0, MODES[mode]).times(unit))
}

/** Truncates toward zero to a safe integer; NaN when the number is too large for one. */
export function toInteger(n: Num): number {
  if (!Number.isNaN(n.int)) return n.int
  const cut = n.decimal.trunc().toNumber()
  return Number.isSafeInteger(cut) ? cut + 0 : Number.NaN
}

/** The whole part as a bigint; null when the number is beyond 10^40. */
export function toBigInt(n: Num): bigint | null {
  if (!Number.isNaN(n.int)) return BigInt(n.int)
  const cut = n.decimal.trunc()
  return cut.e > 40 ? null : BigInt(cut.toFixed())
}
