import { expect, it } from 'vitest'
import { disagreements } from './brute-force.fixture.ts'

// The oracle tries every combination of samples by the interpreter; the long run is in random-tables.slow.test.ts.
it('40 spoilt tables: nothing missed, no false alarm, every case shows its fault', () => {
  const wrong: string[] = []
  for (let i = 0; i < 40; i++) wrong.push(...disagreements(i))
  expect(wrong).toEqual([])
})
