import { join } from 'node:path'
import { makeFolderDurably, publishFile, removeFile } from '@nhip/durable/replace-file'
import type { Connection } from './connection.ts'
import { dayOfHour, HOUR, hourOf, startOfDay } from './fact.ts'
import { LineHash } from './hash.ts'
import { hashFile } from './lake.ts'
import type { Segment } from './manifest.ts'
import { writeMeta } from './meta.ts'
import type { SegmentInfo } from './observations.ts'
import { daySql, hourSql, integer, quoted } from './sql.ts'
import type { State } from './state.ts'
import { filesAsText, TEXT_LIST } from './text-rows.ts'

/** A recorded day with more rows than this is sealed in parts. */
const MAX_SEGMENT_ROWS = 20_000_000

interface DayRange {
  day: number
  seq_min: number
  seq_max: number
}

/** Rows of one recorded day that are in no segment yet. */
export interface Unsealed {
  /** `YYYY-MM-DD` */
  day: string
  seqMin: number
  seqMax: number
}

/** `YYYY-MM-DD` of a civil day counted from 1970-01-01. */
function dayName(day: number): string {
  return new Date(day * 24 * HOUR).toISOString().slice(0, 10)
}

/** What is in no segment yet, up to a number: days that are over, or with `all` today's rows too, in parts of a bearable size. */
export async function unsealed(state: State, all: boolean, upTo: number): Promise<Unsealed[]> {
  const { db, lake } = state
  const sealedTo = lake.last()?.seqMax ?? 0
  const today = dayOfHour(hourOf(state.now()))
  const days = await db.derive.rows<DayRange>(
    `SELECT day, min(seq) AS seq_min, max(seq) AS seq_max
     FROM (SELECT seq, ${daySql(hourSql('recorded_at'))} AS day FROM obs WHERE seq > ${integer(sealedTo)} AND seq <= ${integer(upTo)})
     GROUP BY day ORDER BY day`,
  )
  const found: Unsealed[] = []
  for (const { day, seq_min, seq_max } of days) {
    if (!all && day >= today) break
    for (let seqMin = seq_min; seqMin <= seq_max; seqMin += MAX_SEGMENT_ROWS)
      found.push({ day: dayName(day), seqMin, seqMax: Math.min(seqMin + MAX_SEGMENT_ROWS - 1, seq_max) })
  }
  return found
}

/**
 * Seals rows that are in no segment yet: recorded days that are over, or with `all` everything so far.
 * Each segment is written, read again and compared, synced, hashed, put in place and only then recorded, so a crash
 * at any point leaves either the segment or its rows still unsealed.
 */
export async function seal(state: State, all: boolean): Promise<SegmentInfo[]> {
  const sealed: SegmentInfo[] = []
  for (const rows of await unsealed(state, all, state.heads.lastSeq))
    sealed.push(await sealRange(state, rows))
  return sealed
}

async function sealRange(state: State, rows: Unsealed): Promise<SegmentInfo> {
  const { db, lake } = state
  const draft = lake.path(join('tmp', `segment-${rows.seqMin}.parquet`))
  await makeFolderDurably(lake.fs, lake.path('tmp'))
  await makeFolderDurably(lake.fs, lake.path(join('lake', rows.day)))
  await removeFile(lake.fs, draft)
  const segment = await draftSegment(state, rows, draft, lake.segments)
  const { file, sha256 } = segment
  await publishFile(lake.fs, draft, lake.path(file))
  await db.derive.transaction(() => lake.record(db.derive, segment))
  lake.segments.push(segment)
  await lake.saveManifest()
  state.log({ level: 'info', event: 'segment-sealed', file, rows: segment.rows, sha256 })
  return segment
}

/** Writes rows as a segment to `draft`, reads it again and compares; what it would be called behind these segments. */
export async function draftSegment(
  { db, lake, now }: State,
  { day, seqMin, seqMax }: Unsealed,
  draft: string,
  before: readonly Segment[],
): Promise<Segment> {
  const part = before.filter((segment) => segment.recordedDay === day).length
  const file = join('lake', day, `part-${String(part).padStart(3, '0')}.parquet`)
  await db.derive.run(
    `COPY (SELECT ${TEXT_LIST} FROM ${lake.hotAsText(seqMin, seqMax)}
       ORDER BY dataset, property, breakdown, entity, valid_from, seq)
     TO ${quoted(draft)} (FORMAT parquet, COMPRESSION zstd)`,
  )
  const read = await inspect(db.derive, draft)
  if (read.rows !== seqMax - seqMin + 1 || read.seqMin !== seqMin || read.seqMax !== seqMax)
    throw new Error(
      `segment ${file}: wrote seq ${seqMin}–${seqMax}, read back ${read.rows} rows, seq ${read.seqMin}–${read.seqMax}`,
    )
  const contentHash = new LineHash()
  await contentHash.addRows(db.derive, filesAsText([draft]), seqMin, seqMax)
  return {
    ...read,
    id: (before.at(-1)?.id ?? 0) + 1,
    recordedDay: day,
    file,
    bytes: (await lake.fs.stat(draft))!.size,
    sha256: await hashFile(lake.fs, draft),
    contentHash: contentHash.digest(),
    sealedAt: new Date(now()).toISOString(),
  }
}

/** What a segment file says of itself. */
export async function inspect(
  connection: Connection,
  path: string,
): Promise<Pick<Segment, 'rows' | 'seqMin' | 'seqMax' | 'validMin' | 'validMax' | 'recordedMax'>> {
  const row = await connection.one<{
    n: number
    seq_min: number
    seq_max: number
    valid_min: number
    valid_max: number
    recorded_max: number
  }>(
    `SELECT count(*) AS n, min(seq) AS seq_min, max(seq) AS seq_max, min(valid_from) AS valid_min, max(valid_from) AS valid_max,
      max(recorded_at) AS recorded_max FROM ${filesAsText([path])}`,
  )
  return {
    rows: row.n,
    seqMin: row.seq_min,
    seqMax: row.seq_max,
    validMin: row.valid_min,
    validMax: row.valid_max,
    recordedMax: row.recorded_max,
  }
}

/** The `seq` up to which rows have left the hot window, given the segments. */
export function coldUpTo(segments: readonly Segment[], now: number, hotDays: number): number {
  const edge = startOfDay(dayOfHour(hourOf(now)) - hotDays)
  let upTo = 0
  for (const segment of segments) {
    if (segment.recordedMax >= edge) break
    upTo = segment.seqMax
  }
  return upTo
}

/** Takes sealed rows older than the hot window out of the table. Nothing may read or write rows meanwhile. */
export async function cool(state: State, upTo: number): Promise<void> {
  const { db, lake } = state
  if (upTo <= lake.coldSeq) return
  await db.write.transaction(async () => {
    await db.write.run(`DELETE FROM obs WHERE seq <= ${integer(upTo)}`)
    await writeMeta(db.write, 'cold_seq', String(upTo))
  })
  lake.coldSeq = upTo
}
