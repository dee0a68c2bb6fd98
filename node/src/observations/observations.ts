import type { Problem } from '@nhip/canonical/problem'
import type { Agg } from '@nhip/measure/formula/definition'
import type { Status } from './contract.ts'
import type { Head } from './heads.ts'
import type { DoorKind } from './quality/history-judge.ts'
import type { LimitBook } from './quality/series-limits.ts'
import type { FactVersions } from './read-fact.ts'
import type { FactCounts, FactsQuery, SeriesTeller } from './score/read-facts.ts'

/**
 * A fact to be stored. Times are epoch milliseconds; `to` is null for a reading at an instant.
 * `uom` is the id of `@nhip/quantity`, 0 for none; `quality` is the bit set of `contract.ts`.
 */
export interface NewObservation {
  dataset: string
  entity: string
  property: string
  /** '' when the series has no breakdown. */
  breakdown: string
  from: number
  to: number | null
  value: number | null
  /** Decimal text for money and for decimals that a double cannot hold. */
  exact?: string
  num?: number
  den?: number
  text?: string
  uom: number
  status: Status
  quality: number
  /** Who said it: `import:<id>`, `http:<user>`, `demo`… Becomes a dictionary entry. */
  source: string
  publishedAt?: number
  /** How it came in: rows without a door are not judged by the values before them. Not stored. */
  door?: DoorKind
}

export interface Appended {
  firstSeq: number
  lastSeq: number
  /** Rows that repeated the version holding at their own time of saying, and were therefore not stored again. */
  unchanged: number
  /** Rows that came without a quality bit and got one from the values before them. */
  flagged: number
}

/** A stored version of a fact. `said` is `publishedAt`, else `recordedAt`. */
export interface StoredObservation extends NewObservation {
  seq: number
  recordedAt: number
}

/** A row as it was written under a source, and what became of it. */
export interface Standing {
  row: StoredObservation
  /** Whether it is the version that holds. */
  holds: boolean
  /** Of a row that holds: the version that held before the source said anything about this fact. */
  before: StoredObservation | null
}

export interface SeriesKey {
  dataset: string
  entity: string
  property: string
  breakdown: string
}

/** Half-open `[from, to)`, epoch milliseconds; `asKnown` and `asPublished` exclude one another. */
export interface RangeQuery extends SeriesKey {
  from?: number
  to?: number
  asKnown?: number
  asPublished?: number
}

export interface SeriesQuery extends RangeQuery {
  resolution: 'auto' | 'raw' | 'hour' | 'day'
  aggregation: Agg
  /** Default 1,000. */
  maxPoints?: number
  /** `m4`: first, last, min and max of each pixel column, in `maxPoints / 4` columns (Jugel et al., VLDB 2014). */
  reduce?: 'm4'
}

export interface SeriesPoint {
  from: number
  to: number | null
  value: number | null
  exact?: string
  num?: number
  den?: number
  text?: string
  /** Present on roll-up points. */
  n?: number
  nBad?: number
  min?: number
  max?: number
  /** Present on raw points. */
  status?: Status
  quality?: number
  uom?: number
  source?: string
  publishedAt?: number
  recordedAt?: number
  /** Versions held of this fact. */
  versions?: number
}

export interface SeriesResult {
  resolution: 'raw' | 'hour' | 'day'
  points: SeriesPoint[]
  uom: number
  sources: string[]
  statusCounts: Partial<Record<Status, number>>
  lastValid: number | null
  /** End of the newest fact: its start when it is a reading at an instant. Age counts from here. */
  lastEnd: number | null
  lastRecorded: number | null
  truncated: boolean
}

export interface LatestQuery {
  dataset?: string
  property?: string
  /** Scope: only these datasets, those that the asker may read. */
  datasets?: readonly string[]
  /** Only these entities; at most 50,000 rows come back in any case. */
  entities?: string[]
  limit?: number
  /** Series id after which to go on. */
  after?: number
}

/** Values of one property for many entities at a period: what a map draws. */
export interface SnapshotQuery {
  dataset: string
  property: string
  breakdown: string
  /**
   * Facts whose valid interval equals `[from, to)`; of a property that has only readings of at most an hour, the newest
   * one of each entity inside it. With `to` undefined the newest fact of each entity that starts before `from`.
   */
  from: number
  to?: number
  entities?: string[]
  asKnown?: number
  asPublished?: number
}

export interface SegmentInfo {
  id: number
  recordedDay: string
  file: string
  rows: number
  seqMin: number
  seqMax: number
  sha256: string
  contentHash: string
  sealedAt: string
}

/** The store of observations: append-only, bitemporal (node design §5; invariants in `SPEC.md`). */
export interface Observations {
  /** From now on rows that come through a door are judged by these limits and the values before them. */
  judgeBy(limits: LimitBook): void
  /** Resolves after the rows are on disk. Rejects with `overloaded` (queue full), `read-only` (disk nearly full or store damaged). */
  append(rows: NewObservation[]): Promise<Appended>
  series(query: SeriesQuery): Promise<SeriesResult>
  /** Every version, newest first, for the revisions table and `GET /api/observations`. */
  versions(
    query: RangeQuery & { limit: number; afterSeq?: number; currentOnly?: boolean },
  ): Promise<(StoredObservation & { current: boolean })[]>
  /** The fact that a row belongs to, in all its versions, newest first; empty when there is no such row. */
  fact(seq: number): Promise<FactVersions>
  /** Facts of a dataset, counted for scores. */
  factCounts(query: FactsQuery): Promise<{ counts: FactCounts[]; tellers: SeriesTeller[] }>
  /** The name of a source by its number in a head; '' for none. */
  sourceName(id: number): string
  /** Rows behind a `seq` that have one of some quality bits, in the order of storing. */
  flagged(query: { bits: number; afterSeq: number; limit: number }): Promise<StoredObservation[]>
  latest(query: LatestQuery): Promise<(StoredObservation & { seriesId: number })[]>
  snapshot(query: SnapshotQuery): Promise<StoredObservation[]>
  /** Series that exist, with the span of their valid time: feeds pickers and the catalogue. */
  seriesList(query: {
    dataset?: string
    property?: string
    entity?: string
    limit: number
    after?: number
  }): Promise<(SeriesKey & { seriesId: number; firstFrom: number; lastFrom: number; n: number })[]>
  /**
   * Distinct valid intervals of a property, newest first: the period picker of a map. A property that has only readings
   * of at most an hour answers with civil days, `n` then counts series. `before` is the last item of the page before.
   */
  periods(query: {
    dataset: string
    property: string
    limit: number
    before?: { from: number; to: number | null }
  }): Promise<{ from: number; to: number | null; n: number }[]>
  /** Rows written under a source, for lineage and for the undo of an import. */
  bySource(source: string, page: { limit: number; afterSeq?: number }): Promise<StoredObservation[]>
  /** The same rows, each with whether it still holds and what held before: what an undo has to know. */
  standing(source: string, page: { limit: number; afterSeq?: number }): Promise<Standing[]>
  /** The newest value of one series that may be shown, from memory; undefined when it has none. */
  newest(key: SeriesKey): StoredObservation | undefined
  /** What memory holds of every series, in the order of their ids. */
  heads(): Iterable<Readonly<Head>>
  head(seriesId: number): Readonly<Head>
  headOf(key: SeriesKey): Readonly<Head> | undefined
  /** Hears which series a commit wrote to: cheaper than its rows. */
  onTouched(listener: (seriesIds: ReadonlySet<number>) => void): () => void
  onCommit(listener: (rows: readonly StoredObservation[]) => void): () => void
  /** Seals finished recorded days, or everything so far with `all`. */
  seal(options?: { all?: boolean }): Promise<SegmentInfo[]>
  /** The sealed segments, oldest first. */
  segments(): SegmentInfo[]
  /** Reads every segment and compares it with its record: length, SHA-256, rows, content hash. */
  verify(): Promise<{ ok: boolean; problems: Problem[]; segments: SegmentInfo[] }>
  /** Drops and recomputes every derived table; the answer says whether they came out equal. */
  rebuild(): Promise<{ equal: boolean; differences: string[] }>
  /** SHA-256 over all rows in seq order in a canonical text form, times of receipt included. */
  contentHash(): Promise<string>
  /** The same over the current facts alone, sorted, without door, source and receipt: equal for equal knowledge. */
  factsHash(): Promise<string>
  status(): {
    writable: boolean
    reason?: string
    lastSeq: number
    queued: number
    lastCommitAt: number | null
  }
  close(): Promise<void>
}

export interface OpenOptions {
  /** `DIR/observations` */
  folder: string
  /** DuckDB memory limit such as `1GB`. */
  memory?: string
  threads?: number
  /** Epoch milliseconds; injected so that tests can move it. */
  now?: () => number
  log?: (line: { level: 'info' | 'warn' | 'error'; event: string; [key: string]: unknown }) => void
  /** Sealed rows recorded longer ago than this leave the database file and are read from their segments; default 35. */
  hotDays?: number
}
