import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { duckdb, type Engine, postgres } from '../sql/engines.fixture.ts'
import { compareOne, emptyTally } from './compare.fixture.ts'

/** A run of the size that a build can wait for; NHIP_FULL=1 goes to ten million, some minutes of one core. */
const [WANTED, HOUSEHOLDS] = process.env.NHIP_FULL === '1' ? [10_000_000, 1_000] : [200_000, 60]

describe('differential run at length', () => {
  const engines: Engine[] = []
  beforeAll(async () => {
    engines.push(await duckdb(), await postgres())
  }, 60_000)
  afterAll(async () => {
    for (const engine of engines) await engine.close()
  })

  it(`finds no difference in ${WANTED} comparisons`, async () => {
    const tally = emptyTally()
    for (let seed = 10_000; tally.comparisons < WANTED && tally.differences.length === 0; seed++)
      await compareOne(seed, HOUSEHOLDS, engines, tally)
    console.log(
      `${tally.comparisons} comparisons on ${tally.bundles} bundles, ${tally.differences.length} differences; refused ${tally.refused}, by SQL ${tally.sqlRefused}`,
    )
    expect(tally.differences).toEqual([])
    expect(tally.comparisons).toBeGreaterThanOrEqual(WANTED)
    expect(tally.refused).toBeLessThan(tally.bundles / 5)
  }, 3600_000)
})
