import type { HolidayCalendar } from '@nhip/calendar/holiday-calendar'
import type { Catalogue } from '../../catalogue/catalogue.ts'
import type { FreshnessPromise } from '../../catalogue/contract.ts'
import type { FreshnessState } from '../contract.ts'
import { type Deadlines, deadlinesOf, stateAt, type ValidTime } from './deadlines.ts'

/** Deadlines kept for calendar promises: months share theirs among all their series. */
const mostKept = 10_000

/** What datasets have promised, and whether it is kept. */
export class Promises {
  readonly #catalogue: Pick<Catalogue, 'dataset' | 'terms' | 'entity'>
  readonly #calendar: () => HolidayCalendar
  readonly #kept = new WeakMap<FreshnessPromise, Map<string, Deadlines>>()

  constructor(catalogue: Pick<Catalogue, 'dataset' | 'terms' | 'entity'>, calendar: () => HolidayCalendar) {
    this.#catalogue = catalogue
    this.#calendar = calendar
  }

  /** The promise that holds for a series, or null: of a retired dataset and of a unit that is no more nothing is awaited. */
  of({ dataset, entity }: { dataset: string; entity: string }): FreshnessPromise | null {
    const promise = this.#catalogue.terms(dataset).freshness
    if (promise === null || this.#catalogue.dataset(dataset)?.retiredAt !== null) return null
    const closed =
      entity.startsWith('urn:nhip:unit:') && this.#catalogue.entity(entity)?.attributes.validTo != null
    return closed ? null : promise
  }

  deadlines(promise: FreshnessPromise, newest: ValidTime): Deadlines {
    if (promise.kind === 'interval') return deadlinesOf(promise, newest, noCalendar)
    let kept = this.#kept.get(promise)
    if (!kept || kept.size > mostKept) {
      kept = new Map()
      this.#kept.set(promise, kept)
    }
    const key = `${newest.from}/${newest.to ?? ''}`
    let deadlines = kept.get(key)
    if (!deadlines) {
      deadlines = deadlinesOf(promise, newest, this.#calendar())
      kept.set(key, deadlines)
    }
    return deadlines
  }

  /** The state of a series at `now`, by its newest value that may be shown. */
  state(
    series: { dataset: string; entity: string },
    newest: ValidTime | null,
    now: number,
  ): { state: FreshnessState; deadlines: Deadlines | null } {
    const promise = this.of(series)
    if (promise === null) return { state: 'none', deadlines: null }
    if (newest === null) return { state: 'never', deadlines: null }
    const deadlines = this.deadlines(promise, newest)
    return { state: stateAt(deadlines, now), deadlines }
  }
}

/** A promise by interval asks for no calendar. */
const noCalendar: HolidayCalendar = {
  years: new Map(),
  working: () => true,
  entry: () => undefined,
  unconfirmed: () => undefined,
}
