import { expect, it } from 'vitest'
import { disagreements } from './brute-force.fixture.ts'
import { chainDisagreements } from './chain.fixture.ts'

it('4,000 spoilt tables: nothing missed, no false alarm, every case shows its fault', {
  timeout: 400_000,
}, () => {
  const wrong: string[] = []
  for (let i = 0; i < 4_000; i++) wrong.push(...disagreements(i))
  expect(wrong).toEqual([])
})

it('600 chains of tables: only what inputs can bring about', { timeout: 400_000 }, () => {
  const wrong: string[] = []
  for (let i = 0; i < 600; i++) wrong.push(...chainDisagreements(i))
  expect(wrong).toEqual([])
})
