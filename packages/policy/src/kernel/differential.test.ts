import { describe, expect, it } from 'vitest'
import { compareOne, emptyTally } from './compare.fixture.ts'

describe('interpreter = kernel = closures', { timeout: 30_000 }, () => {
  it('gives the same values on bundles made by chance, with rows at the edges', async () => {
    const tally = emptyTally()
    for (let seed = 1; seed <= 6; seed++) await compareOne(seed, 8, [], tally)
    expect(tally.differences).toEqual([])
    expect(tally.bundles).toBe(6)
    expect(tally.comparisons).toBeGreaterThan(1_000)
  })
})
