import type { Catalogue, Dataset } from '../../catalogue/catalogue.ts'
import { mayRead } from '../../catalogue/catalogue.ts'
import type { Caller } from '../../http/caller.ts'
import type { LatestItem } from '../../observations/contract.ts'
import { itemOf } from '../../observations/latest-item.ts'
import type { Observations, SeriesKey, StoredObservation } from '../../observations/observations.ts'
import { isSensitive, type ReadTrail, traceRows } from '../../observations/sensitive-reads.ts'
import { valueTopic } from './topics.ts'

/** A series is given out at most this often: values, not events, are what is subscribed to. */
const everyMs = 250
/** A subscriber that has so much unread is given nothing more until it has read. */
const mostUnread = 1024 * 1024
/** Values given out at the moment of subscribing, and series that may wait for one subscriber. */
const mostAtFirst = 10_000
const mostWaiting = 50_000
const page = 1000

/** Which values somebody wants; null stands for any. */
export interface Wanted {
  entity: string | null
  property: string | null
}

/** Somebody who is given current values. */
export interface Subscriber {
  /** As rights stand now. @throws when the subscriber is to be given nothing any more */
  caller(): Promise<Caller>
  address?: string
  send(topic: string, payload: string, first: boolean): void
  /** Bytes that were sent and not yet taken. */
  unread(): number
  /** Called when the subscriber cannot follow, or may no longer be served. */
  drop(): void
}

/** What a subscriber hears when a series has no value any more. */
type Gone = Pick<LatestItem, 'dataset' | 'entity' | 'property' | 'breakdown'> & { value: null; status: 'X' }

/**
 * Gives the newest value of each series to those who subscribed to it and may read its dataset: once when they
 * subscribe, then when it changes. Rights are asked for each value, when it is given out.
 */
export class ValuesOut {
  readonly #catalogue: Catalogue
  readonly #observations: Observations
  readonly #trail: ReadTrail
  readonly #served = new Map<Subscriber, Service>()
  #stopListening: (() => void) | null = null

  constructor(rooms: { catalogue: Catalogue; observations: Observations; trail: ReadTrail }) {
    this.#catalogue = rooms.catalogue
    this.#observations = rooms.observations
    this.#trail = rooms.trail
  }

  get subscribers(): number {
    return this.#served.size
  }

  /** Begins to give values out; resolves when the present ones are sent. */
  async subscribe(subscriber: Subscriber, filter: string, wanted: Wanted): Promise<void> {
    let service = this.#served.get(subscriber)
    if (!service) {
      service = {
        subscriber,
        filters: new Map(),
        waiting: new Map(),
        sent: new Map(),
        traced: new Set(),
        timer: null,
        busy: false,
      }
      this.#served.set(subscriber, service)
    }
    service.filters.set(filter, wanted)
    this.#stopListening ??= this.#observations.onCommit((rows) => this.#committed(rows))
    await this.#present(service, wanted)
  }

  unsubscribe(subscriber: Subscriber, filter: string): void {
    const service = this.#served.get(subscriber)
    service?.filters.delete(filter)
    if (service?.filters.size === 0) this.leave(subscriber)
  }

  leave(subscriber: Subscriber): void {
    const service = this.#served.get(subscriber)
    if (service?.timer) clearTimeout(service.timer)
    this.#served.delete(subscriber)
    if (this.#served.size > 0) return
    this.#stopListening?.()
    this.#stopListening = null
  }

  close(): void {
    for (const subscriber of this.#served.keys()) this.leave(subscriber)
  }

  async #present(service: Service, { entity, property }: Wanted): Promise<void> {
    const caller = await this.#callerOf(service)
    if (!caller) return
    const datasets = this.#catalogue.datasets().filter((dataset) => mayRead(caller, dataset))
    let after: number | undefined
    for (let given = 0; given < mostAtFirst; given += page) {
      const rows = await this.#observations.latest({
        datasets: datasets.map(({ code }) => code),
        ...(property === null ? {} : { property }),
        ...(entity === null ? {} : { entities: [entity] }),
        ...(after === undefined ? {} : { after }),
        limit: page,
      })
      for (const row of rows) this.#await(service, row)
      if (rows.length < page) break
      after = rows.at(-1)!.seriesId
    }
    await this.#give(service, true)
  }

  #committed(rows: readonly StoredObservation[]): void {
    for (const service of this.#served.values()) {
      const filters = [...service.filters.values()]
      for (const row of rows) if (filters.some((wanted) => wants(wanted, row))) this.#await(service, row)
      if (service.waiting.size > 0) this.#giveLater(service)
    }
  }

  #await(service: Service, { dataset, entity, property, breakdown }: SeriesKey): void {
    service.waiting.set(JSON.stringify([dataset, entity, property, breakdown]), {
      dataset,
      entity,
      property,
      breakdown,
    })
    if (service.waiting.size <= mostWaiting) return
    this.leave(service.subscriber)
    service.subscriber.drop()
  }

  #giveLater(service: Service): void {
    if (service.timer || service.busy || !this.#served.has(service.subscriber)) return
    service.timer = setTimeout(() => {
      service.timer = null
      void this.#give(service, false)
    }, everyMs)
    service.timer.unref()
  }

  async #give(service: Service, first: boolean): Promise<void> {
    const { subscriber, waiting } = service
    if (service.busy || subscriber.unread() > mostUnread) return this.#giveLater(service)
    service.busy = true
    try {
      const caller = await this.#callerOf(service)
      if (!caller) return
      for (const [key, series] of waiting) {
        if (subscriber.unread() > mostUnread) break
        waiting.delete(key)
        const dataset = this.#catalogue.dataset(series.dataset)
        if (dataset && mayRead(caller, dataset) && (await this.#traced(service, caller, dataset)))
          this.#send(service, key, series, first)
      }
    } catch {
      // What cannot be noted down is not given out; the subscriber may come again.
      subscriber.drop()
    } finally {
      service.busy = false
      if (waiting.size > 0) this.#giveLater(service)
    }
  }

  #send({ subscriber, sent }: Service, key: string, series: SeriesKey, first: boolean): void {
    const newest = this.#observations.newest(series)
    if (!first && sent.get(key) === (newest?.seq ?? null)) return
    sent.set(key, newest?.seq ?? null)
    const { dataset, entity, property, breakdown } = series
    const gone: Gone = { dataset, entity, property, breakdown, value: null, status: 'X' }
    subscriber.send(valueTopic(entity, property), JSON.stringify(newest ? itemOf(newest) : gone), first)
  }

  /** Readings of restricted and personal data leave their audit row before the first value: one a connection. */
  async #traced(
    { traced, subscriber, filters }: Service,
    caller: Caller,
    dataset: Dataset,
  ): Promise<boolean> {
    if (!isSensitive(dataset) || traced.has(dataset.code)) return true
    const actor = {
      id: caller.id ?? caller.username,
      ...(subscriber.address === undefined ? {} : { address: subscriber.address }),
    }
    await traceRows(this.#trail, { actor, caller, query: { mqtt: [...filters.keys()] } }, [dataset])
    traced.add(dataset.code)
    return true
  }

  async #callerOf({ subscriber }: Service): Promise<Caller | null> {
    try {
      return await subscriber.caller()
    } catch {
      subscriber.drop()
      return null
    }
  }
}

interface Service {
  subscriber: Subscriber
  filters: Map<string, Wanted>
  /** Series whose newest value is to be given out. */
  waiting: Map<string, SeriesKey>
  /** Number of the row that was given out last; null when the series had none. */
  sent: Map<string, number | null>
  traced: Set<string>
  timer: NodeJS.Timeout | null
  busy: boolean
}

function wants({ entity, property }: Wanted, row: SeriesKey): boolean {
  return (entity === null || entity === row.entity) && (property === null || property === row.property)
}
