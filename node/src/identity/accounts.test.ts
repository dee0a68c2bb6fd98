import { canonicalJson } from '@nhip/canonical/canonical-json'
import type { Edge, Unit } from '@nhip/territory/unit'
import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ApprovalItem, AuditItem, LoginItem, RoleItem, TokenItem, UserItem } from './contract.ts'
import { type Answer, newcomer, openWorld, type Place, password, type World } from './rights-world.fixture.ts'
import { readTerritory } from './unit-store.ts'
import { addUser } from './users.ts'

let world: World
type Ask = (request: InjectOptions) => Promise<Answer>
let chief: Ask
beforeAll(async () => {
  world = await openWorld()
  chief = await person('truong', [{ place: '*', role: 'administrator' }])
}, 300_000)
afterAll(() => world.end())

/** An account that signs in as people do. */
async function person(username: string, roles: { place: Place; role: string }[]): Promise<Ask> {
  await addUser(
    world.node.identity,
    { id: 'test' },
    {
      username,
      displayName: username,
      password,
      memberships: roles.map(({ place, role }) => ({ unit: world.unit(place), role })),
    },
  )
  return signedIn(username)
}

async function signedIn(username: string, secret = password): Promise<Ask> {
  const answer = await world.app.inject({
    method: 'POST',
    url: '/api/login',
    payload: { username, password: secret },
  })
  expect([username, answer.statusCode]).toEqual([username, 200])
  const cookie = [answer.headers['set-cookie']]
    .flat()
    .map((one) => String(one).split(';')[0])
    .join('; ')
  return (request) => world.app.inject({ ...request, headers: { cookie, ...request.headers } })
}

const get = (ask: Ask, url: string) => ask({ method: 'GET', url })
const post = (ask: Ask, url: string, payload: object = {}) => ask({ method: 'POST', url, payload })
const at = (place: Place, role: string) => ({ unit: world.unit(place), role })

async function giveRoles(ask: Ask, username: string, ...memberships: { unit: string; role: string }[]) {
  const { version } = (await get(chief, `/api/users/${username}`)).json() as UserItem
  return ask({
    method: 'PATCH',
    url: `/api/users/${username}`,
    headers: { 'if-match': `"${version}"` },
    payload: { memberships },
  })
}

describe('an administrator of one province', () => {
  let local: Ask
  beforeAll(async () => {
    local = await person('quan-tri-hn', [{ place: 'ha-noi', role: 'administrator' }])
    await person('o-hcm', [{ place: 'hcm', role: 'officer' }])
  })

  test('adds accounts in the province, in no other and not for the whole node', async () => {
    const add = (username: string, place: Place) =>
      post(local, '/api/users', {
        username,
        displayName: username,
        password,
        memberships: [at(place, 'officer')],
      })
    expect((await add('o-ba-dinh', 'ha-noi/ba-dinh')).statusCode).toBe(201)
    expect((await add('sang-hcm', 'hcm')).json().code).toBe('grant-beyond-your-units')
    expect((await add('sang-nut', '*')).json().code).toBe('grant-beyond-your-units')
  })

  test('sees the accounts of the province alone, and of somebody with roles elsewhere only those here', async () => {
    await person('hai-noi', [
      { place: 'ha-noi', role: 'viewer' },
      { place: 'hcm', role: 'officer' },
    ])
    const { items } = (await get(local, '/api/users')).json() as { items: UserItem[] }
    expect(items.map(({ username }) => username)).toEqual(['hai-noi', 'o-ba-dinh', 'quan-tri-hn'])
    expect(items[0]).toMatchObject({ editable: false, memberships: [{ role: 'viewer' }] })
    expect((await get(local, '/api/users/o-hcm')).statusCode).toBe(404)
    expect((await post(local, '/api/users/hai-noi/disable')).json().code).toBe('beyond-your-units')
  })

  test('nobody changes their own roles, nor disables themselves', async () => {
    expect((await giveRoles(local, 'quan-tri-hn', at('ha-noi', 'officer'))).json().code).toBe('own-rights')
    expect((await post(local, '/api/users/quan-tri-hn/disable')).json().code).toBe('own-rights')
  })
})

describe('what is taken away is gone at once', () => {
  test('a role that moves to another unit, a role that is edited, an account that is disabled', async () => {
    await post(chief, '/api/datasets', {
      code: 'kin-hn',
      name: { vi: 'Kín', en: 'Kín' },
      class: 'restricted',
      owner: world.unit('ha-noi'),
    })
    const officer = await person('can-bo-hn', [{ place: 'ha-noi', role: 'officer' }])
    const reads = async () => (await get(officer, '/api/datasets/kin-hn')).statusCode
    expect(await reads()).toBe(200)
    expect((await giveRoles(chief, 'can-bo-hn', at('hcm', 'officer'))).statusCode).toBe(200)
    expect(await reads()).toBe(404)
    await giveRoles(chief, 'can-bo-hn', at('ha-noi', 'officer'))
    expect(await reads()).toBe(200)

    const roles = (await get(chief, '/api/roles')).json().items as {
      code: string
      permissions: string[]
      version: number
    }[]
    const { permissions, version } = roles.find(({ code }) => code === 'officer')!
    const put = (wanted: string[], tag: number) =>
      chief({
        method: 'PUT',
        url: '/api/roles/officer',
        headers: { 'if-match': `"${tag}"` },
        payload: { permissions: wanted },
      })
    expect(
      (
        await put(
          permissions.filter((one) => one !== 'restricted.read'),
          version,
        )
      ).statusCode,
    ).toBe(200)
    expect(await reads()).toBe(404)
    expect((await put(permissions, version)).statusCode).toBe(412)

    expect((await post(chief, '/api/users/can-bo-hn/disable')).statusCode).toBe(204)
    expect((await get(officer, '/api/me')).statusCode).toBe(401)
    expect((await post(chief, '/api/users/can-bo-hn/enable')).statusCode).toBe(204)
    // Enabling does not bring back the logins.
    expect((await get(officer, '/api/me')).statusCode).toBe(401)
  })

  test('the administrator role cannot lose what roles are mended with', async () => {
    const role = ((await get(chief, '/api/roles')).json().items as { code: string; version: number }[]).find(
      ({ code }) => code === 'administrator',
    )
    const answer = await chief({
      method: 'PUT',
      url: '/api/roles/administrator',
      headers: { 'if-match': `"${role?.version}"` },
      payload: { permissions: ['users.read'] },
    })
    expect([answer.statusCode, answer.json().code]).toEqual([422, 'role-needs-permission'])
  })

  test('a new password needs the current one and ends the other logins; logout everywhere ends all', async () => {
    const here = await person('mai', [{ place: 'hcm', role: 'viewer' }])
    const there = await signedIn('mai')
    const change = (current: string) =>
      here({
        method: 'PUT',
        url: '/api/users/mai/password',
        payload: { password: 'mat-khau-moi-1', current },
      })
    expect((await change('sai')).json().code).toBe('wrong-current-password')
    expect((await change(password)).statusCode).toBe(204)
    expect([(await get(here, '/api/me')).statusCode, (await get(there, '/api/me')).statusCode]).toEqual([
      200, 401,
    ])
    const again = await signedIn('mai', 'mat-khau-moi-1')
    expect((await post(again, '/api/logout', { everywhere: true })).statusCode).toBe(204)
    expect((await get(here, '/api/me')).statusCode).toBe(401)
  })

  test('a token does not become its whole account by setting the password', async () => {
    const token = await newcomer(world, 'quan-tri-may', [{ place: '*', role: 'administrator' }])
    const answer = await token({
      method: 'PUT',
      url: '/api/users/quan-tri-may/password',
      payload: { password: 'mat-khau-cua-ke-khac' },
    })
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'wrong-current-password'])
  })

  test('a token is cut to its unit and datasets, shows when it was used, and is revoked by who manages the account', async () => {
    const ask = await newcomer(world, 'tram-do', [{ place: 'ha-noi', role: 'officer' }], {
      place: 'ha-noi/ba-dinh',
      datasets: ['kin-hn'],
    })
    expect((await get(ask, '/api/datasets/kin-hn')).statusCode).toBe(404)
    const [token] = (await get(chief, '/api/tokens?user=tram-do')).json().items as TokenItem[]
    expect(token).toMatchObject({ unit: world.unit('ha-noi/ba-dinh'), datasets: ['kin-hn'], revokedAt: null })
    expect(token?.lastUsedAt).not.toBeNull()
    expect((await chief({ method: 'DELETE', url: `/api/tokens/${token?.id}` })).statusCode).toBe(204)
    expect((await get(ask, '/api/me')).statusCode).toBe(401)
  })
})

test('people see where they are signed in and end one login of theirs; a token does neither', async () => {
  const phone = await person('di-chuyen', [{ place: 'ha-noi', role: 'officer' }])
  const agent = 'Máy tính ở cơ quan'
  const login = await world.app.inject({
    method: 'POST',
    url: '/api/login',
    headers: { 'user-agent': agent },
    payload: { username: 'di-chuyen', password },
  })
  const cookie = String([login.headers['set-cookie']].flat()[0]).split(';')[0]!
  const desk: Ask = (request) => world.app.inject({ ...request, headers: { cookie } })
  const logins = async (ask: Ask) => (await get(ask, '/api/me/logins')).json().items as LoginItem[]

  const seen = await logins(phone)
  expect(seen.map((one) => [one.agent === agent, one.current, one.address])).toEqual([
    [true, false, '127.0.0.1'],
    [false, true, '127.0.0.1'],
  ])
  const end = (ask: Ask, id: string) => ask({ method: 'DELETE', url: `/api/me/logins/${id}` })
  const stranger = await person('nguoi-la', [{ place: '*', role: 'administrator' }])
  expect((await end(stranger, seen[0]!.id)).json().code).toBe('unknown-login')
  const machine = await newcomer(world, 'may-do', [{ place: '*', role: 'officer' }])
  expect((await get(machine, '/api/me/logins')).json().code).toBe('person-only')
  expect((await end(machine, seen[0]!.id)).json().code).toBe('person-only')
  expect((await get(desk, '/api/me')).statusCode).toBe(200)
  expect((await end(phone, seen[0]!.id)).statusCode).toBe(204)
  expect((await get(desk, '/api/me')).statusCode).toBe(401)
  expect((await logins(phone)).map(({ current }) => current)).toEqual([true])
})

describe('what takes two persons', () => {
  let second: Ask
  beforeAll(async () => {
    second = await person('pho', [{ place: '*', role: 'approver' }])
  })
  const ask = (who: Ask, target: string, change: object = { class: 'shared' }) =>
    post(who, '/api/approvals', { action: 'dataset.open', target, change, reason: 'Chia sẻ cho các sở' })

  test('one asks with a reason, another approves, and both are in the audit', async () => {
    const { version } = (await get(chief, '/api/datasets/kin-hn')).json()
    const direct = await chief({
      method: 'PATCH',
      url: '/api/datasets/kin-hn',
      headers: { 'if-match': `"${version ?? 1}"` },
      payload: { class: 'open' },
    })
    expect([direct.statusCode, direct.json().code]).toEqual([409, 'approval-needed'])

    const asked = (await ask(chief, 'kin-hn')).json() as ApprovalItem
    expect(asked).toMatchObject({ state: 'pending', requestedBy: 'truong', mayDecide: false })
    expect((await ask(chief, 'kin-hn')).json().code).toBe('approval-pending')
    expect((await post(chief, `/api/approvals/${asked.id}/approve`)).json().code).toBe(
      'four-eyes-same-person',
    )
    const machine = await newcomer(world, 'may', [{ place: '*', role: 'approver' }])
    expect((await post(machine, `/api/approvals/${asked.id}/approve`)).json().code).toBe('four-eyes-person')

    const done = (await post(second, `/api/approvals/${asked.id}/approve`, { reason: 'Đồng ý' })).json()
    expect(done).toMatchObject({ state: 'applied', decidedBy: 'pho', decisionReason: 'Đồng ý' })
    expect((await get(chief, '/api/datasets/kin-hn')).json().class).toBe('shared')
    const trail = (await get(chief, `/api/audit?target=approval:${asked.id}`)).json().items as AuditItem[]
    expect(trail.map(({ action, actorUsername }) => `${action} ${actorUsername}`)).toEqual([
      'approval.apply pho',
      'approval.approve pho',
      'approval.request truong',
    ])
    const [change] = (await get(chief, '/api/audit?target=dataset:kin-hn&action=dataset.')).json()
      .items as AuditItem[]
    expect(change).toMatchObject({ actorUsername: 'pho', onBehalfName: 'truong' })
  })

  test('it is rejected with a reason, taken back by who asked, and decided once', async () => {
    const asked = (await ask(chief, 'kin-hn', { class: 'open' })).json() as ApprovalItem
    expect((await post(second, `/api/approvals/${asked.id}/withdraw`)).json().code).toBe('approval-not-yours')
    const rejected = await post(second, `/api/approvals/${asked.id}/reject`, { reason: 'Chưa đủ căn cứ' })
    expect(rejected.json()).toMatchObject({ state: 'rejected', decisionReason: 'Chưa đủ căn cứ' })
    expect((await post(second, `/api/approvals/${asked.id}/approve`)).json().code).toBe('approval-decided')
    const next = (await ask(chief, 'kin-hn', { class: 'open' })).json() as ApprovalItem
    expect((await post(chief, `/api/approvals/${next.id}/withdraw`)).json().state).toBe('withdrawn')
  })

  test('whose rights are gone when it is approved asked in vain', async () => {
    const keeper = await person('giu', [{ place: 'ha-noi', role: 'officer' }])
    const asked = (await ask(keeper, 'kin-hn', { class: 'open' })).json() as ApprovalItem
    await giveRoles(chief, 'giu', at('hcm', 'officer'))
    const failed = (await post(second, `/api/approvals/${asked.id}/approve`)).json() as ApprovalItem
    expect(failed.state).toBe('failed')
    expect(failed.problem?.en.code).toBe('not-your-dataset')
    expect((await get(chief, '/api/datasets/kin-hn')).json().class).toBe('shared')
  })

  test('power over accounts is given by two', async () => {
    await person('moi', [{ place: 'hcm', role: 'viewer' }])
    expect((await giveRoles(chief, 'moi', at('hcm', 'administrator'))).json().code).toBe('approval-needed')
    const asked = await post(chief, '/api/approvals', {
      action: 'user.grant',
      target: 'moi',
      change: { memberships: [at('hcm', 'administrator')] },
      reason: 'Thay người nghỉ hưu',
    })
    const done = await post(second, `/api/approvals/${asked.json().id}/approve`)
    expect(done.json().state).toBe('applied')
    expect((await get(chief, '/api/users/moi')).json().memberships).toMatchObject([{ role: 'administrator' }])
  })

  const request = async (action: string, target: string, change: object) =>
    (await post(chief, '/api/approvals', { action, target, change, reason: 'Phân công lại' })).json()
      .id as string
  const outcome = async (id: string) => {
    const refused = (await post(second, `/api/approvals/${id}/approve`)).json()
    const { state, problem } = (await get(chief, `/api/approvals/${id}`)).json() as ApprovalItem
    return { status: refused.status, code: refused.code, state, kept: problem?.vi.code }
  }
  const changedMeanwhile = {
    status: 409,
    code: 'changed-meanwhile',
    state: 'failed',
    kept: 'changed-meanwhile',
  }

  test('a list of roles is not laid over one that has changed since it was asked for', async () => {
    await person('chuyen', [{ place: 'hcm', role: 'viewer' }])
    const asked = await request('user.grant', 'chuyen', {
      memberships: [at('hcm', 'viewer'), at('hcm', 'administrator')],
    })
    expect((await get(second, `/api/approvals/${asked}`)).json().before).toEqual({
      memberships: [at('hcm', 'viewer')],
    })
    await giveRoles(chief, 'chuyen', at('ha-noi', 'officer'))
    expect(await outcome(asked)).toEqual(changedMeanwhile)
    expect((await get(chief, '/api/users/chuyen')).json().memberships).toMatchObject([{ role: 'officer' }])
    // Asked again from where things stand, it is carried out; what is no role changes nothing.
    const again = await request('user.grant', 'chuyen', { memberships: [at('hcm', 'administrator')] })
    const { headers } = await get(chief, '/api/users/chuyen')
    const renamed = await chief({
      method: 'PATCH',
      url: '/api/users/chuyen',
      headers: { 'if-match': String(headers.etag) },
      payload: { displayName: 'Người mới' },
    })
    expect(renamed.statusCode).toBe(200)
    expect(await outcome(again)).toMatchObject({ status: undefined, state: 'applied' })
  })

  test('nor a list of permissions', async () => {
    const roles = (await get(chief, '/api/roles')).json().items as RoleItem[]
    const viewer = roles.find(({ code }) => code === 'viewer')!
    const asked = await request('role.widen', 'viewer', {
      permissions: [...viewer.permissions, 'restricted.read'],
    })
    const narrowed = viewer.permissions.filter((permission) => permission !== 'tokens.write')
    const put = await chief({
      method: 'PUT',
      url: '/api/roles/viewer',
      headers: { 'if-match': `"${viewer.version}"` },
      payload: { permissions: narrowed },
    })
    expect(put.statusCode).toBe(200)
    expect(await outcome(asked)).toEqual(changedMeanwhile)
    const after = (await get(chief, '/api/roles')).json().items as RoleItem[]
    expect(after.find(({ code }) => code === 'viewer')?.permissions.toSorted()).toEqual(narrowed.toSorted())
  })
})

describe('units change by legal acts', () => {
  const on = '2027-01-01'
  const act = '1234/NQ-UBTVQH16'
  const send = (who: Ask, steps: object[], more: object = {}) =>
    post(who, '/api/units/changes', { on, act, steps, ...more })
  const one = async (id: string, at = on) =>
    (await get(chief, `/api/units/${encodeURIComponent(id)}?as_of=${at}`)).json()
  let local: Ask
  let office: string
  beforeAll(async () => {
    local = await person('to-chuc-hn', [{ place: 'ha-noi', role: 'administrator' }])
    office = `urn:nhip:unit:SYT-01@${on}`
  })
  const addOffice = () => ({
    do: 'add',
    code: 'SYT-01',
    name: 'Sở Y tế Hà Nội',
    kind: '',
    level: 'office',
    parent: world.unit('ha-noi'),
  })

  test('by whoever answers for what they lie in, before and after', async () => {
    const refused = async (...steps: object[]) => (await send(local, steps)).json().code
    const cuaNam = world.unit('ha-noi/cua-nam')
    expect(await refused({ do: 'rename', unit: world.unit('ha-noi'), name: 'X' })).toBe('units-beyond-yours')
    expect(await refused({ ...addOffice(), parent: world.unit('hcm') })).toBe('units-beyond-yours')
    expect(await refused({ do: 'move', unit: cuaNam, parent: world.unit('hcm') })).toBe('units-beyond-yours')
    expect(await refused({ do: 'move', unit: world.unit('hcm/sai-gon'), parent: world.unit('ha-noi') })).toBe(
      'units-beyond-yours',
    )
    const officer = await person('can-bo-tc', [{ place: '*', role: 'officer' }])
    expect((await send(officer, [addOffice()])).json().code).toBe('not-permitted')
  })

  test('as a trial first, then for good; the audit names the act, and another start reads the same', async () => {
    const cuaNam = world.unit('ha-noi/cua-nam')
    const steps = [
      addOffice(),
      { do: 'rename', unit: cuaNam, name: 'Cửa Nam Mới' },
      { do: 'move', unit: world.unit('ha-noi/ba-dinh'), parent: office },
    ]
    const trial = await send(local, steps, { dryRun: true })
    expect([trial.statusCode, (await one(office)).status]).toEqual([200, 404])
    const done = await send(local, steps, { reason: 'Sắp xếp theo nghị quyết' })
    expect(done.json()).toEqual(trial.json())
    const renamed = cuaNam.replace(/@.*/, `@${on}`)
    expect(await one(office)).toMatchObject({ name: 'Sở Y tế Hà Nội', parent: world.unit('ha-noi'), act })
    expect(await one(cuaNam)).toMatchObject({
      validTo: on,
      closedBy: act,
      successors: [{ unit: renamed, kind: 'rename', act }],
    })
    expect((await one(renamed)).name).toBe('Phường Cửa Nam Mới')
    expect((await one(world.unit('ha-noi/ba-dinh'))).parents).toMatchObject([
      { unit: world.unit('ha-noi'), to: on, act: null },
      { unit: office, from: on, to: null, act },
    ])
    expect((await one(world.unit('ha-noi/ba-dinh'), '2026-12-31')).parent).toBe(world.unit('ha-noi'))

    const rows = (await get(chief, '/api/audit?target=unit&limit=3')).json().items as AuditItem[]
    expect(rows.map(({ action, legalBasis, reason }) => [action, legalBasis, reason])).toEqual(
      ['unit.move', 'unit.rename', 'unit.add'].map((action) => [action, act, 'Sắp xếp theo nghị quyết']),
    )
    // The whole register takes seconds to read and compare.
    if (process.env.NHIP_TEST_ALL !== '1') return
    const { units, edges } = await readTerritory(world.node.records)
    const territory = world.node.units.territory()
    const lines = (all: readonly (Unit | Edge)[]) => all.map((item) => canonicalJson(item))
    const stored = new Set(lines([...units, ...edges]))
    const inMemory = lines([...territory.units(), ...territory.edges])
    expect([inMemory.length, inMemory.filter((line) => !stored.has(line))]).toEqual([stored.size, []])
  })

  test('nobody works on units that somebody else is just changing', async () => {
    const add = (code: string) => ({ ...addOffice(), code, name: `Phòng ${code}` })
    const answers = await Promise.all(['P1', 'P2'].map((code) => send(chief, [add(code)])))
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409])
    const late = answers.findIndex(({ statusCode }) => statusCode === 409)
    expect(answers[late]!.json().code).toBe('units-changed')
    expect((await send(chief, [add(`P${late + 1}`)])).statusCode).toBe(200)
  })
})

test('the audit is searched by who, what, whom, when and words, page by page', async () => {
  const search = async (query: string) =>
    ((await get(chief, `/api/audit?limit=500&${query}`)).json() as { items: AuditItem[] }).items
  expect((await search('actor=truong&action=user.disable')).length).toBeGreaterThan(0)
  expect(
    (await search('actor=truong')).every(
      (row) => row.actorUsername === 'truong' || row.onBehalfName === 'truong',
    ),
  ).toBe(true)
  expect(
    (await search(`text=${encodeURIComponent('Thay người nghỉ hưu')}`)).map(({ action }) => action),
  ).toEqual(['approval.request'])
  expect(await search('text=100%25_')).toEqual([])
  expect(await search('to=2020-01-01T00:00:00Z')).toEqual([])
  expect((await search('result=wrong-password')).every(({ action }) => action === 'login.refuse')).toBe(true)
  const all = await search('')
  const paged: number[] = []
  let cursor = ''
  do {
    const page = (await get(chief, `/api/audit?limit=40${cursor}`)).json() as {
      items: AuditItem[]
      nextCursor: string | null
    }
    paged.push(...page.items.map(({ n }) => n))
    cursor = page.nextCursor === null ? '' : `&cursor=${encodeURIComponent(page.nextCursor)}`
  } while (cursor !== '')
  expect(paged).toEqual(all.map(({ n }) => n))
})
