import { type Column, instant, int32, int64, uint8, within } from './columns.ts'
import type { Connection, Database } from './connection.ts'
import { FUTURE, hourOf, keyOrder, rollsUp } from './fact.ts'
import { type Head, Heads, LONG, SEVERAL_SOURCES, SHORT, TEXTUAL } from './heads.ts'
import type { Lake } from './lake.ts'
import { readMeta, writeMeta } from './meta.ts'
import { newestShowable } from './rollups.ts'
import { FACT, type FactRow, factOf, ID, SERIES_HOUR } from './schema.ts'
import { Spans } from './spans.ts'
import { CARRIES, FACT_LIST, integer, ROLLS_UP, time } from './sql.ts'
import type { State } from './state.ts'

/**
 * The tables `latest`, `extent` and `dirty` trail the log: they are saved every second or third, in one transaction with
 * a mark, the `seq` up to which they are right. Opening reads them and takes in the rows behind the mark. So the
 * commit that people wait for writes the log alone, and a crash costs a few seconds' rows of replay.
 */

const LATEST: readonly Column<Head>[] = [
  ...FACT.map((column) => within(column, (head: Head) => head.latest!)),
  int32((head) => head.latestVersions),
]
const EXTENT: readonly Column<Head>[] = [
  int32((head) => head.id),
  instant((head) => head.first),
  instant((head) => head.last),
  int64((head) => head.facts),
  int32((head) => head.revised),
  instant((head) => head.lastRecorded),
  uint8((head) => head.kinds),
  int32((head) => head.statuses),
  int32((head) => head.source),
]

/** Saves heads and dirty hours as they are at the moment of the call. */
export async function saveTrail(state: State): Promise<void> {
  const { heads, db } = state
  const mark = heads.lastSeq
  // A fact whose time has come but which has not been promoted yet must be found again after a restart.
  const at = Math.min(state.now(), ...[...heads.awaiting.values()].map((time) => time - 1))
  const hours = heads.dirty.takeUnsaved()
  const ids = [...heads.changed]
  heads.changed.clear()
  if (ids.length === 0 && hours.length === 0) return
  // Copies: commits go on changing the heads while the transaction runs.
  const copies = ids.map((id) => ({ ...heads.get(id) }))
  const { derive } = db
  try {
    await derive.transaction(async () => {
      await derive.append('temp.id_in', ID, ids)
      await derive.run('DELETE FROM latest l USING id_in i WHERE l.series_id = i.series_id')
      await derive.run('DELETE FROM extent e USING id_in i WHERE e.series_id = i.series_id')
      await derive.run('DELETE FROM id_in')
      const shown = copies.filter((head) => head.latest !== null)
      await derive.append('latest', LATEST, shown)
      await derive.append('extent', EXTENT, copies)
      await derive.append('dirty', SERIES_HOUR, hours)
      await writeMeta(derive, 'mark', String(mark))
      await writeMeta(derive, 'saved_at', String(at))
    })
  } catch (error) {
    for (const id of ids) heads.changed.add(id)
    heads.dirty.putBackUnsaved(hours)
    throw error
  }
}

interface ExtentRow {
  series_id: number
  first_from: number
  last_from: number
  facts: number
  revised: number
  last_recorded: number
  kinds: number
  statuses: number | null
  source: number | null
}

/** Statuses and source are blank in rows of an older program: whoever reads those computes them from the log. */
function fillExtent(heads: Heads, row: ExtentRow): Head {
  const head = heads.get(row.series_id)
  head.first = row.first_from
  head.last = row.last_from
  head.facts = row.facts
  head.revised = row.revised
  head.lastRecorded = row.last_recorded
  head.kinds = row.kinds
  head.statuses = row.statuses ?? 0
  head.source = row.source ?? SEVERAL_SOURCES
  head.spans = new Spans([[head.first, head.last]])
  return head
}

/** Reads dictionaries and trail, then takes in what the log holds behind the mark. */
export async function loadHeads(db: Database, lake: Lake, now: number): Promise<Heads> {
  const { write } = db
  const heads = new Heads()
  await loadDictionaries(write, heads)
  const unfilled: number[] = []
  for (const row of await write.rows<ExtentRow>('SELECT * FROM extent')) {
    const head = fillExtent(heads, row)
    if (row.statuses === null || row.source === null) unfilled.push(head.id)
  }
  for (const row of await write.rows<FactRow & { n: number }>('SELECT * FROM latest')) {
    const head = heads.get(row.series_id)
    head.latest = factOf(row)
    head.latestVersions = row.n
  }
  const mark = Number((await readMeta(write, 'mark')) ?? 0)
  for (const row of await write.rows<{ series_id: number; hour: number }>('SELECT * FROM dirty'))
    heads.dirty.restore(row.series_id, row.hour, mark)
  const savedAt = Number((await readMeta(write, 'saved_at')) ?? 0)
  const last = await write.one<{ seq: number | null; recorded: number | null }>(
    `SELECT max(seq) AS seq, max(recorded_at) AS recorded FROM obs WHERE seq > ${integer(mark)}`,
  )
  const sealed = lake.last()
  heads.lastSeq = Math.max(mark, last.seq ?? 0, sealed?.seqMax ?? 0)
  heads.lastRecorded = Math.max(last.recorded ?? 0, sealed?.recordedMax ?? 0)
  for (const head of heads.all()) heads.lastRecorded = Math.max(heads.lastRecorded, head.lastRecorded)
  await computeHeads(write, lake, heads, unfilled, now)
  if ((last.seq ?? 0) > mark) await replay(write, lake, heads, mark, now)
  await loadAwaiting(write, lake, heads, savedAt)
  return heads
}

export async function loadDictionaries(connection: Connection, heads: Heads): Promise<void> {
  for (const row of await connection.rows<{
    series_id: number
    dataset: string
    entity: string
    property: string
    breakdown: string
  }>('SELECT * FROM series ORDER BY series_id'))
    heads.add(row.series_id, {
      dataset: row.dataset,
      entity: row.entity,
      property: row.property,
      breakdown: row.breakdown,
    })
  for (const row of await connection.rows<{ source_id: number; name: string }>(
    'SELECT * FROM source ORDER BY source_id',
  ))
    heads.addSource(row.source_id, row.name)
}

/** Recomputes the heads of the series that have rows behind the mark, and marks the hours those rows fall into. */
async function replay(
  connection: Connection,
  lake: Lake,
  heads: Heads,
  mark: number,
  now: number,
): Promise<void> {
  const touched = new Set<number>()
  for (const row of await connection.rows<FactRow>(
    `SELECT ${FACT_LIST} FROM obs WHERE seq > ${integer(mark)} ORDER BY seq`,
  )) {
    const fact = factOf(row)
    touched.add(fact.seriesId)
    if (rollsUp(fact)) heads.dirty.mark(fact.seriesId, hourOf(fact.from), fact.seq)
  }
  await computeHeads(connection, lake, heads, [...touched], now)
}

/** Fills in the heads of some series from the log alone. */
export async function computeHeads(
  connection: Connection,
  lake: Lake,
  heads: Heads,
  ids: readonly number[],
  now: number,
): Promise<void> {
  if (ids.length === 0) return
  await connection.append('temp.id_in', ID, ids)
  const rows = await connection.rows<ExtentRow>(`${extentSql(lake, 'SEMI JOIN id_in USING (series_id)')}`)
  await connection.run('DELETE FROM id_in')
  for (const row of rows) heads.changed.add(fillExtent(heads, row).id)
  const newest = await newestShowable(connection, lake, ids, now)
  for (const id of ids) {
    const head = heads.get(id)
    head.latest = newest.get(id)?.fact ?? null
    head.latestVersions = newest.get(id)?.versions ?? 0
  }
}

export function extentSql(lake: Lake, restrict: string): string {
  return `SELECT o.series_id, o.first_from, o.last_from, o.rows - coalesce(r.more, 0) AS facts, CAST(coalesce(r.keys, 0) AS INTEGER) AS revised,
      o.last_recorded, o.kinds, o.statuses, o.source
    FROM (SELECT series_id, min(valid_from) AS first_from, max(valid_from) AS last_from, count(*) AS rows, max(recorded_at) AS last_recorded,
        CAST(bit_or(CASE WHEN ${ROLLS_UP} THEN ${SHORT} ELSE ${LONG} END
          | CASE WHEN text IS NOT NULL AND value IS NULL AND ${CARRIES} THEN ${TEXTUAL} ELSE 0 END) AS UTINYINT) AS kinds,
        bit_or(CAST(1 AS INTEGER) << CAST(status AS INTEGER)) AS statuses,
        CASE WHEN min(source) = max(source) THEN min(source) ELSE ${SEVERAL_SOURCES} END AS source
      FROM ${lake.rows()} ${restrict} GROUP BY series_id) o
    LEFT JOIN (SELECT series_id, CAST(sum(n - 1) AS BIGINT) AS more, count(*) AS keys FROM revised GROUP BY series_id) r USING (series_id)`
}

/** Series whose facts flagged `future` become valid after the moment the trail was saved. */
async function loadAwaiting(
  connection: Connection,
  lake: Lake,
  heads: Heads,
  savedAt: number,
): Promise<void> {
  for (const row of await connection.rows<{ series_id: number; at: number }>(
    `SELECT series_id, min(valid_from) AS at FROM ${lake.rows(savedAt)}
     WHERE (quality & ${FUTURE}) <> 0 AND valid_from > ${time(savedAt)} GROUP BY series_id`,
  ))
    heads.awaiting.set(row.series_id, row.at)
}

/** Series whose next awaited fact has become valid get their newest value anew. */
export async function promoteFuture(state: State): Promise<void> {
  const { heads, db, lake } = state
  if (heads.awaiting.size === 0) return
  const now = state.now()
  const due = [...heads.awaiting].filter(([, at]) => at <= now).map(([id]) => id)
  if (due.length === 0) return
  const before = new Map(due.map((id) => [id, heads.get(id).lastSeq]))
  const { derive } = db
  const newest = await newestShowable(derive, lake, due, now)
  await derive.append('temp.id_in', ID, due)
  const next = await derive.rows<{ series_id: number; at: number }>(
    `SELECT series_id, min(valid_from) AS at FROM ${lake.rows(now)} SEMI JOIN id_in USING (series_id)
     WHERE (quality & ${FUTURE}) <> 0 AND valid_from > ${time(now)} GROUP BY series_id`,
  )
  await derive.run('DELETE FROM id_in')
  const nextAt = new Map(next.map((row) => [row.series_id, row.at]))
  for (const id of due) {
    const head = heads.get(id)
    // A commit slipped in between: what was read may be out of date, so this series is due again next time.
    if (head.lastSeq !== before.get(id)) continue
    const found = newest.get(id)
    if (found && (!head.latest || keyOrder(found.fact, head.latest) > 0)) {
      head.latest = found.fact
      head.latestVersions = found.versions
      heads.changed.add(id)
    }
    const at = nextAt.get(id)
    if (at === undefined) heads.awaiting.delete(id)
    else heads.awaiting.set(id, at)
  }
}
