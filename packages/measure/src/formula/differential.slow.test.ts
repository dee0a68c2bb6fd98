import { expect, it } from 'vitest'
import { compareBackEnds } from './differential.fixture.ts'

/** The stated size with NHIP_FULL=1; else as much as a build can wait for. */
const formulas = process.env.NHIP_FULL === '1' ? 1000 : 250
const pairs = formulas * 20

it(`JavaScript and DuckDB agree in state and value: ${pairs} pairs of a random formula and a random table`, async () => {
  const found = await compareBackEnds(20_260_722, formulas, 20)
  console.log(
    `${found.pairs} pairs, ${found.values} values, by state ${found.states.join(' ')}, ${found.differences.length} differences`,
  )
  expect(found.differences).toEqual([])
  expect(found.pairs).toBe(pairs)
})
