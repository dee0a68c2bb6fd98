import { describe, expect, it } from 'vitest'
import { valueProblems } from './value-problems.ts'

const file = (value: string) => `uom: VND\nvalues:\n  - {from: 2026-01-01, value: ${value}}\n`

describe('values of a parameter with a unit', () => {
  it('are numbers, expressions or null', () => {
    for (const value of ['18000000', '0.05', '-1', '1e3', 'null', '{feel: "2 * parameters.base"}'])
      expect(valueProblems('a.yaml', file(value), 'VND')).toEqual([])
  })

  it('that are words are told at their own place', () => {
    const [problem, ...more] = valueProblems('a.yaml', file('"18 triệu"'), 'VND')
    expect(more).toEqual([])
    expect(problem).toMatchObject({
      code: 'value.type',
      severity: 'error',
      line: 3,
      column: 31,
      value: '18 triệu',
    })
  })

  it('with dots between thousands are told how to be written', () => {
    expect(valueProblems('a.yaml', file('18.000.000'), 'VND')[0]?.hint?.vi).toBe('viết liền: 18000000')
  })

  it('without a unit may be words', () => {
    expect(valueProblems('a.yaml', file('abc'), null)).toEqual([])
  })
})
