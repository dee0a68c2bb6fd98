import { Type } from 'typebox'
import { type Catalogue, type Dataset, mayRead } from '../../catalogue/catalogue.ts'
import { type Route, route } from '../../http/declare.ts'
import { Page, Paging } from '../../http/paging.ts'
import { refuse } from '../../http/problem.ts'
import type { Units } from '../../identity/units.ts'
import { FreshnessItem, FreshnessSummary, freshnessStates } from '../contract.ts'
import { entityFilter } from '../entity-filter.ts'
import type { Head } from '../heads.ts'
import { itemOf as itemOfRow } from '../latest-item.ts'
import type { Observations } from '../observations.ts'
import { instantOrNull } from '../read-times.ts'
import { isSensitive } from '../sensitive-reads.ts'
import { newestByDataset } from './newest.ts'
import { type FreshnessPlace, type FreshnessWatch, type SeriesFreshness, worstOf } from './watch.ts'

const closed = { additionalProperties: false } as const

/** Which series come as promised, and which do not. */
export function freshnessRoutes(rooms: {
  watch: FreshnessWatch
  catalogue: Catalogue
  units: Units
  observations: Pick<Observations, 'heads' | 'newest'>
}): Route[] {
  const { watch, catalogue, observations } = rooms
  const newestIn = (dataset: Dataset, head: Readonly<Head> | undefined): FreshnessSummary['newest'] => {
    const row = head === undefined || isSensitive(dataset) ? undefined : observations.newest(head.key)
    if (row === undefined) return null
    const { vi, en } = catalogue.entity(row.entity)?.name ?? { vi: row.entity, en: row.entity }
    return { ...itemOfRow(row), entityName: { vi, en } }
  }
  return [
    route({
      method: 'GET',
      path: '/api/freshness',
      summary: 'Series with the state of their freshness, those that are promised and missing among them',
      query: Type.Object(
        {
          ...Paging,
          dataset: Type.Optional(Type.String({ maxLength: 100 })),
          state: Type.Optional(Type.Enum(freshnessStates)),
          entity: Type.Optional(Type.String({ maxLength: 300 })),
          unit: Type.Optional(
            Type.String({ maxLength: 300, description: 'entities that lie in this unit or below it' }),
          ),
        },
        closed,
      ),
      permission: 'public',
      responses: { 200: { description: 'Series', body: Page(FreshnessItem) } },
      handle({ query, caller, cursor, nextCursor, receivedAt }) {
        const readable = new Set(
          catalogue
            .datasets()
            .filter((dataset) => mayRead(caller, dataset))
            .map(({ code }) => code),
        )
        const { dataset, state } = query
        if (dataset !== undefined && !readable.has(dataset))
          throw refuse(404, 'unknown-dataset', { params: { dataset } })
        const limit = query.limit ?? 50
        const after = cursor() as FreshnessPlace | undefined
        const entities = entityFilter(rooms, query, receivedAt)
        const found = watch.list({
          datasets: dataset === undefined ? readable : new Set([dataset]),
          ...(state === undefined ? {} : { state }),
          ...(entities === undefined ? {} : { entities: new Set(entities) }),
          ...(after === undefined ? {} : { after }),
          limit: limit + 1,
        })
        const items = found.slice(0, limit)
        return {
          status: 200,
          body: {
            items: items.map(itemOf),
            nextCursor: found.length > limit ? nextCursor(items.at(-1)!.place) : null,
          },
        }
      },
    }),
    route({
      method: 'GET',
      path: '/api/freshness/summary',
      summary:
        'How many series of each dataset are fresh, late, stale, never seen or without a promise, and its newest value',
      query: Type.Object({ ...Paging }, closed),
      permission: 'public',
      responses: {
        200: { description: 'Datasets in the order of their codes', body: Page(FreshnessSummary) },
      },
      handle({ query, caller, cursor, nextCursor }) {
        const after = cursor() as string | undefined
        const limit = query.limit ?? 50
        const found = catalogue
          .datasets()
          .filter((dataset) => mayRead(caller, dataset) && (after === undefined || dataset.code > after))
        const newest = newestByDataset(observations.heads())
        const items = found.slice(0, limit).map((dataset): FreshnessSummary => {
          const counts = watch.counts(dataset.code)
          const head = newest.get(dataset.code)
          return {
            dataset: dataset.code,
            counts: { ...counts },
            state: worstOf(counts),
            lastValid: instantOrNull(head?.latest && (head.latest.to ?? head.latest.from)),
            newest: newestIn(dataset, head),
          }
        })
        return {
          status: 200,
          body: { items, nextCursor: found.length > limit ? nextCursor(items.at(-1)!.dataset) : null },
        }
      },
    }),
  ]
}

function itemOf(series: SeriesFreshness): FreshnessItem {
  const { dataset, entity, property, breakdown, state, deadlines, lastValid, lastRecorded } = series
  return {
    dataset,
    entity,
    property,
    breakdown,
    state,
    lastValid: instantOrNull(lastValid),
    lastRecorded: instantOrNull(lastRecorded),
    dueAt: instantOrNull(deadlines?.dueAt),
    lateAt: instantOrNull(deadlines?.lateAt),
    staleAt: instantOrNull(deadlines?.staleAt),
  }
}
