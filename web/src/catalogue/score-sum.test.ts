import type { ScoreItem } from '@nhip/node/observations/contract'
import { expect, it } from 'vitest'
import { scoreOf } from './score-sum.ts'

const share = (good: number, of: number) => ({ good, of, share: of === 0 ? null : (good / of) * 100 })
const day = (parts: Partial<ScoreItem>): ScoreItem => ({
  day: '2026-11-21',
  source: 'tram-do',
  completeness: share(0, 0),
  timeliness: share(0, 0),
  validity: share(0, 0),
  uniqueness: share(0, 0),
  score: null,
  ...parts,
})

it('one day has its own score', () => {
  expect(
    scoreOf([
      day({
        completeness: share(90, 100),
        timeliness: share(80, 90),
        validity: share(90, 90),
        uniqueness: share(90, 90),
      }),
    ]),
  ).toBeCloseTo((90 + (80 / 90) * 100 + 100 + 100) / 4, 10)
})

it('a day with ten values weighs a tenth of one with a hundred', () => {
  const week = [day({ validity: share(100, 100) }), day({ validity: share(0, 10) })]
  expect(scoreOf(week)).toBeCloseTo((100 / 110) * 100, 10)
})

it('without a promise only what can be judged counts, and nothing to judge is no score', () => {
  expect(scoreOf([day({ validity: share(1, 2) })])).toBe(50)
  expect(scoreOf([day({})])).toBeNull()
  expect(scoreOf([])).toBeNull()
})
