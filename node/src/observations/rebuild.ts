import { join } from 'node:path'
import { errorCode, type FileSystem } from '@nhip/durable/file-system'
import { removeFile } from '@nhip/durable/replace-file'
import { type Connection, Database, type DatabaseOptions } from './connection.ts'
import { HOUR, hourOf } from './fact.ts'
import { LineHash } from './hash.ts'
import { hashFile, type Lake, segmentDamaged } from './lake.ts'
import { readManifest, type Segment } from './manifest.ts'
import { writeMeta } from './meta.ts'
import { BUCKET_LIST, bucketSql, OVER_HOURS } from './rollups.ts'
import { coldUpTo, inspect } from './seal.ts'
import {
  CARRIES,
  daySql,
  FACT_LIST,
  goodSql,
  hourSql,
  integer,
  NOT_WITHDRAWN,
  ROLLS_UP,
  SAID,
  time,
  winnersSql,
} from './sql.ts'
import type { State } from './state.ts'
import { filesAsLog, filesAsText } from './text-rows.ts'
import { extentSql } from './trail.ts'

/** Derived tables that are compared; `dirty` is a list of work, not knowledge. */
const COMPARED = ['revised', 'latest', 'extent', 'roll_hour', 'roll_day'] as const

const SUMS = ['sum', 'num', 'den'] as const
const EXACT_FIGURES = ['n', 'n_bad', 'n_value', 'min', 'max', 'first', 'last', 'seq_to'] as const

/**
 * Statements that compute each derived table from the log. They use `revised` by that name, so it must already be
 * the new one when the others run. Hours that are not over are left to be read from the log.
 */
function derivations(lake: Lake, now: number): Record<(typeof COMPARED)[number], string> {
  const rows = lake.rows()
  const winners = winnersSql({ rows, where: [], revised: true })
  const hour = hourSql('valid_from')
  return {
    revised: `SELECT series_id, valid_from, valid_to, CAST(arg_max(seq, ROW(${SAID}, seq)) AS BIGINT) AS win_seq, CAST(count(*) AS INTEGER) AS n
      FROM ${rows} GROUP BY series_id, valid_from, valid_to HAVING count(*) > 1`,
    latest: `SELECT ${FACT_LIST}, versions AS n FROM (${winners}) WHERE ${NOT_WITHDRAWN} AND ${goodSql(now)}
      QUALIFY row_number() OVER (PARTITION BY series_id ORDER BY valid_from DESC, coalesce(valid_to, valid_from) DESC) = 1`,
    extent: extentSql(lake, ''),
    roll_hour: `SELECT series_id, ${hour} AS bucket, ${bucketSql(now)} FROM (${winners})
      WHERE ${CARRIES} AND ${ROLLS_UP} AND valid_from < ${time(hourOf(now) * HOUR)} GROUP BY series_id, bucket`,
    roll_day: `SELECT series_id, ${daySql('bucket')} AS bucket, ${OVER_HOURS} FROM
      (SELECT series_id, bucket, ${BUCKET_LIST} FROM roll_hour) GROUP BY series_id, ${daySql('bucket')}`,
  }
}

/**
 * Computes every derived table again and puts the new one in the place of the old. Nothing may read or write meanwhile.
 * @returns what differed; empty when old and new agree row by row
 */
export async function rebuildDerived(
  connection: Connection,
  lake: Lake,
  now: number,
): Promise<{ differences: string[] }> {
  const differences: string[] = []
  await connection.transaction(async () => {
    const statements = derivations(lake, now)
    for (const table of COMPARED) {
      await connection.run(`CREATE OR REPLACE TEMP TABLE ${table}_new AS ${statements[table]}`)
      const gone = await missingFrom(connection, table, table, `${table}_new`)
      const added = await missingFrom(connection, table, `${table}_new`, table)
      if (gone > 0 || added > 0)
        differences.push(
          `${table}: ${gone} rows that a rebuild does not give, ${added} rows that it gives anew`,
        )
      await connection.run(`DELETE FROM ${table}`)
      await connection.run(`INSERT INTO ${table} SELECT * FROM ${table}_new`)
      await connection.run(`DROP TABLE ${table}_new`)
    }
  })
  return { differences }
}

/** Rows of a derived table that the other one does not have. Sums count as equal when they agree to 12 digits. */
async function missingFrom(connection: Connection, table: string, a: string, b: string): Promise<number> {
  const sql =
    table === 'roll_hour' || table === 'roll_day'
      ? `SELECT count(*) AS n FROM ${a} a ANTI JOIN ${b} b ON a.series_id = b.series_id AND a.bucket = b.bucket
         AND ${EXACT_FIGURES.map((c) => `a.${c} IS NOT DISTINCT FROM b.${c}`).join(' AND ')}
         AND ${SUMS.map((c) => `((a.${c} IS NULL AND b.${c} IS NULL) OR abs(a.${c} - b.${c}) <= 1e-12 * greatest(abs(a.${c}), a.n * greatest(abs(a.min), abs(a.max), abs(a.den), 1)))`).join(' AND ')}`
      : `SELECT count(*) AS n FROM (SELECT * FROM ${a} EXCEPT ALL SELECT * FROM ${b})`
  return (await connection.one<{ n: number }>(sql)).n
}

/**
 * Makes the database file anew from the segments of the lake, when it is gone. It is built under another name and
 * renamed at the end, so a crash in between starts over.
 *
 * @returns whether there was anything to build from
 * @throws {ObservationsError} `damaged` when a segment is missing, changed, or does not follow the one before
 */
export async function rebuildFromLake(
  lake: Lake,
  path: string,
  options: DatabaseOptions & { now: number; hotDays: number; log: State['log'] },
): Promise<boolean> {
  const segments = (await readManifest(lake.fs, lake.folder)) ?? []
  lake.segments = segments
  const strays = await lake.orphans()
  if (segments.length === 0 && strays.length === 0) return false
  for (const wrong of await lake.check(true)) throw segmentDamaged(wrong)
  const draft = `${path}.rebuild`
  for (const left of [draft, `${draft}.wal`]) await removeFile(lake.fs, left)
  const db = await Database.open(draft, options)
  try {
    await adoptStrays(db.write, lake, strays, options)
    await fillFromSegments(db.write, lake, options)
    await db.checkpoint()
  } finally {
    await db.close()
  }
  await lake.saveManifest()
  await lake.fs.rename(draft, path)
  await lake.fs.syncFolder(lake.folder)
  options.log({
    level: 'warn',
    event: 'rebuilt-from-lake',
    segments: lake.segments.length,
    rows: lake.segments.reduce((sum, segment) => sum + segment.rows, 0),
  })
  return true
}

/**
 * Takes in segments that the manifest does not name, as long as each follows the last one without a gap: the database
 * that could tell whether they were recorded is gone, and a whole segment is never worth less than none.
 */
async function adoptStrays(
  connection: Connection,
  lake: Lake,
  strays: readonly string[],
  options: { log: State['log'] },
): Promise<void> {
  const readable: Segment[] = []
  for (const file of strays) {
    const path = lake.path(file)
    try {
      const facts = await inspect(connection, path)
      const hash = new LineHash()
      await hash.addRows(connection, filesAsText([path]), facts.seqMin, facts.seqMax)
      readable.push({
        ...facts,
        id: 0,
        recordedDay: file.split('/').at(-2) ?? '',
        file,
        bytes: (await lake.fs.stat(path))!.size,
        sha256: await hashFile(lake.fs, path),
        contentHash: hash.digest(),
        sealedAt: new Date(facts.recordedMax).toISOString(),
      })
    } catch (error) {
      options.log({
        level: 'warn',
        event: 'stray-segment-unreadable',
        file,
        error: String(error),
        code: errorCode(error),
      })
    }
  }
  readable.sort((a, b) => a.seqMin - b.seqMin)
  for (const segment of readable) {
    const last = lake.last()
    if (segment.seqMin !== (last?.seqMax ?? 0) + 1 || segment.rows !== segment.seqMax - segment.seqMin + 1) {
      options.log({
        level: 'warn',
        event: 'stray-segment-left-out',
        file: segment.file,
        seqMin: segment.seqMin,
      })
      continue
    }
    lake.segments.push({ ...segment, id: (last?.id ?? 0) + 1 })
  }
}

async function fillFromSegments(
  connection: Connection,
  lake: Lake,
  options: { now: number; hotDays: number },
): Promise<void> {
  const paths = lake.segments.map((segment) => lake.path(segment.file))
  let expected = 1
  for (const segment of lake.segments) {
    if (segment.seqMin !== expected)
      throw segmentDamaged({
        file: lake.path(segment.file),
        rule: {
          vi: `bắt đầu ở số thứ tự ${segment.seqMin}, đáng lẽ ${expected}`,
          en: `it begins at seq ${segment.seqMin}, expected ${expected}`,
        },
      })
    expected = segment.seqMax + 1
  }
  const text = filesAsText(paths)
  await connection.transaction(async () => {
    // Ids in the order of first appearance, as they were given out the first time.
    await connection.run(`INSERT INTO series SELECT CAST(row_number() OVER (ORDER BY first_seq) AS INTEGER), dataset, entity, property, breakdown
      FROM (SELECT dataset, entity, property, breakdown, min(seq) AS first_seq FROM ${text} GROUP BY ALL)`)
    await connection.run(`INSERT INTO source SELECT CAST(row_number() OVER (ORDER BY first_seq) - 1 AS INTEGER), source
      FROM (SELECT source, min(seq) AS first_seq FROM ${text} GROUP BY source)`)
    for (const segment of lake.segments) await lake.record(connection, segment)
    lake.coldSeq = coldUpTo(lake.segments, options.now, options.hotDays)
    await writeMeta(connection, 'cold_seq', String(lake.coldSeq))
    const hot = lake.segments.filter((segment) => segment.seqMin > lake.coldSeq)
    if (hot.length > 0)
      await connection.run(
        `INSERT INTO obs SELECT ${FACT_LIST} FROM ${filesAsLog(hot.map((s) => lake.path(s.file)))} ORDER BY seq`,
      )
    const last = lake.last()
    await writeMeta(connection, 'mark', integer(last?.seqMax ?? 0))
    await writeMeta(connection, 'saved_at', String(options.now))
  })
  await rebuildDerived(connection, lake, options.now)
  // Hours that are not over are in no roll-up: they stay on the list.
  await connection.run(`INSERT INTO dirty SELECT DISTINCT series_id, ${hourSql('valid_from')} FROM ${lake.rows(hourOf(options.now) * HOUR)}
    WHERE ${ROLLS_UP} AND valid_from >= ${time(hourOf(options.now) * HOUR)}`)
}

/** The path of the database file inside the folder of the store. */
export function databasePath(folder: string): string {
  return join(folder, 'observations.duckdb')
}

export async function databaseExists(fs: FileSystem, folder: string): Promise<boolean> {
  return (await fs.stat(databasePath(folder))) !== undefined
}
