import { DirtyHours } from './dirty-hours.ts'
import { type Fact, rollsUp, VALUELESS } from './fact.ts'
import type { SeriesKey } from './observations.ts'
import type { Track } from './quality/track.ts'
import { Spans } from './spans.ts'

/** Bits of `Head.kinds`: what sorts of facts a series has ever held. */
export const SHORT = 1
export const LONG = 2
export const TEXTUAL = 4

/** `Head.source` of a series that has no row yet, and of one whose rows came from several sources. */
export const NO_SOURCE = -1
export const SEVERAL_SOURCES = -2

export function kindsOf(fact: Fact): number {
  const textual = fact.text !== null && fact.value === null && !VALUELESS.includes(fact.status)
  return (rollsUp(fact) ? SHORT : LONG) | (textual ? TEXTUAL : 0)
}

/** What is kept in memory of one series. The tables `latest` and `extent` are its trailing copy on disk. */
export interface Head {
  readonly id: number
  readonly key: SeriesKey
  /** Span of `valid_from` over all its facts, withdrawn ones included. */
  first: number
  last: number
  /** Distinct facts, withdrawn ones included. */
  facts: number
  /** Facts with more than one version. */
  revised: number
  lastRecorded: number
  /** Newest `seq` since the store was opened; 0 when there was none. Not saved. */
  lastSeq: number
  kinds: number
  /** Bit `1 << status` of each status that any of its rows has. */
  statuses: number
  /** The source of all its rows, when it is one. */
  source: number
  spans: Spans
  /** The newest fact that may be shown, in the version that holds, and how many versions it has. */
  latest: Fact | null
  latestVersions: number
  /** What the next value is judged by; null while it is not known. Not saved. */
  track: Track | null
}

/** The head of a series without facts. */
export function newHead(id: number, key: SeriesKey, spans = new Spans()): Head {
  return {
    id,
    key,
    first: Number.POSITIVE_INFINITY,
    last: Number.NEGATIVE_INFINITY,
    facts: 0,
    revised: 0,
    lastRecorded: 0,
    lastSeq: 0,
    kinds: 0,
    statuses: 0,
    source: NO_SOURCE,
    spans,
    latest: null,
    latestVersions: 0,
    track: null,
  }
}

export function copyHead(head: Head): Head {
  return moveHead(head, newHead(head.id, head.key, head.spans.copy()))
}

/** Field by field: this runs for every series of every commit, and copying objects by their names is slow. */
export function moveHead(from: Head, to: Head): Head {
  to.first = from.first
  to.last = from.last
  to.facts = from.facts
  to.revised = from.revised
  to.lastRecorded = from.lastRecorded
  to.lastSeq = from.lastSeq
  to.kinds = from.kinds
  to.statuses = from.statuses
  to.source = from.source
  to.latest = from.latest
  to.latestVersions = from.latestVersions
  to.track = from.track
  return to
}

/**
 * The dictionary of series and sources with the head of each series, and the hours whose roll-up is behind.
 * Changed only after a commit, so it never knows more than the disk.
 */
export class Heads {
  readonly #heads: (Head | undefined)[] = []
  /** By dataset, property and breakdown, then by entity: a batch is mostly about many entities of few properties. */
  readonly #byKey = new Map<string, Map<string, Head>>()
  readonly #byProperty = new Map<string, Head[]>()
  #lastFound: { key: SeriesKey; entities: Map<string, Head> } | null = null
  readonly #sources: string[] = []
  readonly #sourceIds = new Map<string, number>()
  /** The hours whose roll-up is behind. */
  readonly dirty = new DirtyHours()
  /** Heads whose copy on disk is behind. */
  readonly changed = new Set<number>()
  /** Series that hold facts of the future, with the time at which the first of them becomes showable. */
  readonly awaiting = new Map<number, number>()
  lastSeq = 0
  lastRecorded = 0

  get size(): number {
    let size = 0
    for (const entities of this.#byKey.values()) size += entities.size
    return size
  }

  get nextId(): number {
    return this.#heads.length === 0 ? 1 : this.#heads.length
  }

  get sourceCount(): number {
    return this.#sources.length
  }

  find(key: SeriesKey): Head | undefined {
    const last = this.#lastFound
    if (
      last !== null &&
      last.key.property === key.property &&
      last.key.dataset === key.dataset &&
      last.key.breakdown === key.breakdown
    )
      return last.entities.get(key.entity)
    const entities = this.#byKey.get(packRest(key))
    if (!entities) return undefined
    this.#lastFound = { key, entities }
    return entities.get(key.entity)
  }

  get(id: number): Head {
    const head = this.#heads[id]
    if (!head) throw new Error(`no series ${id}`)
    return head
  }

  add(id: number, key: SeriesKey): Head {
    const head = newHead(id, key)
    this.#heads[id] = head
    const rest = packRest(key)
    const entities = this.#byKey.get(rest)
    if (entities) entities.set(key.entity, head)
    else this.#byKey.set(rest, new Map([[key.entity, head]]))
    const property = `${key.dataset}\0${key.property}`
    const list = this.#byProperty.get(property)
    if (list) list.push(head)
    else this.#byProperty.set(property, [head])
    return head
  }

  /** Heads in order of id. */
  *all(after = 0): Generator<Head> {
    for (let id = after + 1; id < this.#heads.length; id++) {
      const head = this.#heads[id]
      if (head) yield head
    }
  }

  ofProperty(dataset: string, property: string): readonly Head[] {
    return this.#byProperty.get(`${dataset}\0${property}`) ?? []
  }

  sourceId(name: string): number | undefined {
    return this.#sourceIds.get(name)
  }

  sourceName(id: number): string {
    return this.#sources[id] ?? ''
  }

  addSource(id: number, name: string): void {
    this.#sources[id] = name
    this.#sourceIds.set(name, id)
  }
}

function packRest(key: SeriesKey): string {
  return `${key.dataset}\0${key.property}\0${key.breakdown}`
}

export function packKey(key: SeriesKey): string {
  return `${key.dataset}\0${key.entity}\0${key.property}\0${key.breakdown}`
}
