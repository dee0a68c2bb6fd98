import type { Span } from '@nhip/feel/ast'
import type { Uom } from '@nhip/quantity/uom'
import { isUom, uom } from '@nhip/quantity/uom-text'
import type { ItemDefinition } from './definition.ts'
import { Refused } from './refused.ts'

/** The unit of measure of an item; null when its definition states none. */
export function itemUom(definition: ItemDefinition, span: Span): Uom | null {
  if (definition.uom === undefined || definition.uom === '') return null
  const found = uom(definition.uom)
  if (isUom(found)) return found
  throw new Refused('uom-mismatch', span, {
    vi: `đơn vị đo của "${definition.code}": ${found.message.vi}`,
    en: `unit of measure of "${definition.code}": ${found.message.en}`,
  })
}
