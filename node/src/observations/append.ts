import { type Column, instant, int32, int64 } from './columns.ts'
import { type Connection, isFatal } from './connection.ts'
import { ObservationsError, overloaded, readOnly } from './errors.ts'
import { checkRow, type Fact } from './fact.ts'
import type { Lane } from './lane.ts'
import type { Appended, NewObservation } from './observations.ts'
import { type Batch, type KeyIn, Plan, type RevisedKey } from './plan-append.ts'
import { HistoryJudge } from './quality/history-judge.ts'
import { recentReadings } from './quality/recent-readings.ts'
import { newestShowable } from './rollups.ts'
import { FACT, FACT_COLUMNS, type FactRow, factOf, SERIES, SOURCE } from './schema.ts'
import { time } from './sql.ts'
import type { State } from './state.ts'

/** A group is committed once it has enough rows, or its first batch has waited so long. */
const ENOUGH_ROWS = 1_000
/**
 * What has gathered while the group before was written may be more, up to this. Were groups made to wait for it, callers
 * that wait for their answers would all wait for one another, and nobody's readings be taken in while a group is written.
 */
const GROUP_ROWS = 5_000
const GROUP_WAIT_MS = 5
const QUEUE_ROWS = 50_000
const QUEUE_BYTES = 64 * 2 ** 20

interface Waiting extends Batch {
  bytes: number
  resolve: (appended: Appended) => void
  reject: (error: unknown) => void
}

export interface AppenderHooks {
  /** Why nothing may be written now, or undefined. */
  refuse(): Error | undefined
  /** A fatal error: resolves once the store is open again or has been given up. */
  fatal(error: unknown): Promise<void>
  committed(facts: readonly Fact[]): void
}

/**
 * The write path. Batches that arrive while a group is being committed form the next group, so the fsync of a commit
 * is shared by whoever is waiting for it. A batch is stored whole or not at all.
 */
export class Appender {
  readonly #state: State
  readonly #hooks: AppenderHooks
  readonly #lane: Lane
  #queue: Waiting[] = []
  #queuedRows = 0
  #queuedBytes = 0
  #running: Promise<void> | null = null
  #wake: (() => void) | null = null
  #lastGroupBatches = 0
  #closed = false
  #taken = 0
  #lastClock = Number.NEGATIVE_INFINITY

  /** `lane` is shared with whatever else changes the log. */
  constructor(state: State, lane: Lane, hooks: AppenderHooks) {
    this.#state = state
    this.#lane = lane
    this.#hooks = hooks
  }

  get queued(): number {
    return this.#queuedRows
  }

  /** Rows taken in since the start, those that turned out to be known included. */
  get taken(): number {
    return this.#taken
  }

  append(rows: readonly NewObservation[]): Promise<Appended> {
    if (this.#closed) return Promise.reject(closed())
    const refused = this.#hooks.refuse()
    if (refused) return Promise.reject(refused)
    let bytes = 0
    let checked: NewObservation[]
    try {
      checked = rows.map((row, i) => {
        bytes += 200 + (row.text?.length ?? 0)
        return checkRow(row, i)
      })
    } catch (error) {
      return Promise.reject(error)
    }
    if (
      this.#queuedRows > 0 &&
      (this.#queuedRows + rows.length > QUEUE_ROWS || this.#queuedBytes + bytes > QUEUE_BYTES)
    )
      return Promise.reject(overloaded())
    return new Promise((resolve, reject) => {
      this.#queue.push({
        rows: checked,
        bytes,
        resolve,
        reject,
        firstSeq: 0,
        lastSeq: 0,
        unchanged: 0,
        flagged: 0,
      })
      this.#queuedRows += rows.length
      this.#taken += rows.length
      this.#queuedBytes += bytes
      if (this.#queuedRows >= ENOUGH_ROWS) this.#wake?.()
      this.#running ??= this.#pump().finally(() => {
        this.#running = null
      })
    })
  }

  /** Resolves when everything queued so far is committed or refused. */
  async flush(): Promise<void> {
    while (this.#running) {
      this.#wake?.()
      await this.#running
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.flush()
  }

  async #pump(): Promise<void> {
    // Let the batches of the same turn of the event loop join the group.
    await Promise.resolve()
    while (this.#queue.length > 0) {
      // A lone writer is not made to wait for company; when the last group had company, more is on its way.
      if (this.#lastGroupBatches > 1 && this.#queuedRows < ENOUGH_ROWS && !this.#closed) await this.#pause()
      const group = this.#take()
      this.#lastGroupBatches = group.length
      await this.#lane.run(() => this.#commitOrSplit(group))
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, GROUP_WAIT_MS)
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = null
        resolve()
      }
    })
  }

  #take(): Waiting[] {
    let rows = 0
    let count = 0
    while (
      count < this.#queue.length &&
      (count === 0 || rows + this.#queue[count]!.rows.length <= GROUP_ROWS)
    )
      rows += this.#queue[count++]!.rows.length
    return this.#queue.splice(0, count)
  }

  #done(batch: Waiting): void {
    this.#queuedRows -= batch.rows.length
    this.#queuedBytes -= batch.bytes
  }

  async #commitOrSplit(group: Waiting[]): Promise<void> {
    const refused = this.#hooks.refuse()
    if (refused) return this.#rejectAll(group, refused)
    try {
      const plan = await this.#commit(group)
      for (const batch of group) {
        this.#done(batch)
        const { firstSeq, lastSeq, unchanged, flagged } = batch
        batch.resolve({ firstSeq, lastSeq, unchanged, flagged })
      }
      if (plan.facts.length > 0) this.#hooks.committed(plan.facts)
    } catch (error) {
      if (isFatal(error)) {
        this.#state.log({ level: 'error', event: 'observations-fatal', error: String(error) })
        // Whether the group is on disk is unknown until the file is open again: never an acknowledgement.
        await this.#hooks.fatal(error)
        return this.#rejectAll(group, readOnly('reopening', error))
      }
      if (group.length === 1) return this.#rejectAll(group, error)
      // One bad batch must not take its neighbours down with it.
      for (const batch of group) await this.#commitOrSplit([batch])
    }
  }

  #rejectAll(group: Waiting[], error: unknown): void {
    for (const batch of group) {
      this.#done(batch)
      batch.reject(error)
    }
  }

  async #commit(group: Waiting[]): Promise<Plan> {
    const { heads, log } = this.#state
    const { write } = this.#state.db
    const now = this.#state.now()
    if (now < this.#lastClock - 1000)
      log({ level: 'warn', event: 'clock-went-back', byMs: this.#lastClock - now, kept: heads.lastRecorded })
    this.#lastClock = now
    for (const batch of group) Object.assign(batch, { unchanged: 0, flagged: 0 })
    const { limits, clocks } = this.#state
    const plan = new Plan(
      heads,
      now,
      limits && ((headOf) => new HistoryJudge({ limits, clocks }, now, headOf)),
    )
    const lookups = plan.lookups(group)
    if (lookups.length > 0) plan.learn(await this.#storedVersions(lookups))
    if (plan.unread.length > 0) plan.recall(await recentReadings(write, this.#state.lake, plan.unread, now))
    for (const batch of group) plan.add(batch)
    if (plan.facts.length > 0) {
      // Its beginning and its end are waited for: that lets through whoever asks for a value meanwhile.
      await write.transaction(() => writePlan(write, plan, this.#state, now))
      plan.apply()
    }
    return plan
  }

  async #storedVersions(keys: KeyIn[]): Promise<Fact[]> {
    const { db, lake } = this.#state
    let min = Number.POSITIVE_INFINITY
    let max = Number.NEGATIVE_INFINITY
    for (const key of keys) {
      min = Math.min(min, key.from)
      max = Math.max(max, key.from)
    }
    try {
      await db.write.append('temp.key_in', KEY, keys)
      const rows = await db.write.rows<FactRow>(
        `SELECT ${FACT_COLUMNS.map((c) => `o.${c}`).join(', ')} FROM ${lake.rows(min, max)} o JOIN key_in k
         ON o.series_id = k.series_id AND o.valid_from = k.valid_from AND o.valid_to IS NOT DISTINCT FROM k.valid_to
         WHERE o.valid_from >= ${time(min)} AND o.valid_from <= ${time(max)}`,
      )
      return rows.map(factOf)
    } finally {
      await db.write.run('DELETE FROM key_in')
    }
  }
}

const KEY: readonly Column<KeyIn>[] = [int32((k) => k.seriesId), instant((k) => k.from), instant((k) => k.to)]
const REVISED: readonly Column<RevisedKey>[] = [...KEY, int64((k) => k.winSeq), int32((k) => k.n)]

async function writePlan(write: Connection, plan: Plan, state: State, now: number): Promise<void> {
  const { newSeries, newSources, revised, recompute } = plan
  if (newSeries.length > 0) await write.append('series', SERIES, newSeries)
  if (newSources.length > 0) await write.append('source', SOURCE, newSources)
  await write.append('obs', FACT, plan.facts)
  if (revised.length > 0) await replaceRevised(write, revised)
  if (recompute.length > 0) {
    const found = await newestShowable(write, state.lake, recompute, now)
    for (const id of recompute) {
      const newest = found.get(id)
      plan.setLatest(id, newest?.fact ?? null, newest?.versions ?? 0)
    }
  }
}

async function replaceRevised(write: Connection, revised: RevisedKey[]): Promise<void> {
  await write.append('temp.revised_in', REVISED, revised)
  await write.run(`DELETE FROM revised r USING revised_in i
    WHERE r.series_id = i.series_id AND r.valid_from = i.valid_from AND r.valid_to IS NOT DISTINCT FROM i.valid_to`)
  await write.run('INSERT INTO revised SELECT * FROM revised_in')
  await write.run('DELETE FROM revised_in')
}

function closed(): ObservationsError {
  return new ObservationsError('closed', {
    vi: 'Kho quan trắc đang đóng, không nhận thêm dữ liệu.',
    en: 'The store of observations is closing and takes in no more data.',
  })
}
