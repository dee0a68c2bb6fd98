import { expect, it } from 'vitest'
import { disagreements } from './brute-force.fixture.ts'
import { chainDisagreements } from './chain.fixture.ts'

/** The stated sizes with NHIP_FULL=1; else as much as a build can wait for. */
const [tables, chains] = process.env.NHIP_FULL === '1' ? [4_000, 600] : [500, 100]

it(`${tables} spoilt tables: nothing missed, no false alarm, every case shows its fault`, {
  timeout: 400_000,
}, () => {
  const wrong: string[] = []
  for (let i = 0; i < tables; i++) wrong.push(...disagreements(i))
  expect(wrong).toEqual([])
})

it(`${chains} chains of tables: only what inputs can bring about`, { timeout: 400_000 }, () => {
  const wrong: string[] = []
  for (let i = 0; i < chains; i++) wrong.push(...chainDisagreements(i))
  expect(wrong).toEqual([])
})
