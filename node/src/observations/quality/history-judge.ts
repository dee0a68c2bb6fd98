import type { Fact } from '../fact.ts'
import { EXCLUDED, FUTURE } from '../fact.ts'
import type { Head } from '../heads.ts'
import type { SeriesKey } from '../observations.ts'
import { qualityBit } from '../quality.ts'
import { clockStep, type Delays } from './clock-skew.ts'
import { farFromNeighbours } from './neighbours.ts'
import type { LimitBook, SeriesLimits } from './series-limits.ts'
import { step } from './track.ts'

/** `live`: the order of arrival says something. `file`: history, which comes in any order. */
export type DoorKind = 'live' | 'file'

/** Delays of the clocks of sources, by dataset and source; of committed rows only. */
export type Clocks = Map<string, Delays>

/**
 * Judges the rows of one group by the values before them, in the order in which they are stored: however the same rows
 * are cut into batches, they get the same bits. Changes only the heads it is given, which are the group's own copies.
 */
export class HistoryJudge {
  readonly #book: LimitBook
  readonly #clocks: Clocks
  readonly #changedClocks: Clocks = new Map()
  readonly #receivedAt: number
  readonly #headOf: (key: SeriesKey) => Readonly<Head> | undefined

  /**
   * @param receivedAt by this node's clock, epoch milliseconds
   * @param headOf what is known of another series, rows of this group included
   */
  constructor(
    { limits, clocks }: { limits: LimitBook; clocks: Clocks },
    receivedAt: number,
    headOf: (key: SeriesKey) => Readonly<Head> | undefined,
  ) {
    this.#book = limits
    this.#clocks = clocks
    this.#receivedAt = receivedAt
    this.#headOf = headOf
  }

  limits({ dataset, property }: SeriesKey): SeriesLimits | null {
    return this.#book.of(dataset, property)
  }

  /** How far back stored values must be read before the next one can be judged; null when none has to be. */
  readBack(head: Readonly<Head>, limits: SeriesLimits | null): number | null {
    if (head.track !== null || (!limits?.rate && !limits?.stuck)) return null
    return (head.latest?.from ?? head.last) - Math.max(aDay, (limits.stuck?.forS ?? 0) * 1000)
  }

  /** Bits of a fact that its series did not have. */
  ofNew(head: Head, fact: Fact, limits: SeriesLimits | null, live: boolean): number {
    const outOfOrder = live && isOlder(fact, head)
    let bits = outOfOrder ? qualityBit['out-of-order'] : 0
    if (limits === null) return bits
    if (live && !outOfOrder) bits |= this.#ofClock(head, fact, limits)
    return bits | this.#ofValue(head, fact, limits)
  }

  /** Bits of another version of a fact. */
  ofVersion(
    head: Head,
    fact: Fact,
    limits: SeriesLimits | null,
    versions: readonly Fact[],
    live: boolean,
  ): number {
    const repeated = versions.some(
      (one) => one.source === fact.source && one.publishedAt === fact.publishedAt && one.value !== fact.value,
    )
    let bits = repeated ? qualityBit.duplicate : 0
    if (live && isOlder(fact, head)) bits |= qualityBit['out-of-order']
    if (limits === null || head.track === null || fact.from !== head.track.newest) return bits
    head.track = head.track.before
    return bits | this.#ofValue(head, fact, limits)
  }

  /** Makes what the group taught of clocks known, once it is committed. */
  keep(): void {
    for (const [source, delays] of this.#changedClocks) this.#clocks.set(source, delays)
  }

  #ofClock({ key }: Head, fact: Fact, { clockSkew }: SeriesLimits): number {
    if (!clockSkew) return 0
    const name = `${fact.source} ${key.dataset}`
    const { delays, skewed } = clockStep(
      this.#changedClocks.get(name) ?? this.#clocks.get(name) ?? [],
      this.#receivedAt - (fact.to ?? fact.from),
      clockSkew,
    )
    this.#changedClocks.set(name, delays)
    return skewed ? qualityBit['clock-skew'] : 0
  }

  #ofValue(head: Head, fact: Fact, limits: SeriesLimits): number {
    const { value, from, quality } = fact
    if (value === null || (quality & (EXCLUDED | FUTURE)) !== 0) return 0
    let bits = 0
    if (limits.rate || limits.stuck) {
      const { track } = head
      if (track !== null && from > track.newest) {
        const next = step(track, { at: from, value }, limits)
        head.track = next.track
        bits |= next.bits
      }
    }
    if (limits.neighbour && this.#isFar(head.key, from, value, limits.neighbour)) bits |= qualityBit.neighbour
    return bits
  }

  #isFar(key: SeriesKey, at: number, value: number, limit: NonNullable<SeriesLimits['neighbour']>): boolean {
    const values: number[] = []
    for (const entity of this.#book.nearest(key.entity, limit.nearest)) {
      const latest = this.#headOf({ ...key, entity })?.latest
      if (latest && latest.value !== null && Math.abs(latest.from - at) <= limit.withinMs)
        values.push(latest.value)
    }
    return farFromNeighbours(value, values, limit)
  }
}

const aDay = 86_400_000

/** Whether a fact is older than the newest that may be shown: one of the future, or out of range, makes nobody late. */
function isOlder({ from }: Fact, { latest }: Readonly<Head>): boolean {
  return latest !== null && from < latest.from
}
