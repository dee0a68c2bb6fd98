import type { Problem } from '@nhip/canonical/problem'
import type { Dataset } from '../catalogue/catalogue.ts'
import { problemItem, refuse } from '../http/problem.ts'
import type { Blobs } from '../records/blobs.ts'
import { type Actor, type Records, SYSTEM } from '../records/contract.ts'
import { findJob, type RunningJob } from '../records/jobs.ts'
import type { IntakeRooms, Verdict } from './admit.ts'
import { UnreadableFile } from './file/csv-scanner.ts'
import { MappingError } from './file/map-rows.ts'
import { JudgedRows } from './judged-rows.ts'
import { type ImportReport, type ReadThrough, readThrough } from './read-import.ts'
import {
  clearReport,
  findImport,
  type ImportState,
  insertErrors,
  insertFindings,
  type StoredImport,
  saveMapping,
  updateImport,
} from './store.ts'
import { takeBack } from './undo-import.ts'
import { ImportWriter } from './write-import.ts'

export interface RunOptions {
  onError: 'abort' | 'skip'
  /** Also create the dataset, entities and properties that are not there. */
  autoCreate: boolean
  /** The unit that a new dataset will belong to; null for none. */
  owner: string | null
}

export type Progress = Pick<RunningJob, 'signal' | 'progress'>

/** How often somebody is told how far a reading is: each telling is a transaction of its own. */
const tellEveryMs = 500

const unheard: Progress = { signal: new AbortController().signal, progress: async () => {} }
const nothing: ImportReport = { accepted: 0, unchanged: 0, rejected: 1, flagged: 0, blank: 0, findings: 0 }

interface Writing {
  autoCreate: boolean
  progress: Progress
  writer: ImportWriter
}

interface Ended {
  to: 'done' | 'failed'
  through: ReadThrough
}

/**
 * The reading of whole files behind a commit or a check, and how it ends. Whatever ends a commit before it is done
 * (rows that are refused, a cancel, a fault that does not pass) takes back what it had stored: an import is in whole
 * or not at all, or a later attempt goes on with it.
 */
export class ImportRuns {
  readonly #records: Records
  readonly #blobs: Blobs
  readonly #rooms: IntakeRooms
  readonly #scratch: string
  readonly #running = new Set<string>()

  constructor(options: { records: Records; blobs: Blobs; rooms: IntakeRooms; scratch: string }) {
    this.#records = options.records
    this.#blobs = options.blobs
    this.#rooms = options.rooms
    this.#scratch = options.scratch
  }

  isRunning(id: string): boolean {
    return this.#running.has(id)
  }

  /** Every row judged and none stored. */
  readAll(
    known: StoredImport,
    dataset: Dataset,
    options: Pick<RunOptions, 'autoCreate'>,
    progress: Progress = unheard,
  ): Promise<ReadThrough> {
    return this.#read(known, dataset, { autoCreate: options.autoCreate, progress, pass: [0, 1] })
  }

  /** Reads for the report alone; the import is in preview afterwards. */
  async check(
    actor: Actor,
    known: StoredImport,
    dataset: Dataset,
    progress: Progress,
  ): Promise<ImportReport | null> {
    return this.#whileRunning(known.id, async () => {
      let through: ReadThrough
      try {
        through = await this.readAll(
          known,
          dataset,
          { autoCreate: known.options.autoCreate ?? false },
          progress,
        )
      } catch (error) {
        const problem = problemOf(error)
        if (!problem) throw error
        through = { report: nothing, errors: [problem], findings: [] }
      }
      await this.#end(actor, known, 'checking', 'preview', through)
      return through.report
    }).catch(async (error: unknown) => {
      await this.#records.tx(actor, async (tx) => {
        await updateImport(tx, known.id, ['checking'], { state: 'preview' })
        tx.audit({ action: 'import.check', targetType: 'import', targetId: known.id, result: 'interrupted' })
      })
      throw error
    })
  }

  /**
   * Judges the rows, all of them before the first is stored where one refused row refuses the file, and stores them.
   *
   * @param last whether nobody tries again after a fault
   * @returns null when the import has been given up
   */
  async commit(
    actor: Actor,
    known: StoredImport,
    progress: Progress = unheard,
    last = true,
  ): Promise<ImportReport | null> {
    return this.#whileRunning(known.id, async () => {
      let report: ImportReport | null = null
      try {
        if (known.state === 'committing') report = await this.#store(actor, known, progress)
      } catch (error) {
        if (!(await this.#isGivenUp(actor, known, progress))) {
          const problem = problemOf(error)
          // A stop of the node is nobody's fault: the next start goes on.
          if (problem || (last && !progress.signal.aborted))
            await this.#fail(actor, known, problem ?? interrupted())
          if (!problem) throw error
          return nothing
        }
      }
      if (report === null && (await findImport(this.#records, known.id))?.state === 'cancelled')
        await takeBack(this.#rooms.observations, known.id)
      return report
    })
  }

  /** Ends an import whose job is over without having ended it. @returns whether it did */
  async endIfAbandoned(known: StoredImport): Promise<boolean> {
    const { id, state } = known
    if ((state !== 'checking' && state !== 'committing') || this.#running.has(id)) return false
    const job = known.job === null ? undefined : await findJob(this.#records, known.job)
    if (job?.state === 'queued' || job?.state === 'running') return false
    // Its own run may have ended it while the job was asked for.
    if ((await findImport(this.#records, id))?.state !== state) return true
    if (state === 'committing') await this.#fail(SYSTEM, known, interrupted())
    else
      await this.#records.tx(SYSTEM, async (tx) => {
        await updateImport(tx, id, ['checking'], { state: 'preview' })
        tx.audit({ action: 'import.check', targetType: 'import', targetId: id, result: 'interrupted' })
      })
    return true
  }

  /** @returns null when the import was given up meanwhile */
  async #store(actor: Actor, known: StoredImport, progress: Progress): Promise<ImportReport | null> {
    const { onError = 'abort', autoCreate = false } = known.options
    const code = known.dataset ?? ''
    const dataset = this.#rooms.catalogue.dataset(code)
    if (!dataset) throw refuse(422, 'unknown-dataset', { params: { dataset: code } })
    const earlier = await this.#rowsOf(known.id)
    const writer = new ImportWriter(this.#rooms, dataset, actor)
    const reading = { autoCreate, progress, writer }
    let ended: Ended
    try {
      ended =
        onError === 'abort'
          ? await this.#judgeThenWrite(known, dataset, reading)
          : { to: 'done', through: await this.#readAndWrite(known, dataset, reading, [0, 1]) }
      await writer.settled()
    } finally {
      // Whoever takes back what was stored must find all of it.
      await writer.settled().catch(() => undefined)
    }
    const { to, through } = ended
    const { report } = through
    // What an attempt that was broken off had stored is the work of this import too.
    report.unchanged = Math.max(0, writer.unchanged - earlier)
    report.accepted = to === 'failed' ? 0 : report.accepted - report.unchanged
    report.flagged += writer.flagged
    return this.#end(actor, known, 'committing', to, through)
  }

  /** Nothing is written while a row may still be refused. */
  async #judgeThenWrite(known: StoredImport, dataset: Dataset, reading: Writing): Promise<Ended> {
    const { autoCreate, progress, writer } = reading
    const judged = new JudgedRows()
    const through = await this.#read(known, dataset, {
      autoCreate,
      progress,
      pass: [0, 2],
      each: (verdict) => judged.add(verdict),
    })
    if (through.report.rejected > 0) return { to: 'failed', through }
    if (!judged.complete)
      return { to: 'done', through: await this.#readAndWrite(known, dataset, reading, [1, 2]) }
    const tell = teller(progress.progress, known.rows, [1, 2])
    const { portions } = judged
    let written = 0
    for (const verdict of judged.take()) {
      progress.signal.throwIfAborted()
      await writer.write(verdict)
      written += 1
      await tell(Math.floor((known.rows * written) / (portions + 1)))
    }
    await writer.settled()
    await tell(known.rows)
    return { to: 'done', through }
  }

  #readAndWrite(
    known: StoredImport,
    dataset: Dataset,
    { autoCreate, progress, writer }: Writing,
    pass: Pass,
  ): Promise<ReadThrough> {
    const each = (verdict: Verdict) => writer.write(verdict)
    return this.#read(known, dataset, { autoCreate, progress, pass, each })
  }

  async #read(
    known: StoredImport,
    dataset: Dataset,
    options: {
      autoCreate: boolean
      progress: Progress
      pass: Pass
      each?: (verdict: Verdict) => void | Promise<void>
    },
  ): Promise<ReadThrough> {
    const { autoCreate, progress, pass, each } = options
    return readThrough(
      this.#rooms,
      {
        id: known.id,
        path: this.#blobs.path(known.sha256),
        dataset,
        mapping: known.mapping!,
        detected: known.detected,
        autoCreate,
      },
      {
        scratch: this.#scratch,
        receivedAt: known.options.receivedAt ?? Date.parse(known.createdAt),
        signal: progress.signal,
        progress: teller(progress.progress, known.rows, pass),
        ...(each ? { each } : {}),
      },
    )
  }

  /** How many rows a source has in the store. */
  async #rowsOf(id: string): Promise<number> {
    let count = 0
    let afterSeq: number | undefined
    for (;;) {
      const rows = await this.#rooms.observations.bySource(`import:${id}`, { limit: 20_000, afterSeq })
      if (rows.length === 0) return count
      count += rows.length
      afterSeq = rows.at(-1)!.seq
    }
  }

  /** Writes the report and moves the import on. @returns null when it is no longer in the state `from` */
  async #end(
    actor: Actor,
    known: StoredImport,
    from: ImportState,
    to: 'preview' | 'done' | 'failed',
    { report, errors, findings }: ReadThrough,
  ): Promise<ImportReport | null> {
    const { id } = known
    const dataset = known.dataset ?? known.mapping?.dataset ?? ''
    const piecewise = { unaudited: 'lines of a report, which is audited as a whole' }
    await this.#records.tx(actor, (tx) => clearReport(tx, id), piecewise)
    for (let i = 0; i < errors.length; i += 1000)
      await this.#records.tx(actor, (tx) => insertErrors(tx, id, i, errors.slice(i, i + 1000)), piecewise)
    for (let i = 0; to === 'done' && i < findings.length; i += 1000)
      await this.#records.tx(
        actor,
        (tx) => insertFindings(tx, id, dataset, findings.slice(i, i + 1000)),
        piecewise,
      )
    const { accepted, unchanged, rejected, flagged, blank } = report
    const options = { ...known.options, blank, checked: to === 'preview' }
    return this.#records.tx(actor, async (tx) => {
      const counts = { accepted, unchanged, rejected, flagged }
      const ended = await updateImport(tx, id, [from], { state: to, options, ...counts })
      if (ended && to === 'done' && known.mapping)
        await saveMapping(tx, known.signature, dataset, known.mapping)
      const verb = to === 'preview' ? 'check' : to === 'done' ? 'finish' : 'fail'
      tx.audit({
        action: `import.${verb}`,
        targetType: 'import',
        targetId: id,
        ...(ended ? { after: { ...report } } : { result: 'given-up' }),
      })
      return ended ? report : null
    })
  }

  async #fail(actor: Actor, known: StoredImport, problem: Problem): Promise<void> {
    await takeBack(this.#rooms.observations, known.id)
    await this.#end(actor, known, 'committing', 'failed', {
      report: nothing,
      errors: [problem],
      findings: [],
    })
  }

  /** Whether the import is no longer to be stored: it was cancelled, or the job that works for it was. */
  async #isGivenUp(actor: Actor, { id, job }: StoredImport, { signal }: Progress): Promise<boolean> {
    if ((await findImport(this.#records, id))?.state !== 'committing') return true
    if (!signal.aborted || job === null) return false
    if (!(await findJob(this.#records, job))?.cancelRequested) return false
    await this.#records.tx(actor, async (tx) => {
      await updateImport(tx, id, ['committing'], { state: 'cancelled' })
      tx.audit({ action: 'import.cancel', targetType: 'import', targetId: id })
    })
    return true
  }

  async #whileRunning<T>(id: string, work: () => Promise<T>): Promise<T> {
    this.#running.add(id)
    try {
      return await work()
    } finally {
      this.#running.delete(id)
    }
  }
}

/** Which going through a file this is, of how many. */
type Pass = readonly [pass: number, passes: number]

/** @returns tells how many of so many rows are behind it: now and then, and always of the last */
function teller(
  progress: Progress['progress'],
  rows: number,
  [pass, passes]: Pass,
): (behind: number) => Promise<void> {
  let told = performance.now()
  return async (behind) => {
    const now = performance.now()
    if (behind < rows && now - told < tellEveryMs) return
    told = now
    await progress(pass * rows + behind, passes * rows)
  }
}

function problemOf(error: unknown): Problem | null {
  return error instanceof UnreadableFile || error instanceof MappingError ? error.problem : null
}

const interrupted = () => problemItem('import-interrupted')
