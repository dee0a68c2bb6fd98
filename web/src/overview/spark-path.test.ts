import { expect, it } from 'vitest'
import { sparkPath } from './spark-path.ts'

it('runs from the left edge to the right, the greatest value on top', () => {
  const { line, last } = sparkPath([0, 10, 5], 100, 48)
  expect(line).toBe('M0 44L50 4L100 24')
  expect(last).toEqual([100, 24])
})

it('breaks at a missing value', () => {
  expect(sparkPath([1, 2, null, 2, 1], 100, 48).line.match(/M/g)).toHaveLength(2)
})

it('draws nothing from fewer than two values, and a flat line when all are equal', () => {
  expect(sparkPath([null, 3], 100, 48).line).toBe('')
  expect(sparkPath([3, 3], 100, 48).line).toBe('M0 44L100 44')
})
