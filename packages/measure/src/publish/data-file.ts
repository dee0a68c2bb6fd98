import { type LongColumn, longColumns } from '../data/long-columns.ts'
import type { MeasureProblem } from '../problem.ts'

/** What a row asks the receiver to do, SDMX's letters: inform, append, merge, replace, delete. */
export type Action = 'I' | 'A' | 'M' | 'R' | 'D'

/**
 * One observation as text, the empty text where there is none. Numbers keep the digits they were written with, so that no form of file
 * changes them.
 */
export interface FileRow {
  unit: string
  item: string
  period: string
  breakdown: string
  published: string
  /** A number or, of an attribute item, a text. */
  value: string
  numerator: string
  denominator: string
  se: string
  /** SDMX observation status; `X` is ours for a withdrawn value. */
  status: string
  action: Action
  /** Columns that mean nothing to us, kept by name. */
  extra: Readonly<Record<string, string>>
}

/** Rows in the order of the file: of several rows about one cell the later ones are its history. */
export interface DataFile {
  rows: FileRow[]
}

export type Form = 'csv' | 'json' | 'sdmx-csv'

export interface Reading {
  file: DataFile | null
  problems: MeasureProblem[]
}

/** The action that a status means when none is written. */
export function actionOf(status: string): Action {
  return status === 'X' ? 'D' : 'I'
}

/** Names of the extra columns, in the order of their first use. */
export function extraColumns(file: DataFile): string[] {
  const names = new Set<string>()
  for (const { extra } of file.rows) for (const name of Object.keys(extra)) names.add(name)
  return [...names]
}

/**
 * A row of the texts that were read, blank where there was none, without the differences that mean nothing: `NA` is
 * missing, `not_applicable` is status M, `*` the stored total. An empty `action` is the one that the status means.
 */
export function rowOf(
  read: Readonly<Partial<Record<LongColumn, string>>>,
  action: string,
  extra: Readonly<Record<string, string>>,
): FileRow {
  const row = Object.fromEntries(longColumns.map((field) => [field, read[field] ?? ''])) as Record<
    LongColumn,
    string
  >
  if (row.value === 'NA' || row.value === 'NaN') row.value = ''
  if (row.breakdown === '*') row.breakdown = ''
  const settledAction = action === '' ? actionOf(row.status) : (action as Action)
  if (row.value === 'not_applicable') {
    row.value = ''
    row.status = 'M'
  }
  return {
    ...row,
    action: settledAction,
    extra: Object.fromEntries(Object.entries(extra).filter(([, text]) => text !== '')),
  }
}

/** A field as RFC 4180 writes it. */
export function csvField(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A number with a decimal comma, which is not guessed at: `12,5` may be twelve and a half or a hundred and twenty-five. */
export function hasDecimalComma(text: string): boolean {
  return /^[+-]?\d{1,3}(?:[.\s]\d{3})*,\d+$|^[+-]?\d+,\d+$/.test(text.trim())
}
