import { RandomStream } from '@nhip/random/stream'
import { expect, test } from 'vitest'
import { CLIFF_LAW, populationOf, type SampleHousehold } from './sample.fixture.ts'
import { simulate } from './simulate.ts'

/** The law of the fixture for one household, written down a second time without the engine. */
function cashOf({ salaries, children }: SampleHousehold): { cash: number; tax: number; allowance: number } {
  const earned = salaries.reduce((a, b) => a + b, 0)
  const taxOf = (s: number): number =>
    Math.round(0.1 * Math.max(0, Math.min(s, 20_000_000) - 5_000_000) + 0.2 * Math.max(0, s - 20_000_000))
  const tax = salaries.reduce((sum, s) => sum + taxOf(s), 0)
  const allowance = earned <= 3_000_000 * (salaries.length + children) ? children * 500_000 : 0
  return { cash: earned - tax + allowance, tax, allowance }
}

test('deciles, Gini, FGT and budget are those of DuckDB over the same incomes', {
  timeout: 30_000,
}, async () => {
  const stream = new RandomStream('oracle')
  const list = Array.from(
    { length: 800 },
    (): SampleHousehold => ({
      salaries: Array.from({ length: stream.integer(1, 3) }, () => stream.integer(0, 3_000) * 10_000),
      children: stream.integer(0, 4),
      weight: stream.integer(1, 9),
      province: stream.integer(0, 1),
    }),
  )
  const result = await simulate(
    {
      base: { files: CLIFF_LAW, reforms: [] },
      reform: null,
      period: '2026-07',
      population: populationOf(list),
    },
    { analyses: [] },
  )
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  await connection.run(
    'CREATE TABLE h (id BIGINT, n BIGINT, w BIGINT, province BIGINT, cash BIGINT, tax BIGINT, allowance BIGINT)',
  )
  const values = list.map((one, id) => {
    const { cash, tax, allowance } = cashOf(one)
    return `(${id}, ${one.salaries.length + one.children}, ${one.weight}, ${one.province}, ${cash}, ${tax}, ${allowance})`
  })
  await connection.run(`INSERT INTO h VALUES ${values.join(', ')}`)
  const rows = async (sql: string): Promise<unknown[][]> => (await connection.runAndReadAll(sql)).getRows()

  const ranked = `(SELECT *, w * n AS persons, sum(w * n) OVER (ORDER BY cash::DOUBLE / n, id) AS upto, sum(w * n) OVER () AS heads,
    sum(w * cash) OVER (ORDER BY cash::DOUBLE / n, id) AS income, sum(w * cash) OVER () AS total FROM h)`
  const [[expectedGini]] = (await rows(
    `SELECT 1 - sum(persons::DOUBLE * (2 * income - w * cash)::DOUBLE) / (max(heads)::DOUBLE * max(total)::DOUBLE) FROM ${ranked}`,
  )) as [[number]]
  expect(result.inequality.gini.base).toBeCloseTo(expectedGini, 10)

  const tenth = 'least(9, (10 * (2 * (upto - persons) + persons)) // (2 * heads))'
  const byTenth = await rows(
    `SELECT ${tenth} AS d, sum(w * tax)::VARCHAR FROM ${ranked} GROUP BY d ORDER BY d`,
  )
  const tax = result.budget.find(({ variable }) => variable === 'tax')
  const decile = (tax?.by.decile ?? []) as readonly { base: unknown }[]
  expect(decile.map(({ base }) => String(base))).toEqual(byTenth.map(([, sum]) => String(sum)))

  const poor = '2500000 * n > cash'
  const [[fgt0, fgt1, fgt2]] = (await rows(
    `SELECT sum(CASE WHEN ${poor} THEN w * n ELSE 0 END)::DOUBLE / sum(w * n),
      sum(CASE WHEN ${poor} THEN w * n * (1 - cash::DOUBLE / n / 2500000) ELSE 0 END) / sum(w * n),
      sum(CASE WHEN ${poor} THEN w * n * power(1 - cash::DOUBLE / n / 2500000, 2) ELSE 0 END) / sum(w * n) FROM h`,
  )) as [[number, number, number]]
  const [line] = result.inequality.poverty
  expect(line?.base.fgt0).toBeCloseTo(fgt0, 12)
  expect(line?.base.fgt1).toBeCloseTo(fgt1, 10)
  expect(line?.base.fgt2).toBeCloseTo(fgt2, 10)

  const byProvince = await rows(
    "SELECT CASE province WHEN 0 THEN '01' ELSE '79' END, sum(w * allowance)::VARCHAR FROM h GROUP BY province",
  )
  const allowance = result.budget.find(({ variable }) => variable === 'allowance')
  const found = Object.entries(allowance?.by.province ?? {}).map(([key, { base }]) => [key, String(base)])
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(byProvince))
  connection.closeSync()
})
