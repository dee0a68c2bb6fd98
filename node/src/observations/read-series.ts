import type { Agg } from '@nhip/measure/formula/definition'
import type { Connection } from './connection.ts'
import { type Status, statuses } from './contract.ts'
import { ObservationsError } from './errors.ts'
import { countsAsValue, dayOfHour, HOUR, hourOf, startOfDay, VALUELESS } from './fact.ts'
import { type Head, LONG, SHORT, TEXTUAL } from './heads.ts'
import type { SeriesPoint, SeriesQuery, SeriesResult } from './observations.ts'
import { BUCKET_LIST, bucketSql } from './rollups.ts'
import { type FactRow, factOf } from './schema.ts'
import {
  CARRIES,
  daySql,
  goodSql,
  hourSql,
  integer,
  NOT_WITHDRAWN,
  ROLLS_UP,
  time,
  winnersSql,
} from './sql.ts'
import type { State } from './state.ts'

const DEFAULT_POINTS = 1_000
/** More rows than this as objects would hold up the event loop (design: 1 M rows took 580 ms). */
const MAX_POINTS = 50_000
const DAY = 24 * HOUR

/** A query with its bounds settled: half-open, clipped to where the series has facts. */
interface Reach {
  from: number
  to: number
}

export async function readSeries(state: State, query: SeriesQuery): Promise<SeriesResult> {
  const head = state.heads.find(query)
  const maxPoints = Math.min(Math.max(query.maxPoints ?? DEFAULT_POINTS, 1), MAX_POINTS)
  if (!head) return { ...nothing(), resolution: query.resolution === 'auto' ? 'raw' : query.resolution }
  const reach: Reach = {
    from: Math.max(query.from ?? head.first, head.first),
    to: Math.min(query.to ?? head.last + 1, head.last + 1),
  }
  return state.db.read(async (reader) => {
    const read = new SeriesRead(state, reader, head, query, reach, maxPoints)
    const { total, ...counts } = await read.counts()
    const answer = { ...counts, uom: head.latest?.uom ?? 0, ...freshness(head) }
    if (reach.from >= reach.to)
      return {
        ...answer,
        resolution: query.resolution === 'auto' ? 'raw' : query.resolution,
        points: [],
        truncated: false,
      }
    const resolution = read.resolution(total)
    const points =
      resolution === 'raw'
        ? query.reduce === 'm4' && total > maxPoints
          ? await read.m4()
          : await read.raw()
        : await read.buckets(resolution)
    const truncated = points.length > maxPoints
    return { ...answer, resolution, points: truncated ? points.slice(0, maxPoints) : points, truncated }
  })
}

function freshness(head: Head): Pick<SeriesResult, 'lastValid' | 'lastEnd' | 'lastRecorded'> {
  const { latest, lastRecorded } = head
  return {
    lastValid: latest?.from ?? null,
    lastEnd: latest ? (latest.to ?? latest.from) : null,
    lastRecorded,
  }
}

function nothing(): SeriesResult {
  return {
    resolution: 'raw',
    points: [],
    uom: 0,
    sources: [],
    statusCounts: {},
    lastValid: null,
    lastEnd: null,
    lastRecorded: null,
    truncated: false,
  }
}

class SeriesRead {
  readonly #state: State
  readonly #reader: Connection
  readonly #head: Head
  readonly #query: SeriesQuery
  readonly #reach: Reach
  readonly #maxPoints: number
  readonly #now: number

  constructor(
    state: State,
    reader: Connection,
    head: Head,
    query: SeriesQuery,
    reach: Reach,
    maxPoints: number,
  ) {
    this.#state = state
    this.#reader = reader
    this.#head = head
    this.#query = query
    this.#reach = reach
    this.#maxPoints = maxPoints
    this.#now = state.now()
  }

  /** The facts in reach, in the version that the query asks for, without withdrawn ones. */
  #facts(reach: Reach, extra: string[] = []): string {
    const { asKnown, asPublished } = this.#query
    const winners = winnersSql({
      rows: this.#state.lake.rows(reach.from, reach.to - 1),
      where: [
        `series_id = ${integer(this.#head.id)}`,
        `valid_from >= ${time(reach.from)}`,
        `valid_from < ${time(reach.to)}`,
        // A second version committed between here and the query would not be weighed: leave it for the next read.
        ...(this.#head.revised > 0 ? [] : [`seq <= ${integer(this.#state.heads.lastSeq)}`]),
        ...extra,
      ],
      asKnown,
      asPublished,
      revised: this.#head.revised > 0,
    })
    return `(SELECT * FROM (${winners}) WHERE ${NOT_WITHDRAWN})`
  }

  /** How many facts of each status and from which sources stand behind the answer. */
  async counts(): Promise<Pick<SeriesResult, 'statusCounts' | 'sources'> & { total: number }> {
    const statusCounts: Partial<Record<Status, number>> = {}
    const sources = new Set<number>()
    let total = 0
    const only = this.#onlyStatus()
    if (only !== undefined) {
      // Rows of one series lie all over the log: counting them there costs more than the whole answer.
      const { n } = await this.#reader.one<{ n: number | null }>(
        `SELECT CAST(sum(n + n_bad) AS BIGINT) AS n FROM (${this.#hours()})`,
      )
      total = n ?? 0
      if (total > 0) {
        statusCounts[only] = total
        sources.add(this.#head.source)
      }
    } else if (this.#reach.from < this.#reach.to)
      for (const row of await this.#reader.rows<{ status: number; source: number; n: number }>(
        `SELECT status, source, count(*) AS n FROM ${this.#facts(this.#reach)} GROUP BY status, source`,
      )) {
        const status = statuses[row.status]!
        statusCounts[status] = (statusCounts[status] ?? 0) + row.n
        sources.add(row.source)
        total += row.n
      }
    return { statusCounts, total, sources: [...sources].map((id) => this.#state.heads.sourceName(id)).sort() }
  }

  /** The status that every row of the series has, where the roll-ups can tell how many there are in reach. */
  #onlyStatus(): Status | undefined {
    const { asKnown, asPublished } = this.#query
    const { kinds, statuses: mask, source } = this.#head
    if (asKnown !== undefined || asPublished !== undefined || this.#reach.from >= this.#reach.to)
      return undefined
    if (source < 0 || (kinds & SHORT) === 0 || (kinds & LONG) !== 0) return undefined
    const status = Math.log2(mask)
    return Number.isInteger(status) && !VALUELESS.includes(status) ? statuses[status] : undefined
  }

  /** The finest resolution whose points fit, unless one was asked for. Figures over more than an hour stay as they are. */
  resolution(total: number): 'raw' | 'hour' | 'day' {
    const { resolution, aggregation, reduce } = this.#query
    const rollsUp = (this.#head.kinds & SHORT) !== 0
    if (resolution === 'hour' || resolution === 'day') {
      if (aggregation === 'none') throw notAggregated(this.#query.property)
      return rollsUp ? resolution : 'raw'
    }
    if (resolution === 'raw' || !rollsUp || aggregation === 'none' || reduce === 'm4') return 'raw'
    if (total <= this.#maxPoints) return 'raw'
    const hours = hourOf(this.#reach.to - 1) - hourOf(this.#reach.from) + 1
    return hours <= this.#maxPoints ? 'hour' : 'day'
  }

  async raw(): Promise<SeriesPoint[]> {
    const rows = await this.#reader.rows<FactRow & { versions: number }>(
      `SELECT * FROM ${this.#facts(this.#reach)} ORDER BY valid_from, valid_to NULLS FIRST LIMIT ${this.#maxPoints + 1}`,
    )
    return rows.map((row) => this.#point(row))
  }

  /**
   * First, last, lowest and highest reading of each pixel column: a line drawn through them looks the same, pixel by
   * pixel, as one through all of them (Jugel et al., M4, VLDB 2014). Readings without a usable value draw nothing.
   */
  async m4(): Promise<SeriesPoint[]> {
    const columns = Math.max(1, Math.floor(this.#maxPoints / 4))
    const from = this.#query.from ?? this.#reach.from
    const width = ((this.#query.to ?? this.#reach.to) - from) / columns
    const rows = await this.#reader.rows<FactRow & { versions: number }>(
      `WITH facts AS (SELECT *, floor((epoch_ms(valid_from) - ${integer(from)}) / ${width}) AS pixel,
          row_number() OVER (ORDER BY valid_from, valid_to NULLS FIRST) AS place
        FROM ${this.#facts(this.#reach)} WHERE value IS NOT NULL AND ${CARRIES} AND ${goodSql(this.#now)}),
      kept AS (SELECT unnest([min(place), max(place), arg_min(place, value), arg_max(place, value)]) AS place FROM facts GROUP BY pixel)
      SELECT * EXCLUDE (pixel, place) FROM facts WHERE place IN (SELECT place FROM kept) ORDER BY place`,
    )
    return rows.map((row) => this.#point(row))
  }

  #point(row: FactRow & { versions: number }): SeriesPoint {
    const fact = factOf(row)
    const usable = countsAsValue(fact.quality, fact.from, this.#now)
    const point: SeriesPoint = {
      from: fact.from,
      to: fact.to,
      value: usable ? fact.value : null,
      status: statuses[fact.status]!,
      quality: fact.quality,
      uom: fact.uom,
      source: this.#state.heads.sourceName(fact.source),
      recordedAt: fact.recordedAt,
      versions: row.versions,
    }
    if (usable && fact.exact !== null) point.exact = fact.exact
    if (usable && fact.num !== null) point.num = fact.num
    if (usable && fact.den !== null) point.den = fact.den
    if (fact.text !== null) point.text = fact.text
    if (fact.publishedAt !== null) point.publishedAt = fact.publishedAt
    return point
  }

  async buckets(resolution: 'hour' | 'day'): Promise<SeriesPoint[]> {
    const size = resolution === 'hour' ? HOUR : DAY
    const startOf = resolution === 'hour' ? (bucket: number) => bucket * HOUR : startOfDay
    const { aggregation } = this.#query
    const rows = await this.#reader.rows<BucketRow>(
      `${this.#bucketsSql(resolution)} ORDER BY bucket LIMIT ${this.#maxPoints + 1}`,
    )
    return rows.map((row) => {
      const from = startOf(row.bucket)
      const point: SeriesPoint = {
        from,
        to: from + size,
        value: aggregate(row, aggregation),
        n: row.n,
        nBad: row.n_bad,
      }
      if (row.num !== null) point.num = row.num
      if (row.den !== null) point.den = row.den
      if (row.min !== null) point.min = row.min
      if (row.max !== null) point.max = row.max
      if (row.text != null) point.text = row.text
      return point
    })
  }

  #bucketsSql(resolution: 'hour' | 'day'): string {
    const { asKnown, asPublished, aggregation } = this.#query
    const textual = (this.#head.kinds & TEXTUAL) !== 0 && (aggregation === 'last' || aggregation === 'first')
    if (asKnown !== undefined || asPublished !== undefined || aggregation === 'circular' || textual)
      return this.#fromRaw(resolution, this.#reach, textual)
    return resolution === 'hour' ? this.#hours() : this.#days()
  }

  /** Buckets computed from the facts themselves: for earlier views, for text and for directions. */
  #fromRaw(resolution: 'hour' | 'day', reach: Reach, textual = false, extra: string[] = []): string {
    const hour = hourSql('valid_from')
    const bucket = resolution === 'hour' ? hour : daySql(hour)
    const good = goodSql(this.#now)
    const circular =
      this.#query.aggregation === 'circular'
        ? `, degrees(atan2(avg(sin(radians(value))) FILTER (WHERE ${good}), avg(cos(radians(value))) FILTER (WHERE ${good}))) AS direction`
        : ''
    const order = this.#query.aggregation === 'first' ? 'ASC' : 'DESC'
    const text = textual
      ? `, first(text ORDER BY valid_from ${order}, valid_to ${order}) FILTER (WHERE ${good} AND text IS NOT NULL) AS text`
      : ''
    return `SELECT ${bucket} AS bucket, ${bucketSql(this.#now)}${circular}${text}
      FROM ${this.#facts(reach, [ROLLS_UP, ...extra])} WHERE ${CARRIES} GROUP BY bucket`
  }

  /** Clean hours from the roll-up, hours that are behind from the facts. */
  #hours(): string {
    const first = hourOf(this.#reach.from)
    const last = hourOf(this.#reach.to - 1)
    const behind = new Set(this.#state.heads.dirty.ofSeries(this.#head.id, first, last))
    // The outermost hours count whole hours only when the reach covers them.
    if (this.#cutsIn(first * HOUR, HOUR)) behind.add(first)
    if (this.#cutsIn(last * HOUR, HOUR)) behind.add(last)
    return this.#mixed('roll_hour', 'hour', first, last, [...behind], (hour) => hour * HOUR, HOUR)
  }

  #days(): string {
    const first = dayOfHour(hourOf(this.#reach.from))
    const last = dayOfHour(hourOf(this.#reach.to - 1))
    const behind = new Set<number>()
    const fromHour = hourOf(startOfDay(first))
    for (const hour of this.#state.heads.dirty.ofSeries(
      this.#head.id,
      fromHour,
      fromHour + (last - first + 1) * 24 - 1,
    ))
      behind.add(dayOfHour(hour))
    if (this.#cutsIn(startOfDay(first), DAY)) behind.add(first)
    if (this.#cutsIn(startOfDay(last), DAY)) behind.add(last)
    return this.#mixed('roll_day', 'day', first, last, [...behind], startOfDay, DAY)
  }

  /** Whether the bounds asked for leave out a part of a bucket in which the series has facts. */
  #cutsIn(start: number, size: number): boolean {
    const { from, to } = this.#query
    return (
      (from !== undefined && from > start && from < start + size) ||
      (to !== undefined && to > start && to < start + size)
    )
  }

  #mixed(
    table: 'roll_hour' | 'roll_day',
    resolution: 'hour' | 'day',
    first: number,
    last: number,
    behind: number[],
    startOf: (bucket: number) => number,
    size: number,
  ): string {
    behind.sort((a, b) => a - b)
    const clean = `SELECT bucket, ${BUCKET_LIST} FROM ${table} WHERE series_id = ${integer(this.#head.id)}
      AND bucket >= ${integer(first)} AND bucket <= ${integer(last)}`
    if (behind.length === 0) return clean
    const list = behind.map(integer).join(', ')
    const reach = {
      from: Math.max(this.#reach.from, startOf(behind[0]!)),
      to: Math.min(this.#reach.to, startOf(behind.at(-1)!) + size),
    }
    const bucket = resolution === 'hour' ? hourSql('valid_from') : daySql(hourSql('valid_from'))
    return `${clean} AND bucket NOT IN (${list})
      UNION ALL SELECT bucket, ${BUCKET_LIST} FROM (${this.#fromRaw(resolution, reach, false, [`${bucket} IN (${list})`])})`
  }
}

interface BucketRow {
  bucket: number
  n: number
  n_bad: number
  n_value: number
  sum: number | null
  min: number | null
  max: number | null
  first: number | null
  last: number | null
  num: number | null
  den: number | null
  direction?: number | null
  text?: string | null
}

/** The value of a bucket by the rule that the property declares. Null when nothing usable is in it. */
export function aggregate(row: BucketRow, aggregation: Agg): number | null {
  switch (aggregation) {
    case 'sum':
      return row.sum
    case 'mean':
      return row.sum === null || row.n_value === 0 ? null : row.sum / row.n_value
    case 'ratio':
    case 'weighted_mean':
      return row.num === null || row.den === null || row.den === 0 ? null : row.num / row.den
    case 'last':
      return row.last
    case 'first':
      return row.first
    case 'min':
      return row.min
    case 'max':
      return row.max
    case 'count':
      return row.n
    case 'circular':
      return row.direction === undefined || row.direction === null ? null : (row.direction + 360) % 360
    case 'none':
      return null
  }
}

function notAggregated(property: string): ObservationsError {
  return new ObservationsError(
    'aggregation',
    {
      vi: `Chỉ tiêu "${property}" không được gộp theo thời gian (quy tắc gộp là "none"); hãy xem số liệu gốc (resolution=raw).`,
      en: `Property "${property}" may not be put together over time (its rule is "none"); ask for resolution=raw.`,
    },
    { problem: { value: property, path: 'resolution' } },
  )
}
