import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Records } from '../records/contract.ts'
import type { RunningJob } from '../records/jobs.ts'
import { queueNightly, upkeepHandler, upkeepJob } from '../records/nightly.ts'
import { type TemporaryRecords, temporaryRecords } from '../records/temporary-records.ts'
import { openObservations } from './open.ts'
import { sealHandler, sealJob } from './seal-nightly.ts'

const folder = mkdtempSync(join(tmpdir(), 'nhip-nightly-'))
const run = {
  id: '',
  kind: '',
  payload: {},
  attempt: 1,
  signal: new AbortController().signal,
  progress: async () => undefined,
} satisfies RunningJob
let temporary: TemporaryRecords
let records: Records
beforeAll(async () => {
  temporary = await temporaryRecords()
  records = temporary.records
})
afterAll(async () => {
  await temporary.end()
  rmSync(folder, { recursive: true, force: true })
})

it('queues each night once, at half past midnight in Hà Nội', async () => {
  // 23:50 on the 21st at +07:00.
  const now = Date.UTC(2026, 10, 21, 16, 50)
  for (let i = 0; i < 3; i++) await queueNightly(records, [sealJob, upkeepJob], now)
  const jobs = await records.read((db) =>
    db.selectFrom('job').select(['kind', 'key', 'run_at']).orderBy('key'),
  )
  expect(jobs.map((job) => job.key)).toEqual(['lake.seal@2026-11-22', 'records.upkeep@2026-11-22'])
  expect(Date.parse(jobs[0]?.run_at ?? '')).toBe(Date.UTC(2026, 10, 21, 17, 30))
})

it('keeps the newest seven snapshots', async () => {
  const snapshots = join(folder, 'snapshots')
  const handler = upkeepHandler(records, snapshots, () => Date.UTC(2026, 10, 21, 18))
  await handler(run)
  for (let day = 10; day < 19; day++) writeFileSync(join(snapshots, `2026-11-${day}.tar.gz`), 'old')
  await handler(run)
  expect(readdirSync(snapshots)).toEqual([13, 14, 15, 16, 17, 18, 22].map((day) => `2026-11-${day}.tar.gz`))
})

it('seals days that are over and audits each segment once', async () => {
  let now = Date.UTC(2026, 10, 20, 3)
  const observations = await openObservations({ folder: join(folder, 'observations'), now: () => now })
  try {
    const row = {
      dataset: 'd',
      entity: 'e',
      property: 'p',
      breakdown: '',
      to: null,
      uom: 0,
      status: 'A' as const,
      quality: 0,
      source: 'test',
    }
    await observations.append([{ ...row, from: now, value: 1 }])
    now += 86_400_000
    const handler = sealHandler(records, observations)
    expect(await handler(run)).toEqual({ sealed: 1 })
    expect(await handler(run)).toEqual({ sealed: 0 })
    const [segment] = observations.segments()
    const audited = await records.read((db) =>
      db.selectFrom('audit').select(['target_id', 'after']).where('action', '=', 'segment.seal'),
    )
    expect(audited).toEqual([
      { target_id: segment?.file, after: expect.objectContaining({ rows: 1, sha256: segment?.sha256 }) },
    ])
  } finally {
    await observations.close()
  }
})
