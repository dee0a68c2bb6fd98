import { Readable } from 'node:stream'
import { type Static, Type } from 'typebox'
import type { Catalogue, Dataset } from '../catalogue/catalogue.ts'
import { datasetsFor, readableDatasets } from '../catalogue/dataset-scope.ts'
import type { Caller } from '../http/caller.ts'
import { type Incoming, type Route, route } from '../http/declare.ts'
import { malformedMultipart } from '../http/failure.ts'
import { Page, Paging } from '../http/paging.ts'
import { refuse } from '../http/problem.ts'
import { unstorableText } from '../http/storable-text.ts'
import { compile, problemsOf } from '../http/validation.ts'
import type { Records } from '../records/contract.ts'
import type { JobHandler } from '../records/jobs.ts'
import type { IntakeRooms } from './admit.ts'
import { FindingItem, ImportItem, Mapping } from './contract.ts'
import { errorsCsv } from './errors-csv.ts'
import { demandCreation, demandImport, demandTarget, importScope } from './import-rights.ts'
import type { RunOptions } from './import-runs.ts'
import { checkJob, commitJob, type Imports, largestUpload } from './imports.ts'
import { observationDoor } from './observation-routes.ts'
import { readFindings, readImports } from './store.ts'

const closed = { additionalProperties: false } as const
const ById = Type.Object({ id: Type.String({ format: 'uuid' }) })
const isMapping = compile(Mapping, 'body')
const RunBody = Type.Object(
  {
    onError: Type.Optional(
      Type.Enum(['abort', 'skip'] as const, {
        default: 'abort',
        description: 'abort: one refused row refuses the file; skip: the other rows are stored',
      }),
    ),
    autoCreate: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'create the dataset, entities and properties that are new',
      }),
    ),
  },
  closed,
)

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
  const run: JobHandler = async (job) => {
    const { import: id, actor } = job.payload as { import: string; actor: string }
    return imports.run({ id: actor }, id, job)
  }
  return { [commitJob]: run, [checkJob]: run }
}

function importRoutes({ records, imports, catalogue }: IntakeRouteRooms): Route[] {
  /** An import that the caller may see. */
  const demand = async (caller: Caller, id: string) => {
    const known = await imports.find(id)
    demandImport(caller, known, imports.datasetOf(known))
    return known
  }
  return [
    route({
      method: 'GET',
      path: '/api/imports',
      summary: 'Imports, newest first',
      query: Type.Object({ ...Paging, dataset: Type.Optional(Type.String()) }, closed),
      permission: 'imports.write',
      responses: { 200: { description: 'Imports', body: Page(ImportItem) } },
      async handle({ query, caller, cursor, nextCursor }) {
        const limit = query.limit ?? 50
        const found = await readImports(records, importScope(catalogue, caller), {
          limit: limit + 1,
          before: cursor() as string | undefined,
          dataset: query.dataset,
        })
        const items: ImportItem[] = []
        for (const one of found.slice(0, limit)) items.push(await imports.itemOf(one, 0))
        return {
          status: 200,
          body: { items, nextCursor: found.length > limit ? nextCursor(items.at(-1)!.id) : null },
        }
      },
    }),
    route({
      method: 'POST',
      path: '/api/imports',
      summary: 'Upload a CSV or XLSX file and see how it would be read',
      description:
        'multipart/form-data: `file`, optional `dataset` (code) and `mapping` (JSON), both before the file.',
      multipart: true,
      bodyLimit: largestUpload,
      permission: 'imports.write',
      audit: 'import.preview',
      responses: { 201: { description: 'Previewed', body: ImportItem } },
      async handle(request) {
        const id = await upload(request, imports, catalogue)
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
      async handle({ params, caller }) {
        await demand(caller, params.id)
        return { status: 200, body: await imports.item(params.id) }
      },
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
      async handle({ params, body, actor, caller }) {
        await demand(caller, params.id)
        demandTarget(catalogue, caller, body.dataset)
        await imports.map(actor, params.id, body, datasetsFor(catalogue, caller, 'imports.write'))
        return { status: 200, body: await imports.item(params.id) }
      },
    }),
    route({
      method: 'POST',
      path: '/api/imports/{id}/check',
      summary: 'Read every row and store none, as a job: the report says what a commit would do',
      params: ById,
      body: RunBody,
      permission: 'imports.write',
      audit: 'import.check',
      responses: { 202: { description: 'Queued', body: ImportItem } },
      async handle({ params, body, actor, caller }) {
        const options = runOptions(body, caller, imports.datasetOf(await demand(caller, params.id)))
        const job = await imports.check(actor, params.id, options)
        return { status: 202, body: await imports.item(params.id), headers: { location: `/api/jobs/${job}` } }
      },
    }),
    route({
      method: 'POST',
      path: '/api/imports/{id}/commit',
      summary: 'Store the rows, as a job',
      params: ById,
      body: RunBody,
      permission: 'imports.write',
      audit: 'import.commit',
      responses: { 202: { description: 'Queued', body: ImportItem } },
      async handle({ params, body, actor, caller }) {
        const options = runOptions(body, caller, imports.datasetOf(await demand(caller, params.id)))
        const job = await imports.commit(actor, params.id, options)
        return { status: 202, body: await imports.item(params.id), headers: { location: `/api/jobs/${job}` } }
      },
    }),
    route({
      method: 'POST',
      path: '/api/imports/{id}/undo',
      summary: 'Take back exactly the rows that the import wrote and that still hold',
      description:
        'A fact that the import had replaced has its former value again; any other is withdrawn. Rows that somebody corrected since are left alone.',
      params: ById,
      permission: 'imports.write',
      audit: 'import.undo',
      responses: { 200: { description: 'Withdrawn', body: ImportItem } },
      async handle({ params, actor, caller }) {
        await demand(caller, params.id)
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
      async handle({ params, actor, caller }) {
        await demand(caller, params.id)
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
      async handle({ params, caller, lang }) {
        await demand(caller, params.id)
        return {
          status: 200,
          body: Readable.from(errorsCsv(records, params.id, lang)),
          headers: { 'content-disposition': `attachment; filename="errors-${params.id}.csv"` },
        }
      },
    }),
  ]
}

/** @throws 403 when something is to be created where the caller does not keep the catalogue */
function runOptions(
  { onError = 'abort', autoCreate = false }: Static<typeof RunBody>,
  caller: Caller,
  dataset: Dataset | undefined,
): RunOptions {
  return { onError, autoCreate, owner: autoCreate ? demandCreation(caller, dataset) : null }
}

async function upload(
  request: Incoming<unknown, unknown, unknown>,
  imports: Imports,
  catalogue: Catalogue,
): Promise<string> {
  const { caller } = request
  const fields: { dataset?: string; mapping?: Mapping } = {}
  for await (const part of request.parts()) {
    if (part.field === 'dataset' && part.value) fields.dataset = datasetCode(part.value)
    else if (part.field === 'mapping' && part.value) fields.mapping = mappingOf(part.value)
    else if (part.field === 'file' && part.stream) {
      demandTarget(catalogue, caller, fields.dataset ?? fields.mapping?.dataset)
      return imports.preview(request.actor, {
        name: fileName(part.filename),
        content: wholePart(part.stream),
        by: caller.username,
        offered: datasetsFor(catalogue, caller, 'imports.write'),
        ...fields,
      })
    } else part.stream?.resume()
  }
  throw refuse(400, 'file-missing')
}

/** The bytes of a file, to the end of its part. @throws 413 over the limit, 400 when the body breaks off */
async function* wholePart(stream: Readable): AsyncGenerator<Uint8Array> {
  let bytes = 0
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > largestUpload) throw refuse(413, 'body-too-large')
      yield chunk
    }
  } catch (error) {
    throw malformedMultipart(error)
  }
}

/** The last part of a name as a browser sends it, without what only a trickster puts into one. */
function fileName(sent: string | null): string {
  const last = (sent ?? '').split(/[\\/]/).at(-1)!
  const name = last.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '').trim()
  return name === '' || /^\.+$/.test(name) ? 'file.csv' : name.slice(-200)
}

/** @throws a 422 problem for a text that can be the code of no dataset */
function datasetCode(text: string): string {
  if (/^[a-z0-9][a-z0-9:_.-]{0,199}$/.test(text)) return text
  throw refuse(422, 'bad-code', { params: { code: text.slice(0, 100) } })
}

/** @throws a 422 problem when the text is not a mapping */
function mappingOf(text: string): Mapping {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refuse(400, 'malformed-json')
  }
  const unstorable = unstorableText(text, value)
  if (unstorable) throw refuse(422, 'invalid-request', { errors: [{ ...unstorable, path: '/mapping' }] })
  if (!isMapping(value))
    throw refuse(422, 'invalid-request', { errors: problemsOf(isMapping.errors, '/mapping') })
  return value as Mapping
}

function findingsRoute({ records, catalogue }: IntakeRouteRooms): Route {
  return route({
    method: 'GET',
    path: '/api/findings',
    summary:
      'What no quality bit can carry: blank cells and doubts of the source in imports, rules of contracts',
    query: Type.Object(
      {
        ...Paging,
        dataset: Type.Optional(Type.String()),
        import: Type.Optional(Type.String({ format: 'uuid' })),
        rule: Type.Optional(Type.String()),
        open: Type.Optional(Type.Boolean({ description: 'only those that nobody has decided about yet' })),
      },
      closed,
    ),
    permission: 'public',
    responses: { 200: { description: 'Findings', body: Page(FindingItem) } },
    async handle({ query, caller, cursor, nextCursor }) {
      const limit = query.limit ?? 50
      const { items, total } = await readFindings(records, readableDatasets(catalogue, caller), {
        dataset: query.dataset,
        import: query.import,
        rule: query.rule,
        open: query.open,
        limit: limit + 1,
        after: cursor() as string | undefined,
      })
      const page = items.slice(0, limit)
      return {
        status: 200,
        body: { items: page, nextCursor: items.length > limit ? nextCursor(page.at(-1)!.id) : null, total },
      }
    },
  })
}
