import type { InjectOptions } from 'fastify'
import type { Role } from './contract.ts'
import type { Scope } from './permissions.ts'
import { liesIn, type Place, type PlantedDataset, type Secret, type World } from './rights-world.fixture.ts'

/**
 * The tests' own picture of rights, written down once more without looking at the program: who may learn a secret, and
 * what is another's.
 */
export interface Holder {
  username: string
  roles: readonly { place: Place; role: Role }[]
  scopes: readonly Scope[]
  /** The token's unit and datasets. */
  place: Place
  datasets: readonly string[] | null
}

const insiders: Role[] = ['officer', 'duty-officer', 'approver', 'analyst', 'administrator', 'auditor']
const keepers: Role[] = ['officer', 'duty-officer', 'analyst', 'administrator']
const watchers: Role[] = ['administrator', 'auditor']

function reaches(
  { roles, place, scopes }: Holder,
  among: readonly Role[],
  owner: Place | null,
  needed: readonly Scope[],
): boolean {
  return (
    scopes.some((scope) => needed.includes(scope)) &&
    liesIn(owner, place) &&
    roles.some((held) => among.includes(held.role) && liesIn(owner, held.place))
  )
}

const reading: Scope[] = ['read', 'admin']

function mayRead(who: Holder, dataset: PlantedDataset): boolean {
  if (dataset.class === 'open') return true
  if (dataset.personal) return false
  if (who.datasets !== null && !who.datasets.includes(dataset.code)) return false
  if (dataset.class === 'restricted') return reaches(who, insiders, dataset.owner, reading)
  return liesIn(dataset.owner, who.place) && who.scopes.some((scope) => reading.includes(scope))
}

export function mayLearn(who: Holder, { dataset, account, approval }: Secret): boolean {
  if (dataset) return mayRead(who, dataset)
  if (account) return account.username === who.username || reaches(who, watchers, account.place, reading)
  if (approval)
    return (
      reaches(who, [...keepers, 'approver'], approval.place, ['admin']) ||
      reaches(who, watchers, approval.place, reading)
    )
  return false
}

/** What the audit and the ledger's entries may tell: to a token for certain datasets of those alone. */
export function mayLearnByAudit(who: Holder, secret: Secret): boolean {
  if (!mayLearn(who, secret)) return false
  return who.datasets === null || (secret.dataset !== undefined && who.datasets.includes(secret.dataset.code))
}

const mayKeep = (who: Holder, owner: Place | null) => reaches(who, keepers, owner, ['admin', 'ingest'])
const mayManage = (who: Holder, place: Place) => reaches(who, ['administrator'], place, ['admin'])

type Schema = {
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  format?: string
  minItems?: number
}
interface Operation {
  parameters?: { name: string; in: string; schema: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { content?: Record<string, unknown> }>
  'x-audit'?: string
}

export interface Probe {
  name: string
  request: InjectOptions
  /** Changes something when it succeeds. */
  changes: boolean
}

type Filler = Record<string, string>

/** The laboratory is one room for all who may simulate: nothing in it belongs to a unit. */
const ofNoUnit = /^\/api\/(policies|populations|simulations)/

export async function operations(world: World): Promise<[method: string, path: string, Operation][]> {
  const document = (await world.app.inject('/api/openapi.json')).json() as {
    paths: Record<string, Record<string, Operation>>
  }
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [
      method.toUpperCase(),
      path,
      operation,
    ]),
  )
}

/** Every GET of the document, filled with every id that is there. */
export async function readings(world: World, indexes: number): Promise<Probe[]> {
  const probes: Probe[] = []
  for (const [method, path, operation] of await operations(world)) {
    if (method !== 'GET' || ofNoUnit.test(path)) continue
    // A stream has no end; what goes out on it is judged event by event, in its own tests.
    if ('text/event-stream' in (operation.responses['200']?.content ?? {})) continue
    const queries = (operation.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name)
    for (const place of pathFillers(world, path, indexes))
      for (const query of queryFillers(world, queries)) {
        const text = new URLSearchParams(query).toString()
        const url = fill(path, place) + (text === '' ? '' : `?${text}`)
        probes.push({ name: `GET ${path}`, request: { method: 'GET', url }, changes: false })
      }
  }
  return probes
}

/** Every operation that changes something, at what belongs to others. */
export async function writings(world: World, who: Holder): Promise<Probe[]> {
  const probes: Probe[] = []
  const abroad = world.datasets.filter((dataset) => !mayKeep(who, dataset.owner))
  const others: Others = {
    // What a token is not good for is another's as well.
    datasets: world.datasets.filter((dataset) => abroad.includes(dataset) || !inLimit(who, dataset)),
    abroad,
    people: world.accounts.filter(({ place }) => !mayManage(who, place)),
    node: !mayManage(who, '*'),
  }
  for (const [method, path, operation] of await operations(world)) {
    if (method === 'GET' || ofNoUnit.test(path) || everybodys.test(`${method} ${path}`)) continue
    const ofUnits = /^\/api\/(users|tokens|entities)/.test(path)
    // A new dataset without an owner is the caller's own.
    const about = (ofUnits ? others.abroad : others.datasets).filter(
      ({ owner }) => owner !== null || path !== '/api/datasets',
    )
    const schema = operation.requestBody?.content['application/json']?.schema
    for (const place of foreignFillers(world, path, others))
      for (const one of path.includes('{') ? world.datasets.slice(0, 1) : about) {
        const unit = world.unit(one.owner ?? '*')
        const user = others.people[0]?.username ?? 'nobody'
        const payload = schema ? body(schema, { about: one, unit, user }) : undefined
        const headers = { 'if-match': '"1"' }
        const request = { method, url: fill(path, place), headers, ...(payload ? { payload } : {}) }
        probes.push({
          name: `${method} ${path}`,
          request: request as InjectOptions,
          changes: 'x-audit' in operation,
        })
      }
  }
  return probes
}

/** What does not belong to a unit and whose way in is not a right: signing in, and words that everybody may add. */
const everybodys = /^POST \/(witness|api\/(login|logout|setup|properties$))/

interface Others {
  datasets: PlantedDataset[]
  /** Of units that the holder does not reach. */
  abroad: PlantedDataset[]
  people: { username: string; place: Place }[]
  /** Whether the node as a whole is another's. */
  node: boolean
}

function inLimit(who: Holder, { code }: PlantedDataset): boolean {
  return who.datasets === null || who.datasets.includes(code)
}

function fill(path: string, values: Filler): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? '0'))
}

function pathFillers(world: World, path: string, indexes: number): Filler[] {
  const all = (name: string, values: readonly string[]) => values.map((value) => ({ [name]: value }))
  if (!path.includes('{')) return [{}]
  if (path.startsWith('/api/datasets/'))
    return all(
      'code',
      world.datasets.map(({ code }) => code),
    )
  if (path.startsWith('/api/properties/'))
    return all(
      'code',
      world.datasets.map(({ property }) => property),
    )
  if (path.startsWith('/api/imports/'))
    return all(
      'id',
      world.datasets.map((one) => one.import),
    )
  if (path.startsWith('/api/entities/')) return all('id', world.ids.entities)
  if (path.startsWith('/api/units/')) return all('id', [world.unit('hcm'), world.unit('ha-noi')])
  if (path.startsWith('/api/users/'))
    return all(
      'username',
      world.accounts.map(({ username }) => username),
    )
  if (path.startsWith('/api/approvals/'))
    return all(
      'id',
      world.ids.approvals.map(({ id }) => id),
    )
  if (path.startsWith('/api/tokens/'))
    return all(
      'id',
      world.ids.tokens.map(({ id }) => id),
    )
  if (path.startsWith('/api/me/')) return all('id', ['0'.repeat(32)])
  if (path.startsWith('/api/roles/')) return all('code', ['viewer', 'administrator'])
  if (path.startsWith('/api/jobs/')) return all('id', ['00000000-0000-7000-8000-000000000000'])
  if (path.includes('{index}'))
    return Array.from({ length: indexes }, (_, index) => ({ index: String(index) }))
  if (path.includes('{seq}')) return Array.from({ length: 40 }, (_, seq) => ({ seq: String(seq + 1) }))
  if (path.startsWith('/api/lake/')) return all('action', ['verify'])
  if (path.startsWith('/ledger/tile/')) return [{ a: 'entries', b: '000.p', c: '1' }]
  throw new Error(`no values for the parameters of ${path}: say in this file what they may be filled with`)
}

function queryFillers(world: World, names: readonly string[]): Filler[] {
  const has = (name: string) => names.includes(name)
  const plain: Filler = has('limit') ? { limit: '500' } : {}
  const found: Filler[] = [plain]
  if (has('user')) found.push(...world.accounts.map(({ username }) => ({ user: username })))
  if (has('text')) found.push({ ...plain, text: 'Nguồn kín' })
  if (has('q')) found.push({ ...plain, q: 'Nguồn kín' })
  if (has('dataset') || has('property'))
    for (const { code, property, entity } of world.datasets) {
      const asked: Filler = {
        ...plain,
        ...(has('dataset') ? { dataset: code } : {}),
        ...(has('property') ? { property } : {}),
        ...(has('entity') ? { entity } : {}),
        ...(has('versions') ? { versions: 'all' } : {}),
      }
      found.push(asked)
      if (has('dataset') && has('property')) {
        const { dataset: _, ...unnamed } = asked
        found.push(unnamed)
      }
    }
  return found
}

function foreignFillers(world: World, path: string, others: Others): Filler[] {
  if (!path.includes('{')) return [{}]
  if (/^\/api\/(datasets|properties|imports)\//.test(path))
    return others.datasets.map(({ code, property, import: id }) => ({
      code: path.startsWith('/api/properties') ? property : code,
      id,
    }))
  if (path.startsWith('/api/entities/')) return others.abroad.map(({ entity }) => ({ id: entity }))
  const names = others.people.map(({ username }) => username)
  if (path.startsWith('/api/users/')) return names.map((username) => ({ username }))
  if (path.startsWith('/api/tokens/'))
    return world.ids.tokens.filter(({ username }) => names.includes(username)).map(({ id }) => ({ id }))
  if (/^\/api\/(roles|lake)\//.test(path)) return others.node ? pathFillers(world, path, 1) : []
  // Whoever asks in these tests uses a token, and deciding takes a person who is signed in.
  return pathFillers(world, path, 1)
}

interface Aim {
  about: PlantedDataset
  unit: string
  user: string
}

/** A body that would do something, were it allowed: known fields are aimed at what is another's, the others hold the least. */
function body(schema: Schema, aim: Aim, name = ''): unknown {
  const known: Record<string, unknown> = {
    dataset: aim.about.code,
    owner: aim.unit === '*' ? null : aim.unit,
    unit: aim.unit === '*' ? null : aim.unit,
    user: aim.user,
    target: aim.about.code,
    entity: aim.about.entity,
    property: aim.about.property,
    code: `moi-${aim.about.code}`,
    id: `urn:nhip:Station:moi-${aim.about.code}`,
    username: `nguoi-moi-${aim.about.code}`,
    password: 'mat-khau-du-dai',
    reason: 'thử',
    at: '2026-08-01T00:00:00+07:00',
    value: 1,
    class: 'shared',
    action: 'dataset.open',
    change: { class: 'open' },
    memberships: [{ unit: aim.unit, role: 'officer' }],
    seq: 1,
    decision: 'reject',
    on: '2027-01-01',
    act: '1234/NQ',
    parent: aim.unit,
    kind: 'ward',
    level: 'commune',
  }
  if (name in known) return known[name]
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.anyOf) return body(schema.anyOf[0] ?? {}, aim)
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  if (type === 'object') {
    const wanted = Object.entries(schema.properties ?? {}).filter(
      ([field]) => schema.required?.includes(field) || field in known,
    )
    return Object.fromEntries(wanted.map(([field, inner]) => [field, body(inner, aim, field)]))
  }
  if (type === 'array') return (schema.minItems ?? 0) > 0 ? [body(schema.items ?? {}, aim)] : []
  if (type === 'integer' || type === 'number') return 1
  if (type === 'boolean') return false
  return 'mới'
}
