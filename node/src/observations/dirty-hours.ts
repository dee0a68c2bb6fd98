export interface SeriesHour {
  seriesId: number
  /** Counted from 1970, UTC. */
  hour: number
}

/**
 * The hours whose roll-up is behind, each with the newest `seq` that fell into it; the table `dirty` is its trailing
 * copy on disk. An import leaves hundreds of thousands, so nothing here is done for all of them but putting them in order.
 */
export class DirtyHours {
  /** By series, then by hour: small whole numbers are far cheaper as keys than one large number of both. */
  readonly #newest = new Map<number, Map<number, number>>()
  #size = 0
  /** Some of them by hour, packed, and how many were handed out. */
  #inOrder = new Float64Array(0)
  #taken = 0
  /** Hours that the table does not have; some of them have been cleaned meanwhile, and some stand here twice. */
  #unsaved: SeriesHour[] = []

  get size(): number {
    return this.#size
  }

  mark(seriesId: number, hour: number, seq: number): void {
    if (this.#set(seriesId, hour, seq)) this.#unsaved.push({ seriesId, hour })
  }

  /** An hour that the table already has. */
  restore(seriesId: number, hour: number, seq: number): void {
    this.#set(seriesId, hour, seq)
  }

  /** Hands over the hours to be saved; they count as saved from now on. */
  takeUnsaved(): SeriesHour[] {
    const taken = this.#unsaved.filter(({ seriesId, hour }) => this.has(seriesId, hour))
    this.#unsaved = []
    return taken
  }

  putBackUnsaved(hours: readonly SeriesHour[]): void {
    for (const one of hours) this.#unsaved.push(one)
  }

  has(seriesId: number, hour: number): boolean {
    return this.#newest.get(seriesId)?.has(hour) ?? false
  }

  /** Those of a series within `[fromHour, toHour]`, in no order. */
  ofSeries(
    seriesId: number,
    fromHour = Number.NEGATIVE_INFINITY,
    toHour = Number.POSITIVE_INFINITY,
  ): number[] {
    const dirty = this.#newest.get(seriesId)
    if (dirty === undefined) return []
    if (toHour - fromHour >= dirty.size)
      return [...dirty.keys()].filter((hour) => hour >= fromHour && hour <= toHour)
    const hours: number[] = []
    for (let hour = fromHour; hour <= toHour; hour++) if (dirty.has(hour)) hours.push(hour)
    return hours
  }

  /**
   * Up to `most` of those before `end`, from the oldest on. They are put in order once for many calls. Hours marked
   * meanwhile wait until those in order are used up; only an empty answer says that none is left.
   */
  before(end: number, most: number): SeriesHour[] {
    const found = this.#next(end, most)
    if (found.length > 0 || this.#size === 0) return found
    let count = 0
    const order = new Float64Array(this.#size)
    for (const [seriesId, hours] of this.#newest)
      for (const hour of hours.keys()) if (hour < end) order[count++] = pack(seriesId, hour)
    this.#inOrder = order.subarray(0, count).sort()
    this.#taken = 0
    return this.#next(end, most)
  }

  /** Takes an hour, deleted from the table, off the list unless a row newer than `seq` fell into it meanwhile. */
  cleaned(seriesId: number, hour: number, seq: number): void {
    const hours = this.#newest.get(seriesId)
    const newest = hours?.get(hour)
    if (hours === undefined || newest === undefined) return
    if (newest > seq) {
      this.#unsaved.push({ seriesId, hour })
      return
    }
    hours.delete(hour)
    if (hours.size === 0) this.#newest.delete(seriesId)
    this.#size--
  }

  /** @returns whether the hour was clean before */
  #set(seriesId: number, hour: number, seq: number): boolean {
    let hours = this.#newest.get(seriesId)
    if (hours === undefined) {
      hours = new Map()
      this.#newest.set(seriesId, hours)
    }
    const before = hours.size
    hours.set(hour, seq)
    if (hours.size === before) return false
    this.#size++
    return true
  }

  #next(end: number, most: number): SeriesHour[] {
    const found: SeriesHour[] = []
    while (found.length < most && this.#taken < this.#inOrder.length) {
      const one = unpack(this.#inOrder[this.#taken++]!)
      if (one.hour < end && this.has(one.seriesId, one.hour)) found.push(one)
    }
    return found
  }
}

/** Hours from about year −7500 to 11500 fit 2^28 around 1970; ids up to 2^25 then keep the product below 2^53. */
const MIDDLE = 2 ** 27
const SERIES = 2 ** 25

/** In the order of hours. */
function pack(seriesId: number, hour: number): number {
  return (hour + MIDDLE) * SERIES + seriesId
}

function unpack(packed: number): SeriesHour {
  const hour = Math.floor(packed / SERIES)
  return { seriesId: packed - hour * SERIES, hour: hour - MIDDLE }
}
