import type { DecimalText } from '@nhip/policy/simulate/exact-json'

/** What a table cell holds: words, a number with all its digits, or nothing known. */
export type Cell = string | DecimalText | null

export type ColumnKind = 'words' | 'number' | 'percent'

export interface Column {
  readonly title: string
  readonly kind: ColumnKind
  /** Share of the width beside the other columns; 1 where nothing is said. */
  readonly width?: number
}

export interface Table {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
}

/** Bars drawn from a middle line, one for each row: what gains to the right, what loses to the left. */
export interface Bars {
  readonly title: string
  readonly bars: readonly { readonly label: string; readonly value: number; readonly shown: string }[]
}

/** One heading of a report: a sheet of the workbook, a part of the pages. */
export interface Section {
  /** At most 31 characters, without `[]:*?/\`: it names a sheet. */
  readonly title: string
  readonly notes: readonly string[]
  readonly bars?: Bars
  readonly tables: readonly { readonly title: string; readonly table: Table }[]
}

export interface ReportDocument {
  readonly lang: 'vi' | 'en'
  readonly title: string
  readonly subtitle: string
  /** Stands on every page and sheet: what nobody may overlook. */
  readonly label: string
  /** Of the certificate, on every page. */
  readonly certificate: string
  /** The instant of the certificate, ISO: the document's own date, so that it is the same whenever it is made. */
  readonly made: string
  readonly sections: readonly Section[]
}

/** Tables that have anything to say. */
export function filled(tables: Section['tables']): Section['tables'] {
  return tables.filter(({ table }) => table.rows.length > 0)
}
