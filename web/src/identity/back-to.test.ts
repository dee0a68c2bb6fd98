import { expect, it } from 'vitest'
import { backTo } from './back-to.ts'

it.each([
  ['/import?dataset=x', '/import?dataset=x'],
  [null, '/'],
  ['//elsewhere.example', '/'],
  ['/\\elsewhere.example', '/'],
  ['https://elsewhere.example', '/'],
])('after signing in, %s leads to %s', (next, to) => {
  expect(backTo(next)).toBe(to)
})
