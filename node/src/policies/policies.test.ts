import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { contentHash } from '@nhip/canonical/content-hash'
import { type Certificate, readCertificate } from '@nhip/policy/certificate'
import { type PackedPopulation, unpackPopulation } from '@nhip/policy/population/packed'
import { simulate } from '@nhip/policy/simulate/simulate'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anonymous, type Caller } from '../http/caller.ts'
import { idempotencyIn } from '../http/idempotency-store.ts'
import { jobRoutes } from '../http/job-routes.ts'
import { refuse } from '../http/problem.ts'
import { application } from '../http/serve.ts'
import type { Role } from '../identity/contract.ts'
import { can, startingRoles } from '../identity/permissions.ts'
import { Blobs } from '../records/blobs.ts'
import { JobRunner } from '../records/jobs.ts'
import { migration } from '../records/migrations/0005_policies.ts'
import { type TemporaryRecords, temporaryRecords } from '../records/temporary-records.ts'
import { analyses, type SimulationDetail, type SimulationItem, type SimulationRequest } from './contract.ts'
import { openPolicies, type Policies } from './open.ts'
import { smallModels } from './small-models.fixture.ts'

const home = mkdtempSync(join(tmpdir(), 'nhip-policies-'))
const models = smallModels(home)
const law = 'thu-nhap-ho-gia-dinh'
const deduction = 'parameters/tax/self_deduction.yaml'
/** Each of these starts threads from the sources, for seconds: they run with `npm test -- --all`. */
const long = test.runIf(process.env.NHIP_TEST_ALL === '1')
const noLimit = { perSecond: 1e6, burst: 1e6 }

let store: TemporaryRecords
let policies: Policies
let app: FastifyInstance
let runner: JobRunner

beforeAll(async () => {
  store = await temporaryRecords()
  const { records } = store
  policies = await openPolicies({
    records,
    blobs: new Blobs(join(home, 'blobs'), join(home, 'tmp')),
    models,
    folder: join(home, 'kept'),
    placeNames: () => ({ '01': 'Thành phố Hà Nội' }),
    threads: 1,
    memory: 2e9,
  })
  app = await application({
    routes: [...policies.routes(), ...jobRoutes(records)],
    authenticate: async ({ authorization }) => callerOf(authorization?.replace('Bearer ', '')),
    can: (caller, permission) => can(caller, permission),
    version: 'test',
    secret: Buffer.alloc(32, 1),
    health: () => ({ status: 'ok', version: '', profile: 'empty', uptimeS: 0, stores: {}, writable: true }),
    idempotency: idempotencyIn(records),
    limits: { general: noLimit, signIn: noLimit },
    checkAnswers: true,
  })
  startRunner()
}, 120_000)

afterAll(async () => {
  await runner.stop()
  await app.close()
  await store.end()
  rmSync(home, { recursive: true, force: true })
})

function startRunner(): void {
  runner = new JobRunner({ records: store.records, handlers: policies.jobs(), node: 'test', parallel: 1 })
  runner.start()
}

function callerOf(role: string | undefined): Caller {
  if (role === undefined) return anonymous
  const held = startingRoles[role as Role]
  if (!held) throw refuse(401, 'bad-token')
  return {
    ...anonymous,
    kind: 'user',
    id: `00000000-0000-4000-8000-00000000000${Object.keys(startingRoles).indexOf(role)}`,
    username: role,
    permissions: new Set(held.permissions),
    memberships: [{ unit: '*', role }],
  }
}

const as = (role: string, request: InjectOptions): Promise<LightMyRequestResponse> =>
  app.inject({ ...request, headers: { ...request.headers, authorization: `Bearer ${role}` } })
const ask = (request: SimulationRequest, role = 'analyst') =>
  as(role, { method: 'POST', url: '/api/simulations', payload: request })
const see = async (id: string): Promise<SimulationDetail> =>
  (await as('analyst', { url: `/api/simulations/${id}` })).json()

/** Waits until the simulation is in one of the states. */
async function until(id: string, ...states: SimulationItem['state'][]): Promise<SimulationDetail> {
  for (;;) {
    const now = await see(id)
    if (states.includes(now.state)) return now
    if (['done', 'failed', 'cancelled'].includes(now.state))
      throw new Error(`${now.state}: ${JSON.stringify(now.problems)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const small = { id: 'viet-nam', seeds: [3], share: 0.0002 }
const oldAndNew: SimulationRequest = {
  policy: law,
  period: '2026-07',
  base: ['luat-thue-cu'],
  population: small,
}

describe('what everybody may read', () => {
  test('the bundles, and the files of one, unchanged under the same tag', async () => {
    const list = (await app.inject({ url: '/api/policies' })).json()
    expect(list.items).toMatchObject([{ id: law, version: '2026.1', reforms: [{ id: 'luat-thue-cu' }] }])
    expect(list.items[0].title.vi).toMatch(/thuế thu nhập cá nhân/)
    const url = `/api/policies/${law}/files`
    const first = await app.inject({ url })
    expect(first.headers.etag).toBe(`"${list.items[0].sha256}"`)
    const { files } = first.json()
    expect(files).toHaveLength(list.items[0].files)
    const text = readFileSync(join(models.policies, law, deduction), 'utf8')
    expect(files).toContainEqual({ path: deduction, text })
    const again = await app.inject({ url, headers: { 'if-none-match': String(first.headers.etag) } })
    expect([again.statusCode, again.body]).toEqual([304, ''])
  })

  test('a changed byte of a file is another tag', async () => {
    const url = `/api/policies/${law}/files`
    const path = join(models.policies, law, deduction)
    const text = readFileSync(path, 'utf8')
    const { etag } = (await app.inject({ url })).headers
    writeFileSync(path, `${text}\n# ghi chú\n`)
    expect((await app.inject({ url, headers: { 'if-none-match': String(etag) } })).statusCode).toBe(200)
    writeFileSync(path, text)
    expect((await app.inject({ url })).headers.etag).toBe(etag)
  })

  test.each(['khong-co', '..', '%2e%2e%2fpolicies', 'THU'])('no policy "%s"', async (id) => {
    expect((await app.inject({ url: `/api/policies/${id}/files` })).statusCode).toBe(404)
  })

  test('a sample is a synthetic population of whole households, on which a law runs', async () => {
    const url = '/api/populations/viet-nam/sample?households=2000&seed=2'
    const answer = await app.inject({ url })
    expect(answer.statusCode).toBe(200)
    const packed: PackedPopulation = answer.json()
    expect(packed.synthetic).toBe(true)
    const population = unpackPopulation(packed)
    expect(population.manifest).toMatchObject({ synthetic: true, seed: 2, id: 'viet-nam' })
    expect(population.manifest.assumptions?.length).toBeGreaterThan(5)
    expect(population.households).toBeGreaterThan(1_900)
    expect(population.households).toBeLessThan(2_100)
    expect(population.first.at(-1)).toBe(population.persons)
    const files: { path: string; text: string }[] = (
      await app.inject({ url: `/api/policies/${law}/files` })
    ).json().files
    const texts = new Map(files.map(({ path, text }) => [path, text]))
    const result = await simulate(
      { base: { files: texts, reforms: [] }, reform: null, period: '2026-07', population },
      { analyses: [] },
    )
    // What 2,000 households stand for is the nation's 28 million, to the last of a row's weight.
    expect(Number(result.households)).toBeGreaterThan(27_500_000)
    expect(Number(result.households)).toBeLessThan(28_800_000)
    const again = await app.inject({ url, headers: { 'if-none-match': String(answer.headers.etag) } })
    expect(again.statusCode).toBe(304)
  }, 120_000)

  test('only a few sizes and seeds, since each is kept', async () => {
    for (const query of ['households=1999', 'households=100000', 'seed=0', 'seed=6', 'share=1'])
      expect((await app.inject({ url: `/api/populations/viet-nam/sample?${query}` })).statusCode).toBe(400)
  })
})

test('to simulate is for analysts, officers and administrators', async () => {
  const attempts: InjectOptions[] = [
    { url: '/api/simulations' },
    { url: `/api/simulations/${contentHash('').slice(0, 8)}-0000-4000-8000-000000000000` },
    { method: 'POST', url: '/api/simulations', payload: { ...oldAndNew, policy: 'khong-co' } },
    { method: 'POST', url: '/api/populations/khong-co/synth', payload: { seed: 1, share: 0.1 } },
  ]
  const may = ['analyst', 'officer', 'administrator']
  for (const role of Object.keys(startingRoles)) {
    for (const attempt of attempts) {
      const { statusCode } = await as(role, attempt)
      expect([role, attempt.url, statusCode === 403]).toEqual([role, attempt.url, !may.includes(role)])
    }
  }
  for (const attempt of attempts) expect((await app.inject(attempt)).statusCode).toBe(401)
})

test('roles of a database from before have the permission after the upgrade', async () => {
  const roles = ['viewer', 'analyst', 'officer']
  await store.records.tx(
    { id: 'test' },
    async ({ db }) => {
      for (const role of roles)
        await sql`INSERT INTO role (code, name_vi, name_en) VALUES (${role}, ${role}, ${role})`.execute(db)
      const [, grant] = /(INSERT INTO role_permission[^;]+);/.exec(migration.sql) ?? []
      await sql.raw(grant ?? '').execute(db)
    },
    { unaudited: 'test' },
  )
  const rows = await store.records.read<{ role: string }>(
    () =>
      sql`SELECT role_code AS role FROM role_permission WHERE permission = 'policies.simulate' ORDER BY 1`,
  )
  expect(rows.map(({ role }) => role)).toEqual(['analyst', 'officer'])
})

test('the old and the new tax law over a small population: result, certificate, audit, and the population is kept', async () => {
  const accepted = await ask({ ...oldAndNew, title: 'So luật cũ và mới', analyses: ['paths'] })
  expect(accepted.statusCode).toBe(202)
  const queued: SimulationItem = accepted.json()
  expect(accepted.headers.location).toBe(`/api/simulations/${queued.id}`)
  const done = await until(queued.id, 'done')
  const result = done.result as {
    budget: { difference: number; variable: string }[]
    certificate: Certificate
  }
  expect(done.result).toMatchObject({
    nhip: 'simulation/1',
    synthetic: true,
    base: ['luat-thue-cu'],
    reform: [],
    period: '2026-07',
    population: { id: 'viet-nam', seed: 3 },
  })
  // The new law takes less from the same people.
  expect(result.budget.find(({ variable }) => variable === 'income_tax')?.difference).toBeLessThan(0)

  const { certificate, problems } = readCertificate(done.certificate)
  expect(problems).toEqual([])
  expect(certificate?.sha256).toBe(done.certificateSha256)
  const [audited] = await store.records.read<{ after: Record<string, unknown>; actor: string }>(
    () =>
      sql`SELECT after, actor FROM audit WHERE action = 'simulation.certify' AND target_id = ${queued.id}`,
  )
  expect(audited?.after).toMatchObject({ certificate: certificate?.sha256, report: done.resultSha256 })

  const exact = await as('officer', { url: `/api/simulations/${queued.id}/result` })
  expect(exact.headers.etag).toBe(`"${done.resultSha256}"`)
  expect(exact.json().certificate).toEqual(done.certificate)

  expect(done.request.threshold).toEqual({ amount: 1_000, percent: 1 })
  expect(done.result).toMatchObject({ threshold: { amount: 1_000, percent: 1 }, emtr: null })

  const list = (await as('analyst', { url: `/api/simulations?policy=${law}` })).json()
  expect(list.items).toContainEqual(
    expect.objectContaining({ id: queued.id, title: 'So luật cũ và mới', state: 'done', synthetic: true }),
  )
  const { items } = (await app.inject({ url: '/api/populations' })).json()
  expect(items[0].made).toMatchObject([{ seed: 3, share: 0.0002 }])
}, 120_000)

describe('what cannot be simulated', () => {
  long(
    'broken YAML and a broken formula are refused with file, line and column',
    async () => {
      const answer = await ask({
        ...oldAndNew,
        files: [{ path: deduction, text: 'nhip: parameter/1\nvalues: [\n  {from: 2026-01-01, value: 1' }],
      })
      expect(answer.statusCode).toBe(422)
      expect(answer.json()).toMatchObject({ code: 'policy-invalid' })
      expect(answer.json().errors).toContainEqual(
        expect.objectContaining({
          code: 'yaml.syntax',
          file: deduction,
          line: expect.any(Number),
          column: expect.any(Number),
        }),
      )
      const unknown = await ask({ ...oldAndNew, reforms: ['luat-thue-moi'] })
      expect(unknown.json().errors).toMatchObject([{ code: 'name.unknown', value: 'luat-thue-moi' }])
    },
    120_000,
  )

  test.each<[string, Partial<SimulationRequest>, number, string]>([
    ['a period', { period: '2026-13' }, 422, 'policy-invalid'],
    ['half a character', { files: [{ path: 'policy.yaml', text: '\ud800' }] }, 422, 'invalid-request'],
    ['a policy', { policy: 'khong-co' }, 404, 'unknown-policy'],
    ['a population', { population: { ...small, id: 'khong-co' } }, 404, 'unknown-population'],
    ['a path above the bundle', { files: [{ path: '../policy.yaml', text: '' }] }, 422, 'invalid-request'],
    ['more persons than memory holds', { population: { ...small, share: 0.2 } }, 422, 'population-too-large'],
    ['a share', { population: { ...small, share: 0 } }, 422, 'invalid-request'],
  ])('%s that is none is refused', async (_what, wrong, status, code) => {
    const answer = await ask({ ...oldAndNew, ...wrong })
    expect([answer.statusCode, answer.json().code]).toEqual([status, code])
  })
})

long(
  'everything asked for at once: flaws, spread, cost told before, and the report as a workbook and as pages',
  async () => {
    const request: SimulationRequest = {
      ...oldAndNew,
      population: { ...small, seeds: [3, 4, 5, 6, 7], share: 0.00005 },
      analyses: ['paths', 'emtr', 'invariants', 'dead', 'equal', 'dates'],
      threshold: { amount: 50_000, percent: 0 },
    }
    const all: SimulationRequest = { ...request, analyses: [...analyses] }
    const told = await as('analyst', { method: 'POST', url: '/api/simulations/cost', payload: all })
    expect(told.statusCode).toBe(200)
    const { passes, populations, total } = told.json()
    expect([passes.plain, populations]).toEqual([2, 5])
    // Every number of the law up and down, and the law as it is.
    expect(passes.analyses.sensitivity).toBeGreaterThan(50)
    const extra = Object.values<number>(passes.analyses)
    expect(extra).toHaveLength(analyses.length)
    expect(total).toBe(extra.reduce((sum, n) => sum + n, 2 * 5))

    const { id } = (await ask(request)).json()
    const early = await as('analyst', { url: `/api/simulations/${id}/report.pdf` })
    expect([early.statusCode, early.json().code]).toEqual([404, 'no-result'])
    const { result } = await until(id, 'done')
    expect(result).toMatchObject({
      threshold: { amount: 50_000, percent: 0 },
      emtr: { base: { variable: 'gross_salary' }, reform: { witnesses: expect.any(Array) } },
      invariants: [{ id: 'luong-tang-thuc-nhan-khong-giam' }],
      births: { day_earlier: expect.any(Number) },
      law: { sources: expect.any(Array), reforms: { 'luat-thue-cu': expect.anything() } },
    })
    const found = result as Record<'dead' | 'dates' | 'spread', { seeds?: number[] }[]>
    expect(2 * found.dates.length + 2).toBeLessThanOrEqual(passes.analyses.dates)
    expect(found.dead.length).toBeGreaterThan(0)
    expect(found.dates.length).toBeGreaterThan(0)
    expect(found.spread[0]?.seeds).toEqual([3, 4, 5, 6, 7])

    for (const [format, type, begins] of [
      ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'PK'],
      ['pdf', 'application/pdf', '%PDF-'],
    ] as const) {
      const url = `/api/simulations/${id}/report.${format}`
      const file = await as('officer', { url })
      expect([file.statusCode, file.headers['content-type']]).toEqual([200, type])
      expect(file.rawPayload.subarray(0, begins.length).toString()).toBe(begins)
      expect((await as('officer', { url })).rawPayload.equals(file.rawPayload)).toBe(true)
      expect((await as('officer', { url: `${url}?lang=en` })).rawPayload.equals(file.rawPayload)).toBe(false)
      expect((await as('viewer', { url })).statusCode).toBe(403)
    }
  },
  300_000,
)

long(
  'a running simulation is cancelled, and nothing of it is kept',
  async () => {
    const { id } = (
      await ask({ ...oldAndNew, population: { ...small, seeds: [11, 12, 13, 14, 15], share: 0.002 } })
    ).json()
    await until(id, 'running')
    const answer = await as('analyst', { method: 'POST', url: `/api/simulations/${id}/cancel` })
    expect(answer.statusCode).toBe(202)
    const { certificate, result } = await until(id, 'cancelled')
    expect([certificate, result]).toEqual([null, null])
    expect(existsSync(join(home, 'kept', 'viet-nam-15-0.002'))).toBe(false)
  },
  120_000,
)

long(
  'a changed deduction over two seeds, with a stop of the node in the middle: taken up again, ended once',
  async () => {
    const text = readFileSync(join(models.policies, law, deduction), 'utf8')
    const raised = text.replace(/value: 15500000/g, 'value: 20000000')
    expect(raised).not.toBe(text)
    const { id } = (
      await ask({
        policy: law,
        period: '2026-07',
        files: [{ path: deduction, text: raised }],
        population: { ...small, seeds: [3, 4] },
      })
    ).json()
    await until(id, 'running')
    await runner.stop()
    expect((await see(id)).state).toBe('queued')
    startRunner()
    const { result, certificate } = await until(id, 'done')
    const rows = await store.records.read(
      () => sql`SELECT 1 AS n FROM audit WHERE action = 'simulation.certify' AND target_id = ${id}`,
    )
    expect(rows).toHaveLength(1)
    const { budget, spread } = result as {
      budget: { variable: string; base: number; reform: number }[]
      spread: { seeds: number[] }[]
    }
    const tax = budget.find(({ variable }) => variable === 'income_tax')
    expect(tax?.reform).toBeLessThan(tax?.base ?? 0)
    expect(spread[0]?.seeds).toEqual([3, 4])
    expect((certificate as Certificate).inputs.reform).toEqual([
      { id: deduction, sha256: contentHash(raised) },
    ])
  },
  120_000,
)

long(
  'a population on its own is a job with what it made',
  async () => {
    const answer = await as('officer', {
      method: 'POST',
      url: '/api/populations/viet-nam/synth',
      payload: { seed: 5, share: 0.0002 },
    })
    expect(answer.statusCode).toBe(202)
    const url = String(answer.headers.location)
    for (;;) {
      const job = (await as('officer', { url })).json()
      if (job.state === 'queued' || job.state === 'running') {
        await new Promise((resolve) => setTimeout(resolve, 50))
        continue
      }
      expect(job).toMatchObject({ state: 'done', result: { households: expect.any(Number) } })
      break
    }
    expect(existsSync(join(home, 'kept', 'viet-nam-5-0.0002', 'population.json'))).toBe(true)
  },
  120_000,
)
