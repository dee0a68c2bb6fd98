import type { DuckDBConnection, DuckDBVector } from '@duckdb/node-api'
import type { RawPopulation } from './check.ts'
import type { Cells, ColumnData, Population, PopulationColumn, PopulationManifest } from './population.ts'
import { cellsFor } from './synth/columns.ts'

/** Where the two tables of a population lie. */
export interface PopulationFiles {
  readonly households: string
  readonly persons: string
}

/** DuckDB hands rows over in chunks of this many. */
const ROWS = 2048

/**
 * Reads the tables of a population. DuckDB is loaded only now, so that whoever keeps populations in memory can do without it.
 * Texts become codes of the declared enumerations, an unknown one a code outside of them; {@link checkPopulation} then says so.
 * @throws what DuckDB says of a file that is none, or lacks a declared column
 */
export async function readParquet(
  manifest: PopulationManifest,
  files: PopulationFiles,
  signal?: AbortSignal,
): Promise<RawPopulation> {
  const connection = await connect()
  try {
    const columns: Record<string, ColumnData> = {}
    const ids: Record<string, Float64Array> = {}
    for (const [entity, path] of [
      ['household', files.households],
      ['person', files.persons],
    ] as const) {
      const present = await columnsOf(connection, path)
      const declared = manifest.columns.filter((c) => c.entity === entity && present.has(c.name))
      const rows = Number(await single(connection, `SELECT count(*) FROM read_parquet(${literal(path)})`))
      const keys = new Float64Array(rows)
      const cells = declared.map((column) => cellsFor(column, rows))
      const valid: (Uint8Array | undefined)[] = declared.map(() => undefined)
      const expressions = ['household_id::DOUBLE', ...declared.map(readExpression)]
      const result = await connection.stream(
        `SELECT ${expressions.join(', ')} FROM read_parquet(${literal(path)})`,
      )
      let row = 0
      for (;;) {
        signal?.throwIfAborted()
        const chunk = await result.fetchChunk()
        if (!chunk || chunk.rowCount === 0) break
        const n = chunk.rowCount
        copy(chunk.getColumnVector(0), n, keys, row, () => {})
        for (const [i, target] of cells.entries()) {
          copy(chunk.getColumnVector(i + 1), n, target, row, (at) => {
            valid[i] ??= new Uint8Array(rows).fill(1)
            ;(valid[i] as Uint8Array)[at] = 0
          })
        }
        row += n
      }
      ids[entity] = keys
      for (const [i, column] of declared.entries()) {
        const bytes = valid[i]
        columns[column.name] = { data: cells[i] as Cells, ...(bytes ? { valid: bytes } : {}) }
      }
    }
    return {
      manifest,
      householdIds: ids.household as Float64Array,
      personHouseholds: ids.person as Float64Array,
      columns,
    }
  } finally {
    connection.closeSync()
  }
}

/** Writes the two tables of a population. The same population gives the same bytes (of one version of DuckDB). */
export async function writeParquet(population: Population, files: PopulationFiles): Promise<void> {
  const { DOUBLE, DuckDBDataChunk } = await import('@duckdb/node-api')
  const connection = await connect()
  try {
    const { first, ids, households, persons, manifest } = population
    const owner = new Float64Array(persons)
    for (let h = 0; h < households; h++)
      owner.fill(ids[h] as number, first[h] as number, first[h + 1] as number)
    for (const [entity, path, keys] of [
      ['household', files.households, ids],
      ['person', files.persons, owner],
    ] as const) {
      const declared = manifest.columns.filter((c) => c.entity === entity && population.columns[c.name])
      const names = ['household_id', ...declared.map(({ name }) => name)]
      await connection.run(`CREATE TABLE rows (${names.map((name) => `${quoted(name)} DOUBLE`).join(', ')})`)
      const appender = await connection.createAppender('rows')
      const data: ColumnData[] = [
        { data: keys as never },
        ...declared.map(({ name }) => population.columns[name] as ColumnData),
      ]
      for (let from = 0; from < keys.length; from += ROWS) {
        const n = Math.min(ROWS, keys.length - from)
        const chunk = DuckDBDataChunk.create(
          names.map(() => DOUBLE),
          n,
        )
        for (const [i, column] of data.entries()) {
          const vector = chunk.getColumnVector(i) as unknown as Writable
          for (let k = 0; k < n; k++)
            vector.setItem(k, column.valid?.[from + k] === 0 ? null : (column.data[from + k] as number))
          vector.flush()
        }
        appender.appendDataChunk(chunk)
      }
      appender.closeSync()
      const expressions = ['household_id::BIGINT AS household_id', ...declared.map(writeExpression)]
      await connection.run(
        `COPY (SELECT ${expressions.join(', ')} FROM rows) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`,
      )
      await connection.run('DROP TABLE rows')
    }
  } finally {
    connection.closeSync()
  }
}

interface Writable {
  setItem(row: number, value: number | null): void
  flush(): void
}

async function connect(): Promise<DuckDBConnection> {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  return instance.connect()
}

function copy(
  vector: DuckDBVector,
  rows: number,
  target: Cells,
  at: number,
  missing: (row: number) => void,
): void {
  const bytes = target instanceof Uint8Array
  for (let i = 0; i < rows; i++) {
    const value = vector.getItem(i) as number | null
    if (value === null) missing(at + i)
    // What a byte cannot hold must not wrap to something that is allowed: 255 never is.
    else target[at + i] = bytes && !(value >= 0 && value < 256 && Number.isInteger(value)) ? 255 : value
  }
}

async function columnsOf(connection: DuckDBConnection, path: string): Promise<Set<string>> {
  const reader = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet(${literal(path)})`)
  return new Set(reader.getRows().map(([name]) => String(name)))
}

async function single(connection: DuckDBConnection, sql: string): Promise<unknown> {
  const reader = await connection.runAndReadAll(sql)
  return reader.getRows()[0]?.[0]
}

function readExpression(column: PopulationColumn): string {
  const name = quoted(column.name)
  if (column.enum) {
    const list = `[${column.enum.map(literal).join(', ')}]`
    return `CASE WHEN ${name} IS NULL THEN NULL ELSE coalesce(list_position(${list}, ${name}::VARCHAR), 0)::DOUBLE - 1 END`
  }
  if (column.type === 'date') return `(${name}::DATE - DATE '1970-01-01')::DOUBLE`
  if (column.type === 'boolean') return `${name}::INTEGER::DOUBLE`
  const scale = column.scale ?? 0
  return scale === 0 ? `${name}::DOUBLE` : `round(${name} * ${10 ** scale}, 6)::DOUBLE`
}

function writeExpression(column: PopulationColumn): string {
  const name = quoted(column.name)
  if (column.enum)
    return `list_extract([${column.enum.map(literal).join(', ')}], ${name}::INTEGER + 1) AS ${name}`
  if (column.type === 'date') return `DATE '1970-01-01' + ${name}::INTEGER AS ${name}`
  if (column.type === 'boolean') return `${name} = 1 AS ${name}`
  const scale = column.scale ?? 0
  return scale === 0
    ? `${name}::BIGINT AS ${name}`
    : `(${name}::DECIMAL(18, 0) / ${10 ** scale})::DECIMAL(18, ${scale}) AS ${name}`
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Writes the households whose income differs between two laws: id, both incomes and the change, in units of the income's scale. */
export async function writeChangedHouseholds(
  { ids }: Pick<Population, 'ids'>,
  base: Float64Array,
  reform: Float64Array,
  path: string,
): Promise<void> {
  const { DOUBLE, DuckDBDataChunk } = await import('@duckdb/node-api')
  const connection = await connect()
  try {
    await connection.run('CREATE TABLE rows (household_id DOUBLE, base DOUBLE, reform DOUBLE)')
    const appender = await connection.createAppender('rows')
    const changed: number[] = []
    for (let h = 0; h < ids.length; h++) if (base[h] !== reform[h]) changed.push(h)
    for (let from = 0; from < changed.length; from += ROWS) {
      const rows = changed.slice(from, from + ROWS)
      const chunk = DuckDBDataChunk.create([DOUBLE, DOUBLE, DOUBLE], rows.length)
      for (const [i, column] of [ids, base, reform].entries())
        chunk.setColumnValues(
          i,
          rows.map((h) => column[h] as number),
        )
      appender.appendDataChunk(chunk)
    }
    appender.closeSync()
    await connection.run(
      `COPY (SELECT household_id::BIGINT AS household_id, base::BIGINT AS base, reform::BIGINT AS reform, (reform - base)::BIGINT AS change FROM rows) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`,
    )
  } finally {
    connection.closeSync()
  }
}
