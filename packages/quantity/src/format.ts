import { QuantityError } from './quantity-error.ts'
import { rationalOf, toDecimal } from './rational.ts'
import type { Uom } from './uom.ts'

export interface FormatOptions {
  /** Digits after the decimal sign at most; rounded half away from zero, as people do. Default: all there are. */
  maximumDecimals?: number
  /** Digits after the decimal sign at least. Default 0. */
  minimumDecimals?: number
}

/**
 * A number for readers: `1.234,5` in Vietnamese, `1,234.5` in English, with a real minus sign left as `-`. Numbers,
 * whole amounts as bigint and decimal texts; no exponent is ever written.
 * @throws {QuantityError} on NaN, infinities and texts that are no number.
 */
export function formatNumber(
  value: number | bigint | string,
  language: 'vi' | 'en',
  options: FormatOptions = {},
): string {
  const text = decimal(value)
  const negative = text.startsWith('-')
  const [whole, fraction] = rounded(negative ? text.slice(1) : text, options.maximumDecimals)
  const padded = fraction.padEnd(options.minimumDecimals ?? 0, '0')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, language === 'vi' ? '.' : ',')
  const sign = negative && /[1-9]/.test(whole + padded) ? '-' : ''
  return sign + grouped + (padded === '' ? '' : (language === 'vi' ? ',' : '.') + padded)
}

/** A value with its unit for readers: `1.234,5 µg/m³`, `95,8 %`, `1,234.5 million đồng` by its English symbol. */
export function format(
  value: number | bigint | string,
  unit: Uom,
  language: 'vi' | 'en',
  options: FormatOptions = {},
): string {
  const symbol = unit.symbol[language]
  const number = formatNumber(value, language, options)
  if (symbol === '') return number
  // Degrees of angle stand at the number, every other symbol after a space.
  return symbol === '°' ? number + symbol : `${number} ${symbol}`
}

function decimal(value: number | bigint | string): string {
  const text = String(value)
  try {
    // Through a fraction, because String(1e21) and "1e-7" carry exponents.
    return toDecimal(rationalOf(text), 400)
  } catch {
    throw new QuantityError({
      severity: 'error',
      code: 'quantity.number',
      value: text,
      message: { vi: `"${text}" không phải là số`, en: `invalid number: "${text}"` },
    })
  }
}

function rounded(text: string, places: number | undefined): [whole: string, fraction: string] {
  const [whole = '0', fraction = ''] = text.split('.')
  if (places === undefined || fraction.length <= places) return [whole, fraction]
  const kept = BigInt(whole + fraction.slice(0, places)) + (fraction[places]! >= '5' ? 1n : 0n)
  const digits = kept.toString().padStart(places + 1, '0')
  return [digits.slice(0, digits.length - places), places === 0 ? '' : digits.slice(-places)]
}
