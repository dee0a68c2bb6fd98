import { createHash } from 'node:crypto'
import { formatInstant } from '@nhip/calendar/instant'
import type { Problem } from '@nhip/canonical/problem'
import { isUom, uom } from '@nhip/quantity/uom-text'
import { fold } from '@nhip/territory/name-key'
import { refuse } from '../http/problem.ts'
import type { IntakeRooms } from './admit.ts'
import type { Candidate } from './candidate.ts'
import type { ImportItem, Mapping, Reading } from './contract.ts'
import { UnreadableFile } from './file/csv-scanner.ts'
import { guessMapping, type Knowledge } from './file/guess.ts'
import { entityOfFile, MappingError, rowMapper } from './file/map-rows.ts'
import { type OpenTable, openTable } from './file/open-table.ts'
import { type FileProfile, profileFile } from './file/profile.ts'

const previewRows = 20
/** A row of a wide table is many readings. */
const previewReadings = 400

/** What is known of a file before anything of it is stored. */
export interface Looked {
  detected: ImportItem['detected']
  mapping: Mapping
  /** Data rows. */
  rows: number
  /** Equal for files whose columns have the same names in the same order. */
  signature: string
  /** The first rows as the mapping reads them. */
  preview: Reading[]
  /** What the mapping still leaves open. */
  problems: Problem[]
  /** Whether the mapping is the one that an earlier file of these columns was taken in with. */
  saved: boolean
}

/** A file on disk under the name it was sent with. */
export interface NamedFile {
  path: string
  name: string
}

/**
 * Reads a file from end to end and says how it would be taken in: by the mapping that is given, else by the one that a
 * file of these columns was taken in with before, else by what its headers and cells suggest.
 *
 * @param savedFor the mapping kept for files of a signature
 * @throws a 422 problem when the file cannot be read as a table
 */
export async function lookAt(
  file: NamedFile,
  options: {
    rooms: IntakeRooms
    /** Folder for sheets written out as text. */
    scratch: string
    receivedAt: number
    given: Mapping | undefined
    savedFor(signature: string): Promise<Mapping | undefined>
  },
): Promise<Looked> {
  const { given, receivedAt } = options
  let profile: FileProfile
  let table: OpenTable
  try {
    table = await openTable(file.path, options.scratch, given?.sheet)
    profile = await profileFile(table.path, { ...given, ...table.layout })
  } catch (error) {
    if (error instanceof UnreadableFile)
      throw refuse(422, 'file-unreadable', { errors: [{ ...error.problem, file: file.name }] })
    throw error
  }
  const guess = guessMapping(profile, knowledgeOf(options.rooms))
  const { book } = table
  if (book) Object.assign(guess.detected, { sheet: book.sheet, sheets: book.sheets })
  const names = profile.columns.map(({ name }) => name)
  const signature = createHash('sha256')
    .update(JSON.stringify(names.map(fold)))
    .digest('hex')
  const saved =
    given === undefined ? fitting(await options.savedFor(signature), names, guess.mapping.columns) : undefined
  const chosen = given?.columns.length
    ? given
    : (saved ?? { ...guess.mapping, ...given, columns: guess.mapping.columns })
  const mapping: Mapping = {
    ...chosen,
    encoding: profile.encoding,
    delimiter: profile.delimiter,
    header: profile.header,
    ...(profile.skipRows > 0 ? { skipRows: profile.skipRows } : {}),
    ...(book ? { sheet: book.sheet } : {}),
  }
  if (mapping.entity === undefined && !mapping.columns.some(({ role }) => role === 'entity'))
    mapping.entity = entityOfFile(file.name)
  const problems = [...(book?.warnings ?? []), ...openQuestions(mapping, guess.detected)]
  const preview: Reading[] = []
  try {
    const mapRow = rowMapper(mapping, names, receivedAt)
    for (const row of profile.head.slice(0, previewRows))
      preview.push(
        ...mapRow(row)
          .candidates.slice(0, previewReadings - preview.length)
          .map(readingOf),
      )
  } catch (error) {
    if (!(error instanceof MappingError)) throw error
    problems.push(error.problem)
  }
  const { rows } = profile
  return { detected: guess.detected, mapping, rows, signature, preview, problems, saved: saved !== undefined }
}

/** Another sheet has other columns: of what was said only what does not depend on them still holds. */
export function forAnotherSheet({ dataset, sheet, zone, published }: Mapping): Mapping {
  return {
    ...(dataset === undefined ? {} : { dataset }),
    ...(sheet === undefined ? {} : { sheet }),
    ...(zone === undefined ? {} : { zone }),
    ...(published === undefined ? {} : { published }),
    columns: [],
  }
}

/**
 * A saved mapping with the columns under the names they have in this file: headers that differ in marks or in capitals
 * have the same signature. What was said of one file as a whole (its period, its day of publication) is not said again,
 * and how numbers and days are written is this file's affair where its cells decide it: the workbook of a table has
 * decimal points where its CSV has commas.
 */
function fitting(
  saved: Mapping | undefined,
  names: readonly string[],
  guessed: Mapping['columns'],
): Mapping | undefined {
  if (!saved) return undefined
  const byFold = new Map(names.map((name) => [fold(name), name]))
  const { period: _period, published: _published, ...kept } = saved
  return {
    ...kept,
    columns: saved.columns.map((column) => {
      const name = names.includes(column.column)
        ? column.column
        : (byFold.get(fold(column.column)) ?? column.column)
      const { decimal, date } = guessed.find((guess) => guess.column === name) ?? {}
      return {
        ...column,
        column: name,
        ...(decimal === undefined ? {} : { decimal }),
        ...(date === undefined ? {} : { date }),
      }
    }),
  }
}

/** What guesses ask of the node. */
function knowledgeOf({ catalogue, units }: IntakeRooms): Knowledge {
  const compact = (text: string) => fold(text).replaceAll(' ', '')
  const byName = new Map<string, string>()
  for (const { code, name } of catalogue.properties())
    for (const key of [compact(code), compact(name.vi), compact(name.en)])
      if (!byName.has(key)) byName.set(key, code)
  const codes = new Set(
    units
      .territory()
      .units()
      .map(({ code }) => code),
  )
  return {
    propertyCode: (text) => byName.get(compact(text)) ?? null,
    uomCode(text) {
      const found = uom(text)
      return isUom(found) ? found.code : null
    },
    isUnitCode: (text) => codes.has(text.trim()),
  }
}

/** Questions that only a person can answer: numbers that can be read both ways. */
function openQuestions(mapping: Mapping, detected: ImportItem['detected']): Problem[] {
  const ambiguous = new Map(
    detected.columns.flatMap(({ name, problems }) =>
      problems.filter(({ code }) => code === 'decimal-ambiguous').map((problem) => [name, problem] as const),
    ),
  )
  return mapping.columns.flatMap(({ column, decimal, role }) => {
    const problem = ambiguous.get(column)
    const asked = problem && decimal === undefined && (role === 'value' || role === 'num' || role === 'den')
    return asked ? [{ ...problem, severity: 'error' as const }] : []
  })
}

function readingOf(candidate: Candidate): Reading {
  const { span, published, value, num, den, text, uom: unit, status } = candidate
  return {
    entity: candidate.entity,
    property: candidate.property,
    ...(candidate.breakdown ? { breakdown: candidate.breakdown } : {}),
    ...(span === null
      ? {}
      : span.to === null
        ? { at: formatInstant(span.from) }
        : { from: formatInstant(span.from), to: formatInstant(span.to) }),
    ...(published === null ? {} : { published: formatInstant(published) }),
    ...(value === null ? {} : { value }),
    ...(num === undefined ? {} : { num }),
    ...(den === undefined ? {} : { den }),
    ...(text === undefined ? {} : { text }),
    ...(unit === undefined ? {} : { uom: unit }),
    ...(status === 'A' ? {} : { status }),
  }
}
