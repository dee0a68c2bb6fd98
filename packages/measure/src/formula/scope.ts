import type { TilingKind } from '@nhip/calendar/period'
import type { ItemDefinition } from './definition.ts'

/** What a formula may speak of. */
export interface FormulaScope {
  /** Items by code. */
  readonly items: ReadonlyMap<string, ItemDefinition>
  /** Length of the periods of the data, for `at(x, @"-P1Y")`; null or absent: it is asked of the data. */
  readonly kind?: TilingKind | null
}

/** A scope of codes of which nothing more is known, or of definitions. */
export function scopeOf(
  items: Iterable<string | ItemDefinition>,
  kind: TilingKind | null = null,
): FormulaScope {
  const all = [...items].map((item) => (typeof item === 'string' ? { code: item } : item))
  return { items: new Map(all.map((item) => [item.code, item])), kind }
}
