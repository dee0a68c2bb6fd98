import type { Problem } from '@nhip/canonical/problem'
import { fold } from '@nhip/territory/name-key'
import { detectDelimiter, readRows } from './csv.ts'
import { type Row, UnreadableFile } from './csv-scanner.ts'
import { detectEncoding, type Encoding } from './encoding.ts'
import { isBlank, NumberEvidence } from './number-format.ts'
import { TimeEvidence } from './time-format.ts'

/** What one pass over a file tells of a column. */
export interface ColumnProfile {
  name: string
  /** Whether the file has the same header further left. */
  repeated: boolean
  number: NumberEvidence
  time: TimeEvidence
  blanks: number
  filled: number
  /** Distinct values, counted up to 1,000. */
  distinct: Set<string>
  samples: string[]
}

export interface FileProfile {
  encoding: Encoding
  delimiter: string
  /** Lines above the header (titles), left out. */
  skipRows: number
  header: boolean
  columns: ColumnProfile[]
  /** Data rows, without the header, blank lines and repeated headers. */
  rows: number
  /** The first data rows. */
  head: Row[]
}

export interface Layout {
  encoding?: Encoding
  delimiter?: string
  header?: boolean
  skipRows?: number
}

const headRows = 50
/** Characters of a header, and of a value that is shown as an example. */
const longestName = 200

/**
 * Reads a file once from end to end and says how it is written.
 *
 * @throws {UnreadableFile} when it cannot be read as text or not to its end
 */
export async function profileFile(path: string, known: Layout = {}): Promise<FileProfile> {
  const encoding = known.encoding ?? (await encodingOf(path))
  const delimiter = known.delimiter ?? (await detectDelimiter(path, encoding))
  const first: Row[] = []
  for await (const batch of readRows(path, encoding, delimiter)) {
    first.push(...batch.slice(0, headRows - first.length))
    if (first.length === headRows) break
  }
  const skipRows = known.skipRows ?? titleRows(first)
  const body = first.slice(skipRows)
  if (body.every(isEmpty)) throw new UnreadableFile(emptyFile)
  const header = known.header ?? hasHeader(body)
  const width = Math.max(...body.map(({ cells }) => cells.length))
  const names = header ? columnNames(body[0]!.cells) : Array.from({ length: width }, (_, i) => `#${i + 1}`)
  const columns = names.map(
    (name, i): ColumnProfile => ({
      name,
      repeated: header && name !== headerName(body[0]!.cells, i),
      number: new NumberEvidence(),
      time: new TimeEvidence(),
      blanks: 0,
      filled: 0,
      distinct: new Set(),
      samples: [],
    }),
  )
  const head: Row[] = []
  let rows = 0
  for await (const batch of dataRows(path, { encoding, delimiter, skipRows, header })) {
    rows += batch.length
    if (head.length < headRows) head.push(...batch.slice(0, headRows - head.length))
    for (const { cells } of batch) for (let i = 0; i < columns.length; i++) look(columns[i]!, cells[i] ?? '')
  }
  return { encoding, delimiter, skipRows, header, columns, rows, head }
}

async function encodingOf(path: string): Promise<Encoding> {
  const { encoding, problem } = await detectEncoding(path)
  if (problem) throw new UnreadableFile(problem)
  return encoding
}

function look(column: ColumnProfile, cell: string): void {
  if (isBlank(cell)) {
    column.blanks += 1
    return
  }
  column.filled += 1
  if (column.samples.length < 5 && !column.samples.includes(cell)) column.samples.push(example(cell))
  if (column.distinct.size < 1000 && !column.distinct.has(cell)) column.distinct.add(example(cell))
  column.number.add(cell)
  column.time.add(cell)
}

/** A text of its own: a part of a longer one would keep the piece of the file it was cut from. */
function example(cell: string): string {
  return Buffer.from(cell.slice(0, longestName)).toString()
}

/** The records below the header, those of one piece of the file at a time; blank lines are left out, so are repetitions of the header further down. */
export async function* dataRows(
  path: string,
  layout: { encoding: Encoding; delimiter: string; skipRows: number; header: boolean },
): AsyncGenerator<Row[]> {
  let seen = 0
  let header: readonly string[] | null = null
  for await (const batch of readRows(path, layout.encoding, layout.delimiter)) {
    const rows: Row[] = []
    for (const row of batch) {
      seen += 1
      if (seen <= layout.skipRows || isEmpty(row)) continue
      if (layout.header) {
        if (header === null) {
          header = row.cells
          continue
        }
        if (isSame(row.cells, header)) continue
      }
      rows.push(row)
    }
    if (rows.length > 0) yield rows
  }
}

const isEmpty = ({ cells }: Row) => cells.every((cell) => cell.trim() === '')

const isSame = (cells: readonly string[], others: readonly string[]) =>
  cells.length === others.length && cells.every((cell, i) => cell === others[i])

/** Titles above a table fill fewer than half of its columns. */
function titleRows(rows: Row[]): number {
  const filled = rows.map(({ cells }) => cells.filter((cell) => cell.trim() !== '').length)
  const usual = [...filled].sort((a, b) => a - b)[Math.floor(filled.length / 2)] ?? 0
  let skip = 0
  while (skip < rows.length - 1 && filled[skip]! * 2 < usual) skip += 1
  return skip
}

/** A header has no numbers and no blanks, and some column below it is made of numbers or times. */
function hasHeader(rows: Row[]): boolean {
  const [first, ...rest] = rows
  if (!first || rest.length === 0) return false
  const named = first.cells.filter((cell) => cell.trim() !== '')
  if (named.length === 0) return false
  const numeric = (cell: string) => /^[-+\d.,\s%]+$/.test(cell)
  // Years and quarters may stand in a header; only figures that could not be a period speak against one.
  const figures = named.filter((cell) => numeric(cell) && !/^(19|20)\d\d$/.test(cell.trim()))
  if (figures.length > named.length / 4) return false
  const below = rest.slice(0, 20)
  const differs = first.cells.some(
    (cell, i) => !numeric(cell) && below.some((row) => numeric(row.cells[i] ?? '')),
  )
  const unique = new Set(named.map(fold)).size === named.length
  return differs || unique
}

function headerName(cells: readonly string[], i: number): string {
  return cells[i]!.trim().replace(/\s+/g, ' ').slice(0, longestName) || `#${i + 1}`
}

function columnNames(cells: string[]): string[] {
  const used = new Map<string, number>()
  return cells.map((_, i) => {
    const name = headerName(cells, i)
    const n = (used.get(name) ?? 0) + 1
    used.set(name, n)
    return n === 1 ? name : `${name} (${n})`
  })
}

const emptyFile: Problem = {
  severity: 'error',
  code: 'empty-file',
  message: { vi: 'Tệp không có dòng nào.', en: 'The file has no rows.' },
}
