import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'

/** The nation: communes in provinces, items of a form, months. 19,527,480 values with their denominators. */
export const UNITS = 3321
export const PROVINCES = 34
export const ITEMS = 98
export const MONTHS = 60

export interface Table {
  connection: DuckDBConnection
  months: number
  close(): void
}

const values = (months: string) => `
  SELECT u::SMALLINT AS unit, (u % ${PROVINCES})::TINYINT AS province, i::SMALLINT AS item, m::SMALLINT AS period,
         (hash(u, i, m) % 1000)::DOUBLE AS numerator, (1000 + hash(u, i) % 500)::DOUBLE AS denominator
  FROM range(${ITEMS}) items(i), range(${UNITS}) units(u), ${months} months(m)`

/**
 * Fills a table in memory on two threads.
 * @param order `months`: a month at a time, items together, as the lake's daily segments arrive and are kept;
 *   `forms`: one unit's form after the other, as they are typed
 */
export async function nationalTable(months: number, order: 'months' | 'forms'): Promise<Table> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  await connection.run(
    'CREATE TABLE observations(unit SMALLINT, province TINYINT, item SMALLINT, period SMALLINT, numerator DOUBLE, denominator DOUBLE)',
  )
  if (order === 'months') {
    for (let m = 0; m < months; m++)
      await connection.run(`INSERT INTO observations ${values(`(SELECT ${m})`)} ORDER BY item, unit`)
  } else {
    // A few units at a time, so that sorting does not need the memory of the whole nation.
    for (let u = 0; u < UNITS; u += 400)
      await connection.run(
        `INSERT INTO observations SELECT * FROM (${values(`range(${months})`)}) WHERE unit >= ${u} AND unit < ${u + 400} ORDER BY unit, period, item`,
      )
  }
  return {
    connection,
    months,
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

const RATIO = 'sum(numerator) / nullif(sum(denominator), 0)'

/** The charts of the product, with the place each one looks at. */
export function chartQuery(n: number, months: number): string {
  const item = (n * 37) % ITEMS
  const period = (n * 17) % months
  const unit = (n * 1009) % UNITS
  return [
    `SELECT province, item, ${RATIO} FROM observations WHERE period = ${period} GROUP BY ALL`,
    `SELECT province, period, ${RATIO} FROM observations WHERE item = ${item} GROUP BY ALL`,
    `SELECT unit, numerator / nullif(denominator, 0) FROM observations WHERE item = ${item} AND period = ${period}`,
    `SELECT period, numerator / nullif(denominator, 0) FROM observations WHERE item = ${item} AND unit = ${unit} ORDER BY period`,
    `SELECT item, numerator / nullif(denominator, 0) FROM observations WHERE unit = ${unit} AND period = ${period}`,
  ][n % 5]!
}

/** Waits of `count` charts asked one after another, until the last value is read; milliseconds, ascending. */
export async function chartTimes({ connection, months }: Table, count: number): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < count; n++) {
    const began = performance.now()
    const answer = await connection.runAndReadAll(chartQuery(n, months))
    if (answer.getColumns()[0]!.length === 0) throw new Error(`chart ${n} is empty`)
    times.push(performance.now() - began)
  }
  return times.sort((a, b) => a - b)
}

/** Milliseconds for every province × item × month at once, kept as a table; the best of three. */
export async function cubeTime({ connection, months }: Table): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < 3; i++) {
    const began = performance.now()
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE cube AS SELECT province, item, period, ${RATIO} AS value FROM observations GROUP BY ALL`,
    )
    times.push(performance.now() - began)
  }
  const rows = await connection.runAndReadAll('SELECT count(*) FROM cube')
  if (Number(rows.getRows()[0]![0]) !== PROVINCES * ITEMS * months) throw new Error('the cube is not whole')
  return Math.min(...times)
}
