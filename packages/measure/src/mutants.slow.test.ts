import { describe, expect, test } from 'vitest'
import { SETTINGS, verdictsOf } from './mutant-verdicts.fixture.ts'

/** Every mutant with NHIP_FULL=1; else one in five. */
const every = process.env.NHIP_FULL === '1' ? 1 : 5

describe('no careless change of a framework file passes', () => {
  test.each(Object.keys(SETTINGS))('%s', (name) => {
    const verdicts = verdictsOf(name, every)
    if (verdicts === null) return
    const { mutants, caught, unexplained } = verdicts
    console.info(`${name}: ${mutants} mutants, ${caught} caught, ${mutants - caught} equivalent`)
    expect(unexplained).toEqual([])
    expect(caught).toBeGreaterThan(mutants / 2)
  })
})
