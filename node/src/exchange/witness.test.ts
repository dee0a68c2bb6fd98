import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import { openHead, signCheckpoint } from '@nhip/ledger/checkpoint'
import { verifiedCosignatures } from '@nhip/ledger/cosignature'
import { folderReader } from '@nhip/ledger/folder'
import { verifyReceipt } from '@nhip/ledger/receipt'
import { verifyLedger } from '@nhip/ledger/verify'
import { Witness, witnessRequest } from '@nhip/ledger/witness'
import type { FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { anonymous } from '../http/caller.ts'
import { application } from '../http/serve.ts'
import { wholeAudit } from '../identity/audit-scope.ts'
import type { Records } from '../records/contract.ts'
import { type TemporaryRecords, temporaryRecords } from '../records/temporary-records.ts'
import { KeptHeads } from './kept-heads.ts'
import { type NodeKeys, nodeKeys } from './keys.ts'
import { NodeLedger } from './node-ledger.ts'
import { dropIndex, searchEntries } from './store.ts'
import { WitnessClient, type WitnessPeer } from './witness-client.ts'
import { witnessRoutes } from './witness-routes.ts'

/** Two nodes: `hue` writes a ledger, `quoc-gia` watches it over HTTP. */
const folder = mkdtempSync(join(tmpdir(), 'nhip-witness-'))
const hueFolder = join(folder, 'hue')
const watching = join(folder, 'quoc-gia', 'witness')
let temporary: TemporaryRecords
let records: Records
let national: NodeKeys
let app: FastifyInstance
let peer: WitnessPeer
const forks: string[] = []
const open: { close(): unknown }[] = []

async function hue(place = hueFolder, peers: readonly WitnessPeer[] = [peer]) {
  const node = await NodeLedger.open({
    folder: place,
    nodeId: 'hue',
    records,
    onError: (error) => {
      throw error
    },
    everyMs: 3_600_000,
    witnesses: peers,
    guardMs: 2000,
  })
  const errors: string[] = []
  const heads = await KeptHeads.open({
    ledger: node.ledger,
    logKey: node.keys.log,
    heartbeat: node.keys.heartbeat,
    witnesses: peers.map(({ key }) => key),
    folder: place,
    onError: (error) => errors.push((error as Error).message),
  })
  const client = new WitnessClient({
    ledger: node.ledger,
    heads,
    peers,
    everyMs: 3_600_000,
    firstMs: 3_600_000,
    guarded: node.guarded,
    onError: (_, error) => errors.push((error as Error).message),
  })
  open.push(client, heads, node)
  return { node, heads, client, errors }
}

async function decide(node: NodeLedger, n: number) {
  for (let i = 0; i < n; i++)
    await records.tx({ id: 'p-1' }, async (tx) => {
      tx.audit({ action: 'verdict.give', targetType: 'verdict', targetId: `v-${i}` })
    })
  await node.pump()
  return node.ledger.publish()
}

async function closeAll() {
  for (const item of open.splice(0)) await item.close()
}

beforeAll(async () => {
  temporary = await temporaryRecords()
  records = temporary.records
  for (const name of ['hue', 'quoc-gia']) mkdirSync(join(folder, name), { recursive: true })
  national = await nodeKeys(join(folder, 'quoc-gia'), 'quoc-gia')
  const { log } = await nodeKeys(hueFolder, 'hue')
  const witness = new Witness(watching, {
    key: national.witness,
    logs: [{ origin: log.name, keys: [log] }],
    now: () => Math.floor(Date.now() / 1000),
  })
  app = await application({
    routes: witnessRoutes({ witness, records, folder: watching, onFork: (origin) => forks.push(origin) }),
    authenticate: async () => anonymous,
    can: () => true,
    version: '0',
    secret: Buffer.alloc(32, 1),
    health: () => ({ status: 'ok', version: '0', profile: 'empty', uptimeS: 0, stores: {}, writable: true }),
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  peer = { url: `http://127.0.0.1:${port}/witness`, key: national.witness }
})
afterEach(closeAll)
afterAll(async () => {
  await app?.close()
  await temporary?.end()
  rmSync(folder, { recursive: true, force: true })
})

it('cosigns growing heads; the cosignature is in the receipt and on the served head', async () => {
  const { node, heads, client } = await hue()
  await decide(node, 3)
  await client.ask()
  expect(client.statuses).toMatchObject([{ name: 'nhip-quoc-gia/witness', state: 'cosigned', size: 3 }])
  expect(client.guarded).toBe(true)
  await decide(node, 2)
  await client.ask()
  expect(client.statuses).toMatchObject([{ state: 'cosigned', size: 5 }])
  // Entries that came after the last cosigned head are still proved, under the newest head.
  await decide(node, 1)
  const trust = { log: [node.keys.log], witnesses: [national.witness] }
  expect(verifyReceipt(await heads.receipt(1), trust)).toMatchObject({
    size: 5,
    cosigned: [{ key: national.witness }],
  })
  expect(verifyReceipt(await heads.receipt(5), trust)).toMatchObject({ size: 6, cosigned: [] })
  await client.ask()
  const served = openHead(heads.note() ?? '', [node.keys.log])
  const by = verifiedCosignatures(served.note, [national.witness, node.keys.heartbeat])
  expect(by.map(({ key }) => key.name).sort()).toEqual(['nhip-hue/heartbeat', 'nhip-quoc-gia/witness'])
})

it('keeps its cosigned head over a restart, and a stranger demands that the log continues every kept head', async () => {
  const { node, heads } = await hue()
  expect(heads.cosigned?.head.size).toBe(6)
  expect(node.guarded).toBe(true)
  const kept = readdirSync(join(hueFolder, 'heads')).map((name) =>
    readFileSync(join(hueFolder, 'heads', name), 'utf8'),
  )
  expect(kept).toHaveLength(3)
  const verdict = await verifyLedger(folderReader(nodeFileSystem, hueFolder), {
    keys: [node.keys.log],
    since: kept,
  })
  expect(verdict).toMatchObject({ ok: true, checked: { heads: 4 } })
})

it('a folder put back from an old copy is refused before anything is signed, because the witness holds more', async () => {
  const old = join(folder, 'old')
  cpSync(hueFolder, old, { recursive: true })
  const { node, client } = await hue()
  await decide(node, 4)
  await client.ask()
  await closeAll()
  // Without the records' own memory, as after restoring both from one backup.
  await records.tx({ id: 'p-1' }, dropIndex, { unaudited: 'the records of the same backup' })
  const before = readFileSync(join(old, 'checkpoint'), 'utf8')
  await expect(hue(old)).rejects.toMatchObject({ code: 'ledger-fork' })
  await expect(hue(old)).rejects.toThrow(/old copy/)
  expect(readFileSync(join(old, 'checkpoint'), 'utf8')).toBe(before)
})

it('a witness that is not there stops nothing: unguarded until it answers', async () => {
  const gone = { url: 'http://127.0.0.1:9/witness', key: national.witness }
  const { node, client, errors } = await hue(hueFolder, [gone])
  expect(node.guarded).toBe(false)
  await decide(node, 1)
  await client.ask()
  expect(client.statuses).toMatchObject([{ state: 'unreachable' }])
  expect(errors).toHaveLength(1)
  await closeAll()
  const again = await hue()
  await again.client.ask()
  expect(again.client.guarded).toBe(true)
})

it('keeps a head each ten minutes while the ledger grows, and dates the newest one again and again', async () => {
  const { node } = await hue()
  let clock = Date.now()
  const heads = await KeptHeads.open({
    ledger: node.ledger,
    logKey: node.keys.log,
    heartbeat: node.keys.heartbeat,
    witnesses: [],
    folder: hueFolder,
    now: () => clock,
    onError: (error) => {
      throw error
    },
  })
  open.push(heads)
  const kept = () => readdirSync(join(hueFolder, 'heads')).length
  const before = kept()
  await decide(node, 1)
  await heads.keepNow()
  expect(kept()).toBe(before)
  clock += 10 * 60_000
  await heads.keepNow()
  await heads.keepNow()
  expect(kept()).toBe(before + 1)
  clock += 60 * 60_000
  await heads.keepNow()
  expect(kept()).toBe(before + 1)
  heads.beat()
  const beats = verifiedCosignatures(openHead(heads.note() ?? '', [node.keys.log]).note, [
    node.keys.heartbeat,
  ])
  expect(beats.map(({ time }) => time)).toEqual([Math.floor(clock / 1000)])
})

it('two heads of one size are kept as evidence, audited, and said aloud', async () => {
  const { node, client } = await hue()
  await client.ask()
  const head = node.ledger.head()
  if (!head) throw new Error('no head')
  const other = signCheckpoint({ ...head, root: head.root.map((byte) => byte ^ 1) }, node.keys.log)
  const answer = await fetch(`${peer.url}/add-checkpoint`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: witnessRequest(head.size, [], other),
  })
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
    409,
    'text/x.tlog.size',
    `${head.size}\n`,
  ])
  expect(forks).toEqual(['nhip-hue/log'])
  const [evidence = ''] = readdirSync(join(watching, 'evidence'))
  expect(readFileSync(join(watching, 'evidence', evidence), 'utf8').match(/nhip-hue\/log\n/g)).toHaveLength(2)
  expect((await searchEntries(records, wholeAudit, { limit: 1, action: 'witness.fork' }))[0]?.target_id).toBe(
    'nhip-hue/log',
  )
})

it.each([
  ['no request', 400],
  [
    'old 0\n\nkhac.example/log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— khac.example/log AAAAAAA=\n',
    404,
  ],
  [
    'old 0\n\nnhip-hue/log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— nhip-hue/log AAAAAAA=\n',
    403,
  ],
])('answers %j with %i', async (body, status) => {
  const answer = await fetch(`${peer.url}/add-checkpoint`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body,
  })
  expect(answer.status).toBe(status)
})
