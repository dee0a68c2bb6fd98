import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSettings } from '../../config.ts'
import { NodeLedger } from '../../exchange/node-ledger.ts'
import type { NewObservation } from '../../observations/observations.ts'
import { openObservations } from '../../observations/open.ts'
import { Blobs } from '../../records/blobs.ts'
import { openRecords } from '../../records/open.ts'
import { temporaryCluster } from '../../records/temporary-records.ts'
import { examineFolder, type Finding } from './examine-folder.ts'

const folder = mkdtempSync(join(tmpdir(), 'nhip-doctor-'))
const whole = join(folder, 'whole')
const id = '0190b1a2-0000-7000-8000-000000000001'
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const reading = (n: number): NewObservation => ({
  dataset: 'air',
  entity: `urn:nhip:Station:${n % 7}`,
  property: 'pm25',
  breakdown: '',
  from: Date.UTC(2026, 0, 1) + n * 60_000,
  to: null,
  value: n / 3,
  uom: 0,
  status: 'A',
  quality: 0,
  source: 'test',
})

beforeAll(async () => {
  mkdirSync(whole)
  const secret = Buffer.alloc(32, 7).toString('base64')
  writeFileSync(join(whole, 'node-id'), JSON.stringify({ id, profile: 'empty', secret, createdAt: '' }))
  writeFileSync(join(whole, 'nhip.json'), '{"lang":"vi"}')
  const template = await temporaryCluster()
  const records = await openRecords({ folder: join(whole, 'records'), template })
  rmSync(template, { recursive: true })
  for (let n = 0; n < 300; n++)
    await records.tx({ id: 'p' }, async (tx) => {
      const [code, unit] = [`v${n}`, `urn:nhip:unit:v${n}@2025-07-01`]
      await tx.db
        .insertInto('unit')
        .values({ id: unit, code, kind: 'office', valid_from: '2025-07-01' })
        .execute()
      tx.audit({ action: 'unit.add', targetType: 'unit', targetId: unit, after: { n } })
    })
  const blobs = new Blobs(join(whole, 'blobs'), join(whole, 'tmp'))
  const blob = await blobs.put([Buffer.alloc(5000, 'minh chứng')])
  await records.tx({ id: 'p' }, (tx) => blobs.enter(tx, blob, 'text/plain'))
  const ledger = await NodeLedger.open({
    folder: join(whole, 'ledger'),
    nodeId: id,
    records,
    everyMs: 3_600_000,
    onError: (error) => {
      throw error
    },
  })
  await ledger.pump()
  await ledger.close()
  await records.close()
  const observations = await openObservations({ folder: join(whole, 'observations') })
  await observations.append(Array.from({ length: 20_000 }, (_, n) => reading(n)))
  await observations.seal({ all: true })
  await observations.append(Array.from({ length: 20_000 }, (_, n) => reading(20_000 + n)))
  await observations.close()
}, 120_000)

async function examine(data: string): Promise<Finding[]> {
  const found: Finding[] = []
  for await (const finding of examineFolder(readSettings({ data }, {}))) found.push(finding)
  return found
}

/** One byte of a file, chosen by what is in it. */
type Damage = [file: string, at: (bytes: Buffer) => number]

/** What is found in a copy of the sound folder with one byte of each of these files changed. */
async function damaged(name: string, damages: Damage[]): Promise<Finding[]> {
  const data = join(folder, name)
  cpSync(whole, data, { recursive: true })
  for (const [file, at] of damages) {
    const path = join(data, file)
    const bytes = readFileSync(path)
    const place = at(bytes)
    bytes[place] = (bytes[place] as number) ^ 0x10
    writeFileSync(path, bytes)
  }
  return (await examine(data)).filter(({ severity }) => severity === 'error')
}

const middle = (bytes: Buffer) => Math.floor(bytes.length / 2)
const inside = (text: string) => (bytes: Buffer) => bytes.indexOf(text) + 3
const only = (inside: string, name = ''): string => {
  const first = readdirSync(join(whole, inside)).find((entry) => entry.startsWith(name)) as string
  const path = join(inside, first)
  return statSync(join(whole, path)).isDirectory() ? only(path) : path
}
/** The file of a table, found by what is in it. */
const tableWith = (text: string): string => {
  for (const database of readdirSync(join(whole, 'records', 'base')))
    for (const name of readdirSync(join(whole, 'records', 'base', database))) {
      const path = join('records', 'base', database, name)
      if (/^\d+$/.test(name) && readFileSync(join(whole, path)).includes(text)) return path
    }
  throw new Error(`no table holds "${text}"`)
}

test('a sound folder: nothing found', async () => {
  expect(await examine(whole)).toEqual([])
})

// Several at once, where one does not hide the other: an examination opens every store and takes seconds.
const rounds: [string, () => Damage[]][] = [
  [
    'a table, a segment, an evidence file, a bundle of the ledger, who the node is',
    () => [
      [tableWith('urn:nhip:unit:v7@2025'), inside('urn:nhip:unit:v7@2025')],
      [only('observations/lake'), middle],
      [only('blobs'), middle],
      ['ledger/tile/entries/000', middle],
      ['node-id', inside('profile')],
    ],
  ],
  [
    'the list of segments, the head of the ledger',
    () => [
      ['observations/manifest', inside('seqMax')],
      ['ledger/checkpoint', middle],
    ],
  ],
  [
    'the database of observations, a tile of the ledger and what names its key',
    () => [
      ['observations/observations.duckdb', inside('urn:nhip:Station:3')],
      ['ledger/tile/0/000', middle],
      ['ledger/format.json', inside('keys')],
    ],
  ],
  ['the key of the ledger', () => [['ledger/log.key', middle]]],
]
// The first in every long run; all of them with NHIP_FULL=1.
test.each(process.env.NHIP_FULL === '1' ? rounds : rounds.slice(0, 1))(
  'a byte changed in %s: each file is named, with what to do',
  async (name, damages) => {
    const list = damages()
    const found = await damaged(name.slice(0, 12), list)
    const said = found.map(({ file, message }) => `${file} ${message.en}`).join('\n')
    for (const [file] of list) expect(said).toContain(file)
    for (const { message, hint } of found) {
      expect(message.vi).toMatch(/\p{L}/u)
      expect(hint?.vi).toBeTruthy()
    }
  },
)

test('an audit row changed by hand: the row is named, by its entry in the ledger', async () => {
  const data = join(folder, 'forged')
  cpSync(whole, data, { recursive: true })
  const records = await openRecords({ folder: join(data, 'records') })
  await records.tx(
    { id: 'thief' },
    async (tx) => {
      const { sql } = await import('kysely')
      await sql`UPDATE audit SET actor = 'somebody-else' WHERE outbox = 42`.execute(tx.db)
    },
    { unaudited: 'a test forges' },
  )
  await records.close()
  const found = await examine(data)
  expect(found.map(({ code, path }) => [code, path])).toEqual([['audit-differs', 'audit 42']])
})

test.runIf(process.env.NHIP_FULL === '1')('what is gone is named', async () => {
  const data = join(folder, 'gone')
  cpSync(whole, data, { recursive: true })
  rmSync(join(data, 'records'), { recursive: true })
  rmSync(join(data, only('observations/lake')))
  const found = await examine(data)
  expect(found.find(({ of }) => of === 'records')?.message.en).toContain(join(data, 'records'))
  expect(found.find(({ of }) => of === 'observations')?.message.en).toContain('the file is gone')
})
