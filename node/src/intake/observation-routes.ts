import type { Readable } from 'node:stream'
import type { Problem } from '@nhip/canonical/problem'
import { parse as parseCsv } from 'csv-parse/sync'
import { Type } from 'typebox'
import { mayRead } from '../catalogue/catalogue.ts'
import { type Route, route } from '../http/declare.ts'
import { problemItem, refuse } from '../http/problem.ts'
import { compile, problemsOf } from '../http/validation.ts'
import { admit, type IntakeRooms } from './admit.ts'
import { type Candidate, candidateOf } from './candidate.ts'
import { Admitted, Reading } from './contract.ts'

export const mostReadings = 10_000
const eightMegabytes = 8 * 1024 * 1024

const Batch = Type.Object(
  {
    dataset: Type.String(),
    observations: Type.Array(Reading, { minItems: 1, maxItems: mostReadings }),
  },
  { additionalProperties: false },
)

/** The door for programs: `POST /api/observations`. */
export function observationDoor(rooms: IntakeRooms): Route {
  return route({
    method: 'POST',
    path: '/api/observations',
    summary: 'Store readings: all or nothing, or the valid ones with partial=true',
    description:
      'JSON, NDJSON (one reading a line) or CSV (columns named as the fields of a reading). For the last two the dataset is a query parameter. Repeating a request is harmless.',
    query: Type.Object(
      {
        dataset: Type.Optional(Type.String()),
        partial: Type.Optional(Type.Boolean({ default: false })),
      },
      { additionalProperties: false },
    ),
    body: Batch,
    streams: ['application/x-ndjson', 'text/csv'],
    bodyLimit: eightMegabytes,
    permission: 'observations.write',
    responses: { 200: { description: 'Stored, on disk', body: Admitted } },
    async handle({ body, stream, query, caller, actor, receivedAt }) {
      const code = stream ? query.dataset : body.dataset
      if (code === undefined) throw refuse(400, 'dataset-parameter-missing')
      const dataset = rooms.catalogue.dataset(code)
      if (!dataset || dataset.retiredAt !== null || !mayRead(caller, dataset))
        throw refuse(404, 'unknown-dataset', { params: { dataset: code } })
      const { candidates, errors } = stream
        ? await candidatesOf(stream.type, stream.content, receivedAt)
        : fromReadings(body.observations, receivedAt)
      if (errors.length > 0 && !query.partial) throw invalidReadings(errors)
      const admitted = await admit(
        rooms,
        {
          dataset,
          source: `http:${caller.username}`,
          door: 'http',
          receivedAt,
          candidates,
          partial: query.partial === true,
        },
        actor,
      )
      if (admitted.rejected > 0 && !query.partial) throw invalidReadings(admitted.errors, admitted.rejected)
      return {
        status: 200,
        body: {
          ...admitted,
          rejected: admitted.rejected + errors.length,
          errors: [...errors, ...admitted.errors].slice(0, 1000),
        },
      }
    },
  })
}

function invalidReadings(errors: Problem[], rejected = errors.length) {
  return refuse(422, 'invalid-readings', { params: { rejected }, errors: errors.slice(0, 1000) })
}

interface Read {
  candidates: Candidate[]
  errors: Problem[]
}

function fromReadings(readings: readonly Reading[], receivedAt: number): Read {
  const read: Read = { candidates: [], errors: [] }
  for (const [i, reading] of readings.entries()) keep(read, candidateOf(reading, i, receivedAt))
  return read
}

function keep(read: Read, found: Candidate | Problem): void {
  if ('severity' in found) read.errors.push(found)
  else read.candidates.push(found)
}

const isReading = compile(Reading, 'body')

async function candidatesOf(type: string, content: Readable, receivedAt: number): Promise<Read> {
  const text = await wholeText(content)
  const lines = type === 'text/csv' ? csvObjects(text) : ndjsonObjects(text)
  if (lines.length > mostReadings) throw refuse(422, 'too-many-readings', { params: { most: mostReadings } })
  const read: Read = { candidates: [], errors: [] }
  for (const { line, value } of lines) {
    if (value === undefined) read.errors.push(problemItem('line-not-json', {}, { line }))
    else if (!isReading(value))
      read.errors.push(...problemsOf(isReading.errors).map((problem) => ({ ...problem, line })))
    else {
      const found = candidateOf(value as Reading, 0, receivedAt)
      keep(read, 'severity' in found ? { ...found, path: undefined, line } : { ...found, place: { line } })
    }
  }
  return read
}

async function wholeText(content: Readable): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of content as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > eightMegabytes) throw refuse(413, 'body-too-large')
    chunks.push(chunk)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw refuse(400, 'body-not-utf8')
  }
}

function ndjsonObjects(text: string): { line: number; value: unknown }[] {
  return text.split('\n').flatMap((raw, i) => {
    if (raw.trim() === '') return []
    try {
      return [{ line: i + 1, value: JSON.parse(raw) as unknown }]
    } catch {
      return [{ line: i + 1, value: undefined }]
    }
  })
}

const numeric = new Set(['value', 'num', 'den'])

/** Cells of a CSV whose header names the fields of a reading; an empty cell is an absent field. */
function csvObjects(text: string): { line: number; value: unknown }[] {
  let records: { record: Record<string, string>; info: { lines: number } }[]
  try {
    records = parseCsv(text, { columns: true, bom: true, info: true, skip_empty_lines: true })
  } catch (cause) {
    throw refuse(400, 'malformed-csv', { params: { reason: (cause as Error).message }, cause })
  }
  return records.map(({ record, info }) => ({
    line: info.lines,
    value: Object.fromEntries(
      Object.entries(record)
        .filter(([, cell]) => cell !== '')
        .map(([name, cell]) => [
          name,
          numeric.has(name) && /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(cell) ? Number(cell) : cell,
        ]),
    ),
  }))
}
