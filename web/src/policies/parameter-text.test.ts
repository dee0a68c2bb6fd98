import { describe, expect, it } from 'vitest'
import { datedLists, offsetOf, withCell, withoutRow, withRow } from './parameter-text.ts'

const flow = `nhip: parameter/1
title: {vi: Mức, en: Amount}
values:
  # a note that stays
  - {from: 2026-01-01, value: 15500000, certainty: secondary, reference: {source: luat-109-2025, article: "Điều 10 khoản 1"}}
`
const block = `values:
  - from: 2026-01-01
    value: {feel: "2 * parameters.base"}
`
const scale = `kind: marginal-rate
brackets:
  - threshold:
      - {from: 2026-01-01, value: 0}
    rate:
      - {from: 2026-01-01, value: 0.05}
`
const only = (text: string) => {
  const list = datedLists(text)![0]!
  return { list, row: list.rows[0]! }
}

describe('a parameter file edited by its cells', () => {
  it('tells the parts of each dated value', () => {
    const { cells } = only(flow).row
    expect(Object.values(cells).map((cell) => cell?.text)).toEqual([
      '2026-01-01',
      '15500000',
      'secondary',
      'luat-109-2025',
      'Điều 10 khoản 1',
    ])
  })

  it('changes one cell and leaves every other character as it was', () => {
    expect(withCell(flow, only(flow).row, 'value', '18000000')).toBe(flow.replace('15500000', '18000000'))
    expect(withCell(flow, only(flow).row, 'article', 'Điều 1: "a"')).toBe(
      flow.replace('"Điều 10 khoản 1"', '"Điều 1: \\"a\\""'),
    )
  })

  it('keeps what was typed wrongly, so that the loader can say so at the cell', () => {
    const changed = withCell(flow, only(flow).row, 'value', '18 triệu, hoặc hơn')
    expect(only(changed).row.cells.value?.text).toBe('18 triệu, hoặc hơn')
    for (const typed of ['', '-', '1.', '18.000.000', ': {', '#'])
      expect(only(withCell(flow, only(flow).row, 'value', typed)).row.cells.value?.text).toBe(typed)
  })

  it('writes an expression as an expression', () => {
    const changed = withCell(block, only(block).row, 'value', '3 * parameters.base')
    expect(changed).toContain('value: {feel: "3 * parameters.base"}')
  })

  it('adds a cell that was not there', () => {
    const certain = withCell(block, only(block).row, 'certainty', 'verbatim')
    expect(only(certain).row.cells.certainty?.text).toBe('verbatim')
    const referred = withCell(certain, only(certain).row, 'article', 'Điều 3')
    expect(only(referred).row.cells.article?.text).toBe('Điều 3')
    const whole = withCell(referred, only(referred).row, 'source', 'luat')
    expect(only(whole).row.cells.source?.text).toBe('luat')
    expect(only(whole).row.cells.article?.text).toBe('Điều 3')
  })

  it('adds a dated value and takes it away again', () => {
    for (const text of [flow, block]) {
      const more = withRow(text, only(text).list, '2027-01-01')
      const { list } = only(more)
      expect(list.rows.map((row) => row.cells.from?.text)).toEqual(['2026-01-01', '2027-01-01'])
      expect(withoutRow(more, list, list.rows[1]!)).toBe(text)
    }
  })

  it('never takes the last value away', () => {
    expect(withoutRow(flow, only(flow).list, only(flow).row)).toBe(flow)
  })

  it('finds the lists of a scale', () => {
    expect(datedLists(scale)!.map(({ path }) => path)).toEqual(['brackets/0/threshold', 'brackets/0/rate'])
  })

  it('says nothing of a file that is no YAML', () => {
    expect(datedLists('values: [')).toBeNull()
  })

  it('counts lines and columns from 1', () => {
    expect(flow.slice(offsetOf(flow, 5, 5)).startsWith('{from')).toBe(true)
  })
})
