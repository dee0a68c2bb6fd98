import type { Panel } from '../panel.ts'

/** One line of DATA.csv (or one cell of its wide form) as it was read. */
export interface DataRow {
  unit: string
  item: string
  period: string | null
  /** `*` and blank are the stored total: null. */
  breakdown: string | null
  published: string | null
  value: number | null
  numerator: number | null
  denominator: number | null
  se: number | null
  /** SDMX observation status; `M` is also what the word `not_applicable` means. */
  status: string | null
  /** Of attribute and level items. */
  text: string | null
  line: number
  column: number
}

export interface MeasureData {
  /** Every row, vintages and breakdowns included, in the order of the file. */
  rows: DataRow[]
  /** Items that carry text. */
  attributes: ReadonlySet<string>
  /** One a period, ascending; totals only, of each cell the vintage that was asked for. */
  panels: Panel[]
}
