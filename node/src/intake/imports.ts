import { createReadStream } from 'node:fs'
import type { Problem } from '@nhip/canonical/problem'
import type { Dataset } from '../catalogue/catalogue.ts'
import type { DatasetScope } from '../catalogue/dataset-scope.ts'
import { refuse } from '../http/problem.ts'
import { inTurnOf } from '../in-turn.ts'
import type { Blobs } from '../records/blobs.ts'
import type { Actor, Records } from '../records/contract.ts'
import { addJob, cancelJob, type RunningJob } from '../records/jobs.ts'
import type { IntakeRooms } from './admit.ts'
import type { ImportItem, Mapping } from './contract.ts'
import type { Finding } from './file/map-rows.ts'
import { ImportRuns, type Progress, type RunOptions } from './import-runs.ts'
import { forAnotherSheet, type Looked, lookAt } from './look-at-file.ts'
import type { ImportReport } from './read-import.ts'
import {
  findImport,
  type ImportOptions,
  type ImportState,
  insertImport,
  readErrors,
  readUnfinished,
  type StoredImport,
  savedMapping,
  updateImport,
} from './store.ts'
import { takeBack, type Undone } from './undo-import.ts'

export const commitJob = 'import.commit'
export const checkJob = 'import.check'
/** Of the job that commits; a check that fails is asked for again. */
export const mostAttempts = 3

const workbookType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
export const largestUpload = 200 * 1024 * 1024

/** States in which a person still decides how the file is read. */
const open = ['preview', 'failed'] as const satisfies ImportState[]

/** Files on their way in: looked at, mapped, checked, stored as one import that can be undone. */
export class Imports {
  readonly #records: Records
  readonly #blobs: Blobs
  readonly #rooms: IntakeRooms
  readonly #newDatasetClass: Dataset['class']
  readonly #scratch: string
  readonly #now: () => number
  readonly #runs: ImportRuns
  /** What is asked of one import: a look at a large file takes long, and a commit after it goes by what it found. */
  readonly #inTurn = inTurnOf()

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
    this.#runs = new ImportRuns(options)
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
      /** Where a mapping that was saved for such a file may come from. */
      offered: DatasetScope
    },
  ): Promise<string> {
    const blob = await this.#blobs.put(file.content, largestUpload)
    const looked = await this.#look(blob.sha256, file.name, file.mapping, file.offered, file.dataset)
    if (file.dataset !== undefined) looked.mapping.dataset = file.dataset
    return this.#records.tx(actor, async (tx) => {
      await this.#blobs.enter(tx, blob, looked.detected.sheet === undefined ? 'text/csv' : workbookType)
      const id = await insertImport(tx, {
        dataset: this.#knownDataset(looked.mapping),
        fileName: file.name,
        sha256: blob.sha256,
        bytes: blob.bytes,
        signature: looked.signature,
        detected: looked.detected,
        mapping: looked.mapping,
        options: optionsOf({}, looked),
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

  /** Replaces the mapping and reads the first rows anew; a mapping without columns asks for the guesses. */
  map(actor: Actor, id: string, mapping: Mapping, offered: DatasetScope): Promise<void> {
    return this.#inTurn(id, () => this.#map(actor, id, mapping, offered))
  }

  async #map(actor: Actor, id: string, mapping: Mapping, offered: DatasetScope): Promise<void> {
    const known = await this.find(id)
    demandOpen(known)
    const asked = mapping.sheet === known.detected.sheet ? mapping : forAnotherSheet(mapping)
    const looked = await this.#look(known.sha256, known.fileName, asked, offered)
    await this.#records.tx(actor, async (tx) => {
      const changed = await updateImport(tx, id, open, {
        state: 'preview',
        // What the reader chooses now stands above what a file of these columns once went into.
        dataset: this.#knownDataset(looked.mapping),
        detected: looked.detected,
        mapping: looked.mapping,
        rows: looked.rows,
        options: optionsOf(known.options, looked),
      })
      if (!changed) throw wrongState(known)
      tx.audit({ action: 'import.map', targetType: 'import', targetId: id, after: looked.mapping })
    })
  }

  /** Puts a reading of every row that stores nothing into the queue of jobs. @returns the id of the job */
  check(actor: Actor, id: string, options: RunOptions): Promise<string> {
    return this.#inTurn(id, async () => {
      const known = await this.find(id)
      demandReadable(known)
      if (!this.datasetOf(known)) this.#draftDataset(known)
      return this.#enqueue(actor, known, 'checking', checkJob, options)
    })
  }

  /** Puts the import into the queue of jobs. @returns the id of the job */
  commit(actor: Actor, id: string, options: RunOptions): Promise<string> {
    return this.#inTurn(id, async () => {
      const known = await this.#prepare(actor, id, options)
      return this.#enqueue(actor, known, 'committing', commitJob, options)
    })
  }

  /** Commits at once in this process, without the queue: for the command line. */
  async commitNow(actor: Actor, id: string, options: RunOptions, progress?: Progress): Promise<ImportReport> {
    const known = await this.#prepare(actor, id, options)
    await this.#records.tx(actor, async (tx) => {
      if (!(await updateImport(tx, id, open, { state: 'committing', options: this.#begun(known, options) })))
        throw wrongState(known)
      tx.audit({ action: 'import.commit', targetType: 'import', targetId: id, after: { ...options } })
    })
    // Not by `find`: it ends what no job is going to take up, as this one.
    const begun = await findImport(this.#records, id)
    const report = begun && (await this.#runs.commit(actor, begun, progress))
    if (!report) throw wrongState(await this.find(id))
    return report
  }

  /** Reads every row at once in this process and stores nothing: for the command line. */
  async dryRun(
    id: string,
    options: RunOptions,
  ): Promise<ImportReport & { errors: Problem[]; found: Finding[] }> {
    const known = await this.find(id)
    const dataset = this.datasetOf(known) ?? this.#draftDataset(known)
    const { report, errors, findings } = await this.#runs.readAll(known, dataset, options)
    return { ...report, errors, found: findings }
  }

  /** The work of a job; may be repeated after a crash, because a fact that is already stored is `unchanged`. */
  async run(actor: Actor, id: string, job: RunningJob): Promise<ImportReport | null> {
    const known = await this.find(id)
    if (job.kind === commitJob) return this.#runs.commit(actor, known, job, job.attempt >= mostAttempts)
    if (known.state !== 'checking') return null
    return this.#runs.check(actor, known, this.datasetOf(known) ?? this.#draftDataset(known), job)
  }

  /** Takes back exactly the rows that an import wrote and that still hold. */
  async undo(actor: Actor, id: string): Promise<Undone> {
    const known = await this.find(id)
    if (known.state !== 'done') throw wrongState(known)
    const undone = await takeBack(this.#rooms.observations, id)
    await this.#records.tx(actor, async (tx) => {
      await updateImport(tx, id, ['done'], { state: 'undone', options: { ...known.options, undone } })
      tx.audit({ action: 'import.undo', targetType: 'import', targetId: id, after: { ...undone } })
    })
    return undone
  }

  /** Gives an import up before it is done; what it has stored so far is taken back. */
  async cancel(actor: Actor, id: string): Promise<void> {
    const known = await this.find(id)
    await this.#records.tx(actor, async (tx) => {
      if (!(await updateImport(tx, id, [...open, 'checking', 'committing'], { state: 'cancelled' })))
        throw wrongState(known)
      tx.audit({ action: 'import.cancel', targetType: 'import', targetId: id })
    })
    if (known.job !== null) await cancelJob(this.#records, actor, known.job)
    // A run in this process takes back what it has stored when it notices.
    if (!this.#runs.isRunning(id)) await takeBack(this.#rooms.observations, id)
  }

  /** After a start: imports that nobody will take up again are ended, and hold nothing half-written. */
  async recover(): Promise<void> {
    for (const known of await readUnfinished(this.#records)) await this.#runs.endIfAbandoned(known)
  }

  /** An import as it is stored. @throws 404 */
  async find(id: string): Promise<StoredImport> {
    const known = await findImport(this.#records, id)
    if (!known) throw refuse(404, 'unknown-import', { params: { import: id } })
    return (await this.#runs.endIfAbandoned(known)) ? ((await findImport(this.#records, id)) ?? known) : known
  }

  /** The dataset that an import goes or went into, when the catalogue has it. */
  datasetOf(known: StoredImport): Dataset | undefined {
    const code = known.dataset ?? known.mapping?.dataset
    return code === undefined ? undefined : this.#rooms.catalogue.dataset(code)
  }

  /** An import as the API shows it. */
  async item(id: string): Promise<ImportItem> {
    return this.itemOf(await this.find(id), 1000)
  }

  /** @param mostErrors how many errors of rows go with it */
  async itemOf(known: StoredImport, mostErrors: number): Promise<ImportItem> {
    const { options } = known
    const checked = known.state === 'preview' && options.checked === true
    const reported = checked || ['done', 'failed', 'undone'].includes(known.state)
    const errors =
      reported && mostErrors > 0
        ? await readErrors(this.#records, known.id, { limit: mostErrors, after: -1 })
        : []
    return {
      id: known.id,
      file: known.fileName,
      dataset: known.dataset ?? known.mapping?.dataset ?? null,
      state: known.state,
      detected: known.detected,
      mapping: known.mapping,
      mappingSaved: options.mappingSaved ?? false,
      rows: known.rows,
      problems: options.problems ?? [],
      preview: options.preview ?? [],
      report: reported
        ? {
            accepted: known.accepted,
            unchanged: known.unchanged,
            rejected: known.rejected,
            flagged: known.flagged,
            blank: options.blank ?? 0,
            checked,
            errors: errors.map(({ n: _n, ...error }) => error),
          }
        : null,
      undone: options.undone ?? null,
      job: known.job,
      createdAt: known.createdAt,
      createdBy: known.createdBy,
    }
  }

  async #look(
    sha256: string,
    name: string,
    given: Mapping | undefined,
    offered: DatasetScope,
    dataset?: string,
  ): Promise<Looked> {
    return lookAt(
      { path: this.#blobs.path(sha256), name },
      {
        rooms: this.#rooms,
        scratch: this.#scratch,
        receivedAt: this.#now(),
        given,
        savedFor: (signature) => savedMapping(this.#records, offered, signature, dataset),
      },
    )
  }

  async #enqueue(
    actor: Actor,
    known: StoredImport,
    state: 'checking' | 'committing',
    kind: typeof commitJob | typeof checkJob,
    options: RunOptions,
  ): Promise<string> {
    return this.#records.tx(actor, async (tx) => {
      const job = await addJob(tx, {
        kind,
        payload: { import: known.id, actor: actor.id },
        maxAttempts: kind === commitJob ? mostAttempts : 1,
      })
      const change = { state, job, options: this.#begun(known, options) }
      if (!(await updateImport(tx, known.id, open, change))) throw wrongState(known)
      tx.audit({ action: kind, targetType: 'import', targetId: known.id, after: { ...options } })
      return job
    })
  }

  /** A repeated attempt takes rows without a time to have been received when the first one did. */
  #begun(known: StoredImport, options: RunOptions): ImportOptions {
    return { ...known.options, ...options, checked: false, receivedAt: this.#now() }
  }

  async #prepare(actor: Actor, id: string, options: RunOptions): Promise<StoredImport> {
    const known = await this.find(id)
    demandReadable(known)
    if (this.datasetOf(known)) return known
    const draft = this.#draftDataset(known)
    if (!options.autoCreate) throw refuse(422, 'unknown-dataset', { params: { dataset: draft.code } })
    const { version: _version, properties: _properties, ...dataset } = draft
    await this.#rooms.catalogue.saveDatasets(actor, [{ ...dataset, owner: options.owner }])
    await this.#records.tx(actor, async (tx) => {
      await updateImport(tx, id, open, { dataset: draft.code })
      tx.audit({
        action: 'import.dataset',
        targetType: 'import',
        targetId: id,
        after: { dataset: draft.code },
      })
    })
    return this.find(id)
  }

  #knownDataset({ dataset }: Mapping): string | null {
    return dataset !== undefined && this.#rooms.catalogue.dataset(dataset) ? dataset : null
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
}

/** What is kept of a look at a file; a report of an earlier check says nothing about it any more. */
function optionsOf(known: ImportOptions, { preview, problems, saved }: Looked): ImportOptions {
  return { ...known, preview, problems, mappingSaved: saved, checked: false }
}

function demandOpen({ state }: StoredImport): void {
  if (state !== 'preview' && state !== 'failed') throw wrongState({ state })
}

function demandReadable(known: StoredImport): void {
  demandOpen(known)
  const errors = (known.options.problems ?? []).filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw refuse(422, 'mapping-open', { errors })
}

function wrongState({ state }: Pick<StoredImport, 'state'>) {
  return refuse(409, 'import-state', { params: { state } })
}

/** The content of a file on disk, for the command line. */
export function fileContent(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path)
}
