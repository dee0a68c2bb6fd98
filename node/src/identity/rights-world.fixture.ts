import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { readSettings } from '../config.ts'
import { idempotencyIn } from '../http/idempotency-store.ts'
import { application } from '../http/serve.ts'
import { newLog, type OpenNode, openNode } from '../main.ts'
import { can, type Scope } from './permissions.ts'
import { addUser, createToken, type RoleAt } from './users.ts'

/** Two provinces, a commune or two in each, and a word for each that tests use in place of an id. */
export const places = ['*', 'ha-noi', 'ha-noi/ba-dinh', 'ha-noi/cua-nam', 'hcm', 'hcm/sai-gon'] as const
export type Place = (typeof places)[number]

/** Whether one place lies in another: the tests' own picture of the territory, in one line. */
export const liesIn = (place: Place | null, above: Place): boolean =>
  above === '*' || (place !== null && (place === above || place.startsWith(`${above}/`)))

/** Something that only some may learn. */
export interface Secret {
  /** The text that gives it away. */
  mark: string
  /** What it is about, for the message of a failure. */
  what: string
  dataset?: PlantedDataset
  /** The account or the request that it belongs to, by place. */
  account?: { username: string; place: Place }
  approval?: { username: string; place: Place }
}

export interface PlantedDataset {
  code: string
  owner: Place | null
  class: 'open' | 'shared' | 'restricted'
  personal: boolean
  property: string
  entity: string
  import: string
}

/** A node with data of several units in it, and secrets in every corner. */
export interface World {
  node: OpenNode
  app: FastifyInstance
  datasets: PlantedDataset[]
  secrets: Secret[]
  accounts: { username: string; place: Place }[]
  unit(place: Place): string
  /** Ids that a path or a query may be filled with. */
  ids: {
    entities: string[]
    tokens: { id: string; username: string }[]
    approvals: { id: string; place: Place }[]
  }
  /** As the operator, who may do everything. */
  asOperator(request: InjectOptions): Promise<Answer>
  end(): Promise<void>
}

export type Answer = Awaited<ReturnType<FastifyInstance['inject']>>

const unlimited = { perSecond: 1e9, burst: 1e9 }
export const password = 'mat-khau-thu-nghiem'
const test = { id: 'test' }

export async function openWorld(): Promise<World> {
  const data = mkdtempSync(join(tmpdir(), 'nhip-rights-'))
  const node = await openNode({
    settings: readSettings({ data, profile: 'empty' }, {}),
    log: newLog('error'),
    passwordCost: 8,
  })
  const app = await application({
    routes: node.routes(),
    authenticate: (credentials) => node.identity.authenticate(credentials),
    can,
    version: 'test',
    secret: Buffer.alloc(32, 1),
    health: node.health,
    idempotency: idempotencyIn(node.records),
    limits: { general: unlimited, signIn: unlimited },
    checkAnswers: true,
    // What becomes a 500 says here why.
    logger: node.log,
  })
  await node.startJobs()
  const units = unitsOf(node)
  const world: World = {
    node,
    app,
    datasets: [],
    secrets: [],
    accounts: [],
    ids: { entities: [], tokens: [], approvals: [] },
    unit: (place) => units[place],
    asOperator: (request) =>
      app.inject({
        ...request,
        headers: { ...request.headers, authorization: `Bearer ${node.operatorToken}` },
      }),
    async end() {
      await app.close()
      await node.close()
      rmSync(data, { recursive: true, force: true })
    },
  }
  return world
}

/** Adds an account and a token of it. @returns how it asks */
export async function newcomer(
  world: World,
  username: string,
  roles: readonly { place: Place; role: string }[],
  token: { scopes?: Scope[]; place?: Place; datasets?: string[] } = {},
): Promise<(request: InjectOptions) => Promise<Answer>> {
  const { identity } = world.node
  const memberships: RoleAt[] = roles.map(({ place, role }) => ({ unit: world.unit(place), role }))
  await addUser(identity, test, { username, displayName: username, password, memberships })
  const made = await createToken(identity, test, {
    username,
    name: 'test',
    scopes: token.scopes ?? ['ingest', 'read', 'admin'],
    expiresAt: null,
    unit: token.place === undefined || token.place === '*' ? null : world.unit(token.place),
    datasets: token.datasets ?? null,
  })
  return (request) =>
    world.app.inject({
      ...request,
      headers: { ...request.headers, authorization: `Bearer ${made.token}` },
    })
}

/** Plants datasets of every class for several owners, each with a row, an import, a finding, a contract and their secrets. */
export async function plant(world: World): Promise<void> {
  const { asOperator, secrets } = world
  const kinds: Pick<PlantedDataset, 'owner' | 'class' | 'personal'>[] = [
    ...(['ha-noi', 'ha-noi/ba-dinh', 'hcm', 'hcm/sai-gon', null] as const).map((owner) => ({
      owner,
      class: 'restricted' as const,
      personal: false,
    })),
    { owner: 'ha-noi/ba-dinh', class: 'shared', personal: false },
    { owner: 'hcm', class: 'open', personal: false },
    { owner: 'ha-noi', class: 'restricted', personal: true },
    { owner: 'hcm', class: 'shared', personal: true },
  ]
  for (const [n, kind] of kinds.entries()) await plantDataset(world, n, kind)
  for (const [n, place] of (['*', 'ha-noi', 'ha-noi/ba-dinh', 'hcm'] as const).entries()) {
    const username = `quan-tri-${n}`
    const mark = `Bí danh số ${n}`
    await addUser(world.node.identity, test, {
      username,
      displayName: mark,
      password,
      memberships: [{ unit: world.unit(place), role: 'administrator' }],
    })
    world.accounts.push({ username, place })
    secrets.push({ mark, what: `name of ${username}`, account: { username, place } })
    const { id, token } = await createToken(world.node.identity, test, {
      username,
      name: `mã bí mật ${n}`,
      scopes: ['admin'],
      expiresAt: null,
    })
    secrets.push({ mark: `mã bí mật ${n}`, what: `token of ${username}`, account: { username, place } })
    world.ids.tokens.push({ id, username })
    const asked = await world.app.inject({
      method: 'POST',
      url: '/api/approvals',
      headers: { authorization: `Bearer ${token}` },
      payload: {
        action: 'dataset.open',
        target: world.datasets.find(
          (dataset) =>
            dataset.class === 'restricted' &&
            !dataset.personal &&
            dataset.owner === (place === '*' ? null : place),
        )?.code,
        change: { class: 'shared' },
        reason: `lý do bí mật ${n}`,
      },
    })
    if (asked.statusCode === 201) {
      world.ids.approvals.push({ id: asked.json().id, place })
      secrets.push({
        mark: `lý do bí mật ${n}`,
        what: `request of ${username}`,
        approval: { username, place },
      })
    }
  }
  // What was done must be in the ledger before anybody looks for it there.
  const settled = await asOperator({ method: 'GET', url: '/api/ledger' })
  if (settled.statusCode !== 200) throw new Error(settled.body)
}

async function plantDataset(
  world: World,
  n: number,
  kind: Pick<PlantedDataset, 'owner' | 'class' | 'personal'>,
): Promise<void> {
  const { asOperator, secrets } = world
  const owner = kind.owner === null ? null : world.unit(kind.owner)
  const code = `bo-${n}`
  const property = `chi-tieu-${n}`
  const entity = `urn:nhip:Station:tram-${n}`
  const must = async (request: InjectOptions) => {
    const answer = await asOperator(request)
    if (answer.statusCode >= 300) throw new Error(`${request.method} ${String(request.url)}: ${answer.body}`)
    return answer
  }
  const post = (url: string, payload: object) => must({ method: 'POST', url, payload })
  const named = (text: string) => ({ vi: text, en: text })
  const dataset: PlantedDataset = { ...kind, code, property, entity, import: '' }
  // What somebody may learn of personal data is that they are there, of a unit's own not even that.
  const tell = (mark: string, what: string) => {
    if (kind.class !== 'open') secrets.push({ mark, what: `${what} of ${code}`, dataset })
    return mark
  }
  const { owner: place, class: level, personal } = kind
  const publisher = personal ? '' : tell(`Nguồn kín số ${n}`, 'publisher')
  await post('/api/datasets', { code, name: named(`Bộ ${n}`), owner, class: level, personal, publisher })
  await post('/api/properties', { code: property, name: named(`Chỉ tiêu ${n}`), kind: 'number' })
  await post('/api/entities', {
    id: entity,
    type: 'Station',
    name: named(`Trạm ${n}`),
    unit: place === null ? null : owner,
  })
  world.ids.entities.push(entity)
  await world.node.catalogue.link({ id: 'test' }, code, [property])
  const value = 7_000_000.25 + n * 1000
  tell(String(value), 'value')
  await post('/api/observations', {
    dataset: code,
    observations: [
      { entity, property, at: '2026-07-01T08:00:00+07:00', value },
      {
        entity,
        property,
        at: '2026-07-02T08:00:00+07:00',
        status: 'O',
        text: tell(`hỏng máy số ${n}`, 'text'),
      },
    ],
  })
  const bad = tell(`sai-bi-mat-${n}`, 'refused cell')
  const rows = `trạm,ngày,giá trị\n${entity},2026-06-01,${value + 1}\n${entity},2026-06-02,\n${entity},2026-06-03,${bad}\n`
  tell(String(value + 1), 'value of a file')
  const mapping = {
    dataset: code,
    property,
    columns: [
      { column: 'trạm', role: 'entity' },
      { column: 'ngày', role: 'time', date: 'iso' },
      { column: 'giá trị', role: 'value', decimal: '.' },
    ],
  }
  const made = await must(
    multipart({ dataset: code, mapping: JSON.stringify(mapping) }, `tep-${n}.csv`, rows),
  )
  dataset.import = made.json().id
  await post(`/api/imports/${dataset.import}/commit`, { onError: 'skip' })
  for (;;) {
    const { state } = (await asOperator({ method: 'GET', url: `/api/imports/${dataset.import}` })).json()
    if (state === 'done') break
    if (state !== 'committing') throw new Error(`import ${state}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  world.datasets.push(dataset)
}

function multipart(fields: Record<string, string>, name: string, content: string): InjectOptions {
  const boundary = 'ranh-gioi'
  const part = (head: string, body: string) =>
    `--${boundary}\r\ncontent-disposition: form-data; ${head}\r\n\r\n${body}\r\n`
  const parts = Object.entries(fields).map(([field, value]) => part(`name="${field}"`, value))
  return {
    method: 'POST',
    url: '/api/imports',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: `${parts.join('')}${part(`name="file"; filename="${name}"`, content)}--${boundary}--\r\n`,
  }
}

function unitsOf(node: OpenNode): Record<Place, string> {
  const territory = node.units.territory()
  const day = '2026-07-01'
  const province = (name: string) =>
    territory.units({ at: day, level: 'province' }).find((unit) => unit.name.vi === name)?.id ?? ''
  const below = (parent: string) => territory.childrenAt(parent, day).map(({ id }) => id)
  const haNoi = province('Hà Nội')
  const hcm = province('Hồ Chí Minh')
  const [baDinh = '', cuaNam = ''] = below(haNoi)
  const [saiGon = ''] = below(hcm)
  return {
    '*': '*',
    'ha-noi': haNoi,
    'ha-noi/ba-dinh': baDinh,
    'ha-noi/cua-nam': cuaNam,
    hcm,
    'hcm/sai-gon': saiGon,
  }
}
