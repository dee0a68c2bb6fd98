import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import type { Readable } from 'node:stream'
import cookie from '@fastify/cookie'
import multipart from '@fastify/multipart'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { answerCheck } from './answer-check.ts'
import type { Caller } from './caller.ts'
import { Health } from './contract.ts'
import type { Incoming, Route, UploadedPart } from './declare.ts'
import { route } from './declare.ts'
import { demandMatch } from './etag.ts'
import { failureOf, malformedMultipart } from './failure.ts'
import { securityHeaders, strictTransport } from './headers.ts'
import type { IdempotencyStore } from './idempotency.ts'
import { withIdempotency } from './idempotency.ts'
import { type Lang, preferredLanguage } from './language.ts'
import { Metrics } from './metrics.ts'
import { openapiDocument } from './openapi.ts'
import { type Cursors, signedCursors } from './paging.ts'
import { type HttpProblem, refuse } from './problem.ts'
import { type RateLimit, TokenBuckets } from './rate-limit.ts'
import { registerPages, sendPage } from './static-files.ts'
import { unstorableText } from './storable-text.ts'
import { compile, problemsOf } from './validation.ts'

export interface ApplicationOptions {
  routes: readonly Route[]
  /** Who a request comes from; throws 401 on a token or login that is not valid. */
  authenticate(request: Credentials): Promise<Caller>
  /** Whether the caller has the permission of the route at all; targets are checked by the route. */
  can(caller: Caller, permission: string): boolean
  version: string
  /** Signs cursors; the same key after a restart keeps old cursors valid. */
  secret: Buffer
  health(): Health
  /** Built pages; without it only the API is served. */
  pages?: string
  limits?: { general: RateLimit; signIn: RateLimit }
  idempotency?: IdempotencyStore
  /** The listening server of `openDoor`; without it the application is only injected into (tests). */
  server?: Server
  logger?: Pick<Logger, 'debug' | 'error'>
  /** Addresses whose `Forwarded` headers are believed. */
  trustProxy?: string[]
  /** Origins besides our own from which browsers may mutate. */
  origins?: string[]
  metrics?: Metrics
  /** Checks every answer against the served API document and answers 500 when it differs: on in tests. */
  checkAnswers?: boolean
  /** Epoch milliseconds; injected so that tests can move it. */
  now?: () => number
}

/** What identity needs to recognise a caller. */
export interface Credentials {
  authorization: string | undefined
  cookies: Record<string, string | undefined>
  address: string
  /** Whether the browser came by TLS. */
  secure: boolean
}

const defaultLimits = { general: { perSecond: 100, burst: 400 }, signIn: { perSecond: 1, burst: 30 } }
const megabyte = 1024 * 1024

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null
    lang: Lang
    startedAt: number
  }
}

/** Builds the application: every declared route behind the same chain of guards, and the pages. */
export async function application(options: ApplicationOptions): Promise<FastifyInstance> {
  const metrics = options.metrics ?? new Metrics()
  const app = Fastify({
    ...(options.server ? { serverFactory: () => options.server! } : {}),
    logger: false,
    frameworkErrors: (error, request, reply) => sendProblem(failureOf(error), request, reply),
    bodyLimit: megabyte,
    trustProxy: options.trustProxy?.length ? options.trustProxy : false,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 500 },
    exposeHeadRoutes: true,
    return503OnClosing: false,
  })
  const cursors = signedCursors(options.secret)
  const limits = options.limits ?? defaultLimits
  const buckets = { general: new TokenBuckets(limits.general), signIn: new TokenBuckets(limits.signIn) }

  await app.register(cookie)
  await app.register(multipart, { throwFileSizeLimit: false })
  if (options.pages) await registerPages(app, options.pages)
  app.decorateRequest('caller', null)
  app.decorateRequest('lang', 'vi')
  app.decorateRequest('startedAt', 0)
  // An answer that its schema does not fit is found by `checkAnswers`, not hidden by dropping what is too much.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value))
  app.removeContentTypeParser('text/plain')
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text: string, done) => {
    void parseJson(request, text, (error, value) => {
      const problem = error ? null : unstorableText(text, value)
      done(problem ? refuse(422, 'invalid-request', { errors: [problem] }) : error, value)
    })
  })

  app.addHook('onRequest', async (request, reply) => {
    request.startedAt = performance.now()
    request.lang = preferredLanguage(request.headers['accept-language'])
    reply.headers(securityHeaders)
    if (request.protocol === 'https') reply.header('strict-transport-security', strictTransport)
    reply.header('x-request-id', request.id)
    // No address, parameter or cursor has a null character, and no database takes one.
    if (request.url.includes('%00')) throw refuse(400, 'malformed-address')
  })
  app.addHook('onResponse', async (request, reply) => {
    const path = request.routeOptions.url ?? '(pages)'
    const seconds = (performance.now() - request.startedAt) / 1000
    metrics.observe(request.method, path, reply.statusCode, seconds)
    options.logger?.debug({
      event: 'request',
      method: request.method,
      url: request.url.split('?')[0],
      status: reply.statusCode,
      ms: Math.round(seconds * 1000),
      request: request.id,
    })
  })
  app.addHook('onClose', async () => metrics.close())
  app.setErrorHandler((error, request, reply) => {
    const problem = failureOf(error)
    if (problem.status >= 500)
      options.logger?.error({ event: 'failure', err: error, url: request.url, request: request.id })
    sendProblem(problem, request, reply)
  })
  app.setNotFoundHandler((request, reply) => {
    const readable = request.method === 'GET' || request.method === 'HEAD'
    if (
      readable &&
      options.pages &&
      !request.url.startsWith('/api/') &&
      sendPage(options.pages, request, reply)
    )
      return
    sendProblem(
      refuse(404, 'no-such-address', {
        params: { method: request.method, path: request.url.split('?')[0]! },
      }),
      request,
      reply,
    )
  })

  let text: string | undefined
  const document = () => {
    text ??= JSON.stringify(openapiDocument(routes, { version: options.version }))
    return text
  }
  const routes: readonly Route[] = [...options.routes, ...ownRoutes(options, metrics, document)]
  for (const declared of routes) addRoute(app, declared, { options, cursors, buckets })
  if (options.checkAnswers) checkAnswers(app, document())
  await app.ready()
  return app
}

/** Turns every answer that is not as the served document says into a 500. */
function checkAnswers(app: FastifyInstance, document: string): void {
  const check = answerCheck(document)
  app.addHook('onSend', async (request, reply, payload) => {
    const url = request.routeOptions.url
    if (url === undefined || request.method === 'HEAD' || reply.statusCode === 304) return payload
    const wrong = check({
      method: request.method,
      path: url.replace(/:(\w+)/g, '{$1}'),
      status: reply.statusCode,
      type: reply.getHeader('content-type')?.toString(),
      body: typeof payload === 'string' ? payload : undefined,
    })
    if (wrong.length > 0) throw new Error(`an answer is not as the API document says: ${wrong.join('; ')}`)
    return payload
  })
}

interface Frame {
  options: ApplicationOptions
  cursors: Cursors
  buckets: { general: TokenBuckets; signIn: TokenBuckets }
}

function addRoute(app: FastifyInstance, declared: Route, frame: Frame): void {
  const { options, cursors, buckets } = frame
  const check = {
    params: declared.params && compile(declared.params, 'query'),
    query: declared.query && compile(declared.query, 'query'),
    body: declared.body && compile(declared.body, 'body'),
  }
  const name = `${declared.method} ${declared.path}`
  const mutation = declared.method !== 'GET'

  app.register(async (scope) => {
    // Types that a route reads itself stay unread; everywhere else they are 415.
    for (const type of declared.streams ?? []) {
      scope.addContentTypeParser(type, (_request, payload, done) => done(null, payload))
    }
    scope.route({
      method: declared.method,
      url: declared.path.replace(/\{(\w+)\}/g, ':$1'),
      bodyLimit: declared.bodyLimit ?? megabyte,
      // A stream has no end that a HEAD could wait for.
      exposeHeadRoute: declared.responses[200]?.type !== 'text/event-stream',
      onRequest: async (request, reply) => {
        const caller = await options.authenticate(credentialsOf(request))
        request.caller = caller
        if (caller.lang) request.lang = caller.lang
        limitRate(declared, caller, request, reply, buckets)
        if (mutation) demandOwnOrigin(request, options.origins ?? [])
        demandPermission(declared.permission, caller, options)
      },
      handler: async (request, reply) => {
        const receivedAt = options.now?.() ?? Date.now()
        const incoming = incomingOf(declared, name, request, reply, cursors, check, receivedAt)
        const work = async () => declared.handle(incoming)
        const answer = await (declared.idempotent && options.idempotency
          ? withIdempotency(options.idempotency, name, incoming, work)
          : work())
        const response = declared.responses[answer.status]
        if (!response) throw new Error(`${name} answered ${answer.status}, which it does not declare`)
        if (answer.headers) reply.headers(answer.headers)
        reply.code(answer.status)
        const { type } = response
        if (answer.body === undefined) return reply.send()
        if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
        if (type && type !== 'application/json') return reply.type(type).send(answer.body)
        return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer.body))
      },
    })
  })
}

function credentialsOf(request: FastifyRequest): Credentials {
  return {
    authorization: request.headers.authorization,
    cookies: request.cookies,
    address: request.ip,
    secure: request.protocol === 'https',
  }
}

type Checks = Record<'params' | 'query' | 'body', ReturnType<typeof compile> | undefined>

function incomingOf(
  declared: Route,
  name: string,
  request: FastifyRequest,
  reply: FastifyReply,
  cursors: Cursors,
  check: Checks,
  receivedAt: number,
): Incoming<unknown, unknown, unknown> {
  const streamed = (declared.streams ?? []).includes(mediaType(request))
  validate(check.params, request.params, '/params', 400)
  validate(check.query ?? noQuery, request.query, '/query', 400)
  if (check.body && !streamed) {
    if (request.body === undefined || request.body === null) throw refuse(400, 'body-missing')
    validate(check.body, request.body, '', 422)
  }
  return {
    // Plain objects: the parser's own have another prototype, which nothing that writes them down would take.
    params: { ...(request.params as object) },
    query: { ...(request.query as object) },
    body: streamed ? undefined : request.body,
    caller: request.caller!,
    credentials: credentialsOf(request),
    actor: { id: request.caller!.id ?? request.caller!.username, requestId: request.id, address: request.ip },
    lang: request.lang,
    requestId: request.id,
    address: request.ip,
    headers: request.headers,
    secure: request.protocol === 'https',
    receivedAt,
    ...(streamed ? { stream: { type: mediaType(request), content: request.body as Readable } } : {}),
    parts: () => partsOf(request, declared.bodyLimit ?? megabyte),
    cursor: () => {
      const { cursor } = request.query as { cursor?: string }
      return cursor === undefined ? undefined : cursors.decode(name, cursor)
    },
    nextCursor: (value) => cursors.encode(name, value),
    ifMatch: (version, current) => demandMatch(request.headers['if-match'], version, current),
    setCookie: (key, value, maxAge) =>
      void reply.setCookie(key, value, {
        path: '/',
        httpOnly: true,
        sameSite: 'lax',
        secure: request.protocol === 'https',
        maxAge,
      }),
    cookie: (key) => request.cookies[key],
  }
}

const noQuery = compile({ type: 'object', additionalProperties: false }, 'query')

function validate(check: Checks['body'], value: unknown, root: string, status: number): void {
  if (!check || check(value)) return
  throw refuse(status, 'invalid-request', { errors: problemsOf(check.errors, root) })
}

function mediaType(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
}

async function* partsOf(request: FastifyRequest, limit: number): AsyncIterable<UploadedPart> {
  if (!request.isMultipart()) throw refuse(415, 'multipart-expected')
  // One byte more than is taken in: a file that is cut off at the limit would look like a smaller one.
  const limits = { fileSize: limit + 1, files: 5, fields: 20, fieldSize: megabyte }
  try {
    for await (const part of request.parts({ limits })) {
      if (part.type === 'file') yield { field: part.fieldname, filename: part.filename, stream: part.file }
      else if (part.valueTruncated) throw refuse(413, 'body-too-large')
      else yield { field: part.fieldname, filename: null, value: String(part.value) }
    }
  } catch (error) {
    throw malformedMultipart(error)
  }
}

function limitRate(
  declared: Route,
  caller: Caller,
  request: FastifyRequest,
  reply: FastifyReply,
  buckets: Frame['buckets'],
): void {
  const signIn = declared.limit === 'sign-in'
  if (caller.limitKey === 'unlimited' && !signIn) return
  const key = signIn ? request.ip : (caller.limitKey ?? request.ip)
  const { allowed, limit, remaining, resetS } = (signIn ? buckets.signIn : buckets.general).take(
    key,
    performance.now(),
  )
  reply
    .header('ratelimit-limit', limit)
    .header('ratelimit-remaining', remaining)
    .header('ratelimit-reset', resetS)
  if (!allowed)
    throw refuse(429, 'too-many-requests', {
      params: { seconds: Math.max(1, resetS) },
      headers: { 'retry-after': String(Math.max(1, resetS)) },
    })
}

/** A browser tells where a request was born; one with our cookie but from a foreign page is a forgery. */
function demandOwnOrigin(request: FastifyRequest, allowed: readonly string[]): void {
  const { origin } = request.headers
  if (origin === undefined) return
  if (origin === `${request.protocol}://${request.host}` || allowed.includes(origin)) return
  throw refuse(403, 'foreign-origin', { params: { origin } })
}

function demandPermission(permission: string, caller: Caller, { can }: ApplicationOptions): void {
  if (permission === 'public') return
  if (permission === 'signed-in' ? caller.kind !== 'anonymous' : can(caller, permission)) return
  if (caller.kind === 'anonymous')
    throw refuse(401, 'sign-in-required', { headers: { 'www-authenticate': 'Bearer realm="nhip"' } })
  throw refuse(403, 'not-permitted', { params: { permission } })
}

function sendProblem(problem: HttpProblem, request: FastifyRequest, reply: FastifyReply): void {
  // A request that failed before the hooks has no language yet.
  const lang = request.lang ?? preferredLanguage(request.headers['accept-language'])
  if (!reply.hasHeader('content-security-policy')) reply.headers(securityHeaders)
  // Whoever is still sending a body that nobody reads would keep the connection from its next request.
  if (!request.raw.complete) reply.header('connection', 'close')
  reply
    .code(problem.status)
    .headers(problem.details.headers ?? {})
    .header('content-language', lang)
    .header('cache-control', 'no-store')
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem.document(lang, request.url)))
}

function ownRoutes(options: ApplicationOptions, metrics: Metrics, document: () => string): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/openapi.json',
      summary: 'This document',
      permission: 'public',
      responses: { 200: { description: 'OpenAPI 3.1', type: 'application/json; charset=utf-8' } },
      handle: () => ({ status: 200, body: document() }),
    }),
    route({
      method: 'GET',
      path: '/healthz',
      summary: 'Whether the node lives, store by store',
      permission: 'public',
      responses: {
        200: { description: 'Lives', body: Health },
        503: { description: 'Starting, stopping or a store is unreadable', body: Health },
      },
      handle: () => {
        const body = options.health()
        const unreadable = Object.values(body.stores).some(({ status }) => status === 'unreadable')
        return { status: unreadable ? 503 : 200, body }
      },
    }),
    route({
      method: 'GET',
      path: '/readyz',
      summary: 'Whether writes are accepted',
      permission: 'public',
      responses: {
        200: { description: 'Accepts writes', body: Health },
        503: { description: 'Does not', body: Health },
      },
      handle: () => {
        const body = options.health()
        return { status: body.writable ? 200 : 503, body }
      },
    }),
    route({
      method: 'GET',
      path: '/metrics',
      summary: 'Figures of the process for Prometheus',
      permission: 'public',
      responses: { 200: { description: 'Text format', type: 'text/plain; version=0.0.4; charset=utf-8' } },
      handle: () => ({ status: 200, body: metrics.text() }),
    }),
  ]
}
