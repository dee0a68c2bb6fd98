import { expect, it } from 'vitest'
import { fuzz } from './fuzz.fixture.ts'

it('a million random and mutated texts: no exception, no hang, memory bounded', () => {
  const heaps: number[] = []
  for (let seed = 0; seed < 50; seed++) {
    expect(fuzz(20_000, 1_000 + seed).slowest).toBeLessThan(5_000)
    heaps.push(process.memoryUsage().heapUsed / 2 ** 20)
  }
  const early = Math.max(...heaps.slice(0, 10))
  expect(Math.max(...heaps.slice(40))).toBeLessThan(early + 200)
})
