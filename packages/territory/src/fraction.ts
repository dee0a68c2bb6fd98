/** An exact share: `num / den` in lowest terms, `den > 0`. */
export interface Fraction {
  num: bigint
  den: bigint
}

export const one: Fraction = { num: 1n, den: 1n }

export function fraction(num: bigint, den: bigint): Fraction {
  const sign = den < 0n ? -1n : 1n
  const d = gcd(num < 0n ? -num : num, den * sign)
  return { num: (num * sign) / d, den: (den * sign) / d }
}

/** A decimal such as "0.25" as a fraction; null when the text is none. */
export function fractionOf(decimal: string): Fraction | null {
  const m = /^([+-]?\d+)(?:\.(\d+))?$/.exec(decimal.trim())
  if (!m?.[1]) return null
  const digits = m[2] ?? ''
  return fraction(BigInt(m[1] + digits), 10n ** BigInt(digits.length))
}

export function multiplyFractions(a: Fraction, b: Fraction): Fraction {
  return fraction(a.num * b.num, a.den * b.den)
}

export function addFractions(a: Fraction, b: Fraction): Fraction {
  return fraction(a.num * b.den + b.num * a.den, a.den * b.den)
}

/** Weights divided by their sum. Weights are finite and ≥ 0 with a sum above 0. */
export function fractionsOfWeights(weights: readonly number[]): Fraction[] {
  const exact = weights.map((w) => fractionOf(plainDecimal(w)) as Fraction)
  const sum = exact.reduce(addFractions, { num: 0n, den: 1n })
  return exact.map((w) => fraction(w.num * sum.den, w.den * sum.num))
}

/** JavaScript's shortest text of a number, without an exponent. */
export function plainDecimal(x: number): string {
  const text = String(x)
  const m = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (!m) return text
  const [, sign = '', first = '', rest = '', power = '0'] = m
  const digits = first + rest
  const point = 1 + Number(power)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return point >= digits.length
    ? sign + digits + '0'.repeat(point - digits.length)
    : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}
