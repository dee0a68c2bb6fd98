import { expect, it } from 'vitest'
import { differences } from './feelin.fixture.ts'

it('generated expressions (100,000 with NHIP_FULL=1): every difference from feelin has a reason in DMN 1.5', () => {
  for (let seed = 1; seed <= (process.env.NHIP_FULL === '1' ? 20 : 1); seed++)
    expect(differences(5_000, seed).unexplained).toEqual([])
})
