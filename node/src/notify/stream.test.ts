import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenCatalogue, openCatalogue } from '../catalogue/open.ts'
import { application } from '../http/serve.ts'
import { Identity } from '../identity/identity.ts'
import { can } from '../identity/permissions.ts'
import { tokenRoutes } from '../identity/token-routes.ts'
import { openUnits, type Units } from '../identity/units.ts'
import { addUser, createToken } from '../identity/users.ts'
import { type ObservationStore, openObservations } from '../observations/open.ts'
import { readTrail } from '../observations/sensitive-reads.ts'
import { SYSTEM } from '../records/contract.ts'
import { addJob } from '../records/jobs.ts'
import { type TemporaryRecords, temporaryRecords } from '../records/temporary-records.ts'
import { catalogueSource } from './catalogue-source.ts'
import { jobSource } from './job-source.ts'
import { LiveStream } from './live-stream.ts'
import { mayReceive } from './may-receive.ts'
import { observationSource } from './observation-source.ts'
import { streamRoutes } from './routes.ts'

// Real stores, accounts and sockets: what only the whole chain can show.
const folder = mkdtempSync(join(tmpdir(), 'nhip-stream-'))
let store: TemporaryRecords
let units: Units
let identity: Identity
let catalogue: OpenCatalogue
let observations: ObservationStore
let live: LiveStream
let app: FastifyInstance
let url: string

beforeAll(async () => {
  store = await temporaryRecords()
  const { records } = store
  units = await openUnits(records, null)
  identity = await Identity.open({ records, units, passwordCost: 10 })
  catalogue = await openCatalogue(records, units)
  const named = (code: string, of: 'open' | 'restricted') => ({
    code,
    name: { vi: code, en: code },
    class: of,
    owner: null,
  })
  await catalogue.saveDatasets(SYSTEM, [named('air', 'open'), named('health', 'restricted')])
  await catalogue.saveProperties(SYSTEM, [{ code: 'cases', name: { vi: 'Ca', en: 'Cases' }, kind: 'number' }])
  observations = await openObservations({ folder })
  live = new LiveStream({
    recognise: (credentials) => identity.authenticate(credentials),
    mayReceive: mayReceive(catalogue),
  })
  live.addSource(observationSource(observations, catalogue))
  live.addSource(catalogueSource(catalogue))
  live.addSource(
    jobSource(records, (error) => {
      throw error
    }),
  )
  app = await application({
    routes: [
      ...streamRoutes({ live, catalogue, units, trail: readTrail(records) }),
      ...tokenRoutes(identity),
    ],
    authenticate: (credentials) => identity.authenticate(credentials),
    can,
    version: 'test',
    secret: Buffer.alloc(32, 1),
    health: () => ({ status: 'ok', version: '', profile: 'empty', uptimeS: 0, stores: {}, writable: true }),
  })
  url = await app.listen({ port: 0, host: '127.0.0.1' })
}, 120_000)

afterAll(async () => {
  live.close()
  app.server.closeAllConnections()
  await app.close()
  await observations.close()
  await store.end()
  rmSync(folder, { recursive: true, force: true })
})

async function tokenOf(username: string, role: 'viewer' | 'auditor'): Promise<{ id: string; token: string }> {
  await addUser(identity, SYSTEM, {
    username,
    displayName: username,
    password: 'mat-khau-thu-nghiem',
    memberships: [{ unit: '*', role }],
  })
  return createToken(identity, SYSTEM, {
    username,
    name: 'stream',
    scopes: ['read', 'admin'],
    expiresAt: null,
  })
}

/** Opens a stream and gathers its text until it ends or is left. */
async function listen(query: string, token?: string, lastEventId?: string) {
  const leaving = new AbortController()
  const answer = await fetch(`${url}/api/stream?${query}`, {
    signal: leaving.signal,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(lastEventId ? { 'last-event-id': lastEventId } : {}),
    },
  })
  const heard = {
    status: answer.status,
    type: answer.headers.get('content-type'),
    text: '',
    ended: false,
    leave: () => leaving.abort(),
  }
  const reader = answer.body!.getReader()
  const text = new TextDecoder()
  void (async () => {
    try {
      for (let piece = await reader.read(); !piece.done; piece = await reader.read())
        heard.text += text.decode(piece.value, { stream: true })
    } catch {
      // Left.
    }
    heard.ended = true
  })()
  return heard
}

async function until(holds: () => boolean, seconds = 20): Promise<void> {
  const end = Date.now() + seconds * 1000
  while (!holds() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(holds()).toBe(true)
}

let minute = 0
function write(dataset: string, value: number, entity = 'urn:nhip:Ward:1') {
  minute += 1
  return observations.append([
    {
      dataset,
      entity,
      property: 'cases',
      breakdown: '',
      from: Date.UTC(2026, 0, 1, 0, minute),
      to: null,
      value,
      uom: 0,
      status: 'A',
      quality: 0,
      source: 'test',
    },
  ])
}

test('whoever may not read a dataset is never told of it; whoever may is, when the stream names it, and that is written down', async () => {
  const viewer = await tokenOf('xem', 'viewer')
  const auditor = await tokenOf('kiem-tra', 'auditor')
  const readers = {
    visitor: await listen('dataset=health,air'),
    viewer: await listen('dataset=health,air', viewer.token),
    unnamed: await listen('topics=observations', auditor.token),
    auditor: await listen('dataset=health,air', auditor.token),
  }
  expect(readers.visitor).toMatchObject({ status: 200, type: 'text/event-stream' })
  await until(() => Object.values(readers).every(({ text }) => text.includes('event: ready')))
  await write('health', 4711)
  await write('air', 12)
  await until(() => Object.values(readers).every(({ text }) => text.includes('"value":12')))
  expect(readers.auditor.text).toContain('"value":4711')
  for (const name of ['visitor', 'viewer', 'unnamed'] as const) {
    expect(readers[name].text).not.toContain('4711')
    expect(readers[name].text.match(/event: observation/g)).toHaveLength(1)
  }
  const trail = await store.records.read((db) =>
    db
      .selectFrom('audit')
      .select(['action', 'result'])
      .where('target_id', '=', 'health')
      .where('action', '=', 'record.read'),
  )
  expect(trail.map(({ result }) => result).sort()).toEqual(['not-permitted', 'not-permitted', 'ok'])
  for (const reader of Object.values(readers)) reader.leave()
  await until(() => live.open === 0)
})

test('a token that is revoked closes its stream within five seconds', async () => {
  const { id, token } = await tokenOf('thu-hoi', 'viewer')
  const reader = await listen('topics=observations', token)
  await until(() => reader.text.includes('event: ready'))
  const began = Date.now()
  const revoked = await fetch(`${url}/api/tokens/${id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${token}` },
  })
  expect(revoked.status).toBe(204)
  await until(() => reader.ended)
  // Three times that on a machine that does much else.
  expect(Date.now() - began).toBeLessThan(15_000)
  expect(reader.text).toContain('{"reason":"signed-out"}')
})

test('many values of one series in a second are told as the newest, with how many there were', async () => {
  const reader = await listen('topics=observations&entity=urn:nhip:Ward:9')
  await until(() => reader.text.includes('event: ready'))
  for (let value = 1; value <= 40; value += 1) await write('air', value, 'urn:nhip:Ward:9')
  await until(() => reader.text.includes('"value":40,'))
  const events = [...reader.text.matchAll(/^data: (.*"value".*)$/gm)].map((match) => JSON.parse(match[1]!))
  expect(events.length).toBeLessThan(40)
  expect(events.reduce((sum: number, { rows }: { rows: number }) => sum + rows, 0)).toBe(40)
  reader.leave()
})

test('work of the program and changes of the catalogue are told', async () => {
  const { token } = await tokenOf('truc', 'viewer')
  const reader = await listen('topics=jobs,catalogue', token)
  await until(() => reader.text.includes('event: ready'))
  await store.records.tx(SYSTEM, (tx) => addJob(tx, { kind: 'test.work' }))
  await catalogue.saveProperties(SYSTEM, [
    { code: 'beds', name: { vi: 'Giường', en: 'Beds' }, kind: 'number' },
  ])
  await until(() => reader.text.includes('"kind":"test.work"') && reader.text.includes('event: catalogue'))
  reader.leave()
})

test('an unknown topic is refused with those that there are, and a HEAD is not an open stream', async () => {
  const wrong = await fetch(`${url}/api/stream?topics=weather`, { headers: { 'accept-language': 'vi' } })
  expect(wrong.status).toBe(400)
  expect(((await wrong.json()) as { detail: string }).detail).toContain('catalogue, jobs, observations')
  expect((await fetch(`${url}/api/stream`, { method: 'HEAD' })).status).toBe(404)
})
