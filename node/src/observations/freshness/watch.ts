import type { OpenCatalogue } from '../../catalogue/open.ts'
import type { FreshnessState } from '../contract.ts'
import type { Head } from '../heads.ts'
import type { Observations, SeriesKey } from '../observations.ts'
import type { Deadlines } from './deadlines.ts'
import type { Promises } from './promises.ts'
import { TimerWheel } from './timer-wheel.ts'

/** A series whose state has changed. */
export interface FreshnessChange extends SeriesKey {
  before: FreshnessState
  state: FreshnessState
  /** Epoch milliseconds at which the change was seen. */
  at: number
}

/** The state of one series, or of one that a contract asks for and that is not there. */
export interface SeriesFreshness extends SeriesKey {
  state: FreshnessState
  deadlines: Deadlines | null
  /** End of its newest value, when it was recorded; epoch milliseconds. */
  lastValid: number | null
  lastRecorded: number | null
  /** Where a page that ends here goes on. */
  place: FreshnessPlace
}

/** Series come in the order of their ids, behind them in the order of their keys those that are not there. */
export type FreshnessPlace = number | string

export type FreshnessCounts = Record<FreshnessState, number>

interface Watched {
  state: FreshnessState
  /** End of the newest value when the state was last worked out. */
  end: number
  /** When its timer goes off; null without one. */
  armed: number | null
}

export interface FreshnessQuery {
  /** Only these datasets: those that the asker may read. */
  datasets: ReadonlySet<string>
  state?: FreshnessState
  entities?: ReadonlySet<string>
  limit: number
  after?: FreshnessPlace
}

const tickMs = 1000

/**
 * Knows of every series whether its values come as promised. Nothing is polled: a series that is on time has one timer,
 * for the moment it would be late, and a new value does not even touch that timer; when it goes off the newest value
 * is looked at, and mostly it is set anew. What is known is worked out again from the store at each start.
 */
export class FreshnessWatch {
  readonly #observations: Pick<Observations, 'heads' | 'head' | 'headOf' | 'onTouched'>
  readonly #catalogue: Pick<OpenCatalogue, 'datasets' | 'terms' | 'onChange'>
  readonly #promises: Promises
  readonly #entitiesOf: (kind: string) => readonly string[]
  readonly #now: () => number
  readonly #wheel: TimerWheel<{ id: number; at: number }>
  readonly #watched: (Watched | undefined)[] = []
  #absent = new Map<string, SeriesKey>()
  #absentKeys: readonly string[] = []
  readonly #counts = new Map<string, FreshnessCounts>()
  readonly #listeners = new Set<(changes: readonly FreshnessChange[]) => void>()
  readonly #stopping: (() => void)[] = []
  /** Contracts or entities have changed: what follows from them is worked out again at the next tick. */
  #outdated = false
  /** What each dataset had promised when its series were last judged. */
  #promised = new Map<string, string>()

  constructor(options: {
    observations: Pick<Observations, 'heads' | 'head' | 'headOf' | 'onTouched'>
    catalogue: Pick<OpenCatalogue, 'datasets' | 'terms' | 'onChange'>
    promises: Promises
    /** Entities of a kind such as `AirStation`, `unit`, `unit:commune`. */
    entitiesOf: (kind: string) => readonly string[]
    now: () => number
  }) {
    this.#observations = options.observations
    this.#catalogue = options.catalogue
    this.#promises = options.promises
    this.#entitiesOf = options.entitiesOf
    this.#now = options.now
    this.#wheel = new TimerWheel(this.#now())
    this.#judgeAll(this.#now(), [])
  }

  /** Follows commits, contracts and the clock until {@link close}. */
  start(): void {
    const timer = setInterval(() => this.advance(), tickMs)
    timer.unref()
    this.#stopping.push(
      () => clearInterval(timer),
      this.#observations.onTouched((ids) => this.#touched(ids)),
      this.#catalogue.onChange(() => {
        this.#outdated = true
      }),
    )
  }

  close(): void {
    for (const stop of this.#stopping.splice(0)) stop()
  }

  /** Hears of changes of state, those of one moment together. */
  onChange(listener: (changes: readonly FreshnessChange[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Lets time pass up to now. */
  advance(): void {
    const now = this.#now()
    const changes: FreshnessChange[] = []
    if (this.#outdated) this.#judgeAll(now, changes)
    for (const { id, at } of this.#wheel.advance(now)) {
      const watched = this.#watched[id]
      if (watched?.armed !== at) continue
      watched.armed = null
      this.#judge(this.#observations.head(id), now, changes)
    }
    this.#tell(changes)
  }

  /** How many series of a dataset are in each state. */
  counts(dataset: string): Readonly<FreshnessCounts> {
    return this.#counts.get(dataset) ?? noSeries
  }

  list({ datasets, state, entities, limit, after }: FreshnessQuery): SeriesFreshness[] {
    const wanted = (key: SeriesKey, of: FreshnessState | undefined) =>
      of !== undefined &&
      (state === undefined || of === state) &&
      datasets.has(key.dataset) &&
      (entities === undefined || entities.has(key.entity))
    const found: SeriesFreshness[] = []
    if (typeof after !== 'string')
      for (const head of this.#observations.heads()) {
        if (found.length >= limit) return found
        if (head.id > (after ?? 0) && wanted(head.key, this.#watched[head.id]?.state))
          found.push(this.#shown(head))
      }
    for (const name of this.#absentKeys) {
      if (found.length >= limit) return found
      const key = this.#absent.get(name)
      if (!key || (typeof after === 'string' && name <= after) || !wanted(key, 'never')) continue
      found.push({
        ...key,
        state: 'never',
        deadlines: null,
        lastValid: null,
        lastRecorded: null,
        place: name,
      })
    }
    return found
  }

  #shown({ id, key, latest }: Readonly<Head>): SeriesFreshness {
    const promise = this.#promises.of(key)
    return {
      ...key,
      state: this.#watched[id]!.state,
      deadlines: promise === null || latest === null ? null : this.#promises.deadlines(promise, latest),
      lastValid: latest === null ? null : (latest.to ?? latest.from),
      lastRecorded: latest?.recordedAt ?? null,
      place: id,
    }
  }

  #touched(ids: ReadonlySet<number>): void {
    const now = this.#now()
    const changes: FreshnessChange[] = []
    for (const id of ids) {
      const head = this.#observations.head(id)
      const watched = this.#watched[id]
      const end = endOf(head)
      // The usual case: on time, and still newer. Its timer will find out by itself.
      if (watched?.state === 'fresh' && end >= watched.end) watched.end = end
      else this.#judge(head, now, changes)
    }
    this.#tell(changes)
  }

  #judgeAll(now: number, changes: FreshnessChange[]): void {
    this.#outdated = false
    const promised = new Map(
      this.#catalogue
        .datasets()
        .map(({ code, retiredAt }) => [
          code,
          `${retiredAt} ${JSON.stringify(this.#catalogue.terms(code).freshness)}`,
        ]),
    )
    const same = (dataset: string) => this.#promised.get(dataset) === promised.get(dataset)
    // Entities are added by the thousand: their series are not all judged anew for that.
    for (const head of this.#observations.heads())
      if (this.#watched[head.id] === undefined || !same(head.key.dataset)) this.#judge(head, now, changes)
    this.#promised = promised
    this.#lookForAbsent(now, changes)
  }

  #judge(head: Readonly<Head>, now: number, changes: FreshnessChange[]): void {
    const { id, key, latest } = head
    const { state, deadlines } = this.#promises.state(key, latest, now)
    let watched = this.#watched[id]
    if (watched === undefined) {
      watched = { state, end: 0, armed: null }
      this.#watched[id] = watched
      this.#count(key.dataset, state, 1)
      const name = nameOf(key)
      if (this.#absent.delete(name)) {
        this.#count(key.dataset, 'never', -1)
        if (state !== 'never') changes.push({ ...key, before: 'never', state, at: now })
      }
    } else if (watched.state !== state) {
      changes.push({ ...key, before: watched.state, state, at: now })
      this.#count(key.dataset, watched.state, -1)
      this.#count(key.dataset, state, 1)
      watched.state = state
    }
    watched.end = endOf(head)
    const next = deadlines === null ? null : nextOf(state, deadlines)
    if (next === null) watched.armed = null
    else if (watched.armed === null || watched.armed > next) {
      watched.armed = next
      this.#wheel.set(next, { id, at: next })
    }
  }

  /** Series that contracts ask for and that have never had a value. */
  #lookForAbsent(now: number, changes: FreshnessChange[]): void {
    const absent = new Map<string, SeriesKey>()
    for (const { code: dataset, retiredAt } of this.#catalogue.datasets()) {
      const { freshness, properties } = this.#catalogue.terms(dataset)
      if (freshness === null || retiredAt !== null) continue
      for (const [property, { required, entityTypes = [], breakdowns = [''] }] of Object.entries(properties))
        if (required)
          for (const entity of entityTypes.flatMap(this.#entitiesOf))
            for (const breakdown of breakdowns) {
              const key = { dataset, entity, property, breakdown }
              if (!this.#observations.headOf(key)) absent.set(nameOf(key), key)
            }
    }
    for (const [name, key] of this.#absent)
      if (!absent.has(name) && !this.#observations.headOf(key)) {
        this.#count(key.dataset, 'never', -1)
        changes.push({ ...key, before: 'never', state: 'none', at: now })
      }
    for (const [name, key] of absent) if (!this.#absent.has(name)) this.#count(key.dataset, 'never', 1)
    this.#absent = absent
    this.#absentKeys = [...absent.keys()].sort()
  }

  #count(dataset: string, state: FreshnessState, by: 1 | -1): void {
    let counts = this.#counts.get(dataset)
    if (!counts) {
      counts = { ...noSeries }
      this.#counts.set(dataset, counts)
    }
    counts[state] += by
  }

  #tell(changes: readonly FreshnessChange[]): void {
    if (changes.length > 0) for (const listener of this.#listeners) listener(changes)
  }
}

const noSeries: Readonly<FreshnessCounts> = { fresh: 0, late: 0, stale: 0, never: 0, none: 0 }

/** The worst state of which there is a series; `none` when nothing is promised or there is nothing. */
export function worstOf(counts: Readonly<FreshnessCounts>): FreshnessState {
  const worst: readonly FreshnessState[] = ['stale', 'late', 'never', 'fresh']
  return worst.find((state) => counts[state] > 0) ?? 'none'
}

function nextOf(state: FreshnessState, { lateAt, staleAt }: Deadlines): number | null {
  if (state === 'fresh') return lateAt
  return state === 'late' ? staleAt : null
}

function endOf({ latest }: Readonly<Head>): number {
  return latest === null ? Number.NEGATIVE_INFINITY : (latest.to ?? latest.from)
}

function nameOf({ dataset, entity, property, breakdown }: SeriesKey): string {
  return `${dataset}\0${entity}\0${property}\0${breakdown}`
}
