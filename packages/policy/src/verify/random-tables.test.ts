import { expect, it } from 'vitest'
import { disagreements } from './brute-force.fixture.ts'

// The oracle tries every combination of samples by the interpreter; the long run is in random-tables.slow.test.ts.
it('30 spoilt tables: nothing missed, no false alarm, every case shows its fault', {
  timeout: 30_000,
}, () => {
  const wrong: string[] = []
  for (let i = 0; i < 30; i++) wrong.push(...disagreements(i))
  expect(wrong).toEqual([])
})
