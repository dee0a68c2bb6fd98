import { expect, it } from 'vitest'
import { fuzz } from './fuzz.fixture.ts'

it('5,000 random and mutated texts: no exception, no hang', { timeout: 60_000 }, () => {
  expect(fuzz(5_000, 7).slowest).toBeLessThan(10_000)
})
