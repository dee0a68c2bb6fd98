import type { SnapshotQuery, StoredObservation } from './observations.ts'
import { stored } from './read-rows.ts'
import { type FactRow, factOf } from './schema.ts'
import { integer, NOT_WITHDRAWN, time, winnersSql } from './sql.ts'
import type { State } from './state.ts'

/** Most entities that one snapshot answers with: every commune of the nation, several times over. */
const MAX_ENTITIES = 50_000

/** One property for many entities: at a period, or, without an end, the newest fact of each that starts before `from`. */
export async function readSnapshot(state: State, query: SnapshotQuery): Promise<StoredObservation[]> {
  const wanted = query.entities ? new Set(query.entities) : null
  const heads = state.heads
    .ofProperty(query.dataset, query.property)
    .filter((head) => head.key.breakdown === query.breakdown && (!wanted || wanted.has(head.key.entity)))
  if (heads.length === 0) return []
  const atPeriod = query.to !== undefined
  const where = [`series_id IN (${heads.map((head) => integer(head.id)).join(', ')})`]
  if (atPeriod) where.push(`valid_from = ${time(query.from)}`, `valid_to = ${time(query.to!)}`)
  else where.push(`valid_from < ${time(query.from)}`)
  const revised = heads.some((head) => head.revised > 0)
  if (!revised) where.push(`seq <= ${integer(state.heads.lastSeq)}`)
  const winners = winnersSql({
    rows: state.lake.rows(atPeriod ? query.from : undefined, query.from),
    where,
    asKnown: query.asKnown,
    asPublished: query.asPublished,
    revised,
  })
  const newest = atPeriod
    ? ''
    : `QUALIFY row_number() OVER (PARTITION BY series_id ORDER BY valid_from DESC, coalesce(valid_to, valid_from) DESC) = 1`
  const rows = await state.db.read((reader) =>
    reader.rows<FactRow>(
      `SELECT * FROM (${winners}) WHERE ${NOT_WITHDRAWN} ${newest} ORDER BY series_id LIMIT ${MAX_ENTITIES}`,
    ),
  )
  return rows.map((row) => stored(state.heads, factOf(row)))
}

/** Distinct valid intervals of a property in the current view, newest first. */
export async function readPeriods(
  state: State,
  query: { dataset: string; property: string; limit: number },
): Promise<{ from: number; to: number | null; n: number }[]> {
  const heads = state.heads.ofProperty(query.dataset, query.property)
  if (heads.length === 0) return []
  const revised = heads.some((head) => head.revised > 0)
  const winners = winnersSql({
    rows: state.lake.rows(),
    where: [
      `series_id IN (${heads.map((head) => integer(head.id)).join(', ')})`,
      ...(revised ? [] : [`seq <= ${integer(state.heads.lastSeq)}`]),
    ],
    revised,
  })
  const rows = await state.db.read((reader) =>
    reader.rows<{ valid_from: number; valid_to: number | null; n: number }>(
      `SELECT valid_from, valid_to, count(*) AS n FROM (${winners}) WHERE ${NOT_WITHDRAWN}
       GROUP BY valid_from, valid_to ORDER BY valid_from DESC, valid_to DESC NULLS LAST LIMIT ${integer(query.limit)}`,
    ),
  )
  return rows.map((row) => ({ from: row.valid_from, to: row.valid_to, n: row.n }))
}
