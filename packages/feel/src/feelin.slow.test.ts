import { expect, it } from 'vitest'
import { differences } from './feelin.fixture.ts'

it('100,000 generated expressions: every difference from feelin has a reason in DMN 1.5', () => {
  for (let seed = 1; seed <= 10; seed++) expect(differences(10_000, seed).unexplained).toEqual([])
})
