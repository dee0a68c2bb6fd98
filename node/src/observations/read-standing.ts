import { type Fact, said } from './fact.ts'
import type { Standing } from './observations.ts'
import { stored } from './read-rows.ts'
import { type FactRow, factOf } from './schema.ts'
import { FACT_LIST, integer, time } from './sql.ts'
import type { State } from './state.ts'

/** Rows written under a source, in the order they were written, each with whether it still holds. */
export async function readStanding(
  state: State,
  source: string,
  page: { limit: number; afterSeq?: number },
): Promise<Standing[]> {
  const id = state.heads.sourceId(source)
  if (id === undefined) return []
  const rows = await state.db.read((reader) =>
    reader.rows<FactRow & { holds: boolean; revised: boolean }>(
      `SELECT o.*, coalesce(r.win_seq, o.seq) = o.seq AS holds, r.win_seq IS NOT NULL AS revised
       FROM (SELECT ${FACT_LIST} FROM ${state.lake.rows()}
             WHERE source = ${integer(id)} AND seq > ${integer(page.afterSeq ?? 0)}
             ORDER BY seq LIMIT ${integer(page.limit)}) o
       LEFT JOIN revised r ON r.series_id = o.series_id AND r.valid_from = o.valid_from AND r.valid_to IS NOT DISTINCT FROM o.valid_to
       ORDER BY o.seq`,
    ),
  )
  const facts = rows.map((row) => ({ fact: factOf(row), holds: row.holds, revised: row.revised }))
  const former = await heldBefore(
    state,
    id,
    facts.filter(({ holds, revised }) => holds && revised).map(({ fact }) => fact),
  )
  return facts.map(({ fact, holds }) => {
    const before = holds ? former.get(keyOf(fact)) : undefined
    return {
      row: stored(state.heads, fact),
      holds,
      before: before === undefined ? null : stored(state.heads, before),
    }
  })
}

const keyOf = ({ seriesId, from, to }: Fact) => `${seriesId} ${from} ${to}`

/** Of each fact the version that held before the source said anything about it. */
async function heldBefore(state: State, source: number, facts: readonly Fact[]): Promise<Map<string, Fact>> {
  const found = new Map<string, Fact>()
  if (facts.length === 0) return found
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  for (const { from } of facts) {
    min = Math.min(min, from)
    max = Math.max(max, from)
  }
  const keys = facts
    .map(
      ({ seriesId, from, to }) => `(${integer(seriesId)}, ${time(from)}, ${to === null ? 'NULL' : time(to)})`,
    )
    .join(', ')
  const rows = await state.db.read((reader) =>
    reader.rows<FactRow>(
      `SELECT o.* FROM (SELECT ${FACT_LIST} FROM ${state.lake.rows(min, max)}) o
       JOIN (VALUES ${keys}) k(series_id, valid_from, valid_to)
         ON o.series_id = k.series_id AND o.valid_from = k.valid_from
        AND o.valid_to IS NOT DISTINCT FROM CAST(k.valid_to AS TIMESTAMPTZ)
       ORDER BY seq`,
    ),
  )
  const begun = new Set<string>()
  for (const fact of rows.map(factOf)) {
    const key = keyOf(fact)
    if (fact.source === source) begun.add(key)
    if (begun.has(key)) continue
    const held = found.get(key)
    if (!held || said(fact) >= said(held)) found.set(key, fact)
  }
  return found
}
