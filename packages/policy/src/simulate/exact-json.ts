/** A decimal whose digits are kept as they are: money with decimals, weighted counts with a scale. */
export class DecimalText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

/** A whole number of units of 10^-scale, exact: a bigint where there are no decimals. */
export type Exact = bigint | DecimalText

/** `exact(1234n, 2)` is 12.34; zeros at the end go. */
export function exact(units: bigint, scale: number): Exact {
  if (scale === 0) return units
  const sign = units < 0n ? '-' : ''
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, -scale)
  const part = digits.slice(-scale).replace(/0+$/, '')
  return part === '' ? BigInt(sign + whole) : new DecimalText(`${sign}${whole}.${part}`)
}

/** JSON with all digits of exact numbers: they never pass through a double. */
export function exactJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof DecimalText) return value.text
  if (Array.isArray(value))
    return `[${value.map((item) => exactJson(item === undefined ? null : item)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined)
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${exactJson(item)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}

/** The same tree for hashing: exact numbers as texts, since the numbers of RFC 8785 are doubles. */
export function canonicalTree(value: unknown): unknown {
  if (typeof value === 'bigint' || value instanceof DecimalText) return value.toString()
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : canonicalTree(item)))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => [key, canonicalTree(item)]),
    )
  }
  return value
}
