import type { InjectOptions } from 'fastify'
import { Type } from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anonymous, type Caller } from './caller.ts'
import { ProblemDocument } from './contract.ts'
import { route } from './declare.ts'
import { openDoor } from './door.ts'
import { etag } from './etag.ts'
import { Page, Paging } from './paging.ts'
import { refuse } from './problem.ts'
import { application } from './serve.ts'
import { compile } from './validation.ts'

const Thing = Type.Object(
  {
    id: Type.Integer(),
    name: Type.String({ minLength: 1 }),
    colour: Type.Optional(Type.Enum(['red', 'blue'] as const)),
  },
  { additionalProperties: false },
)
const things = Array.from({ length: 7 }, (_, i) => ({ id: i + 1, name: `thing ${i + 1}` }))

const routes = [
  route({
    method: 'GET',
    path: '/api/things',
    summary: 'Things',
    query: Type.Object({ ...Paging }, { additionalProperties: false }),
    permission: 'public',
    responses: { 200: { description: 'A page', body: Page(Thing) } },
    handle({ query, cursor, nextCursor }) {
      const after = (cursor() as number | undefined) ?? 0
      const items = things.filter(({ id }) => id > after).slice(0, query.limit)
      const last = items.at(-1)
      return { status: 200, body: { items, nextCursor: last && last.id < 7 ? nextCursor(last.id) : null } }
    },
  }),
  route({
    method: 'GET',
    path: '/api/others',
    summary: 'Another list',
    query: Type.Object({ ...Paging }, { additionalProperties: false }),
    permission: 'public',
    responses: { 200: { description: 'A page', body: Page(Thing) } },
    handle({ cursor }) {
      cursor()
      return { status: 200, body: { items: [], nextCursor: null } }
    },
  }),
  route({
    method: 'POST',
    path: '/api/things',
    summary: 'Adds a thing',
    body: Thing,
    permission: 'things.write',
    audit: 'thing.add',
    responses: { 201: { description: 'Added', body: Thing } },
    handle: ({ body }) => ({
      status: 201,
      body,
      headers: { location: `/api/things/${body.id}`, etag: etag(1) },
    }),
  }),
  route({
    method: 'PATCH',
    path: '/api/things/{id}',
    summary: 'Changes a thing',
    params: Type.Object({ id: Type.Integer() }),
    body: Type.Partial(Thing),
    permission: 'things.write',
    responses: { 200: { description: 'Changed', body: Thing } },
    handle({ params, ifMatch }) {
      const thing = things.find(({ id }) => id === params.id)
      if (!thing)
        throw refuse(404, 'no-such-address', { params: { method: 'PATCH', path: String(params.id) } })
      ifMatch(3, thing)
      return { status: 200, body: thing }
    },
  }),
  route({
    method: 'GET',
    path: '/api/broken',
    summary: 'Fails',
    permission: 'public',
    responses: { 200: { description: 'Never', body: Thing } },
    handle: () => {
      throw new Error('secret detail of the store')
    },
  }),
  route({
    method: 'POST',
    path: '/api/lines',
    summary: 'Reads lines',
    streams: ['application/x-ndjson'],
    body: Type.Object({ n: Type.Integer() }, { additionalProperties: false }),
    permission: 'public',
    responses: { 200: { description: 'Counted', body: Type.Object({ n: Type.Integer() }) } },
    async handle({ stream, body }) {
      if (!stream) return { status: 200, body: { n: body.n } }
      let n = 0
      for await (const chunk of stream.content) n += String(chunk).split('\n').length - 1
      return { status: 200, body: { n } }
    },
  }),
]

const officer: Caller = {
  ...anonymous,
  kind: 'token',
  id: 'u1',
  username: 'canbo',
  permissions: new Set(['things.write']),
  limitKey: 'u1',
}

async function open(
  limits = { general: { perSecond: 1000, burst: 1000 }, signIn: { perSecond: 1, burst: 1 } },
) {
  return application({
    routes,
    authenticate: async ({ authorization }) => {
      if (authorization === undefined) return anonymous
      if (authorization === 'Bearer good') return officer
      if (authorization === 'Bearer reader') return { ...officer, permissions: new Set() }
      throw refuse(401, 'sign-in-required')
    },
    can: (caller, permission) => caller.permissions.has(permission),
    version: '0.0.0',
    secret: Buffer.alloc(32, 7),
    limits,
    checkAnswers: true,
    health: () => ({
      status: 'ok',
      version: '0.0.0',
      profile: 'empty',
      uptimeS: 1,
      stores: {},
      writable: true,
    }),
  })
}

let app: Awaited<ReturnType<typeof open>>
beforeAll(async () => {
  app = await open()
})
afterAll(() => app.close())

const isProblem = compile(ProblemDocument, 'body')
const good = { authorization: 'Bearer good' }
const json = { 'content-type': 'application/json' }

describe('lists', () => {
  test('pages follow one another by signed cursors', async () => {
    const seen: number[] = []
    let next: string | null = ''
    while (next !== null) {
      const answer = await app.inject(
        `/api/things?limit=3${next ? `&cursor=${encodeURIComponent(next)}` : ''}`,
      )
      const page: { items: { id: number }[]; nextCursor: string | null } = answer.json()
      seen.push(...page.items.map(({ id }) => id))
      next = page.nextCursor
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  test('a cursor of one list is refused by another', async () => {
    const { nextCursor } = (await app.inject('/api/things?limit=3')).json()
    const answer = await app.inject(`/api/others?cursor=${encodeURIComponent(nextCursor)}`)
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'bad-cursor'])
  })
})

describe('every malformed request is answered by a problem document', () => {
  const cases: [string, number, string | InjectOptions][] = [
    ['no such address', 404, '/api/nothing'],
    ['no such method', 404, { method: 'DELETE', url: '/api/things', headers: good }],
    ['unknown query parameter', 400, '/api/things?colour=red'],
    ['limit not a number', 400, '/api/things?limit=many'],
    ['limit zero', 400, '/api/things?limit=0'],
    ['limit above 500', 400, '/api/things?limit=501'],
    ['limit a fraction', 400, '/api/things?limit=1.5'],
    ['limit given twice', 400, '/api/things?limit=1&limit=2'],
    ['cursor garbage', 400, '/api/things?cursor=abc'],
    ['cursor with a foreign signature', 400, '/api/things?cursor=Mw.AAAAAAAAAAAAAAAA'],
    ['cursor too long', 400, `/api/things?cursor=${'x'.repeat(1001)}`],
    ['wrongly encoded address', 400, '/api/%zz'],
    [
      'path parameter not a number',
      400,
      { method: 'PATCH', url: '/api/things/one', headers: { ...good, ...json }, payload: '{}' },
    ],
    [
      'body cut short',
      400,
      { method: 'POST', url: '/api/things', headers: { ...good, ...json }, payload: '{"id":1' },
    ],
    [
      'body not JSON',
      400,
      { method: 'POST', url: '/api/things', headers: { ...good, ...json }, payload: 'id=1' },
    ],
    ['body empty', 400, { method: 'POST', url: '/api/things', headers: { ...good, ...json }, payload: '' }],
    ['body absent', 400, { method: 'POST', url: '/api/things', headers: good }],
    [
      'body null',
      400,
      { method: 'POST', url: '/api/things', headers: { ...good, ...json }, payload: 'null' },
    ],
    [
      'body with a poisoned prototype',
      400,
      {
        method: 'POST',
        url: '/api/things',
        headers: { ...good, ...json },
        payload: '{"id":1,"name":"a","__proto__":{"x":1}}',
      },
    ],
    ['body an array', 422, { method: 'POST', url: '/api/things', headers: good, payload: [] }],
    ['field missing', 422, { method: 'POST', url: '/api/things', headers: good, payload: { id: 1 } }],
    [
      'number as text',
      422,
      { method: 'POST', url: '/api/things', headers: good, payload: { id: '1', name: 'a' } },
    ],
    [
      'text as number',
      422,
      { method: 'POST', url: '/api/things', headers: good, payload: { id: 1, name: 5 } },
    ],
    [
      'null for text',
      422,
      { method: 'POST', url: '/api/things', headers: good, payload: { id: 1, name: null } },
    ],
    [
      'field unknown',
      422,
      { method: 'POST', url: '/api/things', headers: good, payload: { id: 1, name: 'a', size: 2 } },
    ],
    [
      'choice unknown',
      422,
      { method: 'POST', url: '/api/things', headers: good, payload: { id: 1, name: 'a', colour: 'green' } },
    ],
    ['text empty', 422, { method: 'POST', url: '/api/things', headers: good, payload: { id: 1, name: '' } }],
    [
      'type not accepted',
      415,
      {
        method: 'POST',
        url: '/api/things',
        headers: { ...good, 'content-type': 'application/xml' },
        payload: '<a/>',
      },
    ],
    [
      'form instead of JSON',
      415,
      {
        method: 'POST',
        url: '/api/things',
        headers: { ...good, 'content-type': 'application/x-www-form-urlencoded' },
        payload: 'id=1',
      },
    ],
    [
      'plain text',
      415,
      {
        method: 'POST',
        url: '/api/things',
        headers: { ...good, 'content-type': 'text/plain' },
        payload: 'hello',
      },
    ],
    [
      'too large',
      413,
      {
        method: 'POST',
        url: '/api/things',
        headers: { ...good, ...json },
        payload: `{"id":1,"name":"${'a'.repeat(1024 * 1024)}"}`,
      },
    ],
    ['nobody', 401, { method: 'POST', url: '/api/things', payload: { id: 1, name: 'a' } }],
    [
      'a token that is not ours',
      401,
      {
        method: 'POST',
        url: '/api/things',
        headers: { authorization: 'Bearer bad' },
        payload: { id: 1, name: 'a' },
      },
    ],
    [
      'without the permission',
      403,
      {
        method: 'POST',
        url: '/api/things',
        headers: { authorization: 'Bearer reader' },
        payload: { id: 1, name: 'a' },
      },
    ],
    [
      'from a foreign page',
      403,
      {
        method: 'POST',
        url: '/api/things',
        headers: { ...good, origin: 'https://evil.example' },
        payload: { id: 1, name: 'a' },
      },
    ],
    [
      'without If-Match',
      428,
      { method: 'PATCH', url: '/api/things/1', headers: good, payload: { name: 'b' } },
    ],
    [
      'with a stale If-Match',
      412,
      {
        method: 'PATCH',
        url: '/api/things/1',
        headers: { ...good, 'if-match': '"2"' },
        payload: { name: 'b' },
      },
    ],
    ['a fault of ours', 500, '/api/broken'],
  ]
  test.each(cases)('%s: %i', async (_name, status, request) => {
    const answer = await app.inject(request)
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(isProblem(answer.json()) ? null : isProblem.errors).toBeNull()
    expect(answer.json().status).toBe(status)
    expect(answer.json().detail).not.toMatch(/secret|\{/)
  })

  test('the detail is in the language of the reader', async () => {
    const vi = await app.inject('/api/nothing')
    const en = await app.inject({
      url: '/api/nothing',
      headers: { 'accept-language': 'en-GB,en;q=0.9,vi;q=0.5' },
    })
    expect(vi.json().detail).toBe('Không có địa chỉ GET /api/nothing.')
    expect(en.json().detail).toBe('There is no GET /api/nothing.')
    expect(en.headers['content-language']).toBe('en')
  })

  test('all wrong values are named at once, each with its place', async () => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/things',
      headers: good,
      payload: { id: 'x', size: 2 },
    })
    expect(
      answer
        .json()
        .errors.map(({ path }: { path: string }) => path)
        .sort(),
    ).toEqual(['/id', '/name', '/size'])
  })

  test('412 shows what is stored', async () => {
    const answer = await app.inject({
      method: 'PATCH',
      url: '/api/things/1',
      headers: { ...good, 'if-match': '"2"' },
      payload: { name: 'b' },
    })
    expect(answer.headers.etag).toBe('"3"')
    expect(answer.json().current).toEqual({ id: 1, name: 'thing 1' })
  })
})

test('a body of a declared stream type reaches the handler unread, JSON is validated beside it', async () => {
  const lines = await app.inject({
    method: 'POST',
    url: '/api/lines',
    headers: { 'content-type': 'application/x-ndjson' },
    payload: '{}\n{}\n{}\n',
  })
  expect(lines.json()).toEqual({ n: 3 })
  expect((await app.inject({ method: 'POST', url: '/api/lines', payload: { n: 9 } })).json()).toEqual({
    n: 9,
  })
})

test('too many requests: 429 with the seconds to wait, other callers unharmed', async () => {
  const strict = await open({ general: { perSecond: 1, burst: 3 }, signIn: { perSecond: 1, burst: 1 } })
  const codes = []
  for (let i = 0; i < 5; i += 1) codes.push((await strict.inject('/api/things')).statusCode)
  expect(codes).toEqual([200, 200, 200, 429, 429])
  const last = await strict.inject('/api/things')
  expect(Number(last.headers['retry-after'])).toBeGreaterThanOrEqual(1)
  expect((await strict.inject({ url: '/api/things', headers: good })).statusCode).toBe(200)
  await strict.close()
})

test('security headers are on every answer, also on problems', async () => {
  for (const url of ['/api/things', '/api/nothing', '/healthz']) {
    const { headers } = await app.inject(url)
    expect(headers['content-security-policy']).toContain("script-src 'self';")
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['x-content-type-options']).toBe('nosniff')
  }
})

test('the OpenAPI document names every route, its permission and its audit action', async () => {
  const answer = await app.inject('/api/openapi.json')
  expect(answer.body.slice(0, 15)).toBe('{"openapi":"3.1')
  const document: { paths: Record<string, Record<string, { operationId: string }>> } = answer.json()
  expect(Object.keys(document.paths)).toContain('/api/things/{id}')
  expect(document.paths['/api/things']?.post).toMatchObject({
    'x-permission': 'things.write',
    'x-audit': 'thing.add',
  })
  const ids = Object.values(document.paths).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  )
  expect(new Set(ids).size).toBe(ids.length)
})

test('a door that is open before the stores answers 503 starting, then serves, then stops', async () => {
  const health = (state: 'starting' | 'stopping') => ({
    status: state,
    version: '0',
    profile: 'empty' as const,
    uptimeS: 0,
    stores: {},
    writable: false,
  })
  const door = await openDoor({ host: '127.0.0.1', port: 0, health, onFault: () => undefined })
  const early = await fetch(`${door.url}/api/things`)
  expect([
    early.status,
    early.headers.get('retry-after'),
    ((await early.json()) as { code: string }).code,
  ]).toEqual([503, '1', 'starting'])
  expect(((await (await fetch(`${door.url}/healthz`)).json()) as { status: string }).status).toBe('starting')
  const behind = await application({
    routes,
    authenticate: async () => anonymous,
    can: () => false,
    version: '0',
    secret: Buffer.alloc(32),
    server: door.server,
    health: () => health('starting'),
  })
  door.attach((request, response) => behind.routing(request, response))
  expect((await fetch(`${door.url}/api/things`)).status).toBe(200)
  await door.drain(1000)
  await expect(fetch(`${door.url}/api/things`)).rejects.toThrow()
  await behind.close()
})
