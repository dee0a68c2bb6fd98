import { dayOfHour, HOUR, startOfDay } from './fact.ts'
import { type Head, LONG } from './heads.ts'
import type { SnapshotQuery, StoredObservation } from './observations.ts'
import { stored } from './read-rows.ts'
import { type FactRow, factOf } from './schema.ts'
import { integer, NOT_WITHDRAWN, time, winnersSql } from './sql.ts'
import type { State } from './state.ts'

/** Most entities that one snapshot answers with: every commune of the nation, several times over. */
const MAX_ENTITIES = 50_000

const NEWEST_OF_EACH =
  'QUALIFY row_number() OVER (PARTITION BY series_id ORDER BY valid_from DESC, coalesce(valid_to, valid_from) DESC) = 1'

interface Period {
  from: number
  to: number | null
  n: number
}

/** One property for many entities at a period, or, without an end, the newest fact of each that starts before `from`. */
export async function readSnapshot(state: State, query: SnapshotQuery): Promise<StoredObservation[]> {
  const wanted = query.entities ? new Set(query.entities) : null
  const heads = state.heads
    .ofProperty(query.dataset, query.property)
    .filter((head) => head.key.breakdown === query.breakdown && (!wanted || wanted.has(head.key.entity)))
  if (heads.length === 0) return []
  const { from, to } = query
  const known = to === undefined && query.asKnown === undefined && query.asPublished === undefined
  if (known && heads.every((head) => standsNow(head, from)))
    return heads.slice(0, MAX_ENTITIES).map((head) => stored(state.heads, head.latest!))
  const exact = to !== undefined && heads.some(isLong)
  const rows = await state.db.read((reader) => {
    const where = [ofSeries(heads)]
    if (to === undefined) where.push(`valid_from < ${time(from)}`)
    else if (exact) where.push(`valid_from = ${time(from)}`, `valid_to = ${time(to)}`)
    else where.push(`valid_from >= ${time(from)}`, `valid_from < ${time(to)}`)
    const winners = winnersSql({
      rows: state.lake.rows(to === undefined ? undefined : from, to === undefined || exact ? from : to),
      where: [...where, ...before(state, heads)],
      asKnown: query.asKnown,
      asPublished: query.asPublished,
      revised: heads.some(isRevised),
    })
    return reader.rows<FactRow>(
      `SELECT * FROM (${winners}) WHERE ${NOT_WITHDRAWN} ${exact ? '' : NEWEST_OF_EACH} ORDER BY series_id LIMIT ${MAX_ENTITIES}`,
    )
  })
  return rows.map((row) => stored(state.heads, factOf(row)))
}

/** Distinct valid intervals of a property in the current view, newest first; civil days where there are only short readings. */
export async function readPeriods(
  state: State,
  query: {
    dataset: string
    property: string
    limit: number
    before?: { from: number; to: number | null }
  },
): Promise<Period[]> {
  const heads = state.heads.ofProperty(query.dataset, query.property)
  if (heads.length === 0) return []
  if (!heads.some(isLong)) return readDays(state, heads, query)
  const rows = await state.db.read((reader) => {
    const winners = winnersSql({
      rows: state.lake.rows(),
      where: [ofSeries(heads), ...before(state, heads)],
      revised: heads.some(isRevised),
    })
    const page = query.before
      ? `HAVING valid_from < ${time(query.before.from)}${
          query.before.to === null
            ? ''
            : ` OR (valid_from = ${time(query.before.from)} AND (valid_to IS NULL OR valid_to < ${time(query.before.to)}))`
        }`
      : ''
    return reader.rows<{ valid_from: number; valid_to: number | null; n: number }>(
      `SELECT valid_from, valid_to, count(*) AS n FROM (${winners}) WHERE ${NOT_WITHDRAWN}
       GROUP BY valid_from, valid_to ${page} ORDER BY valid_from DESC, valid_to DESC NULLS LAST LIMIT ${integer(query.limit)}`,
    )
  })
  return rows.map((row) => ({ from: row.valid_from, to: row.valid_to, n: row.n }))
}

/** Civil days that have readings: from the roll-up, and from the list of hours that are behind. */
async function readDays(
  state: State,
  heads: readonly Head[],
  query: { limit: number; before?: { from: number } },
): Promise<Period[]> {
  const series = new Map<number, number>()
  const rows = await state.db.read((reader) =>
    reader.rows<{ bucket: number; n: number }>(
      `SELECT bucket, count(*) AS n FROM roll_day WHERE ${ofSeries(heads)} GROUP BY bucket`,
    ),
  )
  for (const row of rows) series.set(row.bucket, row.n)
  const behind = new Map<number, Set<number>>()
  const ids = new Set(heads.map((head) => head.id))
  for (const { seriesId, hour } of state.heads.dirty.all()) {
    if (!ids.has(seriesId)) continue
    const day = dayOfHour(hour)
    behind.set(day, (behind.get(day) ?? new Set()).add(seriesId))
  }
  for (const [day, some] of behind) series.set(day, Math.max(series.get(day) ?? 0, some.size))
  return [...series]
    .map(([day, n]) => ({ from: startOfDay(day), to: startOfDay(day) + 24 * HOUR, n }))
    .filter((day) => query.before === undefined || day.from < query.before.from)
    .sort((a, b) => b.from - a.from)
    .slice(0, query.limit)
}

function isLong(head: Head): boolean {
  return (head.kinds & LONG) !== 0
}

/** Whether the newest value in memory is the newest fact that starts before `time`: then no query is needed. */
function standsNow(head: Head, time: number): boolean {
  return !isLong(head) && head.last < time && head.latest?.from === head.last
}

function isRevised(head: Head): boolean {
  return head.revised > 0
}

function ofSeries(heads: readonly Head[]): string {
  return `series_id IN (${heads.map((head) => integer(head.id)).join(', ')})`
}

/** Without a revised fact in reach, versions are not weighed: a second one committed just now must stay out. */
function before(state: State, heads: readonly Head[]): string[] {
  return heads.some(isRevised) ? [] : [`seq <= ${integer(state.heads.lastSeq)}`]
}
