import { civilDay } from '@nhip/calendar/instant'
import { AGGREGATIONS, type Agg } from '@nhip/measure/formula/definition'
import { Type } from 'typebox'
import { type Catalogue, type Dataset, mayRead, type Property } from '../catalogue/catalogue.ts'
import { type Route, route } from '../http/declare.ts'
import { Page, Paging } from '../http/paging.ts'
import { refuse } from '../http/problem.ts'
import type { Units } from '../identity/units.ts'
import {
  type Freshness,
  LatestItem,
  ObservationItem,
  PeriodItem,
  type Point,
  SeriesAnswer,
  SnapshotAnswer,
} from './contract.ts'
import { entityFilter, entityOf } from './entity-filter.ts'
import { ObservationsError } from './errors.ts'
import type { Promises } from './freshness/promises.ts'
import { itemOf, uomCode } from './latest-item.ts'
import { drawSnapshot } from './map-snapshot.ts'
import type { Observations, SeriesKey, SeriesPoint } from './observations.ts'
import { qualityCodes } from './quality.ts'
import { endTime, instantOf, instantOrNull, instantText, labelOf, spanOf, startTime } from './read-times.ts'
import { demandTraced, type ReadTrail, traceRows } from './sensitive-reads.ts'

export interface ReadingRooms {
  observations: Observations
  catalogue: Catalogue
  units: Units
  promises: Promises
  /** Where readings of restricted and personal data are written down. */
  trail: ReadTrail
}

const closed = { additionalProperties: false } as const
const Code = Type.String({ minLength: 1, maxLength: 100 })
const Id = Type.String({ minLength: 1, maxLength: 300 })
const Time = Type.String({
  maxLength: 60,
  description: 'an instant with offset, or an ISO period: its first instant, for as_… its last',
})

const asOf = {
  as_known: Type.Optional(Time),
  as_published: Type.Optional(Time),
}

/** What the API reads from the store of observations. */
export function observationRoutes(rooms: ReadingRooms): Route[] {
  return [seriesRoute(rooms), latestRoute(rooms), snapshotRoute(rooms), periodsRoute(rooms), rowsRoute(rooms)]
}

function seriesRoute(rooms: ReadingRooms): Route {
  return route({
    method: 'GET',
    path: '/api/series',
    summary: 'Values of one property of one entity over time',
    description:
      'Without dataset the preferred dataset of the property answers and is named. Resolution auto takes the finest whose points fit maxPoints. Figures over more than an hour are given at their own period.',
    query: Type.Object(
      {
        dataset: Type.Optional(Code),
        entity: Id,
        property: Code,
        breakdown: Type.Optional(Type.String({ maxLength: 300 })),
        from: Type.Optional(Time),
        to: Type.Optional(Time),
        ...asOf,
        resolution: Type.Optional(Type.Enum(['auto', 'raw', 'hour', 'day'] as const)),
        agg: Type.Optional(Type.Enum(AGGREGATIONS)),
        maxPoints: Type.Optional(Type.Integer({ minimum: 1, maximum: 50_000 })),
        reduce: Type.Optional(Type.Literal('m4')),
      },
      closed,
    ),
    permission: 'public',
    responses: { 200: { description: 'The series', body: SeriesAnswer } },
    async handle(request) {
      const { query, receivedAt } = request
      const { property, dataset } = await answering(rooms, request, query.property, query.dataset)
      const entity = entityOf(rooms, query.entity, receivedAt)
      const key = await keyOf(rooms.observations, property, dataset, entity, query.breakdown)
      const from = startTime('from', query.from)
      const to = startTime('to', query.to)
      const view = viewOf(query)
      const aggregation = aggregationOf(property, query.agg)
      const result = await storeAnswer(() =>
        rooms.observations.series({
          ...key,
          ...(from === undefined ? {} : { from }),
          ...(to === undefined ? {} : { to }),
          ...view,
          resolution: query.resolution ?? 'auto',
          aggregation,
          ...(query.maxPoints === undefined ? {} : { maxPoints: query.maxPoints }),
          ...(query.reduce === undefined ? {} : { reduce: query.reduce }),
        }),
      )
      return {
        status: 200,
        body: {
          ...key,
          uom: uomCode(result.uom) ?? property.uom,
          resolution: result.resolution,
          aggregation,
          asKnown: instantOrNull(view.asKnown),
          asPublished: instantOrNull(view.asPublished),
          from: instantOrNull(from),
          to: instantOrNull(to),
          points: result.points.map(pointOf),
          sources: result.sources,
          statusCounts: result.statusCounts,
          freshness: freshnessOf(rooms.promises, result, key, dataset, receivedAt),
          synthetic: dataset.synthetic,
          truncated: result.truncated,
        },
      }
    },
  })
}

function latestRoute(rooms: ReadingRooms): Route {
  return route({
    method: 'GET',
    path: '/api/latest',
    summary: 'The newest value of each series',
    query: Type.Object(
      {
        ...Paging,
        dataset: Type.Optional(Code),
        property: Type.Optional(Code),
        entity: Type.Optional(Id),
        unit: Type.Optional(
          Type.String({ ...Id, description: 'entities that lie in this unit or below it' }),
        ),
        bbox: Type.Optional(
          Type.String({
            maxLength: 100,
            description: 'west,south,east,north in degrees: entities placed inside',
          }),
        ),
      },
      closed,
    ),
    permission: 'public',
    responses: { 200: { description: 'Newest values in the order of their series', body: Page(LatestItem) } },
    async handle(request) {
      const { query, caller, cursor, nextCursor, receivedAt } = request
      const { catalogue, observations } = rooms
      let only: string | undefined
      if (query.property !== undefined)
        only = (await answering(rooms, request, query.property, query.dataset)).dataset.code
      else if (query.dataset !== undefined) only = (await demandDataset(rooms, request, query.dataset)).code
      const readable = catalogue.datasets().filter((dataset) => mayRead(caller, dataset))
      const limit = query.limit ?? 50
      const entities = entityFilter(rooms, query, receivedAt)
      const after = cursor() as number | undefined
      const found = await observations.latest({
        ...(only === undefined ? {} : { dataset: only }),
        ...(query.property === undefined ? {} : { property: query.property }),
        datasets: readable.map(({ code }) => code),
        ...(entities === undefined ? {} : { entities }),
        ...(after === undefined ? {} : { after }),
        limit: limit + 1,
      })
      const items = found.slice(0, limit)
      // With a dataset asked for by name or property its reading is written down already.
      if (only === undefined)
        await traceRows(
          rooms.trail,
          request,
          items.map((row) => catalogue.dataset(row.dataset)),
        )
      return {
        status: 200,
        body: {
          items: items.map((row) => itemOf(row)),
          nextCursor: found.length > limit ? nextCursor(items.at(-1)!.seriesId) : null,
        },
      }
    },
  })
}

function snapshotRoute(rooms: ReadingRooms): Route {
  return route({
    method: 'GET',
    path: '/api/snapshot',
    summary: 'One property for every unit or entity at one period: what a map draws',
    description:
      'view says on which map of units: as_then (the units of the period), as_now, or a civil date. Values that had to be divided between units have status E.',
    query: Type.Object(
      {
        dataset: Type.Optional(Code),
        property: Code,
        breakdown: Type.Optional(Type.String({ maxLength: 300 })),
        period: Type.Optional(
          Type.String({
            maxLength: 60,
            description: 'ISO period, or an instant: the newest values until then; default the newest period',
          }),
        ),
        ...asOf,
        view: Type.Optional(Type.String({ pattern: '^(as_then|as_now|\\d{4}-\\d\\d-\\d\\d)$' })),
        shares: Type.Optional(Type.Enum(['equal', 'area', 'population'] as const)),
        level: Type.Optional(Type.String({ maxLength: 30, description: 'province, commune …' })),
      },
      closed,
    ),
    permission: 'public',
    responses: { 200: { description: 'The values of the period', body: SnapshotAnswer } },
    async handle(request) {
      const { query, lang, receivedAt } = request
      const { observations, catalogue, units } = rooms
      const { property, dataset } = await answering(rooms, request, query.property, query.dataset)
      const breakdown = await breakdownOf(observations, property, dataset, undefined, query.breakdown)
      const period = await periodOfSnapshot(observations, property, dataset, query.period, receivedAt)
      const rows = await observations.snapshot({
        dataset: dataset.code,
        property: property.code,
        breakdown,
        ...(period.to === null ? { from: period.from + 1 } : { from: period.from, to: period.to }),
        ...viewOf(query),
      })
      const drawn = drawSnapshot(
        rows,
        property,
        { territory: units.territory(), catalogue },
        {
          view: query.view ?? 'as_then',
          shares: query.shares ?? 'population',
          today: civilDay(receivedAt),
          now: receivedAt,
          lang,
          level: query.level,
          period,
        },
      )
      return {
        status: 200,
        body: {
          dataset: dataset.code,
          property: property.code,
          breakdown,
          uom: uomCode(rows.find((row) => row.uom !== 0)?.uom) ?? property.uom,
          period: {
            from: instantText(period.from),
            ...(period.to === null ? {} : { to: instantText(period.to) }),
            label: labelOf(period.from, period.to),
          },
          view: query.view ?? 'as_then',
          ...drawn,
          synthetic: dataset.synthetic,
          sources: [...new Set(rows.map((row) => row.source))].sort(),
        },
      }
    },
  })
}

function periodsRoute(rooms: ReadingRooms): Route {
  return route({
    method: 'GET',
    path: '/api/periods',
    summary: 'Periods that a property has values of, newest first',
    query: Type.Object({ ...Paging, dataset: Type.Optional(Code), property: Code }, closed),
    permission: 'public',
    responses: { 200: { description: 'Periods', body: Page(PeriodItem) } },
    async handle(request) {
      const { query, cursor, nextCursor } = request
      const { property, dataset } = await answering(rooms, request, query.property, query.dataset)
      const limit = query.limit ?? 50
      const before = cursor() as { from: number; to: number | null } | undefined
      const found = await rooms.observations.periods({
        dataset: dataset.code,
        property: property.code,
        limit: limit + 1,
        ...(before === undefined ? {} : { before }),
      })
      const items = found.slice(0, limit)
      const last = items.at(-1)
      return {
        status: 200,
        body: {
          items: items.map(({ from, to, n }) => ({
            from: instantText(from),
            ...(to === null ? {} : { to: instantText(to) }),
            label: labelOf(from, to),
            n,
          })),
          nextCursor: found.length > limit && last ? nextCursor({ from: last.from, to: last.to }) : null,
        },
      }
    },
  })
}

function rowsRoute(rooms: ReadingRooms): Route {
  return route({
    method: 'GET',
    path: '/api/observations',
    summary:
      'Stored rows of one series, newest first; versions=all also gives those that were corrected or withdrawn',
    query: Type.Object(
      {
        ...Paging,
        dataset: Type.Optional(Code),
        entity: Id,
        property: Code,
        breakdown: Type.Optional(Type.String({ maxLength: 300 })),
        from: Type.Optional(Time),
        to: Type.Optional(Time),
        ...asOf,
        versions: Type.Optional(Type.Enum(['current', 'all'] as const)),
      },
      closed,
    ),
    permission: 'public',
    responses: { 200: { description: 'Rows', body: Page(ObservationItem) } },
    async handle(request) {
      const { query, cursor, nextCursor, receivedAt } = request
      const { property, dataset } = await answering(rooms, request, query.property, query.dataset)
      const entity = entityOf(rooms, query.entity, receivedAt)
      const key = await keyOf(rooms.observations, property, dataset, entity, query.breakdown)
      const limit = query.limit ?? 50
      const from = startTime('from', query.from)
      const to = startTime('to', query.to)
      const afterSeq = cursor() as number | undefined
      const found = await rooms.observations.versions({
        ...key,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
        ...viewOf(query),
        ...(afterSeq === undefined ? {} : { afterSeq }),
        currentOnly: query.versions !== 'all',
        limit: limit + 1,
      })
      const items = found.slice(0, limit)
      return {
        status: 200,
        body: {
          items: items.map((row) => ({ ...itemOf(row), seq: row.seq, current: row.current })),
          nextCursor: found.length > limit ? nextCursor(items.at(-1)!.seq) : null,
        },
      }
    },
  })
}

type Asking = Parameters<typeof demandTraced>[1]

/** The property and the dataset that answers for it, if the caller may read that. */
async function answering(
  { catalogue, trail }: ReadingRooms,
  request: Asking,
  property: string,
  dataset: string | undefined,
): Promise<{ property: Property; dataset: Dataset }> {
  const found = catalogue.answering(property, dataset, (one) => mayRead(request.caller, one))
  await demandTraced(trail, request, found.dataset)
  return found
}

async function demandDataset(
  { catalogue, trail }: ReadingRooms,
  request: Asking,
  code: string,
): Promise<Dataset> {
  const dataset = catalogue.dataset(code)
  if (!dataset) throw refuse(404, 'unknown-dataset', { params: { dataset: code } })
  await demandTraced(trail, request, dataset)
  return dataset
}

async function keyOf(
  observations: Observations,
  property: Property,
  dataset: Dataset,
  entity: string,
  breakdown: string | undefined,
): Promise<SeriesKey> {
  return {
    dataset: dataset.code,
    entity,
    property: property.code,
    breakdown: await breakdownOf(observations, property, dataset, entity, breakdown),
  }
}

/** The breakdown asked for; else none, where there are values without; else the first one that there is. */
async function breakdownOf(
  observations: Observations,
  property: Property,
  dataset: Dataset,
  entity: string | undefined,
  asked: string | undefined,
): Promise<string> {
  if (asked !== undefined) return asked
  const series = await observations.seriesList({
    dataset: dataset.code,
    property: property.code,
    ...(entity === undefined ? {} : { entity }),
    limit: 500,
  })
  if (series.length === 0 || series.some((one) => one.breakdown === '')) return ''
  return series[0]!.breakdown
}

async function periodOfSnapshot(
  observations: Observations,
  property: Property,
  dataset: Dataset,
  asked: string | undefined,
  now: number,
): Promise<{ from: number; to: number | null }> {
  if (asked !== undefined) {
    const interval = asked.includes('/') && asked.includes('T') ? intervalOf(asked) : spanOf(asked)
    return interval ?? { from: instantOf('period', asked), to: null }
  }
  const [newest] = await observations.periods({ dataset: dataset.code, property: property.code, limit: 1 })
  return newest ?? { from: now, to: null }
}

/** Two instants, as `GET /api/periods` labels an interval that is no whole number of days. */
function intervalOf(text: string): { from: number; to: number } {
  const [from = '', to = ''] = text.split('/')
  return { from: instantOf('period', from), to: instantOf('period', to) }
}

function viewOf(query: { as_known?: string; as_published?: string }): {
  asKnown?: number
  asPublished?: number
} {
  const asKnown = endTime('as_known', query.as_known)
  const asPublished = endTime('as_published', query.as_published)
  if (asKnown !== undefined && asPublished !== undefined)
    throw refuse(400, 'two-views', {
      message: {
        vi: 'Chỉ dùng một trong hai tham số as_known (nút này biết gì) và as_published (nguồn đã công bố gì).',
        en: 'Use either as_known (what this node held) or as_published (what the source had said), not both.',
      },
    })
  return {
    ...(asKnown === undefined ? {} : { asKnown }),
    ...(asPublished === undefined ? {} : { asPublished }),
  }
}

/** These say something true of any numbers; other ways of putting values together are the property's to allow. */
const ALWAYS_TRUE: readonly Agg[] = ['min', 'max', 'first', 'last', 'count']

function aggregationOf(property: Property, asked: Agg | undefined): Agg {
  const declared = property.overPeriods
  if (asked === undefined || asked === declared) return declared
  if (declared !== 'none' && ALWAYS_TRUE.includes(asked)) return asked
  throw refuse(400, 'aggregation', {
    message: {
      vi: `Chỉ tiêu "${property.code}" gộp theo thời gian bằng "${declared}", không bằng "${asked}".`,
      en: `Property "${property.code}" is put together over time by "${declared}", not by "${asked}".`,
    },
  })
}

/** Turns what the store refuses about the question itself into a 400; anything else is the server's matter. */
async function storeAnswer<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof ObservationsError && error.code === 'aggregation')
      throw refuse(400, 'aggregation', { message: error.problem.message, errors: [error.problem] })
    throw error
  }
}

/** Whether the values of the series come as its dataset promises; without a promise they are neither on time nor late. */
function freshnessOf(
  promises: Promises,
  result: { lastValid: number | null; lastEnd: number | null; lastRecorded: number | null },
  series: SeriesKey,
  dataset: Dataset,
  now: number,
): Freshness {
  const { lastValid, lastEnd, lastRecorded } = result
  const newest = lastValid === null ? null : { from: lastValid, to: lastEnd === lastValid ? null : lastEnd }
  return {
    lastValid: instantOrNull(lastValid),
    lastRecorded: instantOrNull(lastRecorded),
    expectedEveryS: dataset.expectedEveryS,
    state: newest === null ? 'never' : promises.state(series, newest, now).state,
  }
}

function pointOf(point: SeriesPoint): Point {
  const { from, to, value, status, quality, publishedAt, recordedAt, uom: _, ...rest } = point
  return {
    t: instantText(from),
    ...(to === null ? {} : { end: instantText(to) }),
    value,
    ...rest,
    ...(status === undefined ? {} : { status }),
    ...(quality === undefined ? {} : { quality: qualityCodes(quality) }),
    ...(publishedAt === undefined ? {} : { published: instantText(publishedAt) }),
    ...(recordedAt === undefined ? {} : { recorded: instantText(recordedAt) }),
  }
}
