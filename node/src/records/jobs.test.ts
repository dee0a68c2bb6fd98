import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Records, SYSTEM } from './contract.ts'
import {
  addJob,
  backoffSeconds,
  cancelJob,
  dueKey,
  findJob,
  type JobHandler,
  JobRunner,
  type NewJob,
} from './jobs.ts'
import { openRecords } from './open.ts'
import { temporaryRecords, temporaryServer } from './temporary-records.ts'

const server = await temporaryServer()
if (typeof server === 'string') console.log(`skipped: jobs on a Postgres server: ${server}`)
afterAll(async () => {
  if (typeof server !== 'string') await server.end()
})

type Opened = { records: Records; end(): Promise<void> }
const places: [string, () => Promise<Opened>][] = [['PGlite in a worker', temporaryRecords]]
if (typeof server !== 'string') {
  places.push([
    'a Postgres server',
    async () => {
      const records = await openRecords({ folder: '', databaseUrl: await server.database() })
      return { records, end: () => records.close() }
    },
  ])
}

test('backoff: 5 s doubled, at most an hour, spread by a quarter each way', () => {
  expect([1, 2, 3, 9, 10, 30].map((n) => backoffSeconds(n, () => 0.5))).toEqual([
    10, 20, 40, 2560, 3600, 3600,
  ])
  expect(backoffSeconds(1, () => 0)).toBe(7.5)
  expect(backoffSeconds(1, () => 1)).toBe(12.5)
})

describe.each(places)('jobs on %s', (_, open) => {
  let place: Opened
  let records: Records
  const runners: JobRunner[] = []
  beforeAll(async () => {
    place = await open()
    records = place.records
  })
  afterEach(async () => {
    for (const runner of runners.splice(0)) await runner.stop()
  })
  afterAll(() => place.end())

  function run(
    handlers: Record<string, JobHandler>,
    more: { node?: string; leaseSeconds?: number; parallel?: number } = {},
  ) {
    const runner = new JobRunner({ records, handlers, node: 'n1', ...more })
    runners.push(runner)
    runner.start()
    return runner
  }

  const add = (job: NewJob) => records.tx(SYSTEM, (tx) => addJob(tx, job))

  async function until(id: string, state: string): Promise<NonNullable<Awaited<ReturnType<typeof findJob>>>> {
    for (let i = 0; i < 400; i++) {
      const job = await findJob(records, id)
      if (job?.state === state) return job
      await sleep(25)
    }
    throw new Error(`job ${id} is not ${state}: ${JSON.stringify(await findJob(records, id))}`)
  }

  /** Makes what waits for later due now, as the passing of time would. */
  const hurry = (id: string) =>
    records.tx(SYSTEM, async (tx) => {
      await tx.db.updateTable('job').set({ run_at: sql<string>`now()` }).where('id', '=', id).execute()
    })

  test('runs with its payload, shows progress, keeps the result', async () => {
    const id = await add({ kind: 'sum', payload: { numbers: [1, 2, 3] } })
    run({
      sum: async (job) => {
        const { numbers } = job.payload as { numbers: number[] }
        await job.progress(2, 3, { vi: 'đã cộng 2 số', en: 'added 2 numbers' })
        return { sum: numbers.reduce((a, b) => a + b) }
      },
    })
    expect(await until(id, 'done')).toMatchObject({
      kind: 'sum',
      result: { sum: 6 },
      done: 2,
      total: 3,
      message: { vi: 'đã cộng 2 số' },
      attempts: 1,
      error: null,
      createdBy: 'system',
    })
  })

  test('exists exactly if its transaction does, and a key is taken once', async () => {
    const undone = records.tx(SYSTEM, async (tx) => {
      await addJob(tx, { kind: 'never', key: 'k' })
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    const ids = await Promise.all(
      [1, 2, 3].map(() => add({ kind: 'nightly', key: dueKey('nightly', '2026-11-21') })),
    )
    expect(new Set(ids).size).toBe(1)
    expect(await add({ kind: 'nightly', key: dueKey('nightly', '2026-11-22') })).not.toBe(ids[0])
  })

  test('each of 40 jobs is run once by two runners', async () => {
    const runs: string[] = []
    const ids = await Promise.all(Array.from({ length: 40 }, () => add({ kind: 'once' })))
    const once: JobHandler = async (job) => {
      runs.push(job.id)
      await sleep(2)
    }
    run({ once }, { parallel: 3 })
    run({ once }, { node: 'n2', parallel: 3 })
    await Promise.all(ids.map((id) => until(id, 'done')))
    expect(runs.sort()).toEqual([...ids].sort())
  })

  test('a failure waits and is tried again; the last one is dead with its reason', async () => {
    const id = await add({ kind: 'fails', maxAttempts: 2 })
    run({
      fails: async () => {
        throw new Error('máy chủ không trả lời')
      },
    })
    const waiting = await until(id, 'queued').then(async (job) => {
      let now = job
      while (now.attempts === 0) now = await until(id, 'queued')
      return now
    })
    expect(Date.parse(waiting.runAt) - Date.now()).toBeGreaterThan(5000)
    expect(waiting.error).toEqual({ code: 'failed', detail: 'máy chủ không trả lời' })
    await hurry(id)
    expect(await until(id, 'dead')).toMatchObject({ attempts: 2, error: { detail: 'máy chủ không trả lời' } })
  })

  test('cancelling: a queued one at once, a running one through its signal, a finished one not', async () => {
    const later = await add({ kind: 'slow', runAt: '2099-01-01T00:00:00+07:00' })
    expect(await cancelJob(records, { id: 'u' }, later)).toBe('cancelled')
    const id = await add({ kind: 'slow' })
    run({
      slow: async (job) => {
        for (let i = 0; !job.signal.aborted; i++) {
          await job.progress(i)
          await sleep(20)
        }
        throw job.signal.reason
      },
    })
    await until(id, 'running')
    expect(await cancelJob(records, { id: 'u' }, id)).toBe('running')
    expect(await until(id, 'cancelled')).toMatchObject({ cancelRequested: true })
    expect(await cancelJob(records, { id: 'u' }, id)).toBe('cancelled')
    expect(await cancelJob(records, { id: 'u' }, '00000000-0000-7000-8000-000000000000')).toBeUndefined()
    const audits = await records.read((db) =>
      db.selectFrom('audit').select('target_id').where('action', '=', 'job.cancel'),
    )
    expect(audits.map((row) => row.target_id)).toEqual([later, id])
  })

  test('the jobs of a process that died go to another when the lease ends', async () => {
    const id = await add({ kind: 'orphan' })
    await records.tx(SYSTEM, async (tx) => {
      const past = sql<string>`now() - interval '1 second'`
      const dead = { state: 'running' as const, attempts: 1, locked_by: 'dead', locked_until: past }
      await tx.db.updateTable('job').set(dead).where('id', '=', id).execute()
    })
    run({ orphan: async (job) => job.attempt })
    expect(await until(id, 'done')).toMatchObject({ attempts: 2, result: 2 })
  })

  test('a long handler keeps its lease; stopping gives the job back without counting the attempt', async () => {
    const id = await add({ kind: 'long' })
    let runs = 0
    const long: JobHandler = async (job) => {
      runs++
      await sleep(60_000, undefined, { signal: job.signal })
    }
    const first = run({ long }, { leaseSeconds: 1 })
    run({ long }, { node: 'n2', leaseSeconds: 1 })
    await until(id, 'running')
    await sleep(1800)
    expect(runs).toBe(1)
    expect(await findJob(records, id)).toMatchObject({ state: 'running', attempts: 1 })
    await Promise.all([first.stop(), ...runners.splice(0).map((runner) => runner.stop())])
    expect(await findJob(records, id)).toMatchObject({ state: 'queued', attempts: 0 })
  })
})
