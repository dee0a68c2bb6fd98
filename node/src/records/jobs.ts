import { type Kysely, type Selectable, sql } from 'kysely'
import type { Actor, Records, Tx } from './contract.ts'
import { SYSTEM } from './contract.ts'
import { jsonText } from './json-text.ts'
import type { Database, JobState, JobTable } from './schema.ts'
import { uuidv7 } from './uuidv7.ts'

/** The channel on which a new or changed job is announced in this process. */
export const JOB_CHANNEL = 'job'

const LEASE_SECONDS = 60
const TIMER_MS = 250
const LONGEST_BACKOFF_S = 3600

export interface NewJob {
  kind: string
  payload?: unknown
  /** Unique among all jobs still in the table: a second job with the same key is not added. */
  key?: string
  /** Not before this instant; default at once. */
  runAt?: string
  maxAttempts?: number
}

/** A job as a door shows it. */
export interface JobView {
  id: string
  kind: string
  state: JobState
  done: number
  total: number | null
  message: unknown
  result: unknown
  error: unknown
  attempts: number
  runAt: string
  /** A user's id, or a name such as `system`. */
  createdBy: string
  /** What that user is called at sign-in; null for the program itself. */
  createdByUser: string | null
  createdAt: string
  finishedAt: string | null
  cancelRequested: boolean
}

/** What a handler gets: handlers are idempotent, because a crash after the work and before the mark repeats it. */
export interface RunningJob {
  readonly id: string
  readonly kind: string
  readonly payload: unknown
  readonly attempt: number
  /** Aborted when somebody cancels, when the lease was lost, or when the runner stops. */
  readonly signal: AbortSignal
  /** Tells how far it is; also renews the lease. `message` is `{vi, en}`. */
  progress(done: number, total?: number, message?: { vi: string; en: string }): Promise<void>
}

export type JobHandler = (job: RunningJob) => Promise<unknown>

/**
 * Adds a job in the caller's own transaction, so that it exists exactly if the transaction does.
 * Returns its id; with a key that is taken, the id of the job that has it.
 */
export async function addJob(tx: Tx, job: NewJob): Promise<string> {
  const inserted = await tx.db
    .insertInto('job')
    .values({
      id: uuidv7(),
      kind: job.kind,
      key: job.key ?? null,
      payload: jsonText(job.payload ?? {}),
      run_at: job.runAt ?? tx.at,
      max_attempts: job.maxAttempts ?? 10,
      created_by: tx.who.id,
      created_at: tx.at,
    })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (inserted) {
    tx.notify(JOB_CHANNEL, inserted.id)
    return inserted.id
  }
  const holder = await tx.db
    .selectFrom('job')
    .select('id')
    .where('key', '=', job.key ?? '')
    .executeTakeFirstOrThrow()
  return holder.id
}

/**
 * The key of a cron-like job: one row for each due time, so that two nodes never run one twice.
 * `due` is the instant or civil date for which it is due.
 */
export function dueKey(kind: string, due: string): string {
  return `${kind}@${due}`
}

/** One job, or undefined. */
export async function findJob(records: Records, id: string): Promise<JobView | undefined> {
  const [row] = await records.read((db) => shownJobs(db).where('job.id', '=', id))
  return row && viewOf(row)
}

/** Jobs, newest first. */
export async function readJobs(
  records: Records,
  page: {
    /** Only theirs; null for everybody's. */
    createdBy: readonly string[] | null
    state: JobState | undefined
    before: string | undefined
    limit: number
  },
): Promise<JobView[]> {
  const { createdBy, state, before, limit } = page
  const rows = await records.read((db) => {
    let jobs = shownJobs(db).orderBy('job.id', 'desc').limit(limit)
    if (createdBy !== null) jobs = jobs.where('job.created_by', 'in', createdBy)
    if (state !== undefined) jobs = jobs.where('job.state', '=', state)
    return before === undefined ? jobs : jobs.where('job.id', '<', before)
  })
  return rows.map(viewOf)
}

function shownJobs(db: Kysely<Database>) {
  return db
    .selectFrom('job')
    .leftJoin('user_account', (join) =>
      join.on((e) => e(e.cast<string>('user_account.id', 'text'), '=', e.ref('job.created_by'))),
    )
    .selectAll('job')
    .select('user_account.username as created_by_user')
}

function viewOf(row: Selectable<JobTable> & { created_by_user: string | null }): JobView {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    done: Number(row.done),
    total: row.total === null ? null : Number(row.total),
    message: row.message,
    result: row.result,
    error: row.error,
    attempts: row.attempts,
    runAt: row.run_at,
    createdBy: row.created_by,
    createdByUser: row.created_by_user,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    cancelRequested: row.cancel_requested,
  }
}

/**
 * Asks for a job to stop. A queued one is cancelled at once, a running one when its handler notices the signal.
 * The state it has now, or undefined when there is no such job.
 */
export async function cancelJob(records: Records, who: Actor, id: string): Promise<JobState | undefined> {
  return records.tx(who, async (tx) => {
    const row = await tx.db
      .updateTable('job')
      .set((eb) => ({
        cancel_requested: true,
        state: eb
          .case()
          .when('state', '=', 'queued')
          .then(eb.val<JobState>('cancelled'))
          .else(eb.ref('state'))
          .end(),
        finished_at: eb.case().when('state', '=', 'queued').then(tx.at).else(eb.ref('finished_at')).end(),
      }))
      .where('id', '=', id)
      .where('state', 'in', ['queued', 'running'])
      .returning(['state', 'kind'])
      .executeTakeFirst()
    if (row) {
      tx.audit({ action: 'job.cancel', targetType: 'job', targetId: id, after: { kind: row.kind } })
      tx.notify(JOB_CHANNEL, id)
      return row.state
    }
    return (await tx.db.selectFrom('job').select('state').where('id', '=', id).executeTakeFirst())?.state
  })
}

/** Seconds to wait after attempt number `attempt` failed: 5 s doubled each time, at most 1 h, ± a quarter. */
export function backoffSeconds(attempt: number, random: () => number = Math.random): number {
  return Math.min(2 ** attempt * 5, LONGEST_BACKOFF_S) * (0.75 + random() / 2)
}

interface Claimed {
  id: string
  kind: string
  payload: unknown
  attempts: number
  max_attempts: number
}

export interface JobRunnerOptions {
  records: Records
  handlers: Readonly<Record<string, JobHandler>>
  /** Names this process among others on the same server. */
  node: string
  /** How many at once; default 2. */
  parallel?: number
  leaseSeconds?: number
  onError?: (kind: string, error: unknown) => void
}

/**
 * Runs jobs of the kinds it has handlers for: looks every 250 ms, and at once when this process adds one.
 * A claim is a lease: a process that dies loses its jobs to the next one when the lease ends.
 */
export class JobRunner {
  readonly #options: JobRunnerOptions
  readonly #kinds: string[]
  readonly #lease: number
  readonly #running = new Map<string, AbortController>()
  readonly #finished = new Set<Promise<void>>()
  #timer: NodeJS.Timeout | undefined
  #off: (() => void) | undefined
  #looking: Promise<void> | undefined
  #again = false

  constructor(options: JobRunnerOptions) {
    this.#options = options
    this.#kinds = Object.keys(options.handlers)
    this.#lease = options.leaseSeconds ?? LEASE_SECONDS
  }

  start(): void {
    if (this.#timer || this.#kinds.length === 0) return
    this.#timer = setInterval(() => this.#look(), TIMER_MS)
    this.#off = this.#options.records.listen(JOB_CHANNEL, () => this.#look())
    this.#look()
  }

  /** Takes no more jobs, tells the running ones, and waits for them. What they left goes to the next start. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#off?.()
    await this.#looking
    for (const controller of this.#running.values()) controller.abort(new Error('the node is stopping'))
    await Promise.all(this.#finished)
  }

  #look(): void {
    if (this.#looking) {
      this.#again = true
      return
    }
    this.#looking = this.#claimAll()
      .catch((error: unknown) => this.#options.onError?.('claim', error))
      .finally(() => {
        this.#looking = undefined
        if (this.#again && this.#timer) {
          this.#again = false
          this.#look()
        }
      })
  }

  async #claimAll(): Promise<void> {
    const free = (this.#options.parallel ?? 2) - this.#running.size
    if (free <= 0) return
    const due = await this.#options.records.read((db) =>
      db
        .selectFrom('job')
        .select('id')
        .where('kind', 'in', this.#kinds)
        .where((eb) =>
          eb.or([
            eb('state', '=', 'queued').and('run_at', '<=', sql<string>`now()`),
            eb('state', '=', 'running').and('locked_until', '<', sql<string>`now()`),
          ]),
        )
        .limit(1),
    )
    if (due.length === 0) return
    for (const job of await this.#claim(free)) {
      const end = this.#run(job)
      this.#finished.add(end)
      void end.finally(() => {
        this.#finished.delete(end)
        if (this.#timer) this.#look()
      })
    }
  }

  #claim(limit: number): Promise<Claimed[]> {
    return this.#options.records.tx(SYSTEM, async (tx) => {
      // A lease that ended with its last attempt used up: nobody is left to say why.
      await tx.db
        .updateTable('job')
        .set({
          state: 'dead',
          locked_by: null,
          locked_until: null,
          finished_at: tx.at,
          error: jsonText({ code: 'lease-lost' }),
        })
        .where('state', '=', 'running')
        .where('locked_until', '<', sql<string>`now()`)
        .whereRef('attempts', '>=', 'max_attempts')
        .execute()
      return tx.db
        .updateTable('job')
        .set((eb) => ({
          state: 'running',
          attempts: eb('attempts', '+', 1),
          locked_by: this.#options.node,
          locked_until: sql<string>`now() + make_interval(secs => ${this.#lease})`,
        }))
        .where('id', 'in', (eb) =>
          eb
            .selectFrom('job')
            .select('id')
            .where('kind', 'in', this.#kinds)
            .where((or) =>
              or.or([
                or('state', '=', 'queued').and('run_at', '<=', sql<string>`now()`),
                or('state', '=', 'running').and('locked_until', '<', sql<string>`now()`),
              ]),
            )
            .orderBy('run_at')
            .orderBy('id')
            .limit(limit)
            .forUpdate()
            .skipLocked(),
        )
        .returning(['id', 'kind', 'payload', 'attempts', 'max_attempts'])
        .execute()
    })
  }

  async #run(job: Claimed): Promise<void> {
    const controller = new AbortController()
    this.#running.set(job.id, controller)
    const beat = setInterval(() => void this.#renew(job, controller, {}), (this.#lease * 1000) / 3)
    try {
      const handler = this.#options.handlers[job.kind] as JobHandler
      const result = await handler({
        id: job.id,
        kind: job.kind,
        payload: job.payload,
        attempt: job.attempts,
        signal: controller.signal,
        progress: async (done, total, message) => {
          await this.#renew(job, controller, {
            done,
            ...(total === undefined ? {} : { total }),
            ...(message === undefined ? {} : { message: jsonText(message) }),
          })
        },
      })
      await this.#settle(job, { state: 'done', result: jsonText(result ?? null), error: null })
    } catch (error) {
      await this.#fail(job, error, controller.signal)
    } finally {
      clearInterval(beat)
      this.#running.delete(job.id)
    }
  }

  async #renew(
    job: Claimed,
    controller: AbortController,
    set: { done?: number; total?: number; message?: string },
  ): Promise<void> {
    try {
      const row = await this.#options.records.tx(SYSTEM, async (tx) => {
        tx.notify(JOB_CHANNEL, job.id)
        return tx.db
          .updateTable('job')
          .set({ ...set, locked_until: sql<string>`now() + make_interval(secs => ${this.#lease})` })
          .where('id', '=', job.id)
          .where('state', '=', 'running')
          .where('locked_by', '=', this.#options.node)
          .where('attempts', '=', job.attempts)
          .returning('cancel_requested')
          .executeTakeFirst()
      })
      if (!row) controller.abort(new Error('the lease was lost'))
      else if (row.cancel_requested) controller.abort(new Error('cancelled'))
    } catch (error) {
      this.#options.onError?.(job.kind, error)
    }
  }

  async #fail(job: Claimed, error: unknown, signal: AbortSignal): Promise<void> {
    this.#options.onError?.(job.kind, error)
    const text = { code: 'failed', detail: error instanceof Error ? error.message : String(error) }
    try {
      const cancelled = await this.#isCancelled(job.id)
      if (cancelled) return await this.#settle(job, { state: 'cancelled', error: jsonText(text) })
      // Stopping is nobody's fault: the attempt does not count and the next start takes it up at once.
      if (signal.aborted && !this.#timer) return await this.#requeue(job, 0, null, job.attempts - 1)
      if (job.attempts >= job.max_attempts)
        return await this.#settle(job, { state: 'dead', error: jsonText(text) })
      await this.#requeue(job, backoffSeconds(job.attempts), jsonText(text), job.attempts)
    } catch (failure) {
      // The lease will end and another run will take it.
      this.#options.onError?.(job.kind, failure)
    }
  }

  async #isCancelled(id: string): Promise<boolean> {
    const [row] = await this.#options.records.read((db) =>
      db.selectFrom('job').select('cancel_requested').where('id', '=', id),
    )
    return row?.cancel_requested === true
  }

  #settle(
    job: Claimed,
    set: { state: 'done' | 'dead' | 'cancelled'; result?: string; error?: string | null },
  ): Promise<void> {
    return this.#options.records.tx(SYSTEM, async (tx) => {
      await tx.db
        .updateTable('job')
        .set({ ...set, locked_by: null, locked_until: null, finished_at: tx.at })
        .where('id', '=', job.id)
        .where('state', '=', 'running')
        .where('attempts', '=', job.attempts)
        .execute()
      tx.notify(JOB_CHANNEL, job.id)
    })
  }

  #requeue(job: Claimed, seconds: number, error: string | null, attempts: number): Promise<void> {
    return this.#options.records.tx(SYSTEM, async (tx) => {
      await tx.db
        .updateTable('job')
        .set({
          state: 'queued',
          attempts,
          error,
          locked_by: null,
          locked_until: null,
          run_at: sql<string>`now() + make_interval(secs => ${seconds})`,
        })
        .where('id', '=', job.id)
        .where('state', '=', 'running')
        .where('attempts', '=', job.attempts)
        .execute()
      tx.notify(JOB_CHANNEL, job.id)
    })
  }
}
