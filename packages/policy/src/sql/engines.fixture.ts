import { DuckDBInstance } from '@duckdb/node-api'
import { PGlite } from '@electric-sql/pglite'
import { dateOfDayNumber } from '@nhip/calendar/civil-date'
import { decoded } from '../ir/memo.ts'
import type { Ir, IrInput } from '../ir/node.ts'
import type { Chunk, Column } from '../kernel/contract.ts'
import { shown } from '../kernel/differential.fixture.ts'
import { type Dialect, emitSql } from './emit.ts'

/** A database in memory that runs statements and gives rows as JSON values, numbers as text. */
export interface Engine {
  readonly dialect: Dialect
  run(sql: string): Promise<void>
  rows(sql: string): Promise<Record<string, unknown>[]>
  close(): Promise<void>
}

export async function duckdb(): Promise<Engine> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  return {
    dialect: 'duckdb',
    run: async (sql) => void (await connection.run(sql)),
    rows: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJS(),
    close: async () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

export async function postgres(): Promise<Engine> {
  const database = await PGlite.create()
  return {
    dialect: 'postgres',
    run: async (sql) => void (await database.exec(sql)),
    rows: async (sql) => {
      // Whole numbers of any size, and dates as they are written.
      const asText = (text: string) => text
      const { rows } = await database.query<Record<string, unknown>>(sql, [], {
        parsers: { 20: asText, 1700: asText, 1082: asText },
      })
      return rows
    },
    close: () => database.close(),
  }
}

const sqlType = ({ type }: IrInput): string =>
  type.kind === 'number'
    ? 'BIGINT'
    : type.kind === 'boolean'
      ? 'BOOLEAN'
      : type.kind === 'date'
        ? 'DATE'
        : 'VARCHAR'

function literal(column: Column, row: number, { type }: IrInput): string {
  if (column.valid?.[row] === 0) return 'NULL'
  const value = column.data[row] as number
  if (type.kind === 'number') return String(value)
  if (type.kind === 'boolean') return value === 1 ? 'TRUE' : 'FALSE'
  if (type.kind === 'date') return `DATE '${dateOfDayNumber(value)}'`
  return `'${String(decoded(value, type)).replaceAll("'", "''")}'`
}

/** Puts a chunk into the tables that the emitted statements read. */
export async function fill(engine: Engine, ir: Ir, chunk: Chunk): Promise<void> {
  for (const level of ['person', 'group'] as const) {
    const own = ir.inputs.filter((input) => input.level === level)
    const table = level === 'person' ? 'persons' : 'households'
    const keys = level === 'person' ? ['person_id', 'household_id'] : ['household_id']
    const columns = own.map((input) => `"${input.column}" ${sqlType(input)}`)
    await engine.run(
      `DROP TABLE IF EXISTS ${table}; CREATE TABLE ${table} (${[...keys.map((key) => `${key} BIGINT`), ...columns].join(', ')})`,
    )
    const rows: string[] = []
    for (let h = 0; h < chunk.households; h++) {
      const [b, e] = [chunk.first[h] as number, chunk.first[h + 1] as number]
      const members = level === 'person' ? Array.from({ length: e - b }, (_, i) => b + i) : [h]
      for (const row of members) {
        const values = own.map((input) => literal(chunk.columns[input.column] as Column, row, input))
        rows.push(`(${[...(level === 'person' ? [row, h] : [h]), ...values].join(', ')})`)
      }
    }
    for (let at = 0; at < rows.length; at += 2_000)
      await engine.run(`INSERT INTO ${table} VALUES ${rows.slice(at, at + 2_000).join(', ')}`)
  }
}

/** What an engine makes of every output of every row, in the words of `shown`. */
export async function answered(engine: Engine, ir: Ir): Promise<Map<string, string>> {
  const { persons, households, problems } = emitSql(ir, engine.dialect)
  const [problem] = problems
  if (problem !== undefined) throw new Error(problem.message.en)
  const found = new Map<string, string>()
  for (const [sql, key, level] of [
    [persons, 'person_id', 'person'],
    [households, 'household_id', 'group'],
  ] as const) {
    if (sql === null) continue
    const outputs = ir.outputs.filter((output) => output.level === level)
    for (const row of await engine.rows(sql))
      for (const { name, node } of outputs) found.set(`${name}[${row[key]}]`, textOf(row[name], ir, node))
  }
  return found
}

function textOf(value: unknown, ir: Ir, node: number): string {
  if (value === null || value === undefined) return 'null'
  const type = ir.nodes[node]?.type
  if (type?.kind === 'number') {
    const digits = BigInt(String(value))
    return shown(decoded(digits, type), type)
  }
  if (value instanceof Date) return value.toISOString().slice(0, 10)
  return String(value)
}
