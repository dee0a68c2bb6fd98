import { DecimalText } from '@nhip/policy/simulate/exact-json'
import type { ColumnKind } from './document.ts'

/** A number with all its digits: `1.234.567,8` in Vietnamese, `1,234,567.8` in English. */
export function digits(value: DecimalText, lang: 'vi' | 'en'): string {
  const [, sign = '', whole = '0', part] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value.text) ?? []
  const [group, point] = lang === 'vi' ? ['.', ','] : [',', '.']
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, group)
  return `${sign === '-' ? '−' : ''}${grouped}${part === undefined ? '' : `${point}${part}`}`
}

/** A share as per cent with two decimals. */
export function percent(share: DecimalText, lang: 'vi' | 'en'): string {
  const [whole, part] = Math.abs(Number(share.text) * 100)
    .toFixed(2)
    .split('.')
  const sign = Number(share.text) < 0 ? '-' : ''
  return `${digits(new DecimalText(`${sign}${whole}.${part}`), lang)} %`
}

/** A cell's number as people read it; a fraction that is no share keeps four decimals. */
export function shown(value: DecimalText, kind: ColumnKind, lang: 'vi' | 'en'): string {
  if (kind === 'percent') return percent(value, lang)
  const [, places] = value.text.split('.')
  const plain = /^-?\d+(\.\d+)?$/.test(value.text) && (places?.length ?? 0) <= 4
  return digits(plain ? value : new DecimalText(Number(value.text).toFixed(4)), lang)
}
