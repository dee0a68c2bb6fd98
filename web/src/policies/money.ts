import { formatNumber } from '../i18n/format.ts'
import type { Language } from '../i18n/language.ts'

/** `15.500.000 ₫`. */
export function moneyText(value: number, lang: Language): string {
  return `${formatNumber(value, lang, 0)} ₫`
}

/** Amounts of a whole country: `143,5 tỷ ₫`, `21.817 tỷ ₫`. */
export function billions(value: number, lang: Language): string {
  const size = Math.abs(value)
  if (size < 1e8)
    return `${formatNumber(value / 1e6, lang, size === 0 ? 0 : 1)} ${lang === 'vi' ? 'triệu' : 'million'} ₫`
  return `${formatNumber(value / 1e9, lang, size < 1e12 ? 1 : 0)} ${lang === 'vi' ? 'tỷ' : 'billion'} ₫`
}

/** With its sign also when it is more: `+143,5 tỷ ₫`. */
export function signed(value: number, text: string): string {
  return value > 0 ? `+${text}` : text
}
