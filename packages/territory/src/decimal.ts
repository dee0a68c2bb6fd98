import { plainDecimal } from './fraction.ts'

/** `digits` ÷ 10^`scale`, exactly. */
export interface Decimal {
  digits: bigint
  scale: number
}

/**
 * A number as the decimal it is written as (the shortest one that reads back as the same double), or a decimal text.
 * @throws RangeError for text that is no plain decimal and for numbers that are not finite
 */
export function decimalOf(value: number | string): Decimal {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return { digits: BigInt(value), scale: 0 }
  const text = typeof value === 'number' ? plainDecimal(value) : value.trim()
  const m = /^([+-]?)(\d+)(?:\.(\d*))?$/.exec(text)
  if (!m) throw new RangeError(`not a decimal number: "${value}"`)
  const part = (m[3] ?? '').replace(/0+$/, '')
  const digits = BigInt((m[2] ?? '') + part)
  return { digits: m[1] === '-' ? -digits : digits, scale: part.length }
}

/** The whole number of steps of 10^−scale in a decimal of at most that scale. */
export function stepsOf({ digits, scale }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(to - scale)
}

export function decimalText(steps: bigint, scale: number): string {
  const sign = steps < 0n ? '-' : ''
  const text = String(steps < 0n ? -steps : steps).padStart(scale + 1, '0')
  if (scale === 0) return sign + text
  const part = text.slice(-scale).replace(/0+$/, '')
  return sign + text.slice(0, -scale) + (part ? `.${part}` : '')
}
