import { expect, it } from 'vitest'
import { compareBackEnds } from './differential.fixture.ts'

it('JavaScript and DuckDB agree in state and value: 20,000 pairs of a random formula and a random table', async () => {
  const { pairs, values, states, differences } = await compareBackEnds(20_260_722, 1000, 20)
  console.log(
    `${pairs} pairs, ${values} values, by state ${states.join(' ')}, ${differences.length} differences`,
  )
  expect(differences).toEqual([])
  expect(pairs).toBe(20_000)
})
