/** State of one cell of a {@link Panel}: a value, a missing one, or one that cannot exist. */
export const CELL = { ok: 0, missing: 1, notApplicable: 2 } as const

/** Values of one period: a unit a row, an item a column, kept column after column. */
export interface Panel {
  /** ISO period, or null for data without one. */
  period: string | null
  /** Codes of the units, ascending by code point. */
  units: readonly string[]
  /** Codes of the items that carry numbers. */
  items: readonly string[]
  /** Of unit `u` and item `i` at `i * units.length + u`; 0 where the state is not `ok`. */
  value: Float64Array
  /** {@link CELL} of each value. */
  state: Uint8Array
  /** Standard error of each value, NaN where none is given; null when the data have no such column. */
  se: Float64Array | null
  /** Numerators and denominators of ratios, NaN where none is given; null when the data have no such columns. */
  parts: { numerator: Float64Array; denominator: Float64Array } | null
  /** Attribute items with text (group labels, names): by item, a text or null for each unit. */
  attributes: ReadonlyMap<string, readonly (string | null)[]>
  /** Rows of parts of items (age groups, channels …), for formulas that filter on them; absent without such rows. */
  breakdowns?: readonly BreakdownRow[]
}

/** One part of an item: `breakdown` is `dimension=value`, several joined as the data write them. */
export interface BreakdownRow {
  unit: string
  item: string
  breakdown: string
  value: number | null
  numerator: number | null
  denominator: number | null
  status: string | null
  text: string | null
}
