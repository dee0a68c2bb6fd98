import { statuses } from './contract.ts'
import type { Fact } from './fact.ts'
import type { Heads } from './heads.ts'
import type { LatestQuery, RangeQuery, SeriesKey, StoredObservation } from './observations.ts'
import { type FactRow, factOf } from './schema.ts'
import { FACT_LIST, integer, NOT_WITHDRAWN, SAID, time } from './sql.ts'
import type { State } from './state.ts'

const MAX_ROWS = 50_000

/** A fact as it leaves the store: texts instead of dictionary ids. */
export function stored(heads: Heads, fact: Fact): StoredObservation {
  const { dataset, entity, property, breakdown } = heads.get(fact.seriesId).key
  const row: StoredObservation = {
    dataset,
    entity,
    property,
    breakdown,
    from: fact.from,
    to: fact.to,
    value: fact.value,
    uom: fact.uom,
    status: statuses[fact.status]!,
    quality: fact.quality,
    source: heads.sourceName(fact.source),
    seq: fact.seq,
    recordedAt: fact.recordedAt,
  }
  if (fact.exact !== null) row.exact = fact.exact
  if (fact.num !== null) row.num = fact.num
  if (fact.den !== null) row.den = fact.den
  if (fact.text !== null) row.text = fact.text
  if (fact.publishedAt !== null) row.publishedAt = fact.publishedAt
  return row
}

/** Every version of the facts of a series, withdrawals included, newest first. */
export async function readVersions(
  state: State,
  query: RangeQuery & { limit: number; afterSeq?: number; currentOnly?: boolean },
): Promise<(StoredObservation & { current: boolean })[]> {
  const head = state.heads.find(query)
  if (!head) return []
  const where = [`series_id = ${integer(head.id)}`]
  if (query.from !== undefined) where.push(`valid_from >= ${time(query.from)}`)
  if (query.to !== undefined) where.push(`valid_from < ${time(query.to)}`)
  if (query.asKnown !== undefined) where.push(`recorded_at <= ${time(query.asKnown)}`)
  if (query.asPublished !== undefined) where.push(`${SAID} <= ${time(query.asPublished)}`)
  if (query.afterSeq !== undefined) where.push(`seq < ${integer(query.afterSeq)}`)
  const from = query.from ?? head.first
  const to = query.to === undefined ? head.last : query.to - 1
  // The winner is weighed over all versions, the page then cuts them: `current` stays right on every page.
  const rows = await state.db.read((reader) =>
    reader.rows<FactRow & { current: boolean }>(
      `SELECT o.*, coalesce(r.win_seq, o.seq) = o.seq AS current
       FROM (SELECT ${FACT_LIST} FROM ${state.lake.rows(from, to)} WHERE ${where.join(' AND ')}) o
       LEFT JOIN revised r ON r.series_id = o.series_id AND r.valid_from = o.valid_from AND r.valid_to IS NOT DISTINCT FROM o.valid_to
       ${query.currentOnly ? `WHERE coalesce(r.win_seq, o.seq) = o.seq AND o.${NOT_WITHDRAWN}` : ''}
       ORDER BY o.seq DESC LIMIT ${integer(Math.min(query.limit, MAX_ROWS))}`,
    ),
  )
  return rows.map((row) => ({ ...stored(state.heads, factOf(row)), current: row.current }))
}

/** Rows written under a source, in the order they were written. */
export async function readSource(
  state: State,
  source: string,
  page: { limit: number; afterSeq?: number },
): Promise<StoredObservation[]> {
  const id = state.heads.sourceId(source)
  if (id === undefined) return []
  const rows = await state.db.read((reader) =>
    reader.rows<FactRow>(
      `SELECT ${FACT_LIST} FROM ${state.lake.rows()} WHERE source = ${integer(id)} AND seq > ${integer(page.afterSeq ?? 0)}
       ORDER BY seq LIMIT ${integer(Math.min(page.limit, MAX_ROWS))}`,
    ),
  )
  return rows.map((row) => stored(state.heads, factOf(row)))
}

/** The newest fact of each series, from memory: no query runs, so ingest does not slow it down. */
export function readLatest(state: State, query: LatestQuery): (StoredObservation & { seriesId: number })[] {
  const limit = Math.min(query.limit ?? MAX_ROWS, MAX_ROWS)
  const wanted = query.entities ? new Set(query.entities) : null
  const readable = query.datasets ? new Set(query.datasets) : null
  const { heads } = state
  const some =
    query.dataset !== undefined && query.property !== undefined
      ? heads.ofProperty(query.dataset, query.property)
      : heads.all(query.after)
  const answer: (StoredObservation & { seriesId: number })[] = []
  for (const head of some) {
    if (answer.length >= limit) break
    if (head.id <= (query.after ?? 0) || !head.latest) continue
    if (query.dataset !== undefined && head.key.dataset !== query.dataset) continue
    if (query.property !== undefined && head.key.property !== query.property) continue
    if (readable && !readable.has(head.key.dataset)) continue
    if (wanted && !wanted.has(head.key.entity)) continue
    answer.push({ ...stored(heads, head.latest), seriesId: head.id })
  }
  return answer
}

/** Series that exist, in order of their id, with the span of their valid time and their number of facts. */
export function readSeriesList(
  state: State,
  query: { dataset?: string; property?: string; entity?: string; limit: number; after?: number },
): (SeriesKey & { seriesId: number; firstFrom: number; lastFrom: number; n: number })[] {
  const answer: (SeriesKey & { seriesId: number; firstFrom: number; lastFrom: number; n: number })[] = []
  for (const head of state.heads.all(query.after)) {
    if (answer.length >= query.limit) break
    if (query.dataset !== undefined && head.key.dataset !== query.dataset) continue
    if (query.property !== undefined && head.key.property !== query.property) continue
    if (query.entity !== undefined && head.key.entity !== query.entity) continue
    answer.push({ ...head.key, seriesId: head.id, firstFrom: head.first, lastFrom: head.last, n: head.facts })
  }
  return answer
}
