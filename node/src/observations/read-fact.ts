import type { StoredObservation } from './observations.ts'
import { readVersions, stored } from './read-rows.ts'
import { type FactRow, factOf } from './schema.ts'
import { FACT_LIST, integer } from './sql.ts'
import type { State } from './state.ts'

/** A fact with all its versions, newest first; one of them holds. */
export type FactVersions = readonly (StoredObservation & { current: boolean })[]

/** More versions of one fact than this are of no use to anybody. */
const mostVersions = 1000

/** The fact that the row with a number belongs to; empty when there is no such row. */
export async function readFact(state: State, seq: number): Promise<FactVersions> {
  const [row] = await state.db.read((reader) =>
    reader.rows<FactRow>(`SELECT ${FACT_LIST} FROM ${state.lake.rows()} WHERE seq = ${integer(seq)}`),
  )
  if (!row) return []
  const { dataset, entity, property, breakdown, from, to } = stored(state.heads, factOf(row))
  const versions = await readVersions(state, {
    dataset,
    entity,
    property,
    breakdown,
    from,
    to: from + 1,
    limit: mostVersions,
  })
  return versions.filter((version) => version.to === to)
}
