import { expect, it } from 'vitest'
import { inSeconds, inUnits } from './duration.ts'

it('a length of time is shown in the longest unit it is a whole number of', () => {
  expect(inUnits(300)).toEqual({ amount: 5, unit: 'minute' })
  expect(inUnits(5400)).toEqual({ amount: 90, unit: 'minute' })
  expect(inUnits(86_400)).toEqual({ amount: 1, unit: 'day' })
  expect(inUnits(0.5)).toEqual({ amount: 0.5, unit: 'second' })
})

it('what was shown is what is stored', () => {
  for (const seconds of [1, 59, 60, 90, 3600, 5400, 86_400, 2_678_400]) {
    const { amount, unit } = inUnits(seconds)
    expect(inSeconds(amount, unit)).toBe(seconds)
  }
})
