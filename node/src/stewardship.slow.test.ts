import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatInstant } from '@nhip/calendar/instant'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DatasetContract } from './catalogue/contract.ts'
import { readSettings } from './config.ts'
import { idempotencyIn } from './http/idempotency-store.ts'
import { application } from './http/serve.ts'
import { can } from './identity/permissions.ts'
import { addUser, createToken } from './identity/users.ts'
import { newLog, type OpenNode, openNode } from './main.ts'
import type {
  CorrectionAnswer,
  FreshnessItem,
  FreshnessSummary,
  LineageAnswer,
  ScoreAnswer,
} from './observations/contract.ts'

// What a data steward does, over the whole node: agree on a contract, see what it finds, decide about values.
let node: OpenNode
let app: FastifyInstance
const data = mkdtempSync(join(tmpdir(), 'nhip-steward-'))
const tokens: Record<string, string> = {}
const noLimit = { perSecond: 1e6, burst: 1e6 }
const minute = 60_000
const start = Date.UTC(2026, 10, 20, 1)
let clock = start
const station = (name: string) => `urn:nhip:AirStation:${name}`

beforeAll(async () => {
  node = await openNode({
    settings: readSettings({ data, profile: 'empty' }, {}),
    log: newLog('error'),
    passwordCost: 10,
    now: () => clock,
  })
  const actor = { id: 'test' }
  for (const [username, role] of [
    ['lan', 'officer'],
    ['minh', 'officer'],
    ['khach', 'viewer'],
  ] as const) {
    const user = { username, displayName: username, password: 'mat-khau-thu-nghiem' }
    await addUser(node.identity, actor, { ...user, memberships: [{ unit: '*', role }] })
    const wanted = { username, name: 'test', scopes: ['ingest', 'read', 'admin'] as const, expiresAt: null }
    tokens[username] = (
      await createToken(node.identity, actor, { ...wanted, scopes: [...wanted.scopes] })
    ).token
  }
  await node.catalogue.saveProperties(actor, [
    { code: 'pm25', name: { vi: 'Bụi PM2.5', en: 'PM2.5' }, kind: 'number', uom: 'ug/m3' },
    { code: 'note', name: { vi: 'Ghi chú', en: 'Note' }, kind: 'text' },
  ])
  await node.catalogue.saveEntities(
    actor,
    ['a', 'b', 'c'].map((name) => ({
      id: station(name),
      type: 'AirStation',
      name: { vi: `Trạm ${name}`, en: '' },
    })),
  )
  for (const code of ['air', 'other'])
    await node.catalogue.saveDatasets(actor, [{ code, name: { vi: code, en: code }, class: 'shared' }])
  await node.catalogue.link(actor, 'other', ['pm25'])
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
    now: () => clock,
  })
  await node.startJobs()
}, 300_000)
afterAll(async () => {
  await app.close()
  await node.close()
  rmSync(data, { recursive: true, force: true })
})

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH'
async function call<T>(
  who: string,
  method: Method,
  url: string,
  payload?: object,
  headers: Record<string, string> = {},
) {
  const answer = await app.inject({
    method,
    url,
    ...(payload === undefined ? {} : { payload }),
    headers: { authorization: `Bearer ${tokens[who]}`, ...headers },
  })
  return { status: answer.statusCode, body: answer.json() as T, headers: answer.headers }
}
const get = <T>(url: string, who = 'lan') => call<T>(who, 'GET', url)
interface Refused {
  code: string
  errors: { path?: string; line?: number; column?: number; code: string }[]
}

const agreed: DatasetContract = {
  owner: null,
  class: 'shared',
  personal: false,
  licence: 'CC-BY-4.0',
  autoCreate: false,
  properties: {
    pm25: {
      entityTypes: ['AirStation'],
      breakdowns: [''],
      required: true,
      range: { hardMin: 0, hardMax: 1000, softMax: 300 },
      rate: { rise: 100, fall: 100 },
    },
  },
  rules: [
    {
      code: 'night-peak',
      when: 'value > 150 and at.hour < 10',
      severity: 'warning',
      message: { vi: 'Cao bất thường buổi sáng', en: 'High in the morning' },
    },
  ],
  arrival: { lateAfterS: 900 },
  freshness: { kind: 'interval', everyS: 300 },
}
async function put(contract: object, version?: string) {
  const seen = version ?? String((await get('/api/datasets/air/contract')).headers.etag)
  return call<DatasetContract & Refused & { version: number }>(
    'lan',
    'PUT',
    '/api/datasets/air/contract',
    contract,
    {
      'if-match': seen,
    },
  )
}
const send = (readings: object[], dataset = 'air', who = 'lan') =>
  call<{ accepted: number; flagged: number; unchanged: number } & Refused>(who, 'POST', '/api/observations', {
    dataset,
    observations: readings.map((one) => ({ property: 'pm25', ...one })),
  })
const rows = async (entity: string) =>
  (
    await get<{
      items: { seq: number; value: number | null; quality: string[]; current: boolean; status: string }[]
    }>(`/api/observations?dataset=air&property=pm25&entity=${entity}&versions=all`)
  ).body.items

describe('a contract', () => {
  test('is saved whole, with its versions and who saved them', async () => {
    const saved = await put({ ...agreed, reason: 'cam kết đầu tiên' })
    expect([saved.status, saved.body]).toEqual([200, { dataset: 'air', version: 2, ...agreed }])
    expect((await get('/api/datasets/air/contract')).body).toEqual(saved.body)
    expect((await put(agreed, '"1"')).status).toBe(412)
    expect((await call('lan', 'PUT', '/api/datasets/air/contract', agreed)).status).toBe(428)
    expect((await call('khach', 'PUT', '/api/datasets/air/contract', agreed)).status).toBe(403)
    const versions = await get<{ items: object[] }>('/api/datasets/air/contract/versions')
    expect(versions.body.items).toMatchObject([
      { version: 2, savedBy: 'lan', reason: 'cam kết đầu tiên', contract: agreed },
    ])
  })

  test('is refused with every fault at its place', async () => {
    const faulty = {
      ...agreed,
      owner: 'urn:nhip:unit:nowhere',
      personal: true,
      class: 'open',
      properties: {
        pm25: { range: { hardMin: 5, hardMax: 1 }, rate: {}, required: true },
        'no/such': {},
        note: { stuck: { times: 3 } },
      },
      rules: [
        { ...agreed.rules[0]!, when: 'value > ' },
        { ...agreed.rules[0]!, when: 'value +\n  valeu > 3' },
        { ...agreed.rules[0]!, code: 'other', when: 'value + 1' },
        { ...agreed.rules[0]!, code: 'clock', when: 'at > now()' },
      ],
      freshness: { kind: 'interval', everyS: 300, lateAfterS: 100, staleAfterS: 50 },
    }
    const refused = await call<Refused>('lan', 'POST', '/api/datasets/air/contract/check', faulty)
    expect(refused.body.errors.map(({ path, code, line, column }) => [path, code, line, column])).toEqual([
      ['/owner', 'unknown-unit', undefined, undefined],
      ['/class', 'personal-not-open', undefined, undefined],
      ['/properties/pm25/range/hardMax', 'range-reversed', undefined, undefined],
      ['/properties/pm25/rate', 'rate-without-limit', undefined, undefined],
      ['/properties/pm25/entityTypes', 'required-without-kind', undefined, undefined],
      ['/properties/no~1such', 'unknown-property', undefined, undefined],
      ['/properties/note/stuck', 'limit-of-text', undefined, undefined],
      ['/rules/0/when', 'feel.syntax', 1, 9],
      ['/rules/1/code', 'rule-twice', undefined, undefined],
      ['/rules/1/when', 'name.unknown', 2, 3],
      ['/rules/2/when', 'rule-not-boolean', 1, 1],
      ['/rules/3/when', 'name.unknown', 1, 6],
      ['/freshness/lateAfterS', 'late-before-due', undefined, undefined],
      ['/freshness/staleAfterS', 'stale-before-late', undefined, undefined],
    ])
    const kept = await put({ ...agreed, rules: [{ ...agreed.rules[0]!, when: 'value > ' }] })
    expect([kept.status, kept.body.code]).toEqual([422, 'bad-contract'])
    expect((await get<{ version: number }>('/api/datasets/air/contract')).body.version).toBe(2)
  })

  test('a dataset that is patched keeps its contract', async () => {
    const { headers } = await get('/api/datasets/air')
    const patched = await call<{ expectedEveryS: number; freshness: object }>(
      'lan',
      'PATCH',
      '/api/datasets/air',
      { name: { vi: 'Không khí', en: 'Air' } },
      { 'if-match': String(headers.etag) },
    )
    expect(patched.body).toMatchObject({ expectedEveryS: 300, freshness: agreed.freshness })
    const {
      version: _version,
      dataset: _dataset,
      ...after
    } = (await get<DatasetContract & { version: number; dataset: string }>('/api/datasets/air/contract')).body
    expect(after).toEqual(agreed)
  })
})

describe('what the contract finds at the door', () => {
  const at = (minutes: number) => formatInstant(start + minutes * minute)

  test('refuses what has no place in it', async () => {
    const refused = await send([
      { entity: station('a'), at: at(0), value: 1, breakdown: 'indoor' },
      { entity: '01', at: at(0), value: 1 },
    ])
    expect(refused.body.errors.map(({ code, path }) => [code, path])).toEqual([
      ['breakdown-not-in-contract', '/observations/0'],
      ['entity-kind-not-in-contract', '/observations/1'],
    ])
  })

  test('flags what is doubtful, keeps it, and leaves hard values out of latest and roll-ups', async () => {
    clock = start + 70 * minute
    const answer = await send([
      { entity: station('a'), at: at(0), value: 40 },
      { entity: station('a'), at: at(60), value: 160 },
      { entity: station('a'), at: at(65), value: 5000 },
      { entity: station('a'), at: at(68), value: 45 },
    ])
    expect(answer.body).toMatchObject({ accepted: 4, flagged: 3 })
    expect((await rows(station('a'))).map(({ value, quality }) => [value, quality])).toEqual([
      [45, []],
      [5000, ['hard-range', 'custom']],
      [160, ['rate', 'custom']],
      [40, ['late']],
    ])
    expect((await send([{ entity: station('a'), at: at(68), value: 45 }])).body).toMatchObject({
      unchanged: 1,
    })
    await node.observations.settle()
    const series = await get<{ points: { value: number; n: number; nBad: number }[] }>(
      `/api/series?dataset=air&entity=${station('a')}&property=pm25&resolution=hour&agg=max`,
    )
    expect(series.body.points.map(({ value, nBad }) => [value, nBad])).toEqual([
      [40, 0],
      [160, 1],
    ])
  })

  test('a rule of the dataset names the rows it doubts', async () => {
    await node.findings.catchUp()
    const { body } = await get<{
      items: { rule: string; value: string; seq: number; t: string; message: object }[]
    }>('/api/findings?dataset=air&open=true')
    const [first, second] = (await rows(station('a'))).filter(({ quality }) => quality.includes('custom'))
    expect(body.items).toMatchObject([
      {
        rule: 'night-peak',
        value: '160',
        seq: second!.seq,
        t: expect.any(String),
        message: agreed.rules[0]!.message,
      },
      { rule: 'night-peak', value: '5000', seq: first!.seq },
    ])
  })

  test('another dataset is judged by its own contract only', async () => {
    expect((await send([{ entity: station('a'), at: at(65), value: 5000 }], 'other')).body).toMatchObject({
      flagged: 0,
    })
  })
})

describe('what a person decides', () => {
  const decide = (payload: object, who = 'lan') =>
    call<CorrectionAnswer & Refused>(who, 'POST', '/api/observations/corrections', payload)
  const reason = 'đối chiếu sổ trực'

  test('reject, confirm, correct and withdraw: a version each, with reason, and nothing is lost', async () => {
    clock += minute
    const before = await rows(station('a'))
    const doubtful = before.find(({ value }) => value === 160)!
    expect((await decide({ decision: 'reject', seq: doubtful.seq, reason }, 'khach')).status).toBe(403)
    expect((await decide({ decision: 'reject', seq: doubtful.seq })).status).toBe(422)
    const rejected = (await decide({ decision: 'reject', seq: doubtful.seq, reason })).body
    expect(rejected).toMatchObject({ unchanged: false, observation: { value: 160, current: true } })
    expect(rejected.observation.quality).toContain('rejected')
    const again = (await decide({ decision: 'reject', seq: doubtful.seq, reason })).body
    expect(again).toEqual({ unchanged: true, observation: rejected.observation })
    // Minh has the page from before open.
    const late = await decide({ decision: 'correct', value: 60, seq: doubtful.seq, reason }, 'minh')
    expect([late.status, late.body.code]).toEqual([409, 'not-current'])
    clock += minute
    const corrected = (
      await decide(
        { decision: 'correct', value: 0.06, uom: 'mg/m3', seq: rejected.observation.seq, reason },
        'minh',
      )
    ).body.observation
    expect(corrected).toMatchObject({
      value: 60,
      quality: ['uom-converted', 'confirmed'],
      source: 'correction:minh',
    })
    clock += minute
    const hard = before.find(({ value }) => value === 5000)!
    const gone = (await decide({ decision: 'withdraw', seq: hard.seq, reason })).body.observation
    expect(gone).toMatchObject({ status: 'X', value: null })
    const after = await rows(station('a'))
    expect(after.filter(({ seq }) => before.some((one) => one.seq === seq))).toHaveLength(before.length)
    expect(after.filter(({ current }) => current).map(({ value }) => value)).toEqual([null, 60, 45, 40])
  })

  test('the device that sends the old value once more does not undo it', async () => {
    const answer = await send([{ entity: station('a'), at: formatInstant(start + 60 * minute), value: 160 }])
    expect(answer.body).toMatchObject({ accepted: 0, unchanged: 1 })
  })

  test('what was found is settled by the decision', async () => {
    const open = await get<{ items: object[] }>('/api/findings?dataset=air&open=true')
    expect(open.body.items).toEqual([])
    const all = await get<{ items: { resolvedAt: string | null }[] }>('/api/findings?dataset=air')
    expect(all.body.items.every(({ resolvedAt }) => resolvedAt !== null)).toBe(true)
  })

  test('a value of the wrong kind is refused', async () => {
    const [newest] = await rows(station('a'))
    for (const [payload, code] of [
      [{ decision: 'correct' }, 'correction-needs-value'],
      [{ decision: 'correct', text: 'x' }, 'correction-needs-value'],
      [{ decision: 'correct', value: 1, uom: 'kg' }, 'quantity.incommensurable'],
      [{ decision: 'confirm', value: 1 }, 'correction-without-value'],
    ] as const) {
      const refused = await decide({ ...payload, seq: newest!.seq, reason })
      expect([payload, refused.status]).toEqual([payload, 422])
      expect(refused.body.code).toBe(code)
    }
    expect((await decide({ decision: 'confirm', seq: 999_999, reason })).status).toBe(404)
  })

  test('lineage tells who, when, by which door and why; the audit has it too', async () => {
    const current = (await rows(station('a'))).find(({ value, current: holds }) => holds && value === 60)!
    const { body } = await get<LineageAnswer>(`/api/observations/${current.seq}/lineage`)
    expect(
      body.versions.map(({ door, actor, value, decision, reason: why, changes }) => ({
        door,
        actor,
        value,
        decision,
        why,
        changes: changes.length,
      })),
    ).toEqual([
      { door: 'correction', actor: 'minh', value: 60, decision: 'correct', why: reason, changes: 1 },
      { door: 'correction', actor: 'lan', value: 160, decision: 'reject', why: reason, changes: 0 },
      { door: 'http', actor: 'lan', value: 160, decision: undefined, why: undefined, changes: 0 },
    ])
    const trail = await node.records.read((db) =>
      db
        .selectFrom('audit')
        .select(['action', 'reason'])
        .where('target_type', '=', 'observation')
        .orderBy('outbox'),
    )
    expect(trail.map(({ action, reason: why }) => [action, why])).toEqual([
      ['observation.reject', reason],
      ['observation.correct', reason],
      ['observation.withdraw', reason],
    ])
  })

  test('a value of a file is found in its row, with the unit it was written in', async () => {
    clock += minute
    const csv = `trạm,thời gian,PM2.5\n${station('b')},${formatInstant(start)},0.02\n${station('b')},${formatInstant(start + minute)},0.03\n`
    const id = await node.imports.preview(
      { id: 'test' },
      {
        name: 'tram-b.csv',
        content: (async function* () {
          yield Buffer.from(csv)
        })(),
        dataset: 'air',
        by: 'minh',
        offered: (await import('./catalogue/dataset-scope.ts')).everyDataset,
        mapping: {
          dataset: 'air',
          columns: [
            { column: 'trạm', role: 'entity' },
            { column: 'thời gian', role: 'time', date: 'iso' },
            { column: 'PM2.5', role: 'value', property: 'pm25', uom: 'mg/m3', decimal: '.' },
          ],
        },
      },
    )
    const report = await node.imports.commitNow({ id: 'test' }, id, {
      onError: 'abort',
      autoCreate: false,
      owner: null,
    })
    expect(report).toMatchObject({ accepted: 2, rejected: 0 })
    const [newest] = await rows(station('b'))
    const { body } = await get<LineageAnswer>(`/api/observations/${newest!.seq}/lineage`)
    expect(body.versions).toMatchObject([
      {
        door: 'file',
        actor: 'minh',
        value: 30,
        import: { id, file: 'tram-b.csv', line: 3 },
        changes: [{ kind: 'uom-converted', from: '0.03 mg/m3', to: 'ug/m3' }],
      },
    ])
  })
})

describe('how fresh and how good', () => {
  test('every series has its state; what is required and never came is never', async () => {
    clock = start + 75 * minute
    node.freshness.advance()
    const { body } = await get<{ items: FreshnessItem[] }>('/api/freshness?dataset=air')
    const states = Object.fromEntries(body.items.map(({ entity, state }) => [entity, state]))
    expect(states).toEqual({ [station('a')]: 'fresh', [station('b')]: 'stale', [station('c')]: 'never' })
    const never = await get<{ items: FreshnessItem[] }>('/api/freshness?state=never')
    expect(never.body.items.map(({ entity }) => entity)).toEqual([station('c')])
    const summary = await get<{ items: FreshnessSummary[] }>('/api/freshness/summary')
    expect(summary.body.items).toMatchObject([
      {
        dataset: 'air',
        state: 'stale',
        counts: { fresh: 1, late: 0, stale: 1, never: 1, none: 0 },
        lastValid: formatInstant(start + 68 * minute),
        newest: { entity: station('a'), entityName: { vi: 'Trạm a' }, property: 'pm25', value: 45 },
      },
      { dataset: 'other', state: 'none', counts: { fresh: 0, late: 0, stale: 0, never: 0, none: 1 } },
    ])
    expect((await get('/api/freshness?dataset=air', 'nobody')).status).toBe(401)
  })

  test('the score of a day: what came, in time, usable, said once', async () => {
    clock = start + 24 * 60 * minute
    const { body } = await get<ScoreAnswer>('/api/datasets/air/score?from=2026-11-20&to=2026-11-21')
    const byHand = body.items.find(({ source }) => source === 'http:lan')!
    // Station a sent 40, 160 (corrected to 60), 5000 (withdrawn) and 45; three are left, one of them came an hour late.
    expect(byHand).toMatchObject({
      day: '2026-11-20',
      timeliness: { good: 2, of: 3, share: 66.67 },
      validity: { good: 3, of: 3, share: 100 },
      uniqueness: { good: 3, of: 3, share: 100 },
    })
    // From 08:00 to midnight there should have been a value every five minutes.
    expect(byHand.completeness).toEqual({ good: 3, of: 192, share: 1.56 })
    expect(byHand.score).toBe(67.06)
    expect(body.items.map(({ source }) => source)).toEqual(['http:lan', 'import'])
    expect(body.formula.vi).toContain('Đầy đủ')
    expect((await get('/api/datasets/air/score?from=2026-11-21&to=2026-11-20')).status).toBe(400)
  })
})
