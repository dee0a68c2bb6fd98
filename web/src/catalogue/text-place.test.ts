import { expect, it } from 'vitest'
import { offsetOf, pointedAt } from './text-place.ts'

const text = 'value > 200\n\tand at.hour <\n5'

it('a place is where the text goes wrong', () => {
  expect(text.slice(offsetOf(text, 1, 7))).toMatch(/^> 200/)
  expect(text.slice(offsetOf(text, 2, 2))).toMatch(/^and at/)
  expect(offsetOf(text, 3, 99)).toBe(text.length)
  expect(offsetOf(text, 9, 1)).toBe(text.length)
})

it('the mark stands under the place, tabs included', () => {
  expect(pointedAt('value > 200 an 3', 1, 13)).toBe('value > 200 an 3\n            ^')
  expect(pointedAt(text, 2, 6)).toBe('\tand at.hour <\n\t    ^')
})
