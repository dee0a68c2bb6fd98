import { expect, it } from 'vitest'
import { boxOf, mapView } from './map-view.ts'

it('the address holds the whole view', () => {
  const view = mapView(
    new URLSearchParams(
      'property=population&period=2024&view=2025-06-30&level=commune&classes=natural&k=4&unit=u',
    ),
  )
  expect(view).toEqual({
    property: 'population',
    dataset: null,
    period: '2024',
    breakdown: null,
    view: '2025-06-30',
    level: 'commune',
    shares: null,
    method: 'natural',
    classes: 4,
    unit: 'u',
  })
})

it('what it does not know falls back to the usual view', () => {
  expect(mapView(new URLSearchParams('view=tomorrow&level=galaxy&classes=x&k=99&shares=y'))).toMatchObject({
    view: 'as_now',
    level: 'province',
    method: 'quantile',
    classes: 5,
    shares: null,
  })
})

it('a box holds all points with a margin', () => {
  expect(boxOf([{ lon: 105, lat: 21 }, { lon: 106, lat: 20 }, {}])).toEqual([104.9, 19.9, 106.1, 21.1])
  expect(boxOf([{}])).toBeNull()
})
