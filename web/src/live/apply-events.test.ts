import type { ObservationEvent } from '@nhip/node/notify/contract'
import type { LatestItem, SnapshotAnswer } from '@nhip/node/observations/contract'
import { QueryClient } from '@tanstack/react-query'
import { expect, it } from 'vitest'
import { applyEvents } from './apply-events.ts'

const reading = (entity: string, t: string, value: number): LatestItem => ({
  dataset: 'air',
  entity,
  property: 'pm25',
  breakdown: '',
  t,
  value,
  uom: 'ug/m3',
  status: 'A',
  quality: [],
  source: 'http:tram',
  recorded: t,
})
const told = (item: LatestItem, more: Partial<ObservationEvent> = {}) => ({
  name: 'observation',
  data: { ...item, rows: 1, since: item.t, ...more } satisfies ObservationEvent,
})
const eight = '2026-11-22T08:00:00+07:00'
const nine = '2026-11-22T09:00:00+07:00'

function pages(): QueryClient {
  const queries = new QueryClient()
  queries.setQueryData(['latest', 'air', 'pm25'], [reading('a', eight, 41), reading('b', eight, 12)])
  queries.setQueryData(['snapshot', { property: 'pm25', view: 'as_now' }], {
    dataset: 'air',
    property: 'pm25',
    breakdown: '',
    period: { from: '2026-11-22T00:00:00+07:00', to: '2026-11-23T00:00:00+07:00', label: '2026-11-22' },
    items: [{ entity: 'a', name: 'Trạm A', value: 41, t: eight, status: 'A', quality: [] }],
    total: null,
  } as unknown as SnapshotAnswer)
  return queries
}
const latest = (queries: QueryClient) =>
  queries.getQueryData<LatestItem[]>(['latest', 'air', 'pm25'])?.map(({ entity, value }) => [entity, value])
const onMap = (queries: QueryClient) =>
  queries
    .getQueriesData<SnapshotAnswer>({ queryKey: ['snapshot'] })[0]?.[1]
    ?.items.map(({ t, value }) => [t, value])

it('a value takes its place on card and map; nothing has to be read anew', () => {
  const queries = pages()
  expect(applyEvents(queries, [told(reading('a', nine, 47))])).toEqual([])
  expect(latest(queries)).toEqual([
    ['a', 47],
    ['b', 12],
  ])
  expect(onMap(queries)).toEqual([[nine, 47]])
})

it('a place that was not there joins the card, and the map is read anew for its position', () => {
  const queries = pages()
  const changed = applyEvents(queries, [told(reading('c', nine, 30))])
  expect(latest(queries)).toContainEqual(['c', 30])
  expect(changed).toEqual([['snapshot', { property: 'pm25', view: 'as_now' }]])
})

it('a series whose only value was withdrawn leaves the card', () => {
  const queries = pages()
  applyEvents(queries, [told({ ...reading('b', eight, 12), status: 'X', value: null }, { none: true })])
  expect(latest(queries)).toEqual([['a', 41]])
})

it('a value of the next day leaves the map of today alone and renews the choice of days', () => {
  const queries = pages()
  const changed = applyEvents(queries, [told(reading('a', '2026-11-23T00:05:00+07:00', 99))])
  expect(onMap(queries)).toEqual([[eight, 41]])
  expect(changed).toEqual([['periods', 'pm25']])
})

it('work that goes on moves on in the list, new work is added on top', () => {
  const queries = pages()
  const job = (id: string, state: string, done: number) => ({
    id,
    kind: 'import.commit',
    state,
    done,
    total: 10,
  })
  queries.setQueryData(['jobs'], [job('1', 'running', 2)])
  applyEvents(queries, [
    { name: 'job', data: job('1', 'running', 7) },
    { name: 'job', data: job('2', 'queued', 0) },
  ])
  expect(queries.getQueryData(['jobs'])).toEqual([job('2', 'queued', 0), job('1', 'running', 7)])
})
