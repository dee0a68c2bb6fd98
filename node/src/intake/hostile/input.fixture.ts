import type { RandomStream } from '@nhip/random/stream'

/**
 * What must become of an input.
 *
 * - `refused`: nothing of it is stored, and the answer or the report names rule, place and, of a cell, its value.
 * - `flagged`: it is taken in, with a finding, a quality bit or a warning that speaks of it.
 * - `read`: it looks odd and is right; the first reading has the value 41.5.
 * - `endured`: damaged at random; either of the above, and the node goes on.
 */
export type Outcome = 'refused' | 'flagged' | 'read' | 'endured'

/** A file for `POST /api/imports`, then looked at and committed. */
export interface HostileFile {
  door: 'file'
  family: string
  what: string
  outcome: Outcome
  name: string
  /** Made when it is sent: some are bombs. */
  bytes: () => Buffer | Promise<Buffer>
  /** Form fields before the file; by default the dataset and a mapping that says what every column is. */
  fields?: Record<string, string>
}

/** A request with a body, by default a `POST /api/observations`. */
export interface HostileRequest {
  door: 'request'
  family: string
  what: string
  outcome: 'refused' | 'flagged' | 'endured'
  method?: string
  path?: string
  type?: string
  headers?: Record<string, string>
  body?: string | Buffer
}

/** Bytes on a bare connection; the answer, if there is one, must be a refusal. */
export interface HostileBytes {
  door: 'socket'
  family: string
  what: string
  bytes: Buffer
}

export type Hostile = HostileFile | HostileRequest | HostileBytes

/** One family of inputs: the stream of random numbers and a count decide which variations come out. */
export type Family = (random: RandomStream, count: number) => Promise<Hostile[]> | Hostile[]

/** The dataset that takes in what it is given, and the one that creates nothing. */
export const openDataset = 'hostile-open'
export const strictDataset = 'hostile-strict'
export const property = 'hostile-value'

/** A mapping of the columns `trạm,thời gian,giá trị`. */
export function mapping(more: { date?: string; decimal?: string; [name: string]: unknown } = {}): string {
  const { date = 'iso', decimal = '.', ...whole } = more
  return JSON.stringify({
    property,
    columns: [
      { column: 'trạm', role: 'entity' },
      { column: 'thời gian', role: 'time', date },
      { column: 'giá trị', role: 'value', decimal },
    ],
    ...whole,
  })
}

export const header = 'trạm,thời gian,giá trị'
/** The table that is right: one reading of 41.5. */
export const goodTable = `${header}\nHồ Gươm,2026-11-01T08:00:00+07:00,41.5\n`

/** A table with one cell in place of the value. */
export function withValue(cell: string): string {
  return `${header}\nHồ Gươm,2026-11-01T08:00:00+07:00,"${cell.replaceAll('"', '""')}"\n`
}

/** A table with one cell in place of the time. */
export function withTime(cell: string): string {
  return `${header}\nHồ Gươm,"${cell}",41.5\n`
}

/** So many of the items, in turn; each family has at least one of each before it repeats any. */
export function inTurn<T>(items: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, i) => items[i % items.length]!)
}
