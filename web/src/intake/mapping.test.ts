import type { ImportItem, Mapping } from '@nhip/node/intake/contract'
import { describe, expect, it } from 'vitest'
import { mappingOf, settingsOf, withColumn, withoutColumns, withWhole } from './mapping.ts'

const mapping: Mapping = {
  dataset: 'air',
  columns: [
    { column: 'trạm', role: 'entity' },
    { column: 'ngày', role: 'time', date: 'dmy' },
    { column: 'PM2.5', role: 'value', property: 'pm25', decimal: ',', factor: 1 },
  ],
}

describe('the mapping of a file', () => {
  it('is what was saved, else what the node guessed', () => {
    const item = {
      dataset: null,
      mapping: null,
      detected: { columns: [{ guess: { column: 'a', role: 'ignore' } }] },
    } as unknown as ImportItem
    expect(mappingOf(item)).toEqual({ columns: [{ column: 'a', role: 'ignore' }] })
    expect(mappingOf({ ...item, mapping })).toBe(mapping)
  })

  it('a column that changes its role loses what belonged to the former one', () => {
    expect(withColumn(mapping, 'PM2.5', { role: 'ignore' }).columns[2]).toEqual({
      column: 'PM2.5',
      role: 'ignore',
    })
    expect(withColumn(mapping, 'ngày', { date: 'iso' }).columns[1]).toEqual({
      column: 'ngày',
      role: 'time',
      date: 'iso',
    })
  })

  it('guesses are asked for by naming no column', () => {
    expect(withoutColumns(mapping)).toEqual({ dataset: 'air', columns: [] })
  })

  it('an empty text unsays what held for the whole file', () => {
    expect(withWhole({ ...mapping, period: '2025' }, { period: '' })).toEqual(mapping)
  })

  it('only number columns have a decimal sign, only time columns a way to write days', () => {
    expect(settingsOf('num')).toEqual({ property: false, number: true, date: false })
    expect(settingsOf('published').date).toBe(true)
  })
})
