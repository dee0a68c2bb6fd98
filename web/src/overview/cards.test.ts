import type { DatasetItem, PropertyItem } from '@nhip/node/catalogue/contract'
import type { LatestItem } from '@nhip/node/observations/contract'
import { describe, expect, it } from 'vitest'
import { cardsOf, gather } from './cards.ts'

const dataset = (code: string, expectedEveryS: number | null) =>
  ({ code, expectedEveryS, retiredAt: null }) as DatasetItem
const property = (parts: Partial<PropertyItem>) =>
  ({ code: 'p', kind: 'number', overUnits: 'mean', higherIs: null, datasets: [], ...parts }) as PropertyItem
const latest = (entity: string, value: number | null, t: string, more: Partial<LatestItem> = {}) =>
  ({ entity, value, t, ...more }) as LatestItem

describe('the cards of the first page', () => {
  it('are the figures that arrive at least daily, the most frequent first', () => {
    const cards = cardsOf(
      [
        property({ code: 'cases-waiting', preferredDataset: 'cases' }),
        property({ code: 'pm25', preferredDataset: 'air' }),
        property({ code: 'population', preferredDataset: 'census' }),
        property({ code: 'note', kind: 'text', preferredDataset: 'air' }),
      ],
      [dataset('air', 300), dataset('census', null), dataset('cases', 86_400)],
    )
    expect(cards.map((card) => card.property.code)).toEqual(['pm25', 'cases-waiting'])
  })
})

describe('many places in one number', () => {
  const noon = '2026-11-21T12:00:00+07:00'
  const items = [latest('a', 10, noon), latest('b', 30, noon), latest('c', null, noon)]

  it('are averaged or added as the property declares', () => {
    expect(gather(items, property({ overUnits: 'mean' }), 300)).toMatchObject({ value: 20, places: 2 })
    expect(gather(items, property({ overUnits: 'sum' }), 300)).toMatchObject({ value: 40, how: 'sum' })
  })
  it('a ratio is the ratio of the sums, never the mean of ratios', () => {
    const rates = [latest('a', 0.5, noon, { num: 1, den: 2 }), latest('b', 0.1, noon, { num: 10, den: 100 })]
    expect(gather(rates, property({ overUnits: 'ratio' }), 300).value).toBeCloseTo(11 / 102)
  })
  it('a place that fell silent is no part of now', () => {
    const silent = [...items, latest('d', 1000, '2026-11-20T12:00:00+07:00')]
    expect(gather(silent, property({}), 300)).toMatchObject({ value: 20, places: 2 })
  })
  it('the place named is the one that deserves a look', () => {
    expect(gather(items, property({}), 300).extreme?.entity).toBe('b')
    expect(gather(items, property({ higherIs: 'better' }), 300).extreme?.entity).toBe('a')
  })
  it('the parts of one place are one place', () => {
    const parts = [latest('a', 1, noon, { breakdown: 'x' }), latest('a', 2, noon, { breakdown: 'y' })]
    expect(gather(parts, property({ overUnits: 'sum' }), 3600)).toMatchObject({ value: 3, places: 1 })
  })
  it('without any value says so', () => {
    expect(gather([], property({}), 300)).toMatchObject({ value: null, places: 0, extreme: null })
  })
})
