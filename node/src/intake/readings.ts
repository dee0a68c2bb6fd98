import type { Readable } from 'node:stream'
import type { Problem } from '@nhip/canonical/problem'
import { parse as parseCsv } from 'csv-parse/sync'
import { problemItem, refuse } from '../http/problem.ts'
import { unstorableText } from '../http/storable-text.ts'
import { compile, problemsOf } from '../http/validation.ts'
import { type Candidate, candidateOf } from './candidate.ts'
import { Reading } from './contract.ts'

/** Most readings of one request or message. */
export const mostReadings = 10_000
export const mostBytes = 8 * 1024 * 1024

/** What a sender's readings come to before they are judged: facts claimed, and what could not be read as one. */
export interface Read {
  candidates: Candidate[]
  errors: Problem[]
}

/** Readings of a JSON body; their places are JSON Pointers. */
export function fromReadings(readings: readonly Reading[], receivedAt: number): Read {
  const read: Read = { candidates: [], errors: [] }
  for (const [i, reading] of readings.entries()) keep(read, candidateOf(reading, i, receivedAt))
  return read
}

/**
 * Readings of a body with one of them a line; their places are line numbers.
 *
 * @throws a 4xx problem when the body is too large, not UTF-8, or a table without usable columns
 */
export async function fromLines(
  type: 'application/x-ndjson' | 'text/csv',
  content: Readable,
  receivedAt: number,
): Promise<Read> {
  const text = await wholeText(content)
  const lines = type === 'text/csv' ? csvObjects(text) : ndjsonObjects(text)
  if (lines.length > mostReadings) throw refuse(422, 'too-many-readings', { params: { most: mostReadings } })
  const read: Read = { candidates: [], errors: [] }
  for (const { line, value, problems } of lines) {
    if (problems) read.errors.push(...problems)
    else if (!isReading(value))
      read.errors.push(...problemsOf(isReading.errors).map((problem) => placed(problem, line, value)))
    else {
      const found = candidateOf(value as Reading, 0, receivedAt)
      keep(read, 'severity' in found ? { ...found, path: undefined, line } : { ...found, place: { line } })
    }
  }
  return read
}

const isReading = compile(Reading, 'body')

function keep(read: Read, found: Candidate | Problem): void {
  if ('severity' in found) read.errors.push(found)
  else read.candidates.push(found)
}

async function wholeText(content: Readable): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of content as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > mostBytes) throw refuse(413, 'body-too-large')
    chunks.push(chunk)
  }
  const bytes = Buffer.concat(chunks)
  if (bytes.includes(0)) throw refuse(400, 'body-not-utf8')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw refuse(400, 'body-not-utf8')
  }
}

interface Line {
  line: number
  value?: unknown
  /** Why the line is no reading at all. */
  problems?: Problem[]
}

/** A problem of the schema, with its line and the text it is about. */
function placed(problem: Problem, line: number, value: unknown): Problem {
  const name = problem.path?.slice(1) ?? ''
  const found =
    value !== null && typeof value === 'object' && Object.hasOwn(value, name)
      ? Reflect.get(value, name)
      : value
  return {
    ...problem,
    line,
    ...(found === undefined || typeof found === 'object' ? {} : { value: String(found) }),
  }
}

function ndjsonObjects(text: string): Line[] {
  return text.split('\n').flatMap((raw, i): Line[] => {
    if (raw.trim() === '') return []
    try {
      const value: unknown = JSON.parse(raw)
      const problem = unstorableText(raw, value)
      return problem ? [{ line: i + 1, problems: [{ ...problem, line: i + 1 }] }] : [{ line: i + 1, value }]
    } catch {
      const problem = problemItem('line-not-json', {}, { line: i + 1, value: raw.slice(0, 100) })
      return [{ line: i + 1, problems: [problem] }]
    }
  })
}

const fields = Object.keys(Reading.properties)
const numeric = new Set(['value', 'num', 'den'])

/** Cells of a CSV whose header names the fields of a reading; an empty cell is an absent field. */
function csvObjects(text: string): Line[] {
  let records: { record: Record<string, string>; info: { lines: number } }[]
  try {
    records = parseCsv(text, { columns: columnsOf, bom: true, info: true, skip_empty_lines: true })
  } catch (cause) {
    if (cause instanceof ColumnFault) throw refuse(422, 'invalid-columns', { errors: cause.problems })
    throw refuse(400, 'malformed-csv', { params: { reason: (cause as Error).message }, cause })
  }
  return records.map(({ record, info: { lines: line } }) => {
    const value: Record<string, unknown> = {}
    const problems: Problem[] = []
    for (const [i, [name, cell]] of Object.entries(record).entries()) {
      if (cell === '') continue
      const number = numeric.has(name) ? decimal(cell) : undefined
      if (number === null)
        problems.push(problemItem('not-a-number', { value: cell }, { line, column: i + 1, value: cell }))
      else value[name] = number ?? cell
    }
    return problems.length > 0 ? { line, problems } : { line, value }
  })
}

/** The number that a cell writes with a decimal point; null for anything else: a program does not write `1.234,5`. */
function decimal(cell: string): number | null {
  return /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(cell) ? Number(cell) : null
}

class ColumnFault extends Error {
  readonly problems: Problem[]

  constructor(problems: Problem[]) {
    super('columns')
    this.problems = problems
  }
}

/** A column that means nothing, or a second one of the same name, would be left out without a word. */
function columnsOf(header: string[]): string[] {
  const names = header.map((name) => name.trim())
  const problems = names.flatMap((name, i) => {
    const place = { line: 1, column: i + 1, value: name }
    if (!fields.includes(name))
      return [problemItem('unknown-column', { name, fields: fields.join(', ') }, place)]
    return names.indexOf(name) < i ? [problemItem('column-twice', { name }, place)] : []
  })
  if (problems.length > 0) throw new ColumnFault(problems)
  return names
}
