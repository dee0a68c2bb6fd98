import { format, formatNumber } from '@nhip/quantity/format'
import type { Uom } from '@nhip/quantity/uom'
import { uomOf } from '@nhip/quantity/uom-text'

export type Language = 'vi' | 'en'

/** Decimals that readers need: one for percentages and large numbers, four below 1. */
function decimalsFor(value: number): number {
  const size = Math.abs(value)
  return size >= 100 ? 1 : size >= 1 ? 2 : 4
}

/** A number for readers with its unit; a share of 1 reads as a percentage. */
export function numberText(value: number, uom: Uom | null, language: Language, decimals?: number): string {
  if (uom === null || uom.scale === 'log') {
    const number = formatNumber(value, language, { maximumDecimals: decimals ?? decimalsFor(value) })
    return uom === null ? number : `${number} ${uom.symbol[language]}`
  }
  if (uom.code === '1') {
    return format(value * 100, uomOf('%'), language, { maximumDecimals: Math.max(0, (decimals ?? 3) - 2) })
  }
  const usual = uom.code === '%' ? 1 : decimalsFor(value)
  return format(value, uom, language, { maximumDecimals: decimals ?? usual })
}
