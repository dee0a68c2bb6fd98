import { describe, expect, test } from 'vitest'
import { verdictsOf } from './mutant-verdicts.fixture.ts'

/** A sample; every mutant of every file is tried by mutants.slow.test.ts. */
const EVERY = 37

describe('a careless change of an official framework file does not pass', () => {
  test.each(['hdi-2022.yaml', 'dti-922-province-2022.yaml', 'index-766-2022.yaml', 'papi-2011.yaml'])(
    '%s',
    (name) => {
      const verdicts = verdictsOf(name, EVERY)
      if (verdicts === null) return
      expect(verdicts.unexplained).toEqual([])
      expect(verdicts.caught).toBeGreaterThan(0)
    },
  )
})
