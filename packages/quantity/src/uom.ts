import type { Dimension } from './dimension.ts'
import type { Rational } from './rational.ts'

/**
 * A unit of measure. Registered units come from the table and have an `id`; units that formulas and texts build out of
 * them (`đồng/người/quý`) have none and cannot be stored until somebody gives them a line in the table.
 */
export interface Uom {
  /** Storage number, or `null` for a unit built out of others. */
  readonly id: number | null
  /** The text by which the product names the unit: `ug/m3`, `VND/person`, `%`. */
  readonly code: string
  readonly dimension: Dimension
  /** value in base units = (value + offset) × factor. */
  readonly factor: Rational
  readonly offset: Rational
  /** `ratio`: sums, differences and ratios mean something; `interval`: differences only; `log`: none of them. */
  readonly scale: 'ratio' | 'interval' | 'log'
  readonly symbol: { readonly vi: string; readonly en: string }
  readonly name: { readonly vi: string; readonly en: string }
  /** UCUM code, where there is one. */
  readonly ucum?: string
  /** UN/CEFACT Recommendation 20 code, where there is one. */
  readonly rec20?: string
  /** The units it is a product of; a unit that is no product is its own only part. */
  readonly parts: readonly Part[]
}

/** One factor of a unit: `h` to the power −1 in `km/h`. */
export interface Part {
  readonly unit: Uom
  readonly exponent: number
}
