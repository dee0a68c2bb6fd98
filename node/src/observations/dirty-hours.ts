export interface SeriesHour {
  seriesId: number
  /** Counted from 1970, UTC. */
  hour: number
}

/**
 * The hours whose roll-up is behind, each with the newest `seq` that fell into it; the table `dirty` is its trailing
 * copy on disk. An import leaves hundreds of thousands, so nothing here is done for all of them at once.
 */
export class DirtyHours {
  /** By day, then by series and hour of the day: small whole numbers are far cheaper as keys than large ones. */
  readonly #days = new Map<number, Map<number, number>>()
  #walk = this.#inOrder()
  /** Hours that the table does not have; some of them have been cleaned meanwhile, and some stand here twice. */
  #unsaved: SeriesHour[] = []

  mark(seriesId: number, hour: number, seq: number): void {
    if (this.#set(seriesId, hour, seq)) this.#unsaved.push({ seriesId, hour })
  }

  /** An hour that the table already has. */
  restore(seriesId: number, hour: number, seq: number): void {
    this.#set(seriesId, hour, seq)
  }

  /** Hands over the hours to be saved; they count as saved from now on. */
  takeUnsaved(): SeriesHour[] {
    const taken = this.#unsaved.filter(({ seriesId, hour }) => this.#has(seriesId, hour))
    this.#unsaved = []
    return taken
  }

  putBackUnsaved(hours: readonly SeriesHour[]): void {
    for (const one of hours) this.#unsaved.push(one)
  }

  /** Those of a series within `[fromHour, toHour]`, in no order. */
  ofSeries(seriesId: number, fromHour: number, toHour: number): number[] {
    const hours: number[] = []
    for (const day of this.#daysWithin(dayOf(fromHour), dayOf(toHour))) {
      const last = Math.min(toHour, day * 24 + 23)
      for (let hour = Math.max(fromHour, day * 24); hour <= last; hour++)
        if (this.#has(seriesId, hour)) hours.push(hour)
    }
    return hours
  }

  *all(): Generator<SeriesHour> {
    for (const [day, slots] of this.#days) for (const slot of slots.keys()) yield hourAt(day, slot)
  }

  /**
   * Up to `most` of those before `end`, from the oldest day on. Days marked meanwhile wait until those in order are used
   * up; only an empty answer says that none is left.
   */
  before(end: number, most: number): SeriesHour[] {
    const found = this.#next(end, most)
    if (found.length > 0) return found
    this.#walk = this.#inOrder()
    return this.#next(end, most)
  }

  /** Takes an hour, deleted from the table, off the list unless a row newer than `seq` fell into it meanwhile. */
  cleaned(seriesId: number, hour: number, seq: number): void {
    const slots = this.#days.get(dayOf(hour))
    const newest = slots?.get(slotOf(seriesId, hour))
    if (slots === undefined || newest === undefined) return
    if (newest > seq) {
      this.#unsaved.push({ seriesId, hour })
      return
    }
    slots.delete(slotOf(seriesId, hour))
    if (slots.size === 0) this.#days.delete(dayOf(hour))
  }

  #has(seriesId: number, hour: number): boolean {
    return this.#days.get(dayOf(hour))?.has(slotOf(seriesId, hour)) ?? false
  }

  /** @returns whether the hour was clean before */
  #set(seriesId: number, hour: number, seq: number): boolean {
    let slots = this.#days.get(dayOf(hour))
    if (slots === undefined) {
      slots = new Map()
      this.#days.set(dayOf(hour), slots)
    }
    const before = slots.size
    slots.set(slotOf(seriesId, hour), seq)
    return slots.size > before
  }

  #daysWithin(first: number, last: number): Iterable<number> {
    if (last - first >= this.#days.size)
      return [...this.#days.keys()].filter((day) => day >= first && day <= last)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((day) => this.#days.has(day))
  }

  *#inOrder(): Generator<SeriesHour> {
    for (const day of [...this.#days.keys()].sort((a, b) => a - b))
      for (const slot of this.#days.get(day)?.keys() ?? []) yield hourAt(day, slot)
  }

  #next(end: number, most: number): SeriesHour[] {
    const found: SeriesHour[] = []
    while (found.length < most) {
      const { value, done } = this.#walk.next()
      if (done) break
      if (value.hour < end) found.push(value)
    }
    return found
  }
}

const dayOf = (hour: number) => Math.floor(hour / 24)
const slotOf = (seriesId: number, hour: number) => seriesId * 24 + (hour - dayOf(hour) * 24)
const hourAt = (day: number, slot: number): SeriesHour => ({
  seriesId: Math.floor(slot / 24),
  hour: day * 24 + (slot % 24),
})
