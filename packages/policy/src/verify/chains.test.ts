import { expect, it } from 'vitest'
import { chainDisagreements } from './chain.fixture.ts'

// The oracle gives the first tables every input and looks at what reaches the last one.
it('12 chains of tables: gaps, overlaps and dead rules are those that inputs can bring about', {
  timeout: 30_000,
}, () => {
  const wrong: string[] = []
  for (let i = 0; i < 12; i++) wrong.push(...chainDisagreements(i))
  expect(wrong).toEqual([])
})
