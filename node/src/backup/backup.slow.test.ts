import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { verifyFolder } from '@nhip/ledger/verify-folder'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { NodeLedger } from '../exchange/node-ledger.ts'
import type { NewObservation } from '../observations/observations.ts'
import { type ObservationStore, openObservations } from '../observations/open.ts'
import { Blobs } from '../records/blobs.ts'
import type { Records } from '../records/contract.ts'
import { openRecords } from '../records/open.ts'
import { temporaryCluster } from '../records/temporary-records.ts'
import { Backups } from './create-backup.ts'
import { restoreBackup } from './restore-backup.ts'
import { backupRoutes } from './routes.ts'

// Each restore and each examination opens two engines: seconds, so beside the first way through they are for the long suite.
const long = process.env.NHIP_TEST_ALL === '1'

const folder = mkdtempSync(join(tmpdir(), 'nhip-backup-'))
const data = join(folder, 'data')
const template = await temporaryCluster()
const actor = { id: 'operator' }
const node = { id: 'mau', profile: 'empty' as const, secret: 'c2VjcmV0', createdAt: '2026-11-22T00:00:00Z' }

interface Open {
  records: Records
  observations: ObservationStore
  nodeLedger: NodeLedger
  close(): Promise<void>
}

async function open(at: string): Promise<Open> {
  const records = await openRecords({ folder: join(at, 'records'), template })
  const observations = await openObservations({ folder: join(at, 'observations') })
  const nodeLedger = await NodeLedger.open({
    folder: join(at, 'ledger'),
    nodeId: node.id,
    records,
    everyMs: 20,
    onError: (error) => {
      throw error
    },
  })
  return {
    records,
    observations,
    nodeLedger,
    async close() {
      await nodeLedger.close()
      await observations.close()
      await records.close()
    },
  }
}

const reading = (n: number): NewObservation => ({
  dataset: 'air',
  entity: `urn:nhip:Station:${n % 7}`,
  property: 'pm25',
  breakdown: '',
  from: Date.UTC(2026, 0, 1) + Math.floor(n / 7) * 60_000,
  to: null,
  value: n / 3,
  uom: 0,
  status: 'A',
  quality: 0,
  source: 'test',
})

let from: Open
let backups: Backups
let written = 0
const decide = (n: number) =>
  from.records.tx(actor, async (tx) => {
    const [code, id] = [`v${n}`, `urn:nhip:unit:v${n}@2025-07-01`]
    await tx.db.insertInto('unit').values({ id, code, kind: 'office', valid_from: '2025-07-01' }).execute()
    tx.audit({ action: 'unit.add', targetType: 'unit', targetId: id, after: { n, name: 'Phòng\u2028Một' } })
  })

beforeAll(async () => {
  mkdirSync(data)
  from = await open(data)
  backups = new Backups({ folder: data, node, ...from, now: Date.now })
  writeFileSync(
    join(data, 'nhip.json'),
    JSON.stringify({
      lang: 'en',
      databaseUrl: 'postgres://u:pass@h/d',
      bootstrapToken: 'x'.repeat(30),
      tsa: ['https://hue:geheim@tsa.example/'],
    }),
  )
  writeFileSync(join(data, 'node.json'), '{"token":"of this run"}')
  mkdirSync(join(data, 'populations', 'viet-nam-1-0.01'), { recursive: true })
  writeFileSync(join(data, 'populations', 'viet-nam-1-0.01', 'population.json'), '{}')
  writeFileSync(join(data, 'strange'), '')
  for (let n = 0; n < 300; n++) await decide(n)
  await from.observations.append(Array.from({ length: 5000 }, (_, n) => reading(n)))
  await from.observations.seal({ all: true })
  await from.observations.append(Array.from({ length: 100 }, (_, n) => reading(5000 + n)))
  written = 5100
  const blobs = new Blobs(join(data, 'blobs'), join(data, 'tmp'))
  const blob = await blobs.put([new TextEncoder().encode('minh chứng')])
  await from.records.tx(actor, (tx) => blobs.enter(tx, blob, 'text/plain'))
})
afterAll(async () => {
  await from.close()
  for (const made of [folder, template]) rmSync(made, { recursive: true, force: true })
})

const file = join(folder, 'nhip.tar')
const save = async (to = file) => pipeline(Readable.from(backups.create(actor)), createWriteStream(to))
const words = (error: { problem: { path?: string; code: string } }) => error.problem

describe('a backup made while people work', () => {
  let acknowledged = { decisions: 0, seq: 0 }
  let manifest: Awaited<ReturnType<typeof restoreBackup>>
  const to = join(folder, 'restored')

  test('holds what was acknowledged before it began, and restores elsewhere', async () => {
    let stop = false
    let decisions = 300
    const people = (async () => {
      while (!stop) await decide(decisions++)
    })()
    const sensors = (async () => {
      while (!stop) {
        await from.observations.append(Array.from({ length: 50 }, (_, n) => reading(written + n)))
        written += 50
      }
    })()
    await new Promise((resolve) => setTimeout(resolve, 300))
    acknowledged = { decisions: decisions - 1, seq: from.observations.status().lastSeq }
    try {
      await save()
    } finally {
      stop = true
      await Promise.all([people, sensors])
    }
    manifest = await restoreBackup({ file, data: to, template, actor })
    expect(manifest.observations.lastSeq).toBeGreaterThanOrEqual(acknowledged.seq)
    expect(manifest.records.rows.unit).toBeGreaterThanOrEqual(acknowledged.decisions)
    expect(from.observations.status().lastSeq).toBeGreaterThan(manifest.observations.lastSeq)
  })

  test('leaves nothing behind but an entry in the audit', async () => {
    expect(readdirSync(join(data, 'tmp'))).toEqual([])
    const rows = await from.records.read((db) =>
      db.selectFrom('audit').select(['action', 'after']).where('target_id', '=', node.id).orderBy('outbox'),
    )
    expect(rows.map(({ action }) => action)).toEqual(['backup.begin', 'backup.finish'])
    expect(rows[1]?.after).toMatchObject({ lastSeq: manifest.observations.lastSeq })
  })

  test('whose reader leaves before the first byte is over, and the next one can begin', async () => {
    const [route] = backupRoutes(backups)
    const caller = { kind: 'bootstrap' }
    for (let i = 0; i < (long ? 2 : 1); i++) {
      const { body } = (await route!.handle({ caller, actor } as never)) as unknown as { body: Readable }
      expect(readdirSync(join(data, 'tmp'))).toHaveLength(1)
      body.destroy()
      await vi.waitFor(() => expect(readdirSync(join(data, 'tmp'))).toEqual([]), 10_000)
    }
  })

  test('the restored node opens, goes on, and has the same rows', async () => {
    const restored = await open(to)
    try {
      const { lastSeq } = manifest.observations
      expect(await restored.observations.contentHash()).toBe(await from.observations.contentHash(lastSeq))
      expect((await restored.observations.rebuild()).equal).toBe(true)
      await restored.observations.append([reading(10_000_000)])
      expect(restored.observations.status().lastSeq).toBe(lastSeq + 1)

      // The outbox goes on where it was: every audit row, and that of the restore, reaches the ledger.
      await restored.nodeLedger.pump()
      expect(await restored.nodeLedger.waiting()).toBe(0)
      const [count] = await restored.records.read((db) =>
        db.selectFrom('audit').select((e) => [e.fn.max('outbox').as('outbox'), e.fn.countAll().as('n')]),
      )
      expect(count).toEqual({
        outbox: String(manifest.records.outbox + 1),
        n: String(manifest.records.outbox + 1),
      })
      expect(restored.nodeLedger.ledger.state().size).toBe(manifest.records.outbox + 1)
    } finally {
      await restored.close()
    }
    const { ok, size, findings } = await verifyFolder(join(to, 'ledger'))
    expect({ ok, size, findings }).toEqual({ ok: true, size: manifest.records.outbox + 1, findings: [] })
  })

  test('files come along; secrets of the settings and of the run do not, and what is unknown is named', () => {
    const [blob] = readdirSync(join(to, 'blobs'))
    const [name] = readdirSync(join(to, 'blobs', blob as string))
    expect(readFileSync(join(to, 'blobs', blob as string, name as string), 'utf8')).toBe('minh chứng')
    expect(JSON.parse(readFileSync(join(to, 'nhip.json'), 'utf8'))).toEqual({
      lang: 'en',
      tsa: ['https://***@tsa.example/'],
    })
    expect(existsSync(join(to, 'node.json'))).toBe(false)
    expect(existsSync(join(to, 'populations', 'viet-nam-1-0.01', 'population.json'))).toBe(true)
    expect(manifest).toMatchObject({ unknown: ['strange'], missing: [], blobs: 1 })
    for (const secret of ['postgres://', 'geheim']) expect(readFileSync(file).includes(secret)).toBe(false)
  })
})

describe('a restore', () => {
  const target = join(folder, 'elsewhere')
  const refused = async (more: { file?: string; data?: string }) =>
    words(await restoreBackup({ file, data: target, template, actor, ...more }).catch((error) => error))

  test('never writes into a folder that holds something', async () => {
    expect(await refused({ data })).toMatchObject({ code: 'not-empty' })
    expect(existsSync(`${data}.restoring`)).toBe(false)
  })

  test('refuses a changed or cut archive with the name of the part, before anything is written', async () => {
    const whole = readFileSync(file)
    const bad = join(folder, 'bad.tar')
    const changed = Buffer.from(whole)
    const at = changed.indexOf('ledger/checkpoint') + 512 + 5
    changed[at] = (changed[at] as number) ^ 1
    writeFileSync(bad, changed)
    expect(await refused({ file: bad })).toMatchObject({ code: 'backup-altered', path: 'ledger/checkpoint' })
    writeFileSync(bad, whole.subarray(0, whole.indexOf('records/unit/') + 700))
    expect(await refused({ file: bad })).toMatchObject({
      code: 'backup-truncated',
      path: 'records/unit/000001.ndjson.gz',
    })
    expect(existsSync(target)).toBe(false)
    expect(existsSync(`${target}.restoring`)).toBe(false)
  })

  test.runIf(long)('takes away what a crashed one left', async () => {
    mkdirSync(join(`${target}.restoring`, 'records'), { recursive: true })
    writeFileSync(join(`${target}.restoring`, 'records', 'rubbish'), 'x')
    await restoreBackup({ file, data: target, template, actor })
    expect(existsSync(join(target, 'records', 'rubbish'))).toBe(false)
    expect(readdirSync(target)).not.toContain('lock')
    await (await open(target)).close()
  })
})

test.runIf(long)('a backup that is given up leaves nothing behind, and the next one can begin', async () => {
  const bytes = backups.create(actor)
  for (let n = 0; n < 5; n++) await bytes.next()
  await expect(backups.create(actor).next()).rejects.toMatchObject({ code: 'backup-running' })
  await bytes.return(undefined)
  expect(readdirSync(join(data, 'tmp'))).toEqual([])
  await save(join(folder, 'again.tar'))
})
