import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBAppender, DuckDBInstance, DuckDBTimestampTZValue } from '@duckdb/node-api'
import { formatInstant } from '@nhip/calendar/instant'
import { csvCell } from '@nhip/node/http/csv-cell'
import type { SeriesRow } from './series-rows.ts'

const columns = [
  ...(['dataset', 'entity', 'property', 'breakdown', 'from', 'to', 'value', 'exact', 'num', 'den'] as const),
  ...(['text', 'uom', 'status', 'published', 'recorded'] as const),
] as const
const times: ReadonlySet<string> = new Set(['from', 'to', 'published', 'recorded'])
const numbers: ReadonlySet<string> = new Set(['value', 'num', 'den'])

/** Lines of a CSV (RFC 4180), the header first; times with the offset of Viet Nam. Text that looks like a formula is marked as text. */
export async function* csvOf(rows: AsyncIterable<SeriesRow>): AsyncGenerator<string> {
  yield `${columns.join(',')}\r\n`
  for await (const row of rows) {
    const cells = columns.map((name) => {
      const value = row[name]
      if (value === null) return ''
      return csvCell(times.has(name) ? formatInstant(value as number) : value)
    })
    yield `${cells.join(',')}\r\n`
  }
}

/**
 * Writes the rows as a Parquet file: times as instants, numbers as doubles, the exact decimal as text. Rows wait in a
 * temporary file, not in memory, so a series may be of any length. The number of rows.
 */
export async function writeParquet(rows: AsyncIterable<SeriesRow>, file: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'nhip-export-'))
  try {
    const instance = await DuckDBInstance.create(join(folder, 'rows.duckdb'), { memory_limit: '512MB' })
    const connection = await instance.connect()
    try {
      const types = columns.map((name) => `"${name}" ${typeOf(name)}`)
      await connection.run(`CREATE TABLE series (${types.join(', ')})`)
      const appender = await connection.createAppender('series')
      let count = 0
      for await (const row of rows) {
        for (const name of columns) append(appender, name, row[name])
        appender.endRow()
        if (++count % 50_000 === 0) appender.flushSync()
      }
      appender.closeSync()
      await connection.run(
        `COPY series TO '${file.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`,
      )
      return count
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function typeOf(name: string): string {
  return times.has(name) ? 'TIMESTAMPTZ' : numbers.has(name) ? 'DOUBLE' : 'VARCHAR'
}

function append(appender: DuckDBAppender, name: string, value: string | number | null): void {
  if (value === null) appender.appendNull()
  else if (typeof value === 'string') appender.appendVarchar(value)
  else if (numbers.has(name)) appender.appendDouble(value)
  else appender.appendTimestampTZ(new DuckDBTimestampTZValue(BigInt(value) * 1000n))
}
