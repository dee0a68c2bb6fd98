import { expect, it } from 'vitest'
import { fuzz } from './fuzz.fixture.ts'

const rounds = process.env.NHIP_FULL === '1' ? 50 : 5

it('random and mutated texts (a million with NHIP_FULL=1): no exception, no hang, memory bounded', () => {
  const heaps: number[] = []
  for (let seed = 0; seed < rounds; seed++) {
    expect(fuzz(20_000, 1_000 + seed).slowest).toBeLessThan(5_000)
    heaps.push(process.memoryUsage().heapUsed / 2 ** 20)
  }
  const early = Math.max(...heaps.slice(0, Math.ceil(rounds / 5)))
  expect(Math.max(...heaps.slice(-Math.ceil(rounds / 5)))).toBeLessThan(early + 200)
})
