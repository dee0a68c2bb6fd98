import { expect, it } from 'vitest'
import { compareBackEnds } from './differential.fixture.ts'

it('JavaScript and DuckDB agree in state and value: 120 pairs of a random formula and a random table', async () => {
  const { pairs, states, differences } = await compareBackEnds(2026, 6, 20)
  expect(differences).toEqual([])
  expect(pairs).toBe(120)
  // Every state is the answer somewhere, so none is compared in name only.
  expect(Math.min(...states)).toBeGreaterThan(0)
}, 60_000)
