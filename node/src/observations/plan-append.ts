import { statuses } from './contract.ts'
import { type Fact, FUTURE, hourOf, keyOrder, rollsUp, said, sameContent, showable, wins } from './fact.ts'
import {
  copyHead,
  type Head,
  type Heads,
  kindsOf,
  moveHead,
  NO_SOURCE,
  newHead,
  packKey,
  SEVERAL_SOURCES,
} from './heads.ts'
import type { NewObservation, SeriesKey } from './observations.ts'
import type { HistoryJudge } from './quality/history-judge.ts'
import type { Since } from './quality/recent-readings.ts'
import type { SeriesLimits } from './quality/series-limits.ts'
import { type JudgedReading, NO_TRACK, trackOf } from './quality/track.ts'
import { DECIDED } from './quality.ts'

/** A key of a fact as the plan sees it: its versions, as far as they can matter, and how many there are. */
interface Known {
  versions: Fact[]
  count: number
  winner: Fact
}

/** What a group does to one series. */
interface Draft {
  head: Head
  isNew: boolean
  /** Keys that were new in this group, findable once a row of the group needs it. */
  added: Fact[]
  known: Map<string, Known> | null
  /** The newest showable fact lost its place to a withdrawal or a rejection: only SQL can say which one follows. */
  recompute: boolean
  /** What the contract asks of its values; undefined until a row of the group comes through a door. */
  limits: SeriesLimits | null | undefined
}

export interface RevisedKey {
  seriesId: number
  from: number
  to: number | null
  winSeq: number
  n: number
}

export interface KeyIn {
  seriesId: number
  from: number
  to: number | null
}

export interface Batch {
  rows: readonly NewObservation[]
  firstSeq: number
  lastSeq: number
  unchanged: number
  /** Rows that were without a quality bit until the values before them were looked at. */
  flagged: number
}

const STATUS_INDEX = new Map<string, number>(statuses.map((s, i) => [s, i]))

/**
 * Works out what a group of batches does to the store, without touching the store: new series and sources, rows to
 * append, keys that change in `revised`, heads and hours that follow. Applied only after the commit, so a failed
 * commit leaves memory and disk agreeing.
 */
export class Plan {
  readonly recordedAt: number
  readonly facts: Fact[] = []
  readonly newSources: { id: number; name: string }[] = []
  readonly #heads: Heads
  readonly #now: number
  readonly #drafts = new Map<number, Draft>()
  readonly #newSeries = new Map<string, Draft>()
  readonly #newSourceIds = new Map<string, number>()
  readonly #revised = new Map<string, RevisedKey>()
  /** The draft of each row of the group, in order: found once, used twice. */
  readonly #ofRow: Draft[] = []
  readonly #judge: HistoryJudge | null
  /** Series whose newest stored values must be read before their rows can be judged. */
  readonly #unread = new Map<number, Since>()
  #row = 0
  #nextSeries: number
  #seq: number

  constructor(
    heads: Heads,
    now: number,
    judgeOf: ((headOf: (key: SeriesKey) => Head | undefined) => HistoryJudge) | null = null,
  ) {
    this.#heads = heads
    this.#now = now
    this.recordedAt = Math.max(now, heads.lastRecorded)
    this.#nextSeries = heads.nextId
    this.#seq = heads.lastSeq
    this.#judge = judgeOf?.((key) => this.#headOf(key)) ?? null
  }

  /** Keys whose stored versions must be read before {@link add} can judge the rows. */
  lookups(batches: readonly Batch[]): KeyIn[] {
    const keys = new Map<string, KeyIn>()
    for (const batch of batches)
      for (const row of batch.rows) {
        const draft = this.#draft(row)
        const { head, isNew } = draft
        this.#ofRow.push(draft)
        if (row.door !== undefined && draft.limits === undefined) this.#lookUpLimits(draft)
        if (!head.spans.mayHold(row.from)) {
          head.spans.add(row.from)
          continue
        }
        if (isNew) continue
        const committed = this.#heads.get(head.id)
        if (!committed.spans.mayHold(row.from)) continue
        const latest = committed.latest
        const saidAt = row.publishedAt ?? this.recordedAt
        const decided = latest !== null && (latest.quality & DECIDED) !== 0
        if (latest && !decided && latest.from === row.from && latest.to === row.to && saidAt >= said(latest))
          continue
        const key = packFact(head.id, row.from, row.to)
        if (!keys.has(key)) keys.set(key, { seriesId: head.id, from: row.from, to: row.to })
      }
    return [...keys.values()]
  }

  /** Takes in the stored versions of the keys of {@link lookups}. */
  learn(versions: readonly Fact[]): void {
    for (const fact of versions) {
      const known = this.#knownOf(this.#drafts.get(fact.seriesId)!)
      const key = packFact(fact.seriesId, fact.from, fact.to)
      const entry = known.get(key)
      if (!entry) known.set(key, { versions: [fact], count: 1, winner: fact })
      else {
        entry.versions.push(fact)
        entry.count++
        if (wins(fact, entry.winner)) entry.winner = fact
      }
    }
  }

  /** Series whose newest stored values {@link recall} has to be given, after {@link lookups}. */
  get unread(): Since[] {
    return [...this.#unread.values()]
  }

  recall(stored: ReadonlyMap<number, readonly JudgedReading[]>): void {
    for (const id of this.#unread.keys()) {
      const draft = this.#drafts.get(id)!
      draft.head.track = trackOf(stored.get(id) ?? [], draft.limits!)
    }
  }

  /** Judges the rows of a batch in order, after {@link lookups} of the same batches; fills in its `firstSeq`, `lastSeq` and `unchanged`. */
  add(batch: Batch): void {
    batch.firstSeq = this.#seq + 1
    for (const row of batch.rows) {
      const draft = this.#ofRow[this.#row++]!
      const candidate = this.#candidate(row, draft.head.id)
      const known = this.#find(draft, candidate)
      if (known && this.#repeats(known, candidate, row.door !== undefined)) {
        batch.unchanged++
        continue
      }
      this.#judgeByHistory(draft, candidate, known, row.door)
      if (row.quality === 0 && candidate.quality !== 0) batch.flagged++
      if (known) this.#appendVersion(draft, candidate, known)
      else this.#appendNew(draft, candidate)
    }
    batch.lastSeq = this.#seq
  }

  get newSeries(): { id: number; key: SeriesKey }[] {
    return [...this.#newSeries.values()]
      .filter((draft) => draft.head.facts > 0)
      .map((draft) => ({ id: draft.head.id, key: draft.head.key }))
  }

  get revised(): RevisedKey[] {
    return [...this.#revised.values()]
  }

  /** Series whose newest value must be found by a query inside the transaction. */
  get recompute(): number[] {
    return [...this.#drafts.values()].filter((draft) => draft.recompute).map((draft) => draft.head.id)
  }

  setLatest(seriesId: number, latest: Fact | null, versions: number): void {
    const { head } = this.#drafts.get(seriesId)!
    head.latest = latest
    head.latestVersions = versions
  }

  /** Brings memory to what was committed. */
  apply(): void {
    const heads = this.#heads
    this.#judge?.keep()
    for (const source of this.newSources) heads.addSource(source.id, source.name)
    for (const draft of this.#drafts.values()) {
      if (draft.head.facts === 0) continue
      const head = draft.isNew ? heads.add(draft.head.id, draft.head.key) : heads.get(draft.head.id)
      moveHead(draft.head, head)
      head.spans = draft.head.spans
      heads.changed.add(head.id)
    }
    for (const fact of this.facts) {
      if (rollsUp(fact)) heads.dirty.mark(fact.seriesId, hourOf(fact.from), fact.seq)
      if ((fact.quality & FUTURE) !== 0 && fact.from > this.#now) {
        const before = heads.awaiting.get(fact.seriesId)
        if (before === undefined || fact.from < before) heads.awaiting.set(fact.seriesId, fact.from)
      }
    }
    heads.lastSeq = this.#seq
    if (this.facts.length > 0) heads.lastRecorded = this.recordedAt
  }

  #draft(row: SeriesKey): Draft {
    const head = this.#heads.find(row)
    if (head) {
      let draft = this.#drafts.get(head.id)
      if (!draft) {
        draft = {
          head: copyHead(head),
          isNew: false,
          added: [],
          known: null,
          recompute: false,
          limits: undefined,
        }
        this.#drafts.set(head.id, draft)
      }
      return draft
    }
    const packed = packKey(row)
    let draft = this.#newSeries.get(packed)
    if (!draft) {
      const key = {
        dataset: row.dataset,
        entity: row.entity,
        property: row.property,
        breakdown: row.breakdown,
      }
      draft = {
        head: newHead(this.#nextSeries++, key),
        isNew: true,
        added: [],
        known: null,
        recompute: false,
        limits: undefined,
      }
      this.#newSeries.set(packed, draft)
      this.#drafts.set(draft.head.id, draft)
    }
    return draft
  }

  #candidate(row: NewObservation, seriesId: number): Fact {
    return {
      seq: this.#seq + 1,
      seriesId,
      from: row.from,
      to: row.to,
      value: row.value,
      exact: row.exact ?? null,
      num: row.num ?? null,
      den: row.den ?? null,
      text: row.text ?? null,
      uom: row.uom,
      status: STATUS_INDEX.get(row.status)!,
      quality: row.quality,
      source: this.#source(row.source),
      publishedAt: row.publishedAt ?? null,
      recordedAt: this.recordedAt,
    }
  }

  #source(name: string): number {
    const id = this.#heads.sourceId(name) ?? this.#newSourceIds.get(name)
    if (id !== undefined) return id
    const next = this.#heads.sourceCount + this.newSources.length
    this.newSources.push({ id: next, name })
    this.#newSourceIds.set(name, next)
    return next
  }

  #find(draft: Draft, fact: Fact): Known | undefined {
    const { head } = draft
    const committed = draft.isNew ? undefined : this.#heads.get(head.id)
    const certainlyNew = fact.from > head.last || head.facts === 0
    if (certainlyNew) return undefined
    const key = packFact(fact.seriesId, fact.from, fact.to)
    const known = this.#knownOf(draft).get(key)
    if (known) return known
    const latest = committed?.latest
    if (latest && latest.from === fact.from && latest.to === fact.to) {
      const entry = { versions: [latest], count: committed.latestVersions, winner: latest }
      draft.known!.set(key, entry)
      return entry
    }
    return undefined
  }

  #knownOf(draft: Draft): Map<string, Known> {
    draft.known ??= new Map()
    for (const fact of draft.added)
      draft.known.set(packFact(fact.seriesId, fact.from, fact.to), {
        versions: [fact],
        count: 1,
        winner: fact,
      })
    draft.added.length = 0
    return draft.known
  }

  #lookUpLimits(draft: Draft): void {
    draft.limits = this.#judge?.limits(draft.head.key) ?? null
    if (draft.isNew) draft.head.track = NO_TRACK
    if (draft.isNew || this.#judge === null) return
    const from = this.#judge.readBack(draft.head, draft.limits)
    if (from !== null) this.#unread.set(draft.head.id, { seriesId: draft.head.id, from })
  }

  /** What is known of a series, rows of this group included. */
  #headOf(key: SeriesKey): Head | undefined {
    const head = this.#heads.find(key)
    return head ? (this.#drafts.get(head.id)?.head ?? head) : this.#newSeries.get(packKey(key))?.head
  }

  #judgeByHistory(draft: Draft, fact: Fact, known: Known | undefined, door: NewObservation['door']): void {
    const { head, limits = null } = draft
    // What comes through no door, a decision or an undoing, may be about any value: the track is read anew.
    if (door === undefined || this.#judge === null) head.track = null
    else if (known) fact.quality |= this.#judge.ofVersion(head, fact, limits, known.versions, door === 'live')
    else fact.quality |= this.#judge.ofNew(head, fact, limits, door === 'live')
  }

  /** Whether the candidate says nothing new. What a person has decided is not undone by what they decided about. */
  #repeats(known: Known, candidate: Fact, throughDoor: boolean): boolean {
    const at = said(candidate)
    let held: Fact | undefined
    for (const version of known.versions)
      if (said(version) <= at && (!held || wins(version, held))) held = version
    if (held === undefined) return false
    if (sameContent(held, candidate)) return true
    const { seq, quality } = held
    return (
      throughDoor &&
      (quality & DECIDED) !== 0 &&
      known.versions.some((version) => version.seq < seq && sameContent(version, candidate))
    )
  }

  #appendNew(draft: Draft, fact: Fact): void {
    const { head } = draft
    this.#store(head, fact)
    draft.added.push(fact)
    head.facts++
    head.first = Math.min(head.first, fact.from)
    head.last = Math.max(head.last, fact.from)
    if (showable(fact, this.#now) && (!head.latest || keyOrder(fact, head.latest) > 0)) {
      head.latest = fact
      head.latestVersions = 1
    }
  }

  #appendVersion(draft: Draft, fact: Fact, known: Known): void {
    const { head } = draft
    this.#store(head, fact)
    known.versions.push(fact)
    known.count++
    if (known.count === 2) head.revised++
    if (wins(fact, known.winner)) known.winner = fact
    this.#revised.set(packFact(fact.seriesId, fact.from, fact.to), {
      seriesId: fact.seriesId,
      from: fact.from,
      to: fact.to,
      winSeq: known.winner.seq,
      n: known.count,
    })
    const order = head.latest ? keyOrder(known.winner, head.latest) : 1
    if (showable(known.winner, this.#now)) {
      if (order >= 0) {
        head.latest = known.winner
        head.latestVersions = known.count
      }
    } else if (order === 0) draft.recompute = true
  }

  #store(head: Head, fact: Fact): void {
    this.#seq = fact.seq
    this.facts.push(fact)
    head.spans.add(fact.from)
    head.lastRecorded = this.recordedAt
    head.lastSeq = fact.seq
    head.kinds |= kindsOf(fact)
    head.statuses |= 1 << fact.status
    if (head.source !== fact.source) head.source = head.source === NO_SOURCE ? fact.source : SEVERAL_SOURCES
  }
}

function packFact(seriesId: number, from: number, to: number | null): string {
  return `${seriesId}/${from}/${to ?? ''}`
}
