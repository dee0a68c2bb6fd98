import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { statutoryCalendar } from '@nhip/calendar/holiday-calendar'
import { civilDay, startOfDay } from '@nhip/calendar/instant'
import { readAdminUnits } from '@nhip/territory/read-units'
import { Territory } from '@nhip/territory/territory'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Catalogue, type Dataset, type Entity, noTerms, type Property } from '../catalogue/catalogue.ts'
import { callerWith } from '../http/caller.fixture.ts'
import { anonymous, type Caller } from '../http/caller.ts'
import { refuse } from '../http/problem.ts'
import { application } from '../http/serve.ts'
import { Promises } from './freshness/promises.ts'
import type { NewObservation } from './observations.ts'
import { type ObservationStore, openObservations } from './open.ts'
import { observationRoutes } from './routes.ts'
import type { DataReading } from './sensitive-reads.ts'

const folder = mkdtempSync(join(tmpdir(), 'nhip-routes-'))
const models = fileURLToPath(new URL('../../../models/admin-units', import.meta.url))
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const clock = Date.UTC(2026, 6, 10, 3)

const text = (file: string) => ({ file, text: readFileSync(join(models, file), 'utf8') })
const territory = new Territory(
  readAdminUnits({
    units: readdirSync(models)
      .filter((name) => /^units-.*\.csv$/.test(name))
      .map(text),
    edges: text('edges.csv'),
  }),
)

const names = (vi: string) => ({ vi, en: vi })
function dataset(code: string, more: Partial<Dataset> = {}): Dataset {
  return {
    code,
    name: names(code),
    owner: null,
    publisher: '',
    class: 'open',
    personal: false,
    synthetic: false,
    licence: null,
    source: null,
    expectedEveryS: null,
    autoCreate: false,
    properties: [],
    retiredAt: null,
    version: 1,
    ...more,
  }
}
function property(code: string, more: Partial<Property> = {}): Property {
  return {
    code,
    name: names(code),
    kind: 'number',
    uom: null,
    decimals: null,
    overPeriods: 'mean',
    overUnits: 'mean',
    preferredDataset: null,
    datasets: [],
    entityType: null,
    higherIs: null,
    version: 1,
    ...more,
  }
}

const datasets = new Map(
  [
    dataset('air', { expectedEveryS: 300, synthetic: true }),
    dataset('air-private', { class: 'restricted' }),
    dataset('population'),
  ].map((one) => [one.code, one]),
)
const properties = new Map(
  [
    property('pm25', { datasets: ['air', 'air-private'], preferredDataset: 'air', uom: 'ug/m3' }),
    property('population', {
      datasets: ['population'],
      overPeriods: 'none',
      overUnits: 'sum',
      entityType: 'unit',
      decimals: 0,
    }),
  ].map((one) => [one.code, one]),
)
const stations = new Map<string, Entity>(
  ['a', 'b'].map((name, i) => [
    `urn:nhip:AirStation:${name}`,
    {
      id: `urn:nhip:AirStation:${name}`,
      type: 'AirStation',
      name: names(`Trạm ${name}`),
      unit: null,
      lon: 105.8 + i,
      lat: 21,
      attributes: {},
      version: 1,
    },
  ]),
)

/** The catalogue's own promise over three datasets; its store is tested in its own room. */
const catalogue: Catalogue = {
  dataset: (code) => datasets.get(code),
  datasets: () => [...datasets.values()],
  terms: (code) => (code === 'air' ? { ...noTerms, freshness: { kind: 'interval', everyS: 300 } } : noTerms),
  rules: () => [],
  property: (code) => properties.get(code),
  properties: () => [...properties.values()],
  entity(id) {
    const unit = territory.unit(id)
    if (!unit) return stations.get(id)
    return { id, type: 'unit', name: unit.name, unit: null, lon: null, lat: null, attributes: {}, version: 1 }
  },
  entities: () => [...stations.values()],
  answering(code, asked) {
    const found = properties.get(code)
    if (!found) throw refuse(404, 'unknown-property', { params: { property: code } })
    const answering = datasets.get(asked ?? found.preferredDataset ?? found.datasets[0] ?? '')
    if (!answering) throw refuse(404, 'unknown-dataset', { params: { dataset: asked ?? '' } })
    return { property: found, dataset: answering }
  },
}

let store: ObservationStore
let app: FastifyInstance
let caller: Caller = anonymous
const trail: DataReading[] = []

beforeAll(async () => {
  store = await openObservations({ folder, now: () => clock, threads: 1 })
  app = await application({
    routes: observationRoutes({
      observations: store,
      catalogue,
      units: { territory: () => territory },
      promises: new Promises(catalogue, statutoryCalendar),
      trail: async (readings) => void trail.push(...readings),
    }),
    authenticate: async () => caller,
    can: () => true,
    version: '0',
    secret: Buffer.alloc(32, 1),
    health: () => ({ status: 'ok', version: '0', profile: 'empty', uptimeS: 0, stores: {}, writable: true }),
    checkAnswers: true,
  })
  const air = (
    minutes: number,
    value: number | null,
    more: Partial<NewObservation> = {},
  ): NewObservation => ({
    dataset: 'air',
    entity: 'urn:nhip:AirStation:a',
    property: 'pm25',
    breakdown: '',
    from: clock - 2 * HOUR + minutes * MINUTE,
    to: null,
    value,
    uom: 0,
    status: 'A',
    quality: 0,
    source: 'http:gateway',
    ...more,
  })
  await store.append([
    air(0, 10),
    air(5, 30),
    air(10, 999, { quality: 1 }),
    air(65, 40),
    air(70, null, { status: 'O', text: 'mất điện' }),
  ])
  await store.append([
    air(5, 20),
    { ...air(0, 7), dataset: 'air-private' },
    { ...air(6, 8), entity: 'urn:nhip:AirStation:b' },
  ])
})
afterAll(async () => {
  await app?.close()
  await store?.close()
  rmSync(folder, { recursive: true, force: true })
})

// biome-ignore lint/suspicious/noExplicitAny: answers are checked against their schemas by the application
async function get(path: string, query: Record<string, string>): Promise<{ status: number; body: any }> {
  const answer = await app.inject({ method: 'GET', url: path, query, headers: { 'accept-language': 'vi' } })
  return { status: answer.statusCode, body: answer.json() }
}

const pm25 = { property: 'pm25', entity: 'urn:nhip:AirStation:a' }

describe('GET /api/series', () => {
  test('raw points of the preferred dataset, which is named, with statuses, quality and versions', async () => {
    const { status, body } = await get('/api/series', pm25)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      dataset: 'air',
      resolution: 'raw',
      uom: 'ug/m3',
      synthetic: true,
      truncated: false,
    })
    expect(body.points.map((p: { value: number; versions: number }) => [p.value, p.versions])).toEqual([
      [10, 1],
      [20, 2],
      [null, 1],
      [40, 1],
      [null, 1],
    ])
    expect(body.points[2].quality).toEqual(['hard-range'])
    expect(body.points[4]).toMatchObject({ status: 'O', text: 'mất điện' })
    expect(body.points[0].t).toBe('2026-07-10T08:00:00+07:00')
    expect(body.statusCounts).toEqual({ A: 4, O: 1 })
    expect(body.sources).toEqual(['http:gateway'])
    expect(body.freshness.state).toBe('stale')
  })

  test('hours: the rejected reading is counted and kept out of the mean', async () => {
    const { body } = await get('/api/series', { ...pm25, resolution: 'hour' })
    expect(body.points).toMatchObject([
      {
        t: '2026-07-10T08:00:00+07:00',
        end: '2026-07-10T09:00:00+07:00',
        value: 15,
        n: 2,
        nBad: 1,
        min: 10,
        max: 20,
      },
      { t: '2026-07-10T09:00:00+07:00', value: 40, n: 1, nBad: 0 },
    ])
  })

  test('known entity without values: an empty series; unknown entity: 404', async () => {
    const empty = await get('/api/series', { property: 'population', entity: 'urn:nhip:AirStation:a' })
    expect(empty).toMatchObject({
      status: 200,
      body: { points: [], freshness: { state: 'never', lastValid: null } },
    })
    const unknown = await get('/api/series', { property: 'pm25', entity: 'urn:nhip:AirStation:zz' })
    expect(unknown).toMatchObject({ status: 404, body: { code: 'unknown-entity' } })
  })

  test('a restricted dataset is not there for those who may not read it', async () => {
    expect((await get('/api/series', { ...pm25, dataset: 'air-private' })).status).toBe(404)
    caller = callerWith(['restricted.read'])
    expect((await get('/api/series', { ...pm25, dataset: 'air-private' })).body.points).toHaveLength(1)
    caller = anonymous
  })

  test.each([
    [{ as_known: '2026-07-09', as_published: '2026-07-09' }, 'two-views'],
    [{ from: 'hôm qua' }, 'invalid-time'],
    [{ agg: 'sum' }, 'aggregation'],
  ])('%o is refused with the reason %s, in Vietnamese', async (query, code) => {
    const { status, body } = await get('/api/series', { ...pm25, ...query } as Record<string, string>)
    expect([status, body.code]).toEqual([400, code])
    expect(body.detail).toMatch(/[ạảãàáâậầấẩẫăắằặẳẵóòọõỏôộổỗồốơờớợởỡéèẻẹẽêếềệểễúùụủũưựữửừứíìịỉĩýỳỷỵỹđ]/)
  })

  test('as_known of a day before anything arrived is empty; a day means its end', async () => {
    expect((await get('/api/series', { ...pm25, as_known: '2026-07-09' })).body.points).toEqual([])
    expect((await get('/api/series', { ...pm25, as_known: '2026-07-10' })).body.points).toHaveLength(5)
  })
})

test('GET /api/latest leaves restricted datasets out, and pages', async () => {
  const first = await get('/api/latest', { property: 'pm25', limit: '1' })
  expect(first.body.items).toMatchObject([{ entity: 'urn:nhip:AirStation:a', dataset: 'air', status: 'O' }])
  const second = await get('/api/latest', { property: 'pm25', limit: '1', cursor: first.body.nextCursor })
  expect(second.body).toMatchObject({
    items: [{ entity: 'urn:nhip:AirStation:b', value: 8 }],
    nextCursor: null,
  })
  expect((await get('/api/latest', {})).body.items.map((i: { dataset: string }) => i.dataset)).not.toContain(
    'air-private',
  )
  expect((await get('/api/latest', { bbox: '106,20,108,22' })).body.items).toMatchObject([{ value: 8 }])
})

test('GET /api/observations?versions=all shows what was corrected', async () => {
  const at = { ...pm25, from: '2026-07-10T08:05:00+07:00', to: '2026-07-10T08:06:00+07:00' }
  const all = await get('/api/observations', { ...at, versions: 'all' })
  expect(all.body.items.map((i: { value: number; current: boolean }) => [i.value, i.current])).toEqual([
    [20, true],
    [30, false],
  ])
  expect((await get('/api/observations', at)).body.items).toHaveLength(1)
})

describe('restricted and personal data leave a trace of every reading', () => {
  const outcomes = () => trail.splice(0).map(({ dataset, outcome }) => `${outcome} ${dataset}`)
  const reader = callerWith(['restricted.read'])
  const paths = [
    ['/api/series', pm25],
    ['/api/observations', pm25],
    ['/api/periods', { property: 'pm25' }],
    ['/api/snapshot', { property: 'pm25', period: '2026-07-10' }],
    ['/api/latest', { property: 'pm25' }],
  ] as const

  test.each(paths)('%s: who may, who may not, and what was asked', async (path, query) => {
    trail.length = 0
    expect((await get(path, { ...query, dataset: 'air-private' })).status).toBe(404)
    expect(outcomes()).toEqual(['deny air-private'])
    caller = reader
    expect((await get(path, { ...query, dataset: 'air-private' })).status).toBe(200)
    caller = anonymous
    expect(trail[0]).toMatchObject({ actor: { id: 'u-7' }, query: { property: 'pm25' } })
    expect(outcomes()).toEqual(['permit air-private'])
  })

  test('an answer that holds rows of one among others counts as a reading of it', async () => {
    caller = reader
    await get('/api/latest', {})
    caller = anonymous
    expect(outcomes()).toEqual(['permit air-private'])
  })

  test('open data leave none', async () => {
    for (const [path, query] of paths) expect((await get(path, query)).status).toBe(200)
    expect(outcomes()).toEqual([])
  })
})

describe('the map of units', () => {
  const before = territory.units({ at: '2025-06-30', level: 'commune' })
  let total = 0

  beforeAll(async () => {
    const rows = before.map((unit, i): NewObservation => {
      const value = 1_000 + ((i * 7_919) % 20_011)
      total += value
      return {
        dataset: 'population',
        entity: unit.id,
        property: 'population',
        breakdown: '',
        from: startOfDay('2024-01-01'),
        to: startOfDay('2025-01-01'),
        value,
        uom: 0,
        status: 'A',
        quality: 0,
        source: 'import:1',
        publishedAt: startOfDay('2025-01-01') - 1,
      }
    })
    await store.append(rows.slice(0, 5_000))
    await store.append(rows.slice(5_000))
  })

  test('periods carry their ISO name; sensors answer with days', async () => {
    expect((await get('/api/periods', { property: 'population' })).body.items).toEqual([
      { from: '2024-01-01T00:00:00+07:00', to: '2025-01-01T00:00:00+07:00', label: '2024', n: before.length },
    ])
    expect((await get('/api/periods', { property: 'pm25' })).body.items).toMatchObject([
      { label: '2026-07-10', n: 2 },
    ])
    const day = await get('/api/snapshot', { property: 'pm25', period: '2026-07-10' })
    expect(day.body.items).toMatchObject([{ name: 'Trạm a' }, { name: 'Trạm b', value: 8, lon: 106.8 }])
  })

  test('as then: the communes of 2024, as they were counted', async () => {
    const { body } = await get('/api/snapshot', { property: 'population', period: '2024' })
    expect(body).toMatchObject({ view: 'as_then', shares: null, total })
    expect(body.items).toHaveLength(before.length)
    expect(territory.unit(body.items[0].entity)).toBeDefined()
    expect(body.mapDate).toBe('2024-12-31')
  })

  test('as now: 10,035 communes carried to today, the total conserved to the last person, estimates marked E', async () => {
    const today = civilDay(Date.now())
    const { body } = await get('/api/snapshot', { property: 'population', view: 'as_now', shares: 'area' })
    expect(body).toMatchObject({ view: 'as_now', mapDate: today, shares: 'area', total })
    const open = new Set(territory.units({ at: today, level: 'commune' }).map(({ id }) => id))
    for (const item of body.items) expect(open.has(item.entity), item.entity).toBe(true)
    const estimated = body.items.filter((i: { status: string }) => i.status === 'E')
    expect(estimated.length).toBeGreaterThan(100)
    const whole = body.items.find(
      (i: { from: string[]; status: string }) => i.status === 'A' && i.from.length > 1,
    )
    expect(whole.value).toBe(
      whole.from.reduce(
        (sum: number, id: string) => sum + 1_000 + ((before.findIndex((u) => u.id === id) * 7_919) % 20_011),
        0,
      ),
    )
  })
})
