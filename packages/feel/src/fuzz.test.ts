import { expect, it } from 'vitest'
import { fuzz } from './fuzz.fixture.ts'

it('10,000 random and mutated texts: no exception, no hang', { timeout: 60_000 }, () => {
  expect(fuzz(10_000, 7).slowest).toBeLessThan(3_000)
})
