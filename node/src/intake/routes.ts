import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { mayRead } from '../catalogue/catalogue.ts'
import { type Incoming, type Route, route } from '../http/declare.ts'
import { Page, Paging } from '../http/paging.ts'
import { refuse } from '../http/problem.ts'
import { compile, problemsOf } from '../http/validation.ts'
import type { Records } from '../records/contract.ts'
import type { JobHandler } from '../records/jobs.ts'
import type { IntakeRooms } from './admit.ts'
import { FindingItem, ImportItem, Mapping } from './contract.ts'
import { type Imports, importJob, largestUpload } from './imports.ts'
import { observationDoor } from './observation-routes.ts'
import { readErrors, readFindings, readImports } from './store.ts'

const closed = { additionalProperties: false } as const
const ById = Type.Object({ id: Type.String({ format: 'uuid' }) })
const isMapping = compile(Mapping, 'body')

export interface IntakeRouteRooms extends IntakeRooms {
  records: Records
  imports: Imports
}

/** The doors: readings, and files with their preview, mapping, commit and undo. */
export function intakeRoutes(rooms: IntakeRouteRooms): Route[] {
  return [observationDoor(rooms), ...importRoutes(rooms), findingsRoute(rooms)]
}

/** What the queue of jobs calls. */
export function intakeJobs(imports: Imports): Record<string, JobHandler> {
  return {
    [importJob]: async (job) => {
      const { import: id, actor } = job.payload as { import: string; actor: string }
      return imports.run({ id: actor }, id, job)
    },
  }
}

function importRoutes({ records, imports }: IntakeRouteRooms): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/imports',
      summary: 'Imports, newest first',
      query: Type.Object({ ...Paging, dataset: Type.Optional(Type.String()) }, closed),
      permission: 'imports.write',
      responses: { 200: { description: 'Imports', body: Page(ImportItem) } },
      async handle({ query, cursor, nextCursor }) {
        const limit = query.limit ?? 50
        const found = await readImports(records, {
          limit: limit + 1,
          before: cursor() as string | undefined,
          dataset: query.dataset,
        })
        const items: ImportItem[] = []
        for (const one of found.slice(0, limit)) items.push(await imports.itemOf(one))
        return {
          status: 200,
          body: { items, nextCursor: found.length > limit ? nextCursor(items.at(-1)!.id) : null },
        }
      },
    }),
    route({
      method: 'POST',
      path: '/api/imports',
      summary: 'Upload a CSV file and see how it would be read',
      description:
        'multipart/form-data: `file`, optional `dataset` (code) and `mapping` (JSON), both before the file.',
      multipart: true,
      bodyLimit: largestUpload,
      permission: 'imports.write',
      audit: 'import.preview',
      responses: { 201: { description: 'Previewed', body: ImportItem } },
      async handle(request) {
        const id = await upload(request, imports)
        return { status: 201, body: await imports.item(id), headers: { location: `/api/imports/${id}` } }
      },
    }),
    route({
      method: 'GET',
      path: '/api/imports/{id}',
      summary: 'One import with its preview or report',
      params: ById,
      permission: 'imports.write',
      responses: { 200: { description: 'The import', body: ImportItem } },
      handle: async ({ params }) => ({ status: 200, body: await imports.item(params.id) }),
    }),
    route({
      method: 'PUT',
      path: '/api/imports/{id}/mapping',
      summary: 'Say what the columns mean; previews anew',
      params: ById,
      body: Mapping,
      permission: 'imports.write',
      audit: 'import.map',
      responses: { 200: { description: 'The import', body: ImportItem } },
      async handle({ params, body, actor }) {
        await imports.map(actor, params.id, body)
        return { status: 200, body: await imports.item(params.id) }
      },
    }),
    route({
      method: 'POST',
      path: '/api/imports/{id}/commit',
      summary: 'Store the rows, as a job',
      params: ById,
      body: Type.Object(
        {
          onError: Type.Optional(Type.Enum(['abort', 'skip'] as const, { default: 'abort' })),
          autoCreate: Type.Optional(
            Type.Boolean({
              default: false,
              description: 'create the dataset, entities and properties that are new',
            }),
          ),
        },
        closed,
      ),
      permission: 'imports.write',
      audit: 'import.commit',
      responses: { 202: { description: 'Queued', body: ImportItem } },
      async handle({ params, body, actor, caller }) {
        const autoCreate = body.autoCreate ?? false
        if (autoCreate && !caller.permissions.has('catalogue.write') && caller.kind !== 'token')
          throw refuse(403, 'not-permitted', { params: { permission: 'catalogue.write' } })
        const job = await imports.commit(actor, params.id, { onError: body.onError ?? 'abort', autoCreate })
        return { status: 202, body: await imports.item(params.id), headers: { location: `/api/jobs/${job}` } }
      },
    }),
    route({
      method: 'POST',
      path: '/api/imports/{id}/undo',
      summary: 'Withdraw exactly the rows that the import wrote',
      params: ById,
      permission: 'imports.write',
      audit: 'import.undo',
      responses: { 200: { description: 'Withdrawn', body: ImportItem } },
      async handle({ params, actor }) {
        await imports.undo(actor, params.id)
        return { status: 200, body: await imports.item(params.id) }
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/imports/{id}',
      summary: 'Give an import up before it is done',
      params: ById,
      permission: 'imports.write',
      audit: 'import.cancel',
      responses: { 204: { description: 'Cancelled' } },
      async handle({ params, actor }) {
        await imports.cancel(actor, params.id)
        return { status: 204 }
      },
    }),
    route({
      method: 'GET',
      path: '/api/imports/{id}/errors.csv',
      summary: 'Every refused row: line, column, value, code, message',
      params: ById,
      permission: 'imports.write',
      responses: { 200: { description: 'CSV, UTF-8', type: 'text/csv; charset=utf-8' } },
      async handle({ params, lang }) {
        await imports.item(params.id)
        return {
          status: 200,
          body: Readable.from(errorLines(records, params.id, lang)),
          headers: { 'content-disposition': `attachment; filename="errors-${params.id}.csv"` },
        }
      },
    }),
  ]
}

async function upload(request: Incoming<unknown, unknown, unknown>, imports: Imports): Promise<string> {
  const fields: { dataset?: string; mapping?: Mapping } = {}
  for await (const part of request.parts()) {
    if (part.field === 'dataset' && part.value) fields.dataset = part.value
    else if (part.field === 'mapping' && part.value) fields.mapping = mappingOf(part.value)
    else if (part.field === 'file' && part.stream) {
      return imports.preview(request.actor, {
        name: part.filename ?? 'file.csv',
        content: part.stream as AsyncIterable<Uint8Array>,
        by: request.caller.username,
        ...fields,
      })
    }
  }
  throw refuse(400, 'file-missing')
}

/** @throws a 422 problem when the text is not a mapping */
function mappingOf(text: string): Mapping {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refuse(400, 'malformed-json')
  }
  if (!isMapping(value))
    throw refuse(422, 'invalid-request', { errors: problemsOf(isMapping.errors, '/mapping') })
  return value as Mapping
}

async function* errorLines(records: Records, id: string, lang: 'vi' | 'en'): AsyncGenerator<string> {
  yield '\ufeffline,column,value,code,message\r\n'
  let after = -1
  for (;;) {
    const errors = await readErrors(records, id, { limit: 1000, after })
    if (errors.length === 0) return
    after = errors.at(-1)!.n
    yield errors
      .map(({ line, column, path, value, code, message }) =>
        [line, column ?? path, value, code, message[lang]].map(csvCell).join(','),
      )
      .join('\r\n')
      .concat('\r\n')
  }
}

/** A cell for spreadsheet programs, which take text that starts with = + - @ for a formula. */
function csvCell(value: string | number | undefined): string {
  const text =
    value === undefined
      ? ''
      : typeof value === 'string' && /^[=+\-@\t]/.test(value)
        ? `'${value}`
        : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function findingsRoute({ records, catalogue }: IntakeRouteRooms): Route {
  return route({
    method: 'GET',
    path: '/api/findings',
    summary: 'What imports noticed and no quality bit can carry: blank cells, doubts of the source',
    query: Type.Object(
      {
        ...Paging,
        dataset: Type.Optional(Type.String()),
        import: Type.Optional(Type.String({ format: 'uuid' })),
        rule: Type.Optional(Type.String()),
      },
      closed,
    ),
    permission: 'public',
    responses: { 200: { description: 'Findings', body: Page(FindingItem) } },
    async handle({ query, caller, cursor, nextCursor }) {
      const limit = query.limit ?? 50
      const readable = catalogue
        .datasets()
        .filter((dataset) => mayRead(caller, dataset))
        .map(({ code }) => code)
      const { items, total } = await readFindings(records, {
        dataset: query.dataset,
        import: query.import,
        rule: query.rule,
        limit: limit + 1,
        after: cursor() as string | undefined,
        readable,
      })
      const page = items.slice(0, limit)
      return {
        status: 200,
        body: { items: page, nextCursor: items.length > limit ? nextCursor(page.at(-1)!.id) : null, total },
      }
    },
  })
}
