import type { PropertyItem } from '@nhip/node/catalogue/contract'
import { expect, it } from 'vitest'
import { nameIn, symbolOf } from './words.ts'

const property = (parts: Partial<PropertyItem>) => parts as PropertyItem

it('a name without an English form is shown in Vietnamese', () => {
  expect(nameIn({ vi: 'Dân số', en: 'Population' }, 'en')).toBe('Population')
  expect(nameIn({ vi: 'Dân số', en: '' }, 'en')).toBe('Dân số')
})

it('a count carries no symbol, an annotation loses its braces', () => {
  expect(symbolOf(property({ uom: '1' }), 'vi')).toBe('')
  expect(symbolOf(property({ uom: '{xe}' }), 'vi')).toBe('xe')
  expect(symbolOf(property({ uom: 'ug/m3', uomSymbol: { vi: 'µg/m³', en: 'µg/m³' } }), 'vi')).toBe('µg/m³')
})
