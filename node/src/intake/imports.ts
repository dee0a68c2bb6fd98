import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { formatInstant } from '@nhip/calendar/instant'
import type { Problem } from '@nhip/canonical/problem'
import { isUom, uom } from '@nhip/quantity/uom-text'
import { fold } from '@nhip/territory/name-key'
import type { Dataset } from '../catalogue/catalogue.ts'
import { refuse } from '../http/problem.ts'
import type { Blobs } from '../records/blobs.ts'
import type { Actor, Records } from '../records/contract.ts'
import { addJob, cancelJob, type RunningJob } from '../records/jobs.ts'
import { type IntakeRooms, judgeFor, prepareCatalogue } from './admit.ts'
import type { Candidate } from './candidate.ts'
import type { ImportItem, Mapping, Reading } from './contract.ts'
import { UnreadableFile } from './file/csv-scanner.ts'
import { guessMapping, type Knowledge } from './file/guess.ts'
import { entityOfFile, type Finding, MappingError, rowMapper } from './file/map-rows.ts'
import { type OpenTable, openTable, reopenTable } from './file/open-table.ts'
import { dataRows, type FileProfile, profileFile } from './file/profile.ts'
import {
  clearReport,
  findImport,
  type ImportOptions,
  insertErrors,
  insertFindings,
  insertImport,
  readErrors,
  type StoredImport,
  savedMapping,
  saveMapping,
  updateImport,
} from './store.ts'

export const importJob = 'import.commit'

const workbookType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** Rows that go to the store at once. */
const chunkRows = 5000
const previewRows = 20
export const largestUpload = 200 * 1024 * 1024

export interface ImportReport {
  accepted: number
  unchanged: number
  rejected: number
  flagged: number
  blank: number
  findings: number
}

export interface CommitOptions {
  onError: 'abort' | 'skip'
  /** Also create the dataset, entities and properties that are not there. */
  autoCreate: boolean
}

type Progress = Pick<RunningJob, 'signal' | 'progress'>

/** Files on their way in: looked at, mapped, stored as one import that can be undone. */
export class Imports {
  readonly #records: Records
  readonly #blobs: Blobs
  readonly #rooms: IntakeRooms
  readonly #newDatasetClass: Dataset['class']
  readonly #scratch: string
  readonly #now: () => number

  constructor(options: {
    records: Records
    blobs: Blobs
    rooms: IntakeRooms
    /** Class of a dataset that an import creates. */
    newDatasetClass: Dataset['class']
    /** Folder for sheets written out as text; what is in it can be made again. */
    scratch: string
    now?: () => number
  }) {
    this.#records = options.records
    this.#blobs = options.blobs
    this.#rooms = options.rooms
    this.#newDatasetClass = options.newDatasetClass
    this.#scratch = options.scratch
    this.#now = options.now ?? Date.now
  }

  /** Stores a file and says how it would be read. @throws 422 when it cannot be read as a table */
  async preview(
    actor: Actor,
    file: {
      name: string
      content: AsyncIterable<Uint8Array>
      dataset?: string
      mapping?: Mapping
      by: string
    },
  ): Promise<string> {
    const blob = await this.#blobs.put(file.content, largestUpload)
    const looked = await this.#look(this.#blobs.path(blob.sha256), file.name, file.mapping)
    if (file.dataset !== undefined) looked.mapping.dataset = file.dataset
    const dataset = looked.mapping.dataset
    return this.#records.tx(actor, async (tx) => {
      await this.#blobs.enter(tx, blob, looked.detected.sheet === undefined ? 'text/csv' : workbookType)
      const id = await insertImport(tx, {
        dataset: dataset !== undefined && this.#rooms.catalogue.dataset(dataset) ? dataset : null,
        fileName: file.name,
        sha256: blob.sha256,
        bytes: blob.bytes,
        signature: looked.signature,
        detected: looked.detected,
        mapping: looked.mapping,
        options: { preview: looked.preview, problems: looked.problems },
        rows: looked.rows,
        createdBy: file.by,
      })
      tx.audit({
        action: 'import.preview',
        targetType: 'import',
        targetId: id,
        after: { file: file.name, sha256: blob.sha256, rows: looked.rows },
      })
      return id
    })
  }

  /** Replaces the mapping and reads the first rows anew. */
  async map(actor: Actor, id: string, mapping: Mapping): Promise<void> {
    const known = await this.#known(id)
    const asked = mapping.sheet === known.detected.sheet ? mapping : forAnotherSheet(mapping)
    const looked = await this.#look(this.#blobs.path(known.sha256), known.fileName, asked)
    const { dataset } = looked.mapping
    await this.#records.tx(actor, async (tx) => {
      const changed = await updateImport(tx, id, ['preview', 'failed'], {
        state: 'preview',
        // What the reader chooses now stands above what a file of these columns once went into.
        dataset: dataset !== undefined && this.#rooms.catalogue.dataset(dataset) ? dataset : null,
        detected: looked.detected,
        mapping: looked.mapping,
        rows: looked.rows,
        options: { ...known.options, preview: looked.preview, problems: looked.problems },
      })
      if (!changed) throw wrongState(known)
      tx.audit({ action: 'import.map', targetType: 'import', targetId: id, after: looked.mapping })
    })
  }

  /** Puts the import into the queue of jobs. @returns the id of the job */
  async commit(actor: Actor, id: string, options: CommitOptions): Promise<string> {
    const known = await this.#prepare(actor, id, options)
    return this.#records.tx(actor, async (tx) => {
      const job = await addJob(tx, {
        kind: importJob,
        payload: { import: id, actor: actor.id },
        maxAttempts: 3,
      })
      const changed = await updateImport(tx, id, ['preview', 'failed'], {
        state: 'committing',
        job,
        options: { ...known.options, ...options },
      })
      if (!changed) throw wrongState(known)
      tx.audit({ action: 'import.commit', targetType: 'import', targetId: id, after: { ...options } })
      return job
    })
  }

  /** Commits at once in this process, without the queue: for the command line. */
  async commitNow(
    actor: Actor,
    id: string,
    options: CommitOptions,
    progress?: Progress,
  ): Promise<ImportReport> {
    const known = await this.#prepare(actor, id, options)
    await this.#records.tx(actor, async (tx) => {
      if (
        !(await updateImport(tx, id, ['preview', 'failed'], {
          state: 'committing',
          options: { ...known.options, ...options },
        }))
      )
        throw wrongState(known)
      tx.audit({ action: 'import.commit', targetType: 'import', targetId: id, after: { ...options } })
    })
    try {
      return await this.run(actor, id, progress)
    } catch (error) {
      // Nobody will take it up again: the person at the command line sees the error and repeats.
      await this.#records.tx(actor, async (tx) => {
        await updateImport(tx, id, ['committing'], { state: 'failed' })
        tx.audit({ action: 'import.fail', targetType: 'import', targetId: id, result: 'interrupted' })
      })
      throw error
    }
  }

  /** Reads every row without storing anything: what a commit would say. */
  async dryRun(
    id: string,
    options: CommitOptions,
  ): Promise<ImportReport & { errors: Problem[]; found: Finding[] }> {
    const known = await this.#known(id)
    const dataset = this.#datasetOf(known) ?? this.#draftDataset(known)
    const pass = await this.#pass(known, dataset, options.autoCreate)
    return { ...pass.report, errors: pass.errors, found: pass.findings }
  }

  /**
   * Does the work of a commit; may be repeated after a crash, because a fact that is already stored is `unchanged`.
   * With `abort` every row is judged before the first is stored.
   */
  async run(actor: Actor, id: string, progress?: Progress): Promise<ImportReport> {
    const known = await this.#known(id)
    const { onError = 'abort', autoCreate = false } = known.options
    const dataset = this.#datasetOf(known)
    if (!dataset) throw refuse(422, 'unknown-dataset', { params: { dataset: known.dataset ?? '' } })
    try {
      let pass = onError === 'abort' ? await this.#pass(known, dataset, autoCreate, { progress }) : null
      const refused = pass !== null && pass.report.rejected > 0
      if (!refused) pass = await this.#pass(known, dataset, autoCreate, { progress, store: actor })
      const { report, errors, findings } = pass!
      if (refused) report.accepted = 0
      await this.#finish(actor, known, dataset, refused ? 'failed' : 'done', { report, errors, findings })
      return report
    } catch (error) {
      if (progress?.signal.aborted) throw error
      const problem = problemOf(error)
      if (!problem) throw error
      const report = { accepted: 0, unchanged: 0, rejected: 1, flagged: 0, blank: 0, findings: 0 }
      await this.#finish(actor, known, dataset, 'failed', { report, errors: [problem], findings: [] })
      return report
    }
  }

  /** Withdraws exactly the rows that an import wrote: a row with status X over each that still holds. */
  async undo(actor: Actor, id: string): Promise<number> {
    const known = await this.#known(id)
    if (known.state !== 'done') throw wrongState(known)
    const source = `import:${id}`
    let afterSeq: number | undefined
    let withdrawn = 0
    for (;;) {
      const rows = await this.#rooms.observations.bySource(source, { limit: chunkRows, afterSeq })
      if (rows.length === 0) break
      afterSeq = rows.at(-1)!.seq
      const answer = await this.#rooms.observations.append(
        rows
          .filter(({ status }) => status !== 'X')
          .map(({ dataset, entity, property, breakdown, from, to, uom: unit, publishedAt }) => ({
            dataset,
            entity,
            property,
            breakdown,
            from,
            to,
            value: null,
            uom: unit,
            status: 'X' as const,
            quality: 0,
            source: `undo:${id}`,
            ...(publishedAt === undefined ? {} : { publishedAt }),
          })),
      )
      withdrawn += rows.length - answer.unchanged
    }
    await this.#records.tx(actor, async (tx) => {
      await updateImport(tx, id, ['done'], { state: 'undone' })
      tx.audit({ action: 'import.undo', targetType: 'import', targetId: id, after: { withdrawn } })
    })
    return withdrawn
  }

  /** Gives an import up before it is done. */
  async cancel(actor: Actor, id: string): Promise<void> {
    const known = await this.#known(id)
    if (known.state === 'committing' && known.job !== null) await cancelJob(this.#records, actor, known.job)
    await this.#records.tx(actor, async (tx) => {
      if (!(await updateImport(tx, id, ['preview', 'failed', 'committing'], { state: 'cancelled' })))
        throw wrongState(known)
      tx.audit({ action: 'import.cancel', targetType: 'import', targetId: id })
    })
  }

  /** An import as the API shows it. */
  async item(id: string): Promise<ImportItem> {
    return this.itemOf(await this.#known(id))
  }

  async itemOf(known: StoredImport): Promise<ImportItem> {
    const reported = known.state === 'done' || known.state === 'failed' || known.state === 'undone'
    const errors = reported ? await readErrors(this.#records, known.id, { limit: 1000, after: -1 }) : []
    return {
      id: known.id,
      file: known.fileName,
      dataset: known.dataset ?? known.mapping?.dataset ?? null,
      state: known.state,
      detected: known.detected,
      mapping: known.mapping,
      rows: known.rows,
      problems: known.options.problems ?? [],
      preview: known.options.preview ?? [],
      report: reported
        ? {
            accepted: known.accepted,
            unchanged: known.unchanged,
            rejected: known.rejected,
            flagged: known.flagged,
            blank: known.options.blank ?? 0,
            errors: errors.map(({ n: _n, ...error }) => error),
          }
        : null,
      job: known.job,
      createdAt: known.createdAt,
      createdBy: known.createdBy,
    }
  }

  async #prepare(actor: Actor, id: string, options: CommitOptions): Promise<StoredImport> {
    const known = await this.#known(id)
    if (known.state !== 'preview' && known.state !== 'failed') throw wrongState(known)
    const open = (known.options.problems ?? []).filter(({ severity }) => severity === 'error')
    if (open.length > 0) throw refuse(422, 'mapping-open', { errors: open })
    if (this.#datasetOf(known)) return known
    const draft = this.#draftDataset(known)
    if (!options.autoCreate) throw refuse(422, 'unknown-dataset', { params: { dataset: draft.code } })
    const { version: _version, properties: _properties, ...dataset } = draft
    await this.#rooms.catalogue.saveDatasets(actor, [dataset])
    await this.#records.tx(actor, async (tx) => {
      await updateImport(tx, id, ['preview', 'failed'], { dataset: draft.code })
      tx.audit({
        action: 'import.dataset',
        targetType: 'import',
        targetId: id,
        after: { dataset: draft.code },
      })
    })
    return this.#known(id)
  }

  #datasetOf(known: StoredImport): Dataset | undefined {
    const code = known.dataset ?? known.mapping?.dataset
    return code === undefined ? undefined : this.#rooms.catalogue.dataset(code)
  }

  #draftDataset(known: StoredImport): Dataset {
    const code = known.mapping?.dataset
    if (code === undefined) throw refuse(422, 'dataset-unmapped')
    if (!/^[a-z0-9][a-z0-9:_.-]*$/.test(code)) throw refuse(422, 'bad-code', { params: { code } })
    return {
      code,
      name: { vi: code, en: code },
      owner: null,
      publisher: known.fileName,
      class: this.#newDatasetClass,
      personal: false,
      synthetic: false,
      licence: null,
      source: known.fileName,
      expectedEveryS: null,
      autoCreate: true,
      properties: [],
      retiredAt: null,
      version: 0,
    }
  }

  async #known(id: string): Promise<StoredImport> {
    const known = await findImport(this.#records, id)
    if (!known) throw refuse(404, 'unknown-import', { params: { import: id } })
    return known
  }

  async #look(path: string, name: string, given: Mapping | undefined) {
    let profile: FileProfile
    let table: OpenTable
    try {
      table = await openTable(path, this.#scratch, given?.sheet)
      profile = await profileFile(table.path, { ...given, ...table.layout })
    } catch (error) {
      if (error instanceof UnreadableFile)
        throw refuse(422, 'file-unreadable', { errors: [{ ...error.problem, file: name }] })
      throw error
    }
    const guess = guessMapping(profile, knowledgeOf(this.#rooms))
    const { book } = table
    if (book) Object.assign(guess.detected, { sheet: book.sheet, sheets: book.sheets })
    const signature = createHash('sha256')
      .update(JSON.stringify(profile.columns.map((column) => fold(column.name))))
      .digest('hex')
    const saved = given === undefined ? await savedMapping(this.#records, signature) : undefined
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
      mapping.entity = entityOfFile(name)
    const problems = [...(book?.warnings ?? []), ...openQuestions(mapping, guess.detected)]
    const preview: Reading[] = []
    try {
      const mapRow = rowMapper(
        mapping,
        profile.columns.map((column) => column.name),
        this.#now(),
      )
      for (const row of profile.head.slice(0, previewRows))
        preview.push(...mapRow(row).candidates.map(readingOf))
    } catch (error) {
      if (!(error instanceof MappingError)) throw error
      problems.push(error.problem)
    }
    return { detected: guess.detected, mapping, rows: profile.rows, signature, preview, problems }
  }

  /** One reading of the whole file: judging alone, or judging and storing chunk by chunk. */
  async #pass(
    known: StoredImport,
    dataset: Dataset,
    autoCreate: boolean,
    options: { progress?: Progress; store?: Actor } = {},
  ): Promise<{ report: ImportReport; errors: Problem[]; findings: Finding[] }> {
    const { observations, catalogue } = this.#rooms
    const mapping = known.mapping!
    const receivedAt = this.#now()
    const names = known.detected.columns.map(({ name }) => name)
    const mapRow = rowMapper(mapping, names, receivedAt)
    const judge = judgeFor(this.#rooms, {
      dataset,
      source: `import:${known.id}`,
      door: 'file',
      receivedAt,
      autoCreate: autoCreate || dataset.autoCreate,
    })
    const report: ImportReport = { accepted: 0, unchanged: 0, rejected: 0, flagged: 0, blank: 0, findings: 0 }
    const errors: Problem[] = []
    const findings: Finding[] = []
    let waiting: Candidate[] = []
    let read = 0
    const flush = async () => {
      options.progress?.signal.throwIfAborted()
      const verdict = judge(waiting)
      waiting = []
      errors.push(...verdict.errors)
      report.flagged += verdict.flagged
      if (options.store) {
        await prepareCatalogue(catalogue, dataset, verdict, options.store)
        if (verdict.rows.length > 0) {
          const { unchanged } = await observations.append(verdict.rows)
          report.unchanged += unchanged
          report.accepted += verdict.rows.length - unchanged
        }
      } else report.accepted += verdict.rows.length
      await options.progress?.progress(read, known.rows)
    }
    const layout = {
      encoding: mapping.encoding ?? known.detected.encoding,
      delimiter: mapping.delimiter ?? known.detected.delimiter,
      header: mapping.header ?? known.detected.header,
      skipRows: mapping.skipRows ?? 0,
    }
    const table = await reopenTable(this.#blobs.path(known.sha256), this.#scratch, mapping.sheet)
    for await (const rows of dataRows(table.path, layout))
      for (const row of rows) {
        read += 1
        const mapped = mapRow(row)
        waiting.push(...mapped.candidates)
        errors.push(...mapped.errors)
        findings.push(...mapped.findings)
        report.blank += mapped.blank
        if (waiting.length >= chunkRows) await flush()
      }
    await flush()
    report.rejected = errors.length
    report.findings = findings.length
    return { report, errors, findings }
  }

  async #finish(
    actor: Actor,
    known: StoredImport,
    dataset: Dataset,
    state: 'done' | 'failed',
    result: { report: ImportReport; errors: Problem[]; findings: Finding[] },
  ): Promise<void> {
    const { report, errors, findings } = result
    const { accepted, unchanged, rejected, flagged, blank } = report
    const options: ImportOptions = { ...known.options, blank }
    await this.#records.tx(actor, async (tx) => {
      await clearReport(tx, known.id)
      for (let i = 0; i < errors.length; i += 1000)
        await insertErrors(tx, known.id, i, errors.slice(i, i + 1000))
      if (state === 'done')
        for (let i = 0; i < findings.length; i += 1000)
          await insertFindings(tx, known.id, dataset.code, findings.slice(i, i + 1000))
      await updateImport(tx, known.id, ['committing'], {
        state,
        accepted,
        unchanged,
        rejected,
        flagged,
        options,
      })
      if (state === 'done' && known.mapping)
        await saveMapping(tx, known.signature, dataset.code, known.mapping)
      tx.audit({
        action: `import.${state === 'done' ? 'finish' : 'fail'}`,
        targetType: 'import',
        targetId: known.id,
        after: { ...report },
      })
    })
  }
}

/** What guesses ask of the node. */
export function knowledgeOf({ catalogue, units }: IntakeRooms): Knowledge {
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

/** Another sheet has other columns: of what was said only what does not depend on them still holds. */
function forAnotherSheet({ dataset, sheet, zone, published }: Mapping): Mapping {
  return {
    ...(dataset === undefined ? {} : { dataset }),
    ...(sheet === undefined ? {} : { sheet }),
    ...(zone === undefined ? {} : { zone }),
    ...(published === undefined ? {} : { published }),
    columns: [],
  }
}

/** Questions that only a person can answer: numbers that can be read both ways. */
function openQuestions(mapping: Mapping, detected: ImportItem['detected']): Problem[] {
  return mapping.columns.flatMap((column) => {
    const found = detected.columns.find(({ name }) => name === column.column)
    const ambiguous = found?.problems.find(({ code }) => code === 'decimal-ambiguous')
    const asked =
      ambiguous &&
      column.decimal === undefined &&
      (column.role === 'value' || column.role === 'num' || column.role === 'den')
    return asked ? [{ ...ambiguous, severity: 'error' as const }] : []
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

function problemOf(error: unknown): Problem | null {
  if (error instanceof UnreadableFile || error instanceof MappingError) return error.problem
  return null
}

function wrongState({ state }: StoredImport) {
  return refuse(409, 'import-state', { params: { state } })
}

/** The content of a file on disk, for the command line. */
export function fileContent(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path)
}
