import type { TObject, TSchema } from 'typebox'
import { ProblemDocument } from './contract.ts'
import type { Route } from './declare.ts'

const problemReference = { $ref: '#/components/schemas/Problem' }

/** The OpenAPI 3.1 document of the routes; `openapi` is its first key. */
export function openapiDocument(routes: readonly Route[], info: { version: string; serverUrl?: string }) {
  const paths: Record<string, Record<string, unknown>> = {}
  const sorted = [...routes].sort((a, b) => compare(a.path, b.path) || compare(a.method, b.method))
  for (const declared of sorted) {
    paths[declared.path] ??= {}
    paths[declared.path]![declared.method.toLowerCase()] = operation(declared)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Nhịp',
      version: info.version,
      summary: 'An open operations centre for digital government',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: info.serverUrl ?? '/' }],
    paths,
    components: {
      schemas: { Problem: ProblemDocument },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A token of `nhip token create`' },
        login: { type: 'apiKey', in: 'cookie', name: 'nhip_login', description: 'Set by `POST /api/login`' },
      },
    },
  }
}

function operation(declared: Route) {
  const { method, path, params, query, permission, responses } = declared
  const parameters = [
    ...parametersOf(params, 'path'),
    ...parametersOf(query, 'query'),
    ...(declared.idempotent
      ? [{ name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string' } }]
      : []),
  ]
  const body = requestBody(declared)
  const answers: Record<string, unknown> = {}
  const problem = { content: { 'application/problem+json': { schema: problemReference } } }
  for (const [status, { description, body: schema, type }] of Object.entries(responses)) {
    const content = { [type ?? 'application/json']: { schema: schema ?? schemaOf(type ?? '') } }
    // What a route says of a refusal stands beside the problems that any request may be answered with.
    const refusal = Number(status) >= 400 ? problem.content : {}
    answers[status] = { description, ...(schema || type ? { content: { ...content, ...refusal } } : {}) }
  }
  answers['4XX'] = { description: 'What is wrong with the request (RFC 9457)', ...problem }
  answers['5XX'] = { description: 'What keeps the node from answering (RFC 9457)', ...problem }
  return {
    operationId: operationId(method, path),
    tags: [path.split('/')[2] ?? path.split('/')[1]],
    summary: declared.summary,
    ...(declared.description ? { description: declared.description } : {}),
    ...(parameters.length ? { parameters } : {}),
    ...(body ? { requestBody: body } : {}),
    responses: answers,
    security: permission === 'public' ? [{}] : [{ token: [] }, { login: [] }],
    'x-permission': permission,
    ...(declared.audit ? { 'x-audit': declared.audit } : {}),
  }
}

/** Of a body that nobody describes further: text, or whatever JSON. */
function schemaOf(type: string): object {
  return /[/+]json\b/.test(type) ? {} : { type: 'string' }
}

/** `GET /api/datasets/{code}` → `getDatasetsByCode`: unique because method and path are. */
function operationId(method: string, path: string): string {
  const words = path
    .replace(/^\/api\//, '')
    .split(/[/._-]/)
    .map((word) => word.replace(/^\{(.+)\}$/, 'by-$1'))
    .flatMap((word) => word.split('-'))
  return method.toLowerCase() + words.map((w) => w.charAt(0).toUpperCase() + w.slice(1)).join('')
}

function parametersOf(schema: TObject | undefined, place: 'path' | 'query') {
  if (!schema) return []
  const required = new Set<string>((schema as { required?: string[] }).required)
  return Object.entries(schema.properties as Record<string, TSchema>).map(([name, property]) => {
    const description = (property as { description?: string }).description
    return {
      name,
      in: place,
      required: place === 'path' || required.has(name),
      ...(description ? { description } : {}),
      schema: property,
    }
  })
}

function requestBody({ body, streams, multipart }: Route) {
  const content: Record<string, unknown> = {}
  if (body) content['application/json'] = { schema: body }
  for (const type of streams ?? []) content[type] = { schema: { type: 'string' } }
  if (multipart) content['multipart/form-data'] = { schema: { type: 'object' } }
  return Object.keys(content).length ? { required: true, content } : null
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
