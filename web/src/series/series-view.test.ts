import { describe, expect, it } from 'vitest'
import { dayAfter, endOfDay, seriesView, spanOf } from './series-view.ts'

describe('the view in the address', () => {
  it('is read whole', () => {
    const view = seriesView(
      new URLSearchParams(
        'property=pm25&entity=e&dataset=d&from=2026-01-01&to=2026-01-31&resolution=hour&as_published=2026-02-01',
      ),
    )
    expect(view).toMatchObject({
      property: 'pm25',
      entity: 'e',
      dataset: 'd',
      range: 'days',
      from: '2026-01-01',
      to: '2026-01-31',
      resolution: 'hour',
      asKnown: null,
      asPublished: '2026-02-01',
    })
  })
  it('as known and as published exclude one another', () => {
    const view = seriesView(new URLSearchParams('as_known=2026-01-01&as_published=2026-02-01'))
    expect(view).toMatchObject({ asKnown: '2026-01-01', asPublished: null })
  })
  it('what is not a day is left out', () => {
    expect(seriesView(new URLSearchParams('from=yesterday&range=fortnight'))).toMatchObject({
      from: null,
      range: 'all',
    })
  })
})

describe('the span asked for', () => {
  it('includes the last day named, at +07:00', () => {
    expect(spanOf({ range: 'days', from: '2024-02-01', to: '2024-02-29' }, null)).toEqual({
      from: '2024-02-01T00:00:00+07:00',
      to: '2024-03-01T00:00:00+07:00',
    })
  })
  it('goes back from the newest value, not from today', () => {
    expect(spanOf({ range: '7d', from: null, to: null }, '2018-09-30T23:00:00+07:00')).toEqual({
      from: '2018-09-23T16:00:00.000Z',
    })
  })
  it('knows the ends of days and years', () => {
    expect(dayAfter('2025-12-31')).toBe('2026-01-01')
    expect(endOfDay('2025-06-30')).toBe('2025-06-30T23:59:59.999+07:00')
  })
})
