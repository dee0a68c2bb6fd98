import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { lastDay } from '@nhip/calendar/period'
import type { Cube } from './cube.ts'
import { quoted, type SqlSource } from './relation.ts'

export async function connect(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  return instance.connect()
}

/** Puts a cube into the three tables that `toSql` reads. */
export async function load(connection: DuckDBConnection, cube: Cube): Promise<SqlSource> {
  const text = (x: string | null): string => (x === null ? 'NULL' : quoted(x))
  const units = cube.units.map(
    (u) =>
      `(${text(u.code)}, ${text(cube.units[u.parent]?.code ?? null)}, ${text(u.level)}, ${text(u.opens)}, ${text(u.closes)})`,
  )
  const periods = cube.periods.map(
    (p, i) => `(${text(p)}, ${i}, ${text(p.slice(0, 4))}, ${p === '' ? 'NULL' : text(lastDay(p))})`,
  )
  await connection.run(`
    CREATE OR REPLACE TABLE units (code VARCHAR, parent VARCHAR, level VARCHAR, opens VARCHAR, closes VARCHAR);
    CREATE OR REPLACE TABLE periods (period VARCHAR, ordinal INTEGER, year VARCHAR, last_day VARCHAR);
    CREATE OR REPLACE TABLE cells (unit VARCHAR, period VARCHAR, item VARCHAR, breakdown VARCHAR, state INTEGER,
      value DOUBLE, text VARCHAR, numerator DOUBLE, denominator DOUBLE);
    INSERT INTO units VALUES ${units.join(', ')};
    INSERT INTO periods VALUES ${periods.join(', ')};`)
  const appender = await connection.createAppender('cells')
  const number = (x: number | undefined): void =>
    x === undefined || Number.isNaN(x) ? appender.appendNull() : appender.appendDouble(x)
  for (const [item, byBreakdown] of cube.items) {
    for (const [breakdown, of] of byBreakdown) {
      of.state.forEach((state, at) => {
        appender.appendVarchar(cube.units[at % cube.units.length]!.code)
        appender.appendVarchar(cube.periods[Math.floor(at / cube.units.length)]!)
        appender.appendVarchar(item)
        appender.appendVarchar(breakdown)
        appender.appendInteger(state)
        number(state === 0 ? of.value[at] : undefined)
        const words = of.text?.[at] ?? null
        if (words === null) appender.appendNull()
        else appender.appendVarchar(words)
        number(of.numerator?.[at])
        number(of.denominator?.[at])
        appender.endRow()
      })
    }
  }
  appender.closeSync()
  return { cells: 'cells', units: 'units', periods: 'periods', kind: cube.kind }
}
