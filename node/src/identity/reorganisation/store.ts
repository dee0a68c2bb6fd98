import { sql } from 'kysely'
import type { Records, Tx } from '../../records/contract.ts'
import { jsonText } from '../../records/json-text.ts'
import { insertTerritory, newestOfUnits } from '../unit-store.ts'
import type { Changed } from './reorganise.ts'

/** Orders of all processes wait for one another here: each is worked out on the register that it changes. */
const oneAtATime = 7_302_226

/**
 * Writes how a territory differs from the one before.
 *
 * @param order.seen state of the register that the change was worked out on (`stateOfUnits`)
 * @returns false, with nothing written, when the register is in another state by now
 */
export async function writeChange(
  tx: Tx,
  order: { changed: Changed; seen: string | null; on: string; act: string },
): Promise<boolean> {
  const { changed, seen, on, act } = order
  await sql`SELECT pg_advisory_xact_lock(${oneAtATime})`.execute(tx.db)
  if ((await newestOfUnits(tx.db).executeTakeFirst())?.id !== (seen ?? undefined)) return false
  const { began, ended, moved, edges } = changed
  const closings = ended.map(({ id }) => id)
  await sql`UPDATE unit SET valid_to = ${on}::date, version = version + 1, updated_at = ${tx.at},
    attributes = attributes || ${jsonText({ closedBy: act })}::jsonb
    WHERE id = ANY(${closings}::text[])`.execute(tx.db)
  await sql`UPDATE unit_name SET valid_to = ${on}::date
    WHERE unit_id = ANY(${closings}::text[]) AND valid_to IS NULL`.execute(tx.db)
  // Closings come first: a code may pass to another unit on the day.
  await insertTerritory(tx, { units: began, edges })
  const others = [...ended, ...moved]
  const ids = others.map(({ id }) => id)
  await sql`UPDATE unit_parent SET valid_to = ${on}::date WHERE child_id = ANY(${ids}::text[])
    AND valid_from < ${on}::date AND (valid_to IS NULL OR valid_to > ${on}::date)`.execute(tx.db)
  await sql`DELETE FROM unit_parent WHERE child_id = ANY(${ids}::text[]) AND valid_from >= ${on}::date`.execute(
    tx.db,
  )
  const links = others.flatMap(({ id, parents }) =>
    parents
      .filter(({ valid }) => valid.from >= on)
      .map((parent) => ({
        child_id: id,
        parent_id: parent.id,
        valid_from: parent.valid.from,
        valid_to: parent.valid.to,
        act: parent.valid.from === on ? act : null,
      })),
  )
  await sql`INSERT INTO unit_parent (child_id, parent_id, valid_from, valid_to, act)
    SELECT * FROM jsonb_to_recordset(${jsonText(links)}::jsonb) AS x(child_id text, parent_id text, valid_from date,
      valid_to date, act text)`.execute(tx.db)
  return true
}

/** The acts that one unit's own history rests on. */
export interface UnitActs {
  closedBy: string | null
  parents: { unit: string; from: string; to: string | null; act: string | null }[]
}

export async function readUnitActs(records: Records, id: string): Promise<UnitActs> {
  const [unit] = await records.read<{ closedBy: string | null }>(
    () => sql`SELECT attributes ->> 'closedBy' AS "closedBy" FROM unit WHERE id = ${id}`,
  )
  const parents = await records.read<UnitActs['parents'][number]>(
    () => sql`SELECT parent_id AS unit, valid_from AS "from", valid_to AS "to", act FROM unit_parent
      WHERE child_id = ${id} ORDER BY valid_from`,
  )
  return { closedBy: unit?.closedBy ?? null, parents }
}
