import { join } from 'node:path'
import type { FileSystem } from '@nhip/durable/file-system'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import { makeFolderDurably, removeFile, removeTemporaries } from '@nhip/durable/replace-file'
import { Appender } from './append.ts'
import { Database, type DatabaseOptions, isFatal } from './connection.ts'
import { DiskGuard } from './disk.ts'
import { damaged, readOnly } from './errors.ts'
import type { Fact } from './fact.ts'
import { type FrozenLake, freezeLake } from './freeze.ts'
import { LineHash } from './hash.ts'
import type { Head } from './heads.ts'
import { Lake, segmentDamaged } from './lake.ts'
import { Lane } from './lane.ts'
import { readManifest } from './manifest.ts'
import { readMeta, writeMeta } from './meta.ts'
import type {
  Appended,
  LatestQuery,
  NewObservation,
  Observations,
  OpenOptions,
  RangeQuery,
  SegmentInfo,
  SeriesKey,
  SeriesQuery,
  SeriesResult,
  SnapshotQuery,
  Standing,
  StoredObservation,
} from './observations.ts'
import type { LimitBook } from './quality/series-limits.ts'
import { type FactVersions, readFact } from './read-fact.ts'
import { readFlagged } from './read-flagged.ts'
import { readLatest, readSeriesList, readSource, readVersions, stored } from './read-rows.ts'
import { readSeries } from './read-series.ts'
import { readPeriods, readSnapshot } from './read-snapshot.ts'
import { readStanding } from './read-standing.ts'
import { databaseExists, databasePath, rebuildDerived, rebuildFromLake } from './rebuild.ts'
import { refreshRollups } from './rollups.ts'
import { FORMAT } from './schema.ts'
import { type FactsQuery, readFactCounts } from './score/read-facts.ts'
import { coldUpTo, cool, seal } from './seal.ts'
import { NOT_WITHDRAWN, winnersSql } from './sql.ts'
import type { State } from './state.ts'
import { filesAsText, winnersAsText } from './text-rows.ts'
import { loadHeads, promoteFuture, saveTrail } from './trail.ts'
import { verifySegments } from './verify.ts'

const TICK_MS = 1_000
/** Rows taken in within a tick from which on data pour in: an import, a gateway that catches up. */
const POURING_ROWS = 2_000
/** Ticks left out while data pour in: derived tables are brought up at the expense of those who wait for a commit. */
const POURING_PAUSE = 2
/** Hours recomputed at once: few while data pour in, many when it is quiet. */
const REFRESH_BUSY = 6_000
const REFRESH_IDLE = 20_000
const RETRY_OPEN_MS = 2_000
const HOT_DAYS = 35

/**
 * Opens the store in `o.folder`, which the caller has locked. Makes it when it is not there; when only the database
 * file is gone, builds it again from the lake.
 *
 * @throws {ObservationsError} `in-use` (exit 3), `damaged` (exit 5)
 */
export async function openObservations(o: OpenOptions): Promise<ObservationStore> {
  return ObservationStore.open(o, nodeFileSystem)
}

export class ObservationStore implements Observations {
  readonly #state: State
  readonly #options: OpenOptions
  readonly #appender: Appender
  readonly #disk: DiskGuard
  /** Whatever changes the log. */
  readonly #log = new Lane()
  /** Whatever changes derived tables or segments. */
  readonly #derive = new Lane()
  readonly #listeners = new Set<(rows: readonly StoredObservation[]) => void>()
  readonly #touched = new Set<(seriesIds: ReadonlySet<number>) => void>()
  readonly #timer: NodeJS.Timeout
  #reopening: Promise<void> | null = null
  #damaged = false
  #closed = false
  #lastCommitAt: number | null = null
  #takenAtTick = 0
  #ticksToPause = 0

  private constructor(state: State, options: OpenOptions, disk: DiskGuard) {
    this.#state = state
    this.#options = options
    this.#disk = disk
    this.#appender = new Appender(state, this.#log, {
      refuse: () => this.#refusal(),
      fatal: (error) => this.#reopen(state.db, error),
      committed: (facts) => this.#committed(facts),
    })
    this.#timer = setInterval(() => void this.#tick(), TICK_MS)
    this.#timer.unref()
  }

  static async open(o: OpenOptions, fs: FileSystem): Promise<ObservationStore> {
    const now = o.now ?? Date.now
    const log = o.log ?? (() => undefined)
    await makeFolderDurably(fs, join(o.folder, 'lake'))
    await makeFolderDurably(fs, join(o.folder, 'tmp'))
    await removeTemporaries(fs, o.folder)
    for (const name of await fs.list(join(o.folder, 'tmp'))) await removeFile(fs, join(o.folder, 'tmp', name))
    const lake = new Lake(o.folder, fs)
    const path = databasePath(o.folder)
    const hotDays = o.hotDays ?? HOT_DAYS
    if (!(await databaseExists(fs, o.folder)))
      await rebuildFromLake(lake, path, { ...databaseOptions(o), now: now(), hotDays, log })
    const db = await Database.open(path, databaseOptions(o))
    try {
      await checkFormat(db, path)
      await lake.load(db)
      await reconcile(lake, log)
      const heads = await loadHeads(db, lake, now())
      const disk = new DiskGuard(fs, o.folder)
      await disk.check()
      return new ObservationStore(
        { folder: o.folder, now, log, lake, db, heads, limits: null, clocks: new Map() },
        o,
        disk,
      )
    } catch (error) {
      await db.close()
      throw error
    }
  }

  judgeBy(limits: LimitBook): void {
    this.#state.limits = limits
  }

  append(rows: NewObservation[]): Promise<Appended> {
    return this.#appender.append(rows)
  }

  async series(query: SeriesQuery): Promise<SeriesResult> {
    await this.#open()
    return readSeries(this.#state, query)
  }

  async versions(
    query: RangeQuery & { limit: number; afterSeq?: number; currentOnly?: boolean },
  ): Promise<(StoredObservation & { current: boolean })[]> {
    await this.#open()
    return readVersions(this.#state, query)
  }

  async fact(seq: number): Promise<FactVersions> {
    await this.#open()
    return readFact(this.#state, seq)
  }

  async factCounts(query: FactsQuery): ReturnType<Observations['factCounts']> {
    await this.#open()
    return readFactCounts(this.#state, query)
  }

  sourceName(id: number): string {
    return this.#state.heads.sourceName(id)
  }

  async flagged(query: { bits: number; afterSeq: number; limit: number }): Promise<StoredObservation[]> {
    await this.#open()
    return readFlagged(this.#state, query)
  }

  async latest(query: LatestQuery): Promise<(StoredObservation & { seriesId: number })[]> {
    await this.#open()
    if (this.#awaits()) await this.#derive.run(() => promoteFuture(this.#state))
    return readLatest(this.#state, query)
  }

  async snapshot(query: SnapshotQuery): Promise<StoredObservation[]> {
    await this.#open()
    return readSnapshot(this.#state, query)
  }

  async seriesList(query: {
    dataset?: string
    property?: string
    entity?: string
    limit: number
    after?: number
  }): Promise<(SeriesKey & { seriesId: number; firstFrom: number; lastFrom: number; n: number })[]> {
    await this.#open()
    return readSeriesList(this.#state, query)
  }

  async periods(query: {
    dataset: string
    property: string
    limit: number
    before?: { from: number; to: number | null }
  }): Promise<{ from: number; to: number | null; n: number }[]> {
    await this.#open()
    return readPeriods(this.#state, query)
  }

  async bySource(source: string, page: { limit: number; afterSeq?: number }): Promise<StoredObservation[]> {
    await this.#open()
    return readSource(this.#state, source, page)
  }

  async standing(source: string, page: { limit: number; afterSeq?: number }): Promise<Standing[]> {
    await this.#open()
    return readStanding(this.#state, source, page)
  }

  newest(key: SeriesKey): StoredObservation | undefined {
    const fact = this.#state.heads.find(key)?.latest
    return fact ? stored(this.#state.heads, fact) : undefined
  }

  heads(): Iterable<Readonly<Head>> {
    return this.#state.heads.all()
  }

  head(seriesId: number): Readonly<Head> {
    return this.#state.heads.get(seriesId)
  }

  headOf(key: SeriesKey): Readonly<Head> | undefined {
    return this.#state.heads.find(key)
  }

  onTouched(listener: (seriesIds: ReadonlySet<number>) => void): () => void {
    this.#touched.add(listener)
    return () => this.#touched.delete(listener)
  }

  onCommit(listener: (rows: readonly StoredObservation[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async seal(options: { all?: boolean } = {}): Promise<SegmentInfo[]> {
    await this.#open()
    return this.#derive.run(async () => {
      const sealed = await this.#guarded(() => seal(this.#state, options.all ?? false))
      const { lake, db } = this.#state
      const upTo = coldUpTo(lake.segments, this.#state.now(), this.#options.hotDays ?? HOT_DAYS)
      if (upTo > lake.coldSeq)
        await this.#log.run(() => this.#guarded(() => db.withoutReaders(() => cool(this.#state, upTo))))
      return sealed
    })
  }

  /**
   * What a backup takes: every row up to now as segments, nothing of the store changed. Appends wait while `meanwhile`
   * runs, so that what it looks at elsewhere and the newest row here belong together.
   *
   * @param scratch a folder on the same disk, made when it is not there; the caller removes it
   */
  async freeze<T>(scratch: string, meanwhile: () => Promise<T>): Promise<{ lake: FrozenLake; meanwhile: T }> {
    await this.#open()
    return this.#derive.run(async () => {
      const point = await this.#log.run(async () => ({
        lastSeq: this.#state.heads.lastSeq,
        seen: await meanwhile(),
      }))
      const lake = await this.#guarded(() => freezeLake(this.#state, point.lastSeq, scratch))
      return { lake, meanwhile: point.seen }
    })
  }

  segments(): SegmentInfo[] {
    return this.#state.lake.segments.map((segment) => ({ ...segment }))
  }

  async verify(): ReturnType<Observations['verify']> {
    await this.#open()
    return this.#derive.run(() => verifySegments(this.#state))
  }

  /** Brings every derived table up to date now, as far as it can be: hours that are not over are read from the log. */
  async settle(): Promise<void> {
    await this.#appender.flush()
    await this.#derive.run(() => this.#guarded(() => this.#catchUp(REFRESH_IDLE, true)))
  }

  async rebuild(): Promise<{ equal: boolean; differences: string[] }> {
    await this.settle()
    return this.#derive.run(() =>
      this.#log.run(() =>
        this.#guarded(async () => {
          const { db, lake, now } = this.#state
          // Rows committed since settling, and hours that have just ended, must not look like differences.
          await this.#catchUp(REFRESH_IDLE, true)
          const { differences } = await db.withoutReaders(() => rebuildDerived(db.write, lake, now()))
          this.#state.heads = await loadHeads(db, lake, now())
          return { equal: differences.length === 0, differences }
        }),
      ),
    )
  }

  /** @param upTo number of the last row that counts; default the newest */
  async contentHash(upTo?: number): Promise<string> {
    await this.#open()
    await this.#appender.flush()
    return this.#derive.run(async () => {
      const { lake, db, heads } = this.#state
      const hash = new LineHash()
      const last = upTo ?? heads.lastSeq
      for (const { file, seqMin, seqMax } of lake.cold())
        await hash.addRows(db.derive, filesAsText([lake.path(file)]), seqMin, Math.min(seqMax, last))
      await hash.addRows(db.derive, lake.hotAsText(lake.coldSeq + 1, last), lake.coldSeq + 1, last)
      return hash.digest()
    })
  }

  async factsHash(): Promise<string> {
    await this.#open()
    await this.#appender.flush()
    return this.#derive.run(async () => {
      const winners = winnersSql({ rows: this.#state.lake.rows(), where: [], revised: true })
      const hash = new LineHash()
      await hash.addFacts(
        this.#state.db.derive,
        winnersAsText(`SELECT * FROM (${winners}) WHERE ${NOT_WITHDRAWN}`),
      )
      return hash.digest()
    })
  }

  status(): ReturnType<Observations['status']> {
    const refusal = this.#refusal()
    return {
      writable: refusal === undefined,
      ...(refusal ? { reason: refusal.problem.code } : {}),
      lastSeq: this.#state.heads.lastSeq,
      queued: this.#appender.queued,
      lastCommitAt: this.#lastCommitAt,
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    clearInterval(this.#timer)
    this.#disk.stop()
    await this.#appender.close()
    await this.#derive.run(async () => {
      try {
        await saveTrail(this.#state)
        await this.#state.db.checkpoint()
      } catch (error) {
        // What is not saved is replayed at the next start.
        this.#state.log({ level: 'warn', event: 'close-without-checkpoint', error: String(error) })
      }
    })
    await this.#state.db.close()
  }

  #refusal(): ReturnType<typeof readOnly> | undefined {
    if (this.#damaged) return readOnly('damaged')
    if (this.#reopening) return readOnly('reopening')
    if (this.#disk.full) return readOnly('disk-full')
    return undefined
  }

  /** Reads wait while the store is being reopened. */
  async #open(): Promise<void> {
    if (this.#damaged) throw readOnly('damaged')
    if (this.#reopening) await this.#reopening
  }

  #awaits(): boolean {
    const now = this.#state.now()
    for (const at of this.#state.heads.awaiting.values()) if (at <= now) return true
    return false
  }

  #committed(facts: readonly Fact[]): void {
    this.#lastCommitAt = this.#state.now()
    if (this.#touched.size > 0) {
      const ids = new Set(facts.map(({ seriesId }) => seriesId))
      this.#tell(this.#touched, ids)
    }
    if (this.#listeners.size > 0)
      this.#tell(
        this.#listeners,
        facts.map((fact) => stored(this.#state.heads, fact)),
      )
  }

  #tell<T>(listeners: ReadonlySet<(news: T) => void>, news: T): void {
    for (const listener of listeners) {
      try {
        listener(news)
      } catch (error) {
        this.#state.log({ level: 'error', event: 'commit-listener-failed', error: String(error) })
      }
    }
  }

  #pours(): boolean {
    return this.#appender.taken - this.#takenAtTick >= POURING_ROWS
  }

  async #tick(): Promise<void> {
    if (this.#closed || this.#reopening || this.#damaged || this.#derive.busy) return
    const pouring = this.#pours()
    this.#takenAtTick = this.#appender.taken
    if (pouring && this.#ticksToPause-- > 0) return
    this.#ticksToPause = POURING_PAUSE
    await this.#derive
      .run(() => this.#guarded(() => this.#catchUp(pouring ? REFRESH_BUSY : REFRESH_IDLE, false)))
      .catch((error: unknown) => {
        this.#state.log({ level: 'error', event: 'derive-failed', error: String(error) })
      })
  }

  async #catchUp(hours: number, all: boolean): Promise<void> {
    await promoteFuture(this.#state)
    while ((await refreshRollups(this.#state, hours)) > 0 && (all || !this.#pours())) {
      // Until nothing is due, or much is being written.
    }
    await saveTrail(this.#state)
  }

  /** Runs work on the database; a fatal error in it reopens the store before it is passed on. */
  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    const { db } = this.#state
    try {
      return await work()
    } catch (error) {
      if (isFatal(error)) void this.#log.run(() => this.#reopen(db, error)).catch(() => undefined)
      throw error
    }
  }

  /** Closes and opens the database file after a fatal error; called in the lane of the log. */
  async #reopen(failed: Database, cause: unknown): Promise<void> {
    if (this.#state.db !== failed || this.#damaged) return
    const acknowledged = this.#state.heads.lastSeq
    const work = async () => {
      await failed.close().catch(() => undefined)
      for (;;) {
        try {
          const db = await Database.open(databasePath(this.#state.folder), databaseOptions(this.#options))
          const heads = await loadHeads(db, this.#state.lake, this.#state.now())
          await this.#disk.check()
          this.#state.db = db
          this.#state.heads = heads
          break
        } catch (error) {
          this.#state.log({ level: 'error', event: 'reopen-failed', error: String(error) })
          if (this.#closed) return
          await new Promise((resolve) => setTimeout(resolve, RETRY_OPEN_MS))
        }
      }
      if (this.#state.heads.lastSeq < acknowledged) {
        this.#damaged = true
        this.#state.log({
          level: 'error',
          event: 'acknowledged-rows-missing',
          acknowledged,
          found: this.#state.heads.lastSeq,
        })
      } else
        this.#state.log({
          level: 'warn',
          event: 'reopened',
          lastSeq: this.#state.heads.lastSeq,
          cause: String(cause),
        })
    }
    this.#reopening = work().finally(() => {
      this.#reopening = null
    })
    await this.#reopening
  }
}

function databaseOptions(o: OpenOptions): DatabaseOptions {
  return { ...(o.memory ? { memory: o.memory } : {}), ...(o.threads ? { threads: o.threads } : {}) }
}

async function checkFormat(db: Database, path: string): Promise<void> {
  const format = await readMeta(db.write, 'format')
  if (format === undefined) await writeMeta(db.write, 'format', String(FORMAT))
  else if (Number(format) !== FORMAT)
    throw damaged(
      {
        vi: `Kho quan trắc "${path}" có định dạng ${format}; chương trình này chỉ đọc định dạng ${FORMAT}.`,
        en: `The store of observations "${path}" has format ${format}; this program reads format ${FORMAT} only.`,
      },
      path,
    )
}

/** Makes disk and table of segments agree after a crash, or says what cannot be made to agree. */
async function reconcile(lake: Lake, log: State['log']): Promise<void> {
  const manifest = (await readManifest(lake.fs, lake.folder)) ?? []
  const known = new Set(lake.segments.map((segment) => segment.file))
  for (const segment of manifest)
    if (!known.has(segment.file))
      throw segmentDamaged({
        file: lake.path(segment.file),
        rule: {
          vi: 'bản kê có phân đoạn này nhưng tệp cơ sở dữ liệu thì không; tệp cơ sở dữ liệu cũ hơn hồ dữ liệu',
          en: 'the manifest names it but the database file does not: the database file is older than the lake',
        },
      })
  for (const wrong of await lake.check(false)) throw segmentDamaged(wrong)
  for (const file of await lake.orphans()) {
    log({ level: 'warn', event: 'orphan-segment-removed', file })
    await removeFile(lake.fs, lake.path(file))
  }
  if (manifest.length !== lake.segments.length) await lake.saveManifest()
}
