import type { OpenNode } from '@nhip/node/main'
import type { NewObservation } from '@nhip/node/observations/observations'
import { uomOf } from '@nhip/quantity/uom-text'
import { City, type CityReading } from './city.ts'
import { datasets, entities, properties } from './descriptions.ts'

const DAY_MS = 86_400_000
const OFFSET_MS = 7 * 3_600_000
/** Bits of the observations' quality: disk format, see the contract of observations. */
const HARD_RANGE = 1 << 0
const LATE = 1 << 4
const LATE_AFTER_MS = 3_600_000
const BATCH = 5000

export interface CityOptions {
  /** Names the run: the same seed gives the same readings. */
  seed?: number
  /** Days of history before now. */
  days?: number
  isHoliday?: (date: string) => boolean
  now?: () => number
}

/** What the model city needs of a node. */
export type CityNode = Pick<OpenNode, 'catalogue' | 'observations'>

/** The city that a node shows and is fed by. */
export class DemoCity {
  readonly #node: CityNode
  readonly #city: City
  readonly #days: number
  readonly #now: () => number
  readonly #quality: (reading: CityReading) => number
  readonly #uoms: Map<string, number>

  constructor(node: CityNode, options: CityOptions = {}) {
    this.#node = node
    this.#city = new City(options.seed ?? 2026, options.isHoliday ?? (() => false))
    this.#days = options.days ?? 90
    this.#now = options.now ?? Date.now
    const ranges = new Map(properties.map((property) => [property.code, property.range]))
    this.#quality = ({ property, value, from, arrives, to }) => {
      const range = ranges.get(property)
      const outside =
        value !== null && (value < (range?.hardMin ?? -Infinity) || value > (range?.hardMax ?? Infinity))
      const late = arrives - (to ?? from) > LATE_AFTER_MS
      return (outside ? HARD_RANGE : 0) | (late ? LATE : 0)
    }
    this.#uoms = new Map(
      properties.map((property) => [property.code, property.uom ? (uomOf(property.uom).id ?? 0) : 0]),
    )
  }

  /** Puts datasets, properties and places into the catalogue. Repeating it changes nothing. */
  async describe(actor: Parameters<CityNode['catalogue']['saveDatasets']>[0]): Promise<void> {
    const { catalogue } = this.#node
    await catalogue.saveDatasets(actor, datasets)
    await catalogue.saveProperties(actor, properties)
    await catalogue.saveEntities(actor, entities(this.#city))
    for (const dataset of datasets) {
      const own = properties.filter((property) => property.preferredDataset === dataset.code)
      await catalogue.link(
        actor,
        dataset.code,
        own.map((property) => property.code),
      )
    }
  }

  /**
   * Loads what the city has sent so far, day by day through the node's own write path, and returns the instant up to
   * which it is complete. Goes on where an earlier run stopped.
   */
  async loadHistory(
    progress: (done: number, total: number) => Promise<void> | void,
    signal?: AbortSignal,
  ): Promise<number> {
    const until = this.#now()
    const today = Math.floor((until + OFFSET_MS) / DAY_MS)
    const first = Math.max(today - this.#days, (await this.#lastWholeDay()) + 1)
    for (let day = first; day <= today; day++) {
      if (signal?.aborted) return startOf(day)
      await this.#append(this.#city.day(day, until))
      await progress(day - first + 1, today - first + 1)
    }
    return until
  }

  /**
   * Sends what arrives from now on, as the clock goes: it is judged by the values before it, as what devices send is.
   * Returns how to stop it.
   */
  live(from: number, onError: (error: unknown) => void, everyMs = 10_000): () => void {
    let sentUntil = from
    let sending = false
    const timer = setInterval(async () => {
      if (sending) return
      sending = true
      try {
        const now = this.#now()
        await this.#append([this.#city.arriving(sentUntil, now)], 'live')
        sentUntil = now
      } catch (error) {
        // The node may be full or closing; what was not sent is sent at the next tick.
        onError(error)
      } finally {
        sending = false
      }
    }, everyMs)
    timer.unref()
    return () => clearInterval(timer)
  }

  /** The last civil day whose readings are all there: offices report a day after everything else of it. */
  async #lastWholeDay(): Promise<number> {
    const series = await this.#node.observations.seriesList({
      dataset: 'demo-onestop',
      property: 'cases-received',
      limit: 100,
    })
    if (series.length === 0) return Number.NEGATIVE_INFINITY
    return Math.floor((Math.min(...series.map((item) => item.lastFrom)) + OFFSET_MS) / DAY_MS)
  }

  async #append(groups: Iterable<CityReading[]>, door?: 'live'): Promise<void> {
    let batch: NewObservation[] = []
    let before: Promise<unknown> = Promise.resolve()
    const flush = async () => {
      // One batch is being written while the next is made.
      await before
      before = this.#node.observations.append(batch)
      batch = []
    }
    for (const readings of groups) {
      for (const reading of readings) batch.push(this.#observation(reading, door))
      if (batch.length >= BATCH) await flush()
    }
    if (batch.length > 0) await flush()
    await before
  }

  // Written out, with every field in one order: millions of these are made, and copies of the rest of an object are slow
  // to make and slow to read.
  #observation(reading: CityReading, door?: 'live'): NewObservation {
    return {
      dataset: reading.dataset,
      entity: reading.entity,
      property: reading.property,
      breakdown: reading.breakdown,
      from: reading.from,
      to: reading.to,
      value: reading.value,
      num: reading.num,
      den: reading.den,
      uom: this.#uoms.get(reading.property) ?? 0,
      status: 'A',
      quality: this.#quality(reading),
      source: 'demo',
      door,
    }
  }
}

function startOf(day: number): number {
  return day * DAY_MS - OFFSET_MS
}
