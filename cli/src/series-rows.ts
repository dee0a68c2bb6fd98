import { epochMilliseconds, formatInstant, startOfDay } from '@nhip/calendar/instant'
import { isPeriod, periodOf } from '@nhip/calendar/period'
import type { OpenNode } from '@nhip/node/main'
import { uomById } from '@nhip/quantity/table'
import { call, type Remote } from './reach.ts'
import { UsageError } from './verb.ts'

/** Which values of which series, as the flags say it. */
export interface SeriesAsked {
  entity: string
  property: string
  dataset: string | undefined
  breakdown: string | undefined
  /** Instants with offset or ISO periods. */
  from: string | undefined
  to: string | undefined
  asKnown: string | undefined
  asPublished: string | undefined
}

/** One exported value; times are epoch milliseconds. */
export interface SeriesRow {
  dataset: string
  entity: string
  property: string
  breakdown: string
  from: number
  to: number | null
  value: number | null
  exact: string | null
  num: number | null
  den: number | null
  text: string | null
  uom: string | null
  status: string | null
  published: number | null
  recorded: number | null
}

type Key = Pick<SeriesRow, 'dataset' | 'entity' | 'property' | 'breakdown'>

/** A page of values in the order of their times, and whether there are more behind it. */
interface Page {
  rows: SeriesRow[]
  more: boolean
}

const PAGE = 50_000

/** The rows of a series of the folder that this process holds. @throws a problem when there is no such property or dataset */
export function rowsHere(node: OpenNode, asked: SeriesAsked): AsyncGenerator<SeriesRow> {
  const { property, dataset } = node.catalogue.answering(asked.property, asked.dataset)
  const key: Key = {
    dataset: dataset.code,
    entity: asked.entity,
    property: property.code,
    breakdown: asked.breakdown ?? '',
  }
  const { from: start, ...view } = boundsOf(asked)
  return paged(start, async (from) => {
    const { points, truncated } = await node.observations.series({
      ...key,
      resolution: 'raw',
      aggregation: property.overPeriods,
      maxPoints: PAGE,
      ...(from === undefined ? {} : { from }),
      ...view,
    })
    const rows = points.map(
      (point): SeriesRow => ({
        ...key,
        from: point.from,
        to: point.to,
        value: point.value,
        exact: point.exact ?? null,
        num: point.num ?? null,
        den: point.den ?? null,
        text: point.text ?? null,
        uom: uomById(point.uom ?? 0)?.code ?? property.uom,
        status: point.status ?? null,
        published: point.publishedAt ?? null,
        recorded: point.recordedAt ?? null,
      }),
    )
    return { rows, more: truncated }
  })
}

interface Answer extends Key {
  uom: string | null
  points: {
    t: string
    end?: string
    value: number | null
    exact?: string
    num?: number
    den?: number
    text?: string
    status?: string
    published?: string
    recorded?: string
  }[]
  truncated: boolean
}

/** The same from a node that runs, with the rights of whoever asks. */
export function rowsThere(remote: Remote, asked: SeriesAsked, lang: string): AsyncGenerator<SeriesRow> {
  const query = new URLSearchParams({ resolution: 'raw', maxPoints: String(PAGE) })
  for (const name of ['entity', 'property', 'dataset', 'breakdown'] as const)
    if (asked[name] !== undefined) query.set(name, asked[name])
  const { from: start, to, asKnown, asPublished } = boundsOf(asked)
  for (const [name, time] of Object.entries({ to, as_known: asKnown, as_published: asPublished }))
    if (time !== undefined) query.set(name, formatInstant(time))
  return paged(start, async (from) => {
    if (from !== undefined) query.set('from', formatInstant(from))
    const answer = (await (
      await call(remote, 'GET', `/api/series?${query}`, undefined, lang)
    ).json()) as Answer
    const { dataset, entity, property, breakdown, uom } = answer
    const rows = answer.points.map(
      (point): SeriesRow => ({
        dataset,
        entity,
        property,
        breakdown,
        from: Date.parse(point.t),
        to: instant(point.end),
        value: point.value,
        exact: point.exact ?? null,
        num: point.num ?? null,
        den: point.den ?? null,
        text: point.text ?? null,
        uom,
        status: point.status ?? null,
        published: instant(point.published),
        recorded: instant(point.recorded),
      }),
    )
    return { rows, more: answer.truncated }
  })
}

function instant(text: string | undefined): number | null {
  return text === undefined ? null : Date.parse(text)
}

/** Pages by time: the next one begins at the last instant of the one before, whose values are not given twice. */
async function* paged(
  from: number | undefined,
  read: (from: number | undefined) => Promise<Page>,
): AsyncGenerator<SeriesRow> {
  let given = new Set<number | null>()
  for (let start = from; ; ) {
    const { rows, more } = await read(start)
    const at = start
    const fresh = rows.filter((row) => row.from !== at || !given.has(row.to))
    yield* fresh
    const last = rows.at(-1)
    if (!more || !last || fresh.length === 0) return
    if (last.from !== at) given = new Set()
    for (const row of rows) if (row.from === last.from) given.add(row.to)
    start = last.from
  }
}

/** A period stands for its first instant as a beginning, for its end as an end, and for what was said by then in a view. */
function boundsOf(asked: SeriesAsked): Partial<Record<'from' | 'to' | 'asKnown' | 'asPublished', number>> {
  const bounds = {
    from: bound('--from', asked.from, 'start'),
    to: bound('--to', asked.to, 'end'),
    asKnown: bound('--as-known', asked.asKnown, 'last'),
    asPublished: bound('--as-published', asked.asPublished, 'last'),
  }
  return Object.fromEntries(Object.entries(bounds).filter(([, time]) => time !== undefined))
}

function bound(flag: string, text: string | undefined, edge: 'start' | 'end' | 'last'): number | undefined {
  if (text === undefined) return undefined
  try {
    if (!isPeriod(text)) return epochMilliseconds(text)
    const period = periodOf(text)
    if (edge === 'start') return startOfDay(period.start)
    return startOfDay(period.end) - (edge === 'last' ? 1 : 0)
  } catch {
    throw new UsageError({
      vi: `${flag} "${text}" không phải là thời điểm có múi giờ hay kỳ ISO như 2026-07.`,
      en: `${flag} "${text}" is neither an instant with offset nor an ISO period such as 2026-07.`,
    })
  }
}
