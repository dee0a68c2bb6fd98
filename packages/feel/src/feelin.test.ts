import { expect, it } from 'vitest'
import { differences } from './feelin.fixture.ts'

it('generated expressions: every difference from feelin has a reason in DMN 1.5', { timeout: 60_000 }, () => {
  const { unexplained, differing } = differences(120, 20_260)
  expect(unexplained).toEqual([])
  expect(differing).toBeLessThan(60)
})
