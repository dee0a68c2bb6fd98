import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { everyDataset } from '../catalogue/dataset-scope.ts'
import { application } from '../http/serve.ts'
import { type ObservationStore, openObservations } from '../observations/open.ts'
import { readTrail } from '../observations/sensitive-reads.ts'
import { Blobs } from '../records/blobs.ts'
import type { IntakeRooms } from './admit.ts'
import type { Mapping, Reading } from './contract.ts'
import { writeWorkbook } from './file/workbook.fixture.ts'
import { Imports } from './imports.ts'
import { openBroker } from './mqtt/broker.ts'
import { callersByName } from './mqtt/caller-named.ts'
import { openExternalBroker } from './mqtt/external-broker.ts'
import { Mosquitto, mosquittoProgram } from './mqtt/mosquitto.fixture.ts'
import { Receiver } from './mqtt/receiver.ts'
import { Sources } from './mqtt/sources.ts'
import { ValuesOut } from './mqtt/values-out.ts'
import { observationDoor } from './observation-routes.ts'
import { actor, station, TestNode } from './test-node.fixture.ts'

/** One month of a station, as four kinds of facts: a reading, a text, a ratio over a period, a value that is missing. */
const facts: Reading[] = [
  ...Array.from({ length: 20 }, (_, i) => ({
    entity: station,
    property: 'pm25',
    at: `2025-11-${String(i + 1).padStart(2, '0')}T08:30:00+07:00`,
    value: 20 + i / 8,
    uom: 'ug/m3',
  })),
  { entity: station, property: 'pm25', at: '2025-11-21T08:30:00+07:00', value: 0.0415, uom: 'mg/m3' },
  { entity: station, property: 'pm25', at: '2025-11-21T08:30:00+07:00', value: 44, breakdown: 'tầng 2' },
  { entity: station, property: 'state', at: '2025-11-03T10:00:00+07:00', text: 'đang hiệu chuẩn, "lần 2"' },
  { entity: station, property: 'share', at: '2025-11-04T00:00:00+07:00', num: 3, den: 4 },
  { entity: station, property: 'pm25', at: '2025-11-22T08:30:00+07:00', status: 'O', text: 'mất điện' },
  {
    entity: station,
    property: 'pm25',
    at: '2025-11-23T08:30:00+07:00',
    value: 31,
    published: '2025-11-24T00:00:00+07:00',
  },
]
/** A table of these columns of these facts, its first row the header. */
function tableOf(columns: readonly (keyof Reading)[], of: readonly Reading[] = facts): string[][] {
  return [[...columns], ...of.map((fact) => columns.map((column) => String(fact[column] ?? '')))]
}
function csvOf(table: string[][]): string {
  const quoted = (cell: string) => (/[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
  return table.map((row) => row.map(quoted).join(',')).join('\n')
}

/** People keep a table for each kind of figure, and so does a mapping. */
const tables: string[][][] = [
  tableOf(
    ['entity', 'property', 'breakdown', 'at', 'value', 'text', 'uom', 'status', 'published'],
    facts.filter(({ property }) => property === 'pm25'),
  ),
  tableOf(
    ['entity', 'property', 'at', 'text'],
    facts.filter(({ property }) => property === 'state'),
  ),
  tableOf(
    ['entity', 'property', 'at', 'num', 'den'],
    facts.filter(({ property }) => property === 'share'),
  ),
]
function mappingOf([header = []]: string[][]): Mapping {
  return {
    dataset: 'air',
    header: true,
    columns: header.map((column) => ({
      column,
      role: (column === 'at' ? 'time' : column) as Mapping['columns'][number]['role'],
      // Beside no value, a text is a figure of its own.
      ...(column === 'text' && !header.includes('value') ? { property: 'state' } : {}),
      ...(column === 'at' || column === 'published' ? { date: 'iso' as const } : {}),
      ...(column === 'value' || column === 'num' || column === 'den' ? { decimal: '.' as const } : {}),
    })),
  }
}

let known: TestNode
const folder = mkdtempSync(join(tmpdir(), 'nhip-doors-'))
beforeAll(async () => {
  known = await TestNode.open()
  await known.user('tram-01', 'officer', ['ingest'])
}, 300_000)
afterAll(async () => {
  await known.close()
  rmSync(folder, { recursive: true, force: true })
})

const token = () => ({ authorization: `Bearer ${known.tokens['tram-01']}` })

async function post(rooms: IntakeRooms, type: string, payload: string): Promise<void> {
  const app: FastifyInstance = await application({
    routes: [observationDoor(rooms)],
    authenticate: (credentials) => known.node.identity.authenticate(credentials),
    can: (caller, permission) => caller.permissions.has(permission),
    version: 'test',
    secret: Buffer.alloc(32, 1),
    health: known.node.health,
    checkAnswers: true,
  })
  const url = type === 'application/json' ? '/api/observations' : '/api/observations?dataset=air'
  const answer = await app.inject({
    method: 'POST',
    url,
    payload,
    headers: { 'content-type': type, ...token() },
  })
  await app.close()
  expect([answer.statusCode, answer.json().errors]).toEqual([200, []])
}

async function importFile(
  rooms: IntakeRooms,
  name: string,
  content: Buffer,
  mapping: Mapping,
): Promise<void> {
  const { records } = known.node
  const blobs = new Blobs(join(folder, 'blobs'), folder)
  const imports = new Imports({ records, blobs, rooms, newDatasetClass: 'open', scratch: folder })
  const id = await imports.preview(actor, {
    name,
    content: Readable.from([content]),
    mapping,
    by: 'test',
    offered: everyDataset,
  })
  const report = await imports.commitNow(actor, id, { onError: 'abort', autoCreate: false, owner: null })
  expect([report, (await imports.item(id)).report?.errors]).toMatchObject([{ rejected: 0 }, []])
}

type Publish = (topic: string, payload: unknown) => Promise<unknown>

async function overMqtt(rooms: IntakeRooms, send: (publish: Publish) => Promise<unknown>): Promise<void> {
  const sources = new Sources(Date.now)
  const broker = await openBroker({
    ...ways(rooms, sources),
    host: '127.0.0.1',
    port: 0,
    authenticate: (credentials) => known.node.identity.authenticate(credentials),
  })
  await publishTo(broker.url, send)
  expect(sources.items()).toMatchObject([{ rejected: 0 }])
  await broker.close(1000)
}

/** The same by a broker of the installation, which acknowledges before the node has seen anything. */
async function overMosquitto(
  rooms: IntakeRooms,
  send: (publish: Publish) => Promise<unknown>,
): Promise<void> {
  const sources = new Sources(Date.now)
  const mosquitto = await Mosquitto.start(mosquittoProgram()!)
  const door = await openExternalBroker({
    ...ways(rooms, sources),
    url: mosquitto.url,
    nodeId: 'same-facts',
    callerNamed: callersByName(known.node.identity),
  })
  await expect.poll(() => door.clients(), { timeout: 15_000 }).toBe(16)
  await publishTo(mosquitto.url, send)
  const stored = () => sources.items().reduce((n, { accepted, unchanged }) => n + accepted + unchanged, 0)
  await expect.poll(stored, { timeout: 15_000 }).toBe(facts.length)
  expect(sources.items()).toMatchObject([{ rejected: 0 }])
  await door.close(1000)
  await mosquitto.stop()
}

function ways(rooms: IntakeRooms, sources: Sources) {
  return {
    receiver: new Receiver(rooms, sources),
    sources,
    values: new ValuesOut({ ...rooms, trail: readTrail(known.node.records) }),
    log: known.node.log,
  }
}

async function publishTo(url: string, send: (publish: Publish) => Promise<unknown>): Promise<void> {
  const client = await known.connect(url, 'tram-01')
  await send((topic, payload) =>
    client.publishAsync(`nhip/v1/tram-01/${topic}`, JSON.stringify(payload), { qos: 1 }),
  )
  await client.endAsync()
}

const oneByOne = (publish: Publish) =>
  Promise.all(
    facts.map(
      ({
        entity,
        property,
        value: v,
        num: n,
        den: d,
        text: t,
        uom: u,
        status: s,
        breakdown: b,
        published: p,
        at,
      }) => publish(`o/${entity}/${property}`, { v, n, d, t, u, s, b, p, at, ds: 'air' }),
    ),
  )
const inOne = (publish: Publish) => publish('batch', { dataset: 'air', observations: facts })

const doors: Record<string, (rooms: IntakeRooms) => Promise<void>> = {
  'HTTP, JSON': (rooms) =>
    post(rooms, 'application/json', JSON.stringify({ dataset: 'air', observations: facts })),
  'HTTP, NDJSON': (rooms) =>
    post(rooms, 'application/x-ndjson', facts.map((fact) => JSON.stringify(fact)).join('\n')),
  'HTTP, CSV': (rooms) =>
    post(
      rooms,
      'text/csv',
      csvOf(
        tableOf([
          'published',
          'entity',
          'property',
          'breakdown',
          'at',
          'value',
          'num',
          'den',
          'text',
          'uom',
          'status',
        ]),
      ),
    ),
  'CSV files': async (rooms) => {
    for (const table of tables)
      await importFile(rooms, 'thang-11.csv', Buffer.from(csvOf(table)), mappingOf(table))
  },
  'XLSX files': async (rooms) => {
    const path = join(folder, 'thang-11.xlsx')
    for (const rows of tables) {
      await writeWorkbook(path, { sheets: [{ name: 'Tháng 11', rows }] })
      await importFile(rooms, 'thang-11.xlsx', readFileSync(path), mappingOf(rows))
    }
  },
  'MQTT, a message each': (rooms) => overMqtt(rooms, oneByOne),
  'MQTT, a batch': (rooms) => overMqtt(rooms, inOne),
  ...(process.env.NHIP_TEST_MOSQUITTO === '1' && {
    'mosquitto, a message each': (rooms: IntakeRooms) => overMosquitto(rooms, oneByOne),
    'mosquitto, a batch': (rooms: IntakeRooms) => overMosquitto(rooms, inOne),
  }),
}

test('the same facts are the same knowledge by whichever door they came, and nothing new by any other', async () => {
  const stores: [string, ObservationStore, IntakeRooms, string][] = []
  for (const [name, send] of Object.entries(doors)) {
    const store = await openObservations({ folder: join(folder, `store-${stores.length}`) })
    const rooms = { catalogue: known.node.catalogue, units: known.node.units, observations: store }
    await send(rooms)
    expect([name, store.status().lastSeq]).toEqual([name, facts.length])
    stores.push([name, store, rooms, await store.factsHash()])
  }
  const [, , , hash] = stores[0]!
  expect(stores.map(([name, , , own]) => [name, own])).toEqual(stores.map(([name]) => [name, hash]))

  // Each door in turn, into the store that the first one filled.
  const [, store, rooms] = stores[0]!
  for (const send of Object.values(doors)) await send(rooms)
  expect([store.status().lastSeq, await store.factsHash()]).toEqual([facts.length, hash])
  for (const [, each] of stores) await each.close()
})
