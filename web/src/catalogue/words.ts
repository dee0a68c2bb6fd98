import type { PropertyItem } from '@nhip/node/catalogue/contract'
import type { Language } from '../i18n/language.ts'

interface Named {
  vi: string
  en: string
}

/** The name in the reader's language; English falls back to Vietnamese, which every record has. */
export function nameIn(name: Named, lang: Language): string {
  return (lang === 'en' && name.en) || name.vi
}

/** The symbol of the unit of measure as it stands behind a number; empty for counts and pure numbers. */
export function symbolOf(property: PropertyItem | undefined, lang: Language): string {
  if (!property) return ''
  const symbol = property.uomSymbol ? nameIn(property.uomSymbol, lang) : (property.uom ?? '')
  return symbol === '1' || symbol === '{count}' ? '' : symbol.replace(/^\{(.*)\}$/, '$1')
}
