/** An exact fraction in lowest terms; `d` is positive. Factors of units and amounts of money are such. */
export interface Rational {
  readonly n: bigint
  readonly d: bigint
}

export const ONE: Rational = { n: 1n, d: 1n }
export const ZERO: Rational = { n: 0n, d: 1n }

function gcd(a: bigint, b: bigint): bigint {
  let x = a < 0n ? -a : a
  let y = b < 0n ? -b : b
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

/**
 * n ÷ d in lowest terms.
 * @throws {RangeError} when d is 0.
 */
export function rational(n: bigint, d: bigint = 1n): Rational {
  if (d === 0n) throw new RangeError('invalid fraction: the denominator is 0')
  const g = gcd(n, d) * (d < 0n ? -1n : 1n)
  return { n: n / g, d: d / g }
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/

/**
 * Reads `12.5`, `1e-6` or `5/9` exactly.
 * @throws {RangeError} `invalid number: "1,5"`.
 */
export function rationalOf(text: string): Rational {
  const slash = text.indexOf('/')
  if (slash > 0) return divide(rationalOf(text.slice(0, slash)), rationalOf(text.slice(slash + 1)))
  const m = DECIMAL.exec(text)
  if (!m || (m[2] === '' && !m[3])) throw new RangeError(`invalid number: "${text}"`)
  const fraction = m[3] ?? ''
  const digits = BigInt(m[2] + fraction) * (m[1] === '-' ? -1n : 1n)
  const exponent = Number(m[4] ?? 0) - fraction.length
  return exponent >= 0
    ? rational(digits * 10n ** BigInt(exponent))
    : rational(digits, 10n ** BigInt(-exponent))
}

export function multiply(a: Rational, b: Rational): Rational {
  return rational(a.n * b.n, a.d * b.d)
}

export function divide(a: Rational, b: Rational): Rational {
  return rational(a.n * b.d, a.d * b.n)
}

export function add(a: Rational, b: Rational): Rational {
  return rational(a.n * b.d + b.n * a.d, a.d * b.d)
}

export function subtract(a: Rational, b: Rational): Rational {
  return rational(a.n * b.d - b.n * a.d, a.d * b.d)
}

export function power(a: Rational, exponent: number): Rational {
  const e = BigInt(Math.abs(exponent))
  return exponent < 0 ? rational(a.d ** e, a.n ** e) : rational(a.n ** e, a.d ** e)
}

export function equal(a: Rational, b: Rational): boolean {
  return a.n === b.n && a.d === b.d
}

/** The nearest double. */
export function toNumber(a: Rational): number {
  const exact = BigInt(Number.MAX_SAFE_INTEGER)
  const n = a.n < 0n ? -a.n : a.n
  // Division of two exactly held numbers rounds once, so it is the nearest double.
  if (n <= exact && a.d <= exact) return Number(a.n) / Number(a.d)
  return Number(toDecimal(a, 30))
}

/**
 * Decimal text: all digits when the fraction ends within `digits` significant digits, else rounded half to even there.
 * No exponent is written.
 */
export function toDecimal(a: Rational, digits = 34): string {
  const sign = a.n < 0n ? '-' : ''
  const n = a.n < 0n ? -a.n : a.n
  if (a.d === 1n) return sign + n.toString()
  const places = Math.max(0, digits - wholeDigits(n, a.d))
  const text = roundHalfEven(n * 10n ** BigInt(places), a.d)
    .toString()
    .padStart(places + 1, '0')
  const whole = text.slice(0, text.length - places)
  const fraction = text.slice(text.length - places).replace(/0+$/, '')
  return places === 0 || fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`
}

/** Digits before the decimal point; 0, −1, … when the first digit that is not 0 stands at the first, second, … place. */
function wholeDigits(n: bigint, d: bigint): number {
  const whole = n / d
  if (whole > 0n) return whole.toString().length
  let zeros = d.toString().length - n.toString().length
  // The lengths of both tell the number of zeros but for one.
  if (zeros > 0 && n * 10n ** BigInt(zeros) >= d) zeros--
  return -zeros
}

function roundHalfEven(n: bigint, d: bigint): bigint {
  const q = n / d
  const twice = (n - q * d) * 2n
  if (twice > d || (twice === d && q % 2n === 1n)) return q + 1n
  return q
}
