import type { StoredObservation } from './observations.ts'
import { stored } from './read-rows.ts'
import { type FactRow, factOf } from './schema.ts'
import { FACT_LIST, integer } from './sql.ts'
import type { State } from './state.ts'

/** Rows behind a `seq` that have one of some quality bits, in the order of storing. */
export async function readFlagged(
  state: State,
  query: { bits: number; afterSeq: number; limit: number },
): Promise<StoredObservation[]> {
  const rows = await state.db.read((reader) =>
    reader.rows<FactRow>(
      `SELECT ${FACT_LIST} FROM ${state.lake.rows()}
       WHERE seq > ${integer(query.afterSeq)} AND (quality & ${integer(query.bits)}) <> 0
       ORDER BY seq LIMIT ${integer(query.limit)}`,
    ),
  )
  return rows.map((row) => stored(state.heads, factOf(row)))
}
