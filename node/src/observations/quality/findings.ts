import { civilDay } from '@nhip/calendar/instant'
import type { Catalogue } from '../../catalogue/catalogue.ts'
import { message } from '../../http/language.ts'
import { type Records, SYSTEM } from '../../records/contract.ts'
import type { Observations, StoredObservation } from '../observations.ts'
import { DECIDED, qualityBit } from '../quality.ts'
import { insertRowFindings, type RowFinding, readCursor, saveCursor } from './finding-store.ts'

const watched = qualityBit.custom | qualityBit['clock-skew']
/** Rows that are looked at together. */
const chunk = 2000
/** Findings that one rule writes of one dataset in a day: a rule that doubts everything says so in fewer words. */
const mostADay = 1000
const waitMs = 500
/** What could not be written is tried again after this long, then after twice as long each time. */
const firstRetryMs = 1000
const mostRetryMs = 60_000

/**
 * Writes down which rule doubted which row. It follows the store by a cursor of its own, so a crash between a commit and its
 * findings loses none; the rules are asked again, which gives the same answer, because they see nothing but the value.
 */
export class Findings {
  readonly #records: Records
  readonly #observations: Pick<Observations, 'flagged' | 'onCommit'>
  readonly #catalogue: Pick<Catalogue, 'rules' | 'entity'>
  readonly #now: () => number
  readonly #onError: (error: unknown) => void
  readonly #firstRetryMs: number
  #retryMs: number
  #cursor: number | null = null
  #written = new Map<string, number>()
  #day = ''
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> = Promise.resolve()
  #stop: () => void = () => undefined
  #closed = false

  constructor(rooms: {
    records: Records
    observations: Pick<Observations, 'flagged' | 'onCommit'>
    catalogue: Pick<Catalogue, 'rules' | 'entity'>
    now: () => number
    onError: (error: unknown) => void
    retryMs?: number
  }) {
    this.#records = rooms.records
    this.#observations = rooms.observations
    this.#catalogue = rooms.catalogue
    this.#now = rooms.now
    this.#onError = rooms.onError
    this.#firstRetryMs = rooms.retryMs ?? firstRetryMs
    this.#retryMs = this.#firstRetryMs
  }

  /** Takes up what was left, then follows the commits. */
  start(): void {
    this.#stop = this.#observations.onCommit((rows) => {
      if (rows.some(({ quality }) => (quality & watched) !== 0)) this.#soon(waitMs)
    })
    this.#soon(0)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#stop()
    if (this.#timer) clearTimeout(this.#timer)
    await this.#running
  }

  /** Resolves when every row that has been committed so far has its findings, or when that failed and will be tried again. */
  catchUp(): Promise<void> {
    this.#running = this.#running
      .then(() => this.#follow())
      .then(
        () => {
          this.#retryMs = this.#firstRetryMs
        },
        (error: unknown) => {
          this.#onError(error)
          // The next flagged row may be a day away.
          this.#soon(this.#retryMs)
          this.#retryMs = Math.min(2 * this.#retryMs, mostRetryMs)
        },
      )
    return this.#running
  }

  #soon(ms: number): void {
    if (this.#timer || this.#closed) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      void this.catchUp()
    }, ms)
    this.#timer.unref()
  }

  async #follow(): Promise<void> {
    this.#cursor ??= await readCursor(this.#records)
    while (!this.#closed) {
      const rows = await this.#observations.flagged({
        bits: watched,
        afterSeq: this.#cursor,
        limit: chunk,
      })
      const last = rows.at(-1)
      if (!last) return
      const found = rows.flatMap((row) => this.#findingsOf(row))
      await this.#records.tx(
        SYSTEM,
        async (tx) => {
          if (found.length > 0) await insertRowFindings(tx, found)
          await saveCursor(tx, last.seq)
        },
        { unaudited: 'follows from the rows of the store and the contract, both of which are traced' },
      )
      this.#cursor = last.seq
    }
  }

  #findingsOf(row: StoredObservation): RowFinding[] {
    const found: RowFinding[] = []
    // What a person has decided is no longer open to doubt.
    if ((row.quality & DECIDED) !== 0) return found
    if ((row.quality & qualityBit.custom) !== 0) {
      const { type, unit } = this.#catalogue.entity(row.entity) ?? { type: '', unit: null }
      const judged = { ...row, entityType: type, unit }
      for (const { rule, fires } of this.#catalogue.rules(row.dataset))
        if (this.#mayTell(`${row.dataset} ${rule.code}`, mostADay) && fires(judged))
          found.push({
            row,
            rule: rule.code,
            severity: rule.severity,
            value: String(row.value ?? row.text ?? ''),
            message: rule.message,
          })
    }
    if (
      (row.quality & qualityBit['clock-skew']) !== 0 &&
      this.#mayTell(`${row.dataset} clock ${row.source}`, 1)
    )
      found.push({
        row,
        rule: 'clock-skew',
        severity: 'warning',
        value: row.source,
        message: message('clock-skew', { source: row.source }),
      })
    for (const { rule } of found)
      this.#tell(`${row.dataset} ${rule === 'clock-skew' ? `clock ${row.source}` : rule}`)
    return found
  }

  #mayTell(what: string, most: number): boolean {
    const today = civilDay(this.#now())
    if (today !== this.#day) {
      this.#day = today
      this.#written = new Map()
    }
    return (this.#written.get(what) ?? 0) < most
  }

  #tell(what: string): void {
    this.#written.set(what, (this.#written.get(what) ?? 0) + 1)
  }
}
