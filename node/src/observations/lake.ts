import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { FileSystem } from '@nhip/durable/file-system'
import type { Connection, Database } from './connection.ts'
import { damaged } from './errors.ts'
import { type Segment, writeManifest } from './manifest.ts'
import { readMeta } from './meta.ts'
import { FACT_LIST, integer, quoted, time } from './sql.ts'
import { filesAsLog, logAsText } from './text-rows.ts'

const READ_BYTES = 1 << 20
/** At start, the newest segments are hashed until this many bytes are read; `verify` hashes all. */
const START_HASH_BYTES = 64 * 2 ** 20

interface SegmentRow {
  id: number
  recorded_day: string
  file: string
  bytes: number
  rows: number
  seq_min: number
  seq_max: number
  valid_min: number
  valid_max: number
  recorded_max: number
  sha256: string
  content_hash: string
  sealed_at: number
}

/**
 * The sealed segments: `lake/<recorded day>/part-NNN.parquet`. A segment is made of rows in the order they were
 * recorded, so whatever arrives late, it never changes. Rows up to `coldSeq` live in segments alone; later ones are
 * in `obs`, and none is ever read from both.
 */
export class Lake {
  readonly folder: string
  readonly fs: FileSystem
  segments: Segment[] = []
  coldSeq = 0

  /** `folder` is `DIR/observations`. */
  constructor(folder: string, fs: FileSystem) {
    this.folder = folder
    this.fs = fs
  }

  path(file: string): string {
    return join(this.folder, file)
  }

  last(): Segment | undefined {
    return this.segments.at(-1)
  }

  cold(): Segment[] {
    return this.segments.filter((segment) => segment.seqMax <= this.coldSeq)
  }

  /**
   * SQL for the rows of the log whose `valid_from` may lie in the closed range: the table alone, or joined with the
   * cold segments that can hold such rows. Build it in the same turn as the query that uses it.
   */
  rows(validFrom = Number.NEGATIVE_INFINITY, validTo = Number.POSITIVE_INFINITY): string {
    const files = this.cold()
      .filter((segment) => segment.validMin <= validTo && segment.validMax >= validFrom)
      .map((segment) => this.path(segment.file))
    if (files.length === 0) return 'obs'
    return `(SELECT ${FACT_LIST} FROM obs UNION ALL SELECT ${FACT_LIST} FROM ${filesAsLog(files)})`
  }

  /** Reads the table of segments and checks it against the disk. @throws {ObservationsError} `damaged` */
  async load(db: Database): Promise<void> {
    const rows = await db.write.rows<SegmentRow>('SELECT * FROM segment ORDER BY seq_min')
    this.segments = rows.map((row) => ({
      id: row.id,
      recordedDay: row.recorded_day,
      file: row.file,
      bytes: row.bytes,
      rows: row.rows,
      seqMin: row.seq_min,
      seqMax: row.seq_max,
      validMin: row.valid_min,
      validMax: row.valid_max,
      recordedMax: row.recorded_max,
      sha256: row.sha256,
      contentHash: row.content_hash,
      sealedAt: new Date(row.sealed_at).toISOString(),
    }))
    this.coldSeq = Number((await readMeta(db.write, 'cold_seq')) ?? 0)
  }

  /** Compares segments with their files: presence and length of all, hashes of the newest or of all. */
  async check(all: boolean): Promise<{ file: string; rule: { vi: string; en: string } }[]> {
    const wrong: { file: string; rule: { vi: string; en: string } }[] = []
    let budget = all ? Number.POSITIVE_INFINITY : START_HASH_BYTES
    for (const segment of [...this.segments].reverse()) {
      const path = this.path(segment.file)
      const stat = await this.fs.stat(path)
      if (!stat) wrong.push({ file: path, rule: { vi: 'không còn tệp', en: 'the file is gone' } })
      else if (stat.size !== segment.bytes)
        wrong.push({
          file: path,
          rule: {
            vi: `dài ${stat.size} byte, bản kê ghi ${segment.bytes}`,
            en: `it is ${stat.size} bytes long, the record says ${segment.bytes}`,
          },
        })
      else if (budget >= segment.bytes) {
        budget -= segment.bytes
        const hash = await hashFile(this.fs, path)
        if (hash !== segment.sha256)
          wrong.push({
            file: path,
            rule: {
              vi: `SHA-256 là ${hash}, bản kê ghi ${segment.sha256}`,
              en: `its SHA-256 is ${hash}, the record says ${segment.sha256}`,
            },
          })
      }
    }
    return wrong
  }

  /** Files in the lake that no segment names: what a crash between writing and recording leaves behind. */
  async orphans(): Promise<string[]> {
    const known = new Set(this.segments.map((segment) => segment.file))
    const found: string[] = []
    const lake = this.path('lake')
    if (!(await this.fs.stat(lake))) return found
    for (const day of await this.fs.list(lake)) {
      if ((await this.fs.stat(join(lake, day)))?.kind !== 'folder') continue
      for (const name of await this.fs.list(join(lake, day))) {
        const file = join('lake', day, name)
        if (name.endsWith('.parquet') && !known.has(file)) found.push(file)
      }
    }
    return found
  }

  /** Inserts a segment in the caller's transaction. */
  async record(connection: Connection, segment: Segment): Promise<void> {
    await connection.run(`INSERT INTO segment VALUES (${integer(segment.id)}, ${quoted(segment.recordedDay)}, ${quoted(segment.file)},
      ${integer(segment.bytes)}, ${integer(segment.rows)}, ${integer(segment.seqMin)}, ${integer(segment.seqMax)},
      ${time(segment.validMin)}, ${time(segment.validMax)}, ${time(segment.recordedMax)}, ${quoted(segment.sha256)},
      ${quoted(segment.contentHash)}, ${time(Date.parse(segment.sealedAt))})`)
  }

  async saveManifest(): Promise<void> {
    await writeManifest(this.fs, this.folder, this.segments)
  }

  /** Rows of the log from `seqMin` to `seqMax` as text. */
  hotAsText(seqMin: number, seqMax: number): string {
    return logAsText(`seq >= ${integer(seqMin)} AND seq <= ${integer(seqMax)}`)
  }
}

export async function hashFile(fs: FileSystem, path: string): Promise<string> {
  const file = await fs.open(path, 'read')
  try {
    const hash = createHash('sha256')
    const buffer = new Uint8Array(READ_BYTES)
    for (let at = 0; ; ) {
      const n = await file.read(buffer, at)
      if (n === 0) return hash.digest('hex')
      hash.update(buffer.subarray(0, n))
      at += n
    }
  } finally {
    await file.close()
  }
}

export function segmentDamaged(wrong: { file: string; rule: { vi: string; en: string } }): Error {
  return damaged(
    {
      vi: `Phân đoạn "${wrong.file}" của kho quan trắc hỏng: ${wrong.rule.vi}. Hãy khôi phục tệp từ bản sao lưu ("nhip restore").`,
      en: `Segment "${wrong.file}" of the store of observations is damaged: ${wrong.rule.en}. Restore the file from a backup ("nhip restore").`,
    },
    wrong.file,
  )
}
