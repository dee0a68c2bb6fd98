import { DuckDBInstance, INTEGER, UTINYINT } from '@duckdb/node-api'
import { emitSql } from '@nhip/policy/sql/emit'
import { lawOf, OUTPUTS } from './law.ts'
import type { People } from './people.ts'

export interface Database {
  totals(): Promise<bigint[]>
  close(): void
}

/** The same law as SQL over the same people, on one thread. */
export async function databaseOf(people: People): Promise<Database> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  await connection.run(
    'CREATE TABLE persons (person_id INTEGER, household_id INTEGER, salary INTEGER, dependants UTINYINT, years UTINYINT); CREATE TABLE households (household_id INTEGER)',
  )
  const { households, first, salary, dependants, years } = people
  const persons = await connection.createAppender('persons')
  const groups = await connection.createAppender('households')
  for (let h = 0; h < households; h++) {
    groups.appendValue(h, INTEGER)
    groups.endRow()
    for (let i = first[h] as number; i < (first[h + 1] as number); i++) {
      persons.appendValue(i, INTEGER)
      persons.appendValue(h, INTEGER)
      persons.appendValue(salary[i] as number, INTEGER)
      persons.appendValue(dependants[i] as number, UTINYINT)
      persons.appendValue(years[i] as number, UTINYINT)
      persons.endRow()
    }
  }
  persons.closeSync()
  groups.closeSync()
  const { households: statement, problems } = emitSql(lawOf(false), 'duckdb', { ordered: false })
  if (statement === null) throw new Error(problems[0]?.message.en)
  const sums = OUTPUTS.map((name) => `CAST(sum(${name}) AS HUGEINT) AS ${name}`).join(', ')
  return {
    totals: async () => {
      const reader = await connection.runAndReadAll(`SELECT ${sums} FROM (${statement})`)
      return (reader.getRowsJS()[0] as (bigint | number)[]).map((value) => BigInt(value as bigint))
    },
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}
