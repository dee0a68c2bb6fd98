import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LedgerEntryItem } from '../exchange/contract.ts'
import { roles } from './contract.ts'
import {
  type Holder,
  mayLearn,
  mayLearnByAudit,
  operations,
  readings,
  writings,
} from './rights-probe.fixture.ts'
import { type Answer, newcomer, openWorld, places, plant, type World } from './rights-world.fixture.ts'

// With the slow tests many people with generated rights try every address; each time one tries a part of them.
const thorough = process.env.NHIP_TEST_ALL === '1'
const people = thorough ? 8 : 1
const part = <T>(all: readonly T[]) => all.filter((_, n) => thorough || n % 4 === 0)

let world: World
beforeAll(async () => {
  world = await openWorld()
  await plant(world)
}, 300_000)
afterAll(() => world.end())

describe('each route × each role, as RIGHTS.md says', () => {
  const table = readFileSync(new URL('./RIGHTS.md', import.meta.url), 'utf8')
  const rows = [...table.matchAll(/^\| `([A-Z]+ \S+)` \| (.+) \|$/gm)].map(([, route = '', cells = '']) => ({
    route,
    doors: cells.split(' | ').slice(0, 8),
  }))
  const columns = ['visitor', ...roles] as const

  test('every route has its row and every row its route', async () => {
    const served = (await operations(world)).map(([method, path]) => `${method} ${path}`)
    expect(rows.map(({ route }) => route).sort()).toEqual(served.sort())
  })

  test('every door opens for whom the table says, and for nobody else', async () => {
    const askers = new Map<string, (url: string, method: string) => Promise<Answer>>()
    askers.set('visitor', (url, method) => world.app.inject({ method: method as 'GET', url }))
    for (const role of roles) {
      const ask = await newcomer(world, `vai-${role}`, [{ place: '*', role }])
      askers.set(role, (url, method) => ask({ method: method as 'GET', url }))
    }
    const wrong: string[] = []
    for (const { route, doors } of rows) {
      const [method = '', path = ''] = route.split(' ')
      // An impossible query parameter ends every request right behind the door.
      const url = `${path.replace(/\{\w+\}/g, '00000000-0000-7000-8000-000000000000')}?no-such-parameter=1`
      for (const [n, role] of columns.entries()) {
        const answer = await askers.get(role)!(url, method)
        const expected = doors[n] === '✓' ? 400 : role === 'visitor' ? 401 : 403
        if (answer.statusCode !== expected)
          wrong.push(`${route} for ${role}: ${answer.statusCode}, the table says ${expected}`)
        expect([route, role, answer.headers['content-type']]).toEqual([
          route,
          role,
          'application/problem+json; charset=utf-8',
        ])
      }
    }
    expect(wrong).toEqual([])
  })
})

const holders = fc.record({
  roles: fc.uniqueArray(fc.record({ place: fc.constantFrom(...places), role: fc.constantFrom(...roles) }), {
    minLength: 1,
    maxLength: 2,
    selector: ({ place, role }) => `${place} ${role}`,
  }),
  scopes: fc.constantFrom<Holder['scopes'][]>(['admin'], ['read'], ['ingest'], ['ingest', 'read', 'admin']),
  place: fc.constantFrom(...places, '*', '*', '*', '*'),
  datasets: fc.constantFrom(null, null, null, ['bo-0', 'bo-5']),
})

const ofTheAudit = /^\/(api\/(audit|ledger)|ledger)\b/

describe('whoever holds whatever rights', () => {
  test('learns nothing of others by any address, and changes nothing of theirs', async () => {
    const everything = part(await readings(world, thorough ? 60 : 5))
    let n = 0
    await fc.assert(
      fc.asyncProperty(holders, async (generated) => {
        n += 1
        const who: Holder = { ...generated, username: `nguoi-${n}` }
        const { place, datasets } = who
        const ask = await newcomer(world, who.username, who.roles, {
          scopes: [...who.scopes],
          ...(place === '*' ? {} : { place }),
          ...(datasets === null ? {} : { datasets: [...datasets] }),
        })
        const kept = world.secrets.filter((secret) => !mayLearn(who, secret))
        const keptInAudit = world.secrets.filter((secret) => !mayLearnByAudit(who, secret))
        for (const { name, request } of everything) {
          const answer = await ask(request)
          expect([name, request.url, answer.statusCode < 500 || answer.statusCode === 503]).toEqual([
            name,
            request.url,
            true,
          ])
          const secrets = ofTheAudit.test(String(request.url)) ? keptInAudit : kept
          const leaked = secrets.filter(({ mark }) => answer.body.includes(mark)).map(({ what }) => what)
          expect({ url: request.url, who, leaked }).toEqual({ url: request.url, who, leaked: [] })
        }
        const before = await picture(world)
        for (const { name, request, changes } of part(await writings(world, who))) {
          const answer = await ask(request)
          const refused = answer.statusCode >= 400 && answer.statusCode < 500
          expect({
            name,
            who,
            status: answer.statusCode,
            refused: refused || !changes,
            body: answer.body,
          }).toMatchObject({ refused: true })
          const leaked = kept.filter(({ mark }) => answer.body.includes(mark)).map(({ what }) => what)
          expect({ name, who, leaked }).toEqual({ name, who, leaked: [] })
        }
        expect(await picture(world)).toEqual(before)
      }),
      { numRuns: people, seed: 2026, endOnFailure: true },
    )
    if (!thorough) return
    // A search that finds nothing proves nothing: the same addresses tell the operator every secret.
    const told = new Set<string>()
    for (const { request } of everything) {
      const { body } = await world.asOperator(request)
      for (const { mark } of world.secrets) if (body.includes(mark)) told.add(mark)
    }
    const personal = world.secrets.filter(({ dataset }) => dataset?.personal === true)
    const untold = world.secrets.filter((secret) => !told.has(secret.mark) && !personal.includes(secret))
    expect(untold.map(({ what }) => what)).toEqual([])
  }, 600_000)
})

test('a token for one dataset reads of the audit what was done with it and to its own account, and no more', async () => {
  const [dataset] = world.datasets as [World['datasets'][number]]
  const roles = [{ place: '*', role: 'auditor' }] as const
  const ask = await newcomer(world, 'kiem-tra', roles, { scopes: ['admin'], datasets: [dataset.code] })
  const get = async (url: string) => (await ask({ method: 'GET', url })).json()
  const targets = (await get('/api/audit?limit=500')).items.map(
    ({ target }: { target: { type: string; id: string } }) => `${target.type} ${target.id}`,
  )
  const [account] = await world.node.records.read((db) =>
    db.selectFrom('user_account').select('id').where('username', '=', 'kiem-tra'),
  )
  const own = new Set([`dataset ${dataset.code}`, `import ${dataset.import}`, `user ${account!.id}`])
  expect(new Set(targets)).toEqual(own)
  const entries = (await get('/api/ledger/entries?limit=500')).items as LedgerEntryItem[]
  expect(new Set(entries.map(({ object }) => `${object.type} ${object.id}`))).toEqual(own)
  const shown = new Set(entries.map(({ index }) => index))
  for (let index = 0; index < 12; index++) {
    const status = shown.has(index) ? 200 : 404
    expect((await ask({ method: 'GET', url: `/api/ledger/entries/${index}` })).statusCode).toBe(status)
    expect((await ask({ method: 'GET', url: `/api/ledger/receipts/${index}` })).statusCode).toBe(status)
  }
  expect((await ask({ method: 'GET', url: '/ledger/tile/entries/000.p/1' })).statusCode).toBe(403)
})

/** All that somebody could have changed, as the operator sees it. */
async function picture(world: World): Promise<unknown> {
  const get = async (url: string) => (await world.asOperator({ method: 'GET', url })).json()
  const accounts = (await get('/api/users?limit=500')).items as {
    username: string
    lastSeenAt: string | null
  }[]
  return {
    datasets: await get('/api/datasets?limit=500'),
    contracts: await Promise.all(world.datasets.map(({ code }) => get(`/api/datasets/${code}/contract`))),
    properties: await get('/api/properties?limit=500'),
    entities: await get('/api/entities?limit=500'),
    imports: await get('/api/imports?limit=500'),
    units: await get('/api/units?q=moi-bo&as_of=2027-01-01'),
    lastSeq: world.node.observations.status().lastSeq,
    accounts: accounts.map(({ lastSeenAt: _lastSeenAt, ...account }) => account),
    roles: await get('/api/roles'),
    approvals: await get('/api/approvals?limit=500'),
    tokens: await Promise.all(
      world.accounts.map(async ({ username }) =>
        ((await get(`/api/tokens?user=${username}`)).items as { lastUsedAt: string | null }[]).map(
          ({ lastUsedAt: _lastUsedAt, ...token }) => token,
        ),
      ),
    ),
  }
}
