import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSettings } from './config.ts'
import { idempotencyIn } from './http/idempotency-store.ts'
import { application } from './http/serve.ts'
import type { Role } from './identity/contract.ts'
import { can } from './identity/permissions.ts'
import { addUser, createToken } from './identity/users.ts'
import { writeWorkbook } from './intake/file/workbook.fixture.ts'
import { newLog, type OpenNode, openNode } from './main.ts'

// One node for the whole file: opening the stores takes seconds, a request milliseconds.
let node: OpenNode
let app: FastifyInstance
const data = mkdtempSync(join(tmpdir(), 'nhip-node-'))
const tokens: Record<string, string> = {}
const password = 'mat-khau-thu-nghiem'
const noLimit = { perSecond: 1e6, burst: 1e6 }

beforeAll(async () => {
  node = await openNode({
    // Records are embedded, unless `main-on-server.slow.test.ts` runs these tests over a database server.
    settings: readSettings({ data, profile: 'empty' }, { DATABASE_URL: process.env.NHIP_TEST_RECORDS_URL }),
    log: newLog('error'),
    passwordCost: 10,
  })
  const roles: Role[] = ['viewer', 'officer', 'administrator', 'auditor']
  for (const role of roles) {
    await addUser(
      node.identity,
      { id: 'test' },
      {
        username: role,
        displayName: role,
        password,
        memberships: [{ unit: '*', role }],
      },
    )
    const { token } = await createToken(
      node.identity,
      { id: 'test' },
      {
        username: role,
        name: 'test',
        scopes: ['ingest', 'read', 'admin'],
        expiresAt: null,
      },
    )
    tokens[role] = token
  }
  app = await application({
    routes: node.routes(),
    authenticate: (credentials) => node.identity.authenticate(credentials),
    can,
    version: 'test',
    secret: Buffer.alloc(32, 1),
    health: node.health,
    idempotency: idempotencyIn(node.records),
    limits: { general: noLimit, signIn: noLimit },
    checkAnswers: true,
  })
  await node.startJobs()
  // A first start makes the database and reads 14,000 units: seconds, on a busy computer minutes.
}, 300_000)
afterAll(async () => {
  await app.close()
  await node.close()
  rmSync(data, { recursive: true, force: true })
})

const as = (role: string, request: InjectOptions): Promise<Awaited<ReturnType<FastifyInstance['inject']>>> =>
  app.inject({
    ...request,
    headers: { ...request.headers, ...(tokens[role] ? { authorization: `Bearer ${tokens[role]}` } : {}) },
  }) as never
const get = (url: string, role = 'nobody') => as(role, { method: 'GET', url })

describe('units', () => {
  test('63 provinces before 1 July 2025, 34 since', async () => {
    const before = await get('/api/units?level=province&as_of=2025-06-30&limit=100&total=true')
    expect(before.json().total).toBe(63)
    const after = await get('/api/units?level=province&as_of=2025-07-01&limit=100&total=true')
    expect(after.json().total).toBe(34)
    expect((await get('/api/units?level=commune&as_of=2025-07-01&limit=1&total=true')).json().total).toBe(
      3321,
    )
  })

  test('names are found without their marks', async () => {
    const { items } = (await get('/api/units?q=ho chi minh&level=province&as_of=2026-01-01')).json()
    expect(items.map((unit: { name: string }) => unit.name)).toEqual(['Thành phố Hồ Chí Minh'])
  })

  test('a unit tells what it was made of', async () => {
    const { items } = (await get('/api/units?q=ho chi minh&level=province&as_of=2026-01-01')).json()
    const unit = (await get(`/api/units/${encodeURIComponent(items[0].id)}`)).json()
    expect(unit.predecessors.map((p: { name: string }) => p.name).sort()).toEqual([
      'Thành phố Hồ Chí Minh',
      'Tỉnh Bà Rịa - Vũng Tàu',
      'Tỉnh Bình Dương',
    ])
  })
})

describe('accounts', () => {
  const sign = (username: string, secret: string) =>
    app.inject({ method: 'POST', url: '/api/login', payload: { username, password: secret } })

  test('signing in sets a cookie that names the caller until signing out', async () => {
    const signed = await sign('Officer', password)
    expect(signed.statusCode).toBe(200)
    const cookie = String(signed.headers['set-cookie']).split(';')[0]!
    expect(String(signed.headers['set-cookie'])).toMatch(/HttpOnly.*SameSite=Lax/i)
    const me = await app.inject({ url: '/api/me', headers: { cookie } })
    expect(me.json()).toMatchObject({ username: 'officer', memberships: [{ unit: '*', role: 'officer' }] })
    const out = await app.inject({ method: 'POST', url: '/api/logout', headers: { cookie }, payload: {} })
    expect(out.statusCode).toBe(204)
    expect((await app.inject({ url: '/api/me', headers: { cookie } })).statusCode).toBe(401)
  })

  test('a wrong name and a wrong password sound the same', async () => {
    const [name, secret] = [await sign('nobody-here', password), await sign('auditor', 'wrong-password')]
    expect([name.statusCode, secret.statusCode]).toEqual([401, 401])
    expect(name.json().detail).toBe(secret.json().detail)
  })

  test('an account waits after five wrong passwords, and the right one does not help', async () => {
    for (let i = 0; i < 5; i += 1) await sign('viewer', 'wrong')
    const answer = await sign('viewer', password)
    expect([answer.statusCode, answer.json().code]).toEqual([429, 'too-many-attempts'])
  })

  test('a token allows its scopes and no more, and nothing when revoked', async () => {
    const officer = await sign('officer', password)
    const cookie = String(officer.headers['set-cookie']).split(';')[0]!
    const made = await app.inject({
      method: 'POST',
      url: '/api/tokens',
      headers: { cookie },
      payload: { name: 'cảm biến', scopes: ['ingest'] },
    })
    expect(made.statusCode).toBe(201)
    const { id, token } = made.json()
    const with_ = (request: InjectOptions) =>
      app.inject({ ...request, headers: { authorization: `Bearer ${token}` } })
    expect((await with_({ url: '/api/me' })).json().permissions).toContain('observations.write')
    expect(
      (
        await with_({
          method: 'POST',
          url: '/api/datasets',
          payload: { code: 'a', name: { vi: 'a', en: 'a' } },
        })
      ).statusCode,
    ).toBe(403)
    await app.inject({ method: 'DELETE', url: `/api/tokens/${id}`, headers: { cookie } })
    expect((await with_({ url: '/api/me' })).statusCode).toBe(401)
  })

  test('the list of accounts shows no password', async () => {
    const answer = await get('/api/users', 'administrator')
    expect(answer.json().items).toHaveLength(4)
    expect(answer.body).not.toMatch(/scrypt|password/)
  })
})

describe('catalogue', () => {
  const post = (url: string, payload: object, headers = {}) =>
    as('officer', { method: 'POST', url, payload, headers })

  test('a dataset is registered, changed with If-Match, and hidden from those who may not read it', async () => {
    const made = await post('/api/datasets', {
      code: 'secret',
      name: { vi: 'Kín', en: 'Secret' },
      class: 'restricted',
    })
    expect(made.statusCode).toBe(201)
    expect((await get('/api/datasets/secret')).statusCode).toBe(404)
    expect((await get('/api/datasets/secret', 'auditor')).statusCode).toBe(200)
    expect((await get('/api/datasets')).json().items.map((d: { code: string }) => d.code)).not.toContain(
      'secret',
    )
    const change = (ifMatch?: string) =>
      as('officer', {
        method: 'PATCH',
        url: '/api/datasets/secret',
        payload: { publisher: 'Sở' },
        headers: ifMatch ? { 'if-match': ifMatch } : {},
      })
    expect((await change()).statusCode).toBe(428)
    expect((await change('"9"')).statusCode).toBe(412)
    expect((await change(String(made.headers.etag))).json().publisher).toBe('Sở')
  })

  test('of several who register one code at once one becomes its owner, and the others are told', async () => {
    const bodies = ['A', 'B', 'C'].map((vi) => ({ code: 'raced', name: { vi, en: vi } }))
    const answers = await Promise.all(bodies.map((body) => post('/api/datasets', body)))
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409, 409])
    const made = answers.find(({ statusCode }) => statusCode === 201)!.json()
    expect((await get('/api/datasets/raced', 'officer')).json().name).toEqual(made.name)
  })

  test('with an Idempotency-Key the second request gets the answer of the first, and changes nothing', async () => {
    const body = { code: 'twice', name: { vi: 'Hai lần', en: 'Twice' } }
    const key = { 'idempotency-key': 'k1' }
    const first = await post('/api/datasets', body, key)
    const second = await post('/api/datasets', body, key)
    expect([first.statusCode, second.statusCode]).toEqual([201, 201])
    expect(second.json()).toEqual(first.json())
    expect(second.headers.etag).toBe(first.headers.etag)
    expect((await post('/api/datasets', { ...body, code: 'other' }, key)).json().code).toBe(
      'idempotency-key-reused',
    )
    expect((await post('/api/datasets', body)).json().code).toBe('code-taken')
    expect((await post('/api/datasets', body, { 'idempotency-key': 'ă' })).statusCode).toBe(400)
  })

  test('every change of the catalogue leaves its audit row', async () => {
    await post('/api/entities', {
      id: 'urn:nhip:Station:audited',
      type: 'Station',
      name: { vi: 'Trạm', en: '' },
    })
    const rows = await node.records.read((db) =>
      db.selectFrom('audit').select(['action', 'actor']).where('target_id', '=', 'urn:nhip:Station:audited'),
    )
    expect(rows.map(({ action }) => action)).toEqual(['entity.create'])
  })
})

describe('readings', () => {
  const air = { code: 'air', name: { vi: 'Không khí', en: 'Air' }, class: 'open' }
  const pm25 = {
    code: 'pm25',
    name: { vi: 'Bụi mịn PM2.5', en: 'PM2.5' },
    kind: 'number',
    uom: 'ug/m3',
    overPeriods: 'mean',
    range: { hardMin: 0, hardMax: 1000, softMax: 250 },
  }
  const station = { id: 'urn:nhip:AirStation:001', type: 'AirStation', name: { vi: 'Trạm 001', en: '' } }
  const reading = { entity: station.id, property: 'pm25', at: '2026-11-21T08:00:00+07:00', value: 41.2 }
  const send = (observations: object[], query = '') =>
    as('officer', {
      method: 'POST',
      url: `/api/observations${query}`,
      payload: { dataset: 'air', observations },
    })

  beforeAll(async () => {
    await as('officer', { method: 'POST', url: '/api/datasets', payload: air })
    await as('officer', { method: 'POST', url: '/api/properties', payload: pm25 })
    await as('officer', { method: 'POST', url: '/api/entities', payload: station })
    await node.catalogue.link({ id: 'test' }, 'air', ['pm25'])
  })

  test('a reading is stored, shown, and unchanged when it is sent again', async () => {
    const first = (await send([{ ...reading, uom: 'ug/m3' }])).json()
    expect(first).toMatchObject({ accepted: 1, unchanged: 0, rejected: 0, flagged: 0 })
    expect((await send([reading])).json()).toMatchObject({ accepted: 0, unchanged: 1, firstSeq: null })
    const series = (
      await get(`/api/series?property=pm25&dataset=air&entity=${station.id}&resolution=raw`)
    ).json()
    expect(series.points.map((p: { t: string; value: number }) => [p.t, p.value])).toEqual([
      ['2026-11-21T08:00:00+07:00', 41.2],
    ])
  })

  const at = { ...reading, at: '2026-11-20T00:00:00+07:00' }
  test.each([
    ['unknown entity', { ...at, entity: 'urn:nhip:AirStation:999' }, 'unknown-entity'],
    ['unknown property', { ...at, property: 'pm99' }, 'unknown-property'],
    ['time without an offset', { ...at, at: '2026-11-20T00:00:00' }, 'time-unreadable'],
    ['31 February', { ...at, at: '2026-02-31T00:00:00+07:00' }, 'time-unreadable'],
    ['published tomorrow', { ...at, published: '2999-01-01' }, 'published-in-future'],
    ['a unit of another dimension', { ...at, uom: 'kg' }, 'quantity.dimension'],
    ['a unit nobody knows', { ...at, uom: 'smoots' }, 'uom'],
    ['no value', { ...at, value: undefined }, 'value-missing'],
    ['a value beside O', { ...at, status: 'O' }, 'value-not-allowed'],
    ['a status nobody knows', { ...at, status: 'Z' }, 'unknown-status'],
    ['half a ratio', { ...at, value: undefined, num: 1 }, 'ratio-incomplete'],
    ['a ratio by zero', { ...at, value: undefined, num: 1, den: 0 }, 'ratio-by-zero'],
    ['a unit code nobody bears', { ...at, entity: '99999' }, 'unknown-entity'],
    [
      'an end before the start',
      { ...at, at: undefined, from: '2026-02', to: '2026-01' },
      'time-ends-before-start',
    ],
  ])('%s is refused, and nothing of the batch is stored', async (_name, wrong, code) => {
    const before = node.observations.status().lastSeq
    const answer = await send([{ ...at, at: '2026-11-19T00:00:00+07:00' }, wrong])
    expect(answer.statusCode).toBe(422)
    expect(answer.json().errors).toHaveLength(1)
    expect(answer.json().errors[0].path).toBe('/observations/1')
    if (!code.startsWith('quantity') && code !== 'uom') expect(answer.json().errors[0].code).toBe(code)
    expect(node.observations.status().lastSeq).toBe(before)
  })

  test('partial=true stores the valid ones and names the others', async () => {
    const answer = (
      await send(
        [
          { ...reading, at: '2026-11-18T00:00:00+07:00' },
          { ...reading, entity: 'urn:nhip:x:y' },
        ],
        '?partial=true',
      )
    ).json()
    expect(answer).toMatchObject({ accepted: 1, rejected: 1 })
    expect(answer.errors[0].code).toBe('unknown-entity')
  })

  test.each([
    ['no time', { at: undefined, value: 10 }, ['no-time']],
    [
      'outside the hard range',
      { at: '2026-10-01T00:00:00+07:00', value: -1 },
      ['hard-range', 'out-of-order'],
    ],
    [
      'outside the soft range',
      { at: '2026-10-02T00:00:00+07:00', value: 300 },
      ['soft-range', 'out-of-order'],
    ],
    [
      'another unit of measure',
      { at: '2026-10-03T00:00:00+07:00', value: 0.05, uom: 'mg/m3' },
      ['uom-converted', 'out-of-order'],
    ],
    ['in the future', { at: '2999-01-01T00:00:00+07:00', value: 10 }, ['future']],
  ])('%s is stored with its quality bit', async (_name, change, bits) => {
    const answer = (await send([{ ...reading, ...change }])).json()
    expect(answer).toMatchObject({ accepted: 1, flagged: 1 })
    const rows = (
      await get(`/api/observations?dataset=air&entity=${station.id}&property=pm25&versions=all`)
    ).json()
    const found = rows.items.find((row: { seq: number }) => row.seq === answer.firstSeq)
    expect(found.quality).toEqual(bits)
    if (bits[0] === 'uom-converted') expect(found.value).toBe(50)
  })

  test('NDJSON and CSV say the same as JSON', async () => {
    const headers = (type: string) => ({ 'content-type': type, authorization: `Bearer ${tokens.officer}` })
    const ndjson = await app.inject({
      method: 'POST',
      url: '/api/observations?dataset=air',
      headers: headers('application/x-ndjson'),
      payload: `${JSON.stringify(reading)}\n${JSON.stringify({ ...reading, at: '2026-11-21T09:00:00+07:00' })}\n`,
    })
    expect(ndjson.json()).toMatchObject({ accepted: 1, unchanged: 1 })
    const csv = await app.inject({
      method: 'POST',
      url: '/api/observations?dataset=air',
      headers: headers('text/csv'),
      payload: `entity,property,at,value\n${station.id},pm25,2026-11-21T08:00:00+07:00,41.2\n${station.id},pm25,2026-11-21T10:00:00+07:00,abc\n`,
    })
    expect(csv.statusCode).toBe(422)
    expect(csv.json().errors[0]).toMatchObject({ code: 'not-a-number', line: 3, column: 4, value: 'abc' })
    const strange = await app.inject({
      method: 'POST',
      url: '/api/observations?dataset=air&partial=true',
      headers: headers('text/csv'),
      payload: `entity,property,property,giá trị\n${station.id},pm25,pm25,1\n`,
    })
    expect(strange.statusCode).toBe(422)
    expect(strange.json().errors).toMatchObject([
      { code: 'column-twice', line: 1, column: 3, value: 'property' },
      { code: 'unknown-column', line: 1, column: 4, value: 'giá trị' },
    ])
  })

  test('a request hears of every fault at once, those of form and those of fact, and in part the others are stored', async () => {
    const lines = [
      JSON.stringify({ ...reading, at: '2026-11-18T08:00:00+07:00' }),
      'not json',
      JSON.stringify({ ...reading, at: '2026-11-18T09:00:00' }),
      JSON.stringify({ ...reading, entity: 'urn:nhip:AirStation:999' }),
      JSON.stringify({ ...reading, value: '41,2' }),
    ]
    const post = (query: string) =>
      app.inject({
        method: 'POST',
        url: `/api/observations?dataset=air${query}`,
        headers: { 'content-type': 'application/x-ndjson', authorization: `Bearer ${tokens.officer}` },
        payload: lines.join('\n'),
      })
    const before = await node.observations.contentHash()
    const whole = await post('')
    expect(whole.statusCode).toBe(422)
    const faults = (whole.json().errors as { code: string; line: number; value: string }[])
      .map(({ code, line, value }) => [line, code, value])
      .sort()
    expect(faults).toEqual([
      [2, 'line-not-json', 'not json'],
      [3, 'time-unreadable', '2026-11-18T09:00:00'],
      [4, 'unknown-entity', 'urn:nhip:AirStation:999'],
      [5, 'type', '41,2'],
    ])
    expect(await node.observations.contentHash()).toBe(before)
    expect((await post('&partial=true')).json()).toMatchObject({ accepted: 1, rejected: 4 })
  })

  test('a bare code means the unit that bore it on the day of the reading', async () => {
    await as('officer', {
      method: 'POST',
      url: '/api/properties',
      payload: { code: 'persons', name: { vi: 'Người', en: '' }, kind: 'number' },
    })
    await node.catalogue.link({ id: 'test' }, 'air', ['persons'])
    for (const from of ['2024', '2026'])
      expect((await send([{ entity: '79', property: 'persons', from, value: 1 }])).json().accepted).toBe(1)
    const rows = await node.observations.seriesList({ dataset: 'air', property: 'persons', limit: 10 })
    expect(new Set(rows.map(({ entity }) => entity)).size).toBe(2)
  })
})

describe('files', () => {
  async function upload(name: string, text: string | Buffer, fields: Record<string, string> = {}) {
    const form = new FormData()
    for (const [field, value] of Object.entries(fields)) form.set(field, value)
    form.set('file', new Blob([new Uint8Array(Buffer.from(text as string))]), name)
    const body = new Response(form)
    return as('officer', {
      method: 'POST',
      url: '/api/imports',
      headers: { 'content-type': body.headers.get('content-type')! },
      payload: Buffer.from(await body.arrayBuffer()),
    })
  }
  async function commit(id: string, options: object) {
    const answer = await as('officer', { method: 'POST', url: `/api/imports/${id}/commit`, payload: options })
    if (answer.statusCode !== 202) return answer.json()
    for (;;) {
      const item = (await get(`/api/imports/${id}`, 'officer')).json()
      if (item.state !== 'committing') return item
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  const stations =
    'trạm;thời gian;vĩ độ;kinh độ;PM2.5\nHồ Gươm;01/11/2026 08:00;21,028;105,852;41,5\nHồ Gươm;01/11/2026 09:00;21,028;105,852;—\nMỹ Đình;13/11/2026 08:00;21,02;105,77;38,25\n'

  test('a Vietnamese file is read right by guessing alone, its stations are placed, its blank is a finding', async () => {
    const made = await upload('tram.csv', stations, { dataset: 'tram-khi' })
    expect(made.statusCode).toBe(201)
    const item = made.json()
    expect(item.detected).toMatchObject({ delimiter: ';', encoding: 'utf-8', header: true })
    expect(item.problems).toEqual([])
    expect(item.preview[0]).toMatchObject({
      entity: 'Hồ Gươm',
      at: '2026-11-01T08:00:00+07:00',
      property: 'pm25',
      value: 41.5,
    })
    const done = await commit(item.id, { autoCreate: true })
    expect(done).toMatchObject({ state: 'done', report: { accepted: 2, rejected: 0, blank: 1 } })
    const findings = (await get(`/api/findings?import=${item.id}`, 'officer')).json()
    expect(findings.items.map((f: { rule: string; row: number }) => [f.rule, f.row])).toEqual([['blank', 3]])
    const entity = (await get('/api/entities/urn:nhip:Station:ho_guom')).json()
    expect(entity).toMatchObject({ name: { vi: 'Hồ Gươm' }, lat: 21.028, lon: 105.852 })
  })

  test('the same facts in a workbook are the same facts: nothing new is stored', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'nhip-book-')), 'tram.xlsx')
    await writeWorkbook(path, {
      formats: ['dd/mm/yyyy hh:mm'],
      sheets: [
        { name: 'Ghi chú', rows: [['Số liệu trạm']] },
        {
          name: 'Trạm',
          rows: [
            ['trạm', 'thời gian', 'vĩ độ', 'kinh độ', 'PM2.5'],
            ['Hồ Gươm', { v: '46327.333333333336', s: 1 }, 21.028, 105.852, 41.5],
            ['Mỹ Đình', { v: '46339.333333333336', s: 1 }, 21.02, 105.77, 38.25],
          ],
        },
      ],
    })
    const made = (await upload('tram.xlsx', readFileSync(path), { dataset: 'tram-khi' })).json()
    expect(made.detected.sheets).toHaveLength(2)
    const other = await as('officer', {
      method: 'PUT',
      url: `/api/imports/${made.id}/mapping`,
      payload: { ...made.mapping, sheet: 'Trạm' },
    })
    expect(other.json()).toMatchObject({ detected: { sheet: 'Trạm' }, problems: [], rows: 2 })
    const done = await commit(made.id, {})
    expect(done).toMatchObject({ state: 'done', report: { accepted: 0, unchanged: 2, rejected: 0 } })
  })

  test('undo withdraws exactly what the import wrote', async () => {
    const item = (
      await upload('tram2.csv', stations.replaceAll('2026', '2025'), { dataset: 'tram-khi' })
    ).json()
    await commit(item.id, { autoCreate: true })
    const url = '/api/series?dataset=tram-khi&property=pm25&entity=urn:nhip:Station:ho_guom&resolution=raw'
    expect((await get(url, 'officer')).json().points).toHaveLength(2)
    const undone = await as('officer', { method: 'POST', url: `/api/imports/${item.id}/undo` })
    expect(undone.json().state).toBe('undone')
    expect((await get(url, 'officer')).json().points.map((p: { t: string }) => p.t)).toEqual([
      '2026-11-01T08:00:00+07:00',
    ])
  })

  test('abort stores nothing and reports line, column and value; skip stores the rest', async () => {
    const text = 'trạm,ngày,giá trị\nA,2026-01-01,1.5\nB,2026-01-02,"12,5,0"\nC,2026-13-01,2.5\n'
    const mapping = JSON.stringify({
      property: 'do-thu',
      columns: [
        { column: 'trạm', role: 'entity' },
        { column: 'ngày', role: 'time', date: 'iso' },
        { column: 'giá trị', role: 'value', decimal: '.' },
      ],
    })
    const item = (await upload('loi.csv', text, { dataset: 'thu', mapping })).json()
    const failed = await commit(item.id, { autoCreate: true, onError: 'abort' })
    expect(failed).toMatchObject({ state: 'failed', report: { accepted: 0, rejected: 2 } })
    expect(failed.report.errors[0].message.vi).toBe('dòng 3, cột "giá trị": "12,5,0" không phải là số')
    const errors = await get(`/api/imports/${item.id}/errors.csv`, 'officer')
    expect(errors.body.split('\r\n')[1]).toContain('3,3,"12,5,0",not-a-number')
    const done = await commit(item.id, { autoCreate: true, onError: 'skip' })
    expect(done).toMatchObject({ state: 'done', report: { accepted: 1, rejected: 2 } })
  })

  test('a column that can be read both ways is asked about, never guessed', async () => {
    const item = (
      await upload('mo.csv', 'trạm,ngày,lượng\nA,2026-01-01,"1.234"\nB,2026-01-02,"5.678"\n', {
        dataset: 'thu',
      })
    ).json()
    expect(item.problems.map((p: { code: string }) => p.code)).toEqual(['decimal-ambiguous'])
    expect((await commit(item.id, { autoCreate: true })).code).toBe('mapping-open')
    const mapping = {
      ...item.mapping,
      columns: item.mapping.columns.map((c: { role: string }) =>
        c.role === 'value' ? { ...c, decimal: ',' } : c,
      ),
    }
    const mapped = await as('officer', {
      method: 'PUT',
      url: `/api/imports/${item.id}/mapping`,
      payload: mapping,
    })
    expect(mapped.json().preview[0].value).toBe(1234)
    expect((await commit(item.id, { autoCreate: true })).report.accepted).toBe(2)
  })

  test('a file in an old font encoding is refused by its name', async () => {
    // "Tên trạm, Giá trị" in TCVN3.
    const tcvn3 = Buffer.from('54aa6e207472b96d2c476961a0207472de0a', 'hex')
    const answer = await upload(
      'cu.csv',
      Buffer.concat([tcvn3, Buffer.from('H\xe5 G\xad\xacm,1\n', 'latin1')]),
      { dataset: 'thu' },
    )
    expect(answer.statusCode).toBe(422)
    expect(answer.json().errors[0].code).toMatch(/^encoding-/)
  })
})

test('the data folder is held: a second opening is refused with exit code 3', async () => {
  await expect(
    openNode({ settings: readSettings({ data }, {}), log: newLog('error') }),
  ).rejects.toMatchObject({ exitCode: 3 })
})

test('a folder keeps its profile', async () => {
  const other = mkdtempSync(join(tmpdir(), 'nhip-profile-'))
  writeFileSync(
    join(other, 'node-id'),
    JSON.stringify({ id: 'x', profile: 'demo', secret: '', createdAt: '' }),
  )
  await expect(
    openNode({ settings: readSettings({ data: other, profile: 'empty' }, {}), log: newLog('error') }),
  ).rejects.toMatchObject({
    exitCode: 2,
  })
  rmSync(other, { recursive: true, force: true })
})
