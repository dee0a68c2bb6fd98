import type { EditionDocument, InputRow } from '@nhip/measure/publish/edition'

/** A column of a Parquet file. */
export interface ParquetColumn {
  name: string
  type: 'VARCHAR' | 'DOUBLE'
  values: (string | number | null)[]
}

const inputNames = [
  ['unit', 'VARCHAR'],
  ['item', 'VARCHAR'],
  ['period', 'VARCHAR'],
  ['breakdown', 'VARCHAR'],
  ['published', 'VARCHAR'],
  ['value', 'DOUBLE'],
  ['numerator', 'DOUBLE'],
  ['denominator', 'DOUBLE'],
  ['se', 'DOUBLE'],
  ['status', 'VARCHAR'],
  ['text', 'VARCHAR'],
] as const

export function inputColumns(rows: readonly InputRow[]): ParquetColumn[] {
  return inputNames.map(([name, type]) => ({ name, type, values: rows.map((row) => row[name]) }))
}

/** Results in long form: a unit and node a row, in the order of the document. */
export function resultColumns(document: EditionDocument): ParquetColumn[] {
  const rows = document.results.flatMap(({ period, units }) =>
    units.flatMap((unit) =>
      Object.entries(unit.nodes)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([node, { value, raw = null, state }]) => ({ period, unit, node, value, raw, state })),
    ),
  )
  const column = (
    name: string,
    type: ParquetColumn['type'],
    value: (row: (typeof rows)[number]) => string | number | null,
  ): ParquetColumn => ({ name, type, values: rows.map(value) })
  return [
    column('period', 'VARCHAR', (row) => row.period),
    column('unit', 'VARCHAR', (row) => row.unit.unit),
    column('node', 'VARCHAR', (row) => row.node),
    column('value', 'DOUBLE', (row) => row.value),
    column('raw', 'DOUBLE', (row) => row.raw),
    column('state', 'VARCHAR', (row) => row.state),
    column('rank', 'DOUBLE', (row) => row.unit.rank),
  ]
}

/** Writes one Parquet file in the order of the rows. DuckDB is loaded here and not before: most verbs never need it. */
export async function writeParquet(path: string, columns: readonly ParquetColumn[]): Promise<void> {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  // One thread: several would cut the rows into groups of their own choosing.
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', preserve_insertion_order: 'true' })
  const connection = await instance.connect()
  try {
    await connection.run(
      `CREATE TABLE t (${columns.map(({ name, type }) => `"${name}" ${type}`).join(', ')})`,
    )
    const appender = await connection.createAppender('t')
    for (let row = 0; row < (columns[0]?.values.length ?? 0); row++) {
      for (const { type, values } of columns) {
        const value = values[row] ?? null
        if (value === null) appender.appendNull()
        else if (type === 'VARCHAR') appender.appendVarchar(String(value))
        else appender.appendDouble(Number(value))
      }
      appender.endRow()
    }
    appender.closeSync()
    await connection.run(`COPY t TO '${path.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
