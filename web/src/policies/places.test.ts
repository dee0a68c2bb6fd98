import type { Problem } from '@nhip/canonical/problem'
import { describe, expect, it } from 'vitest'
import { problemsOfFile, shareOut } from './places.ts'

const text = 'values:\n  - {from: 2026-01-01, value: x}\n'
const problem = (line: number, column: number, file = 'a.yaml'): Problem => ({
  severity: 'error',
  code: 'type',
  file,
  line,
  column,
  message: { vi: 'sai', en: 'wrong' },
})

describe('problems at their cells', () => {
  const row = { start: 12, end: 41 }
  const value = { start: text.indexOf('x}'), end: text.indexOf('x}') + 1 }

  it('go to the smallest piece that holds their place', () => {
    const inCell = problem(2, value.start - 8 + 1)
    const inRow = problem(2, 6)
    const { of, rest } = shareOut(problemsOfFile([inCell, inRow], 'a.yaml', text), [row, value])
    expect(of.get(value)).toEqual([inCell])
    expect(of.get(row)).toEqual([inRow])
    expect(rest).toEqual([])
  })

  it('stay with the file where no piece holds them, and never wander to another file', () => {
    const { of, rest } = shareOut(problemsOfFile([problem(1, 1), problem(2, 6, 'b.yaml')], 'a.yaml', text), [
      row,
    ])
    expect(rest).toEqual([problem(1, 1)])
    expect(of.size).toBe(0)
  })
})
