import { type QualityCode, qualityBits, type Status } from '../contract.ts'
import type { NewObservation, SeriesKey } from '../observations.ts'

/**
 * What the store must answer, said in the plainest way: an array of rows and loops over it. The oracle of the
 * model-based tests; it shares no code with the store beyond the names of statuses and bits.
 */
export interface ModelRow extends NewObservation {
  seq: number
  recordedAt: number
}

export interface View {
  asKnown?: number
  asPublished?: number
}

export interface ModelBucket {
  from: number
  n: number
  nBad: number
  sum: number | null
  mean: number | null
  min: number | null
  max: number | null
  first: number | null
  last: number | null
  ratio: number | null
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

function bit(code: QualityCode): number {
  return 1 << qualityBits.find((q) => q.code === code)!.bit
}

/** Bits that the arrival of a reading sets, not its content. */
const ARRIVAL = (
  [
    'rate',
    'stuck',
    'late',
    'future',
    'no-time',
    'duplicate',
    'neighbour',
    'out-of-order',
    'clock-skew',
  ] as const
).reduce((mask, code) => mask | bit(code), 0)

const NO_VALUE: readonly Status[] = ['O', 'M', 'Q', 'X']

export class ArrayModel {
  readonly rows: ModelRow[] = []
  #lastRecorded = 0

  /** Returns how many rows repeated what was already held. */
  append(rows: readonly NewObservation[], now: number): { stored: number; unchanged: number } {
    const recordedAt = Math.max(now, this.#lastRecorded)
    let stored = 0
    for (const row of rows) {
      const saidAt = row.publishedAt ?? recordedAt
      const held = newest(this.rows.filter((r) => sameKey(r, row) && said(r) <= saidAt))
      if (held && sameContent(held, row)) continue
      this.rows.push({ ...row, seq: this.rows.length + 1, recordedAt })
      stored++
    }
    if (stored > 0) this.#lastRecorded = recordedAt
    return { stored, unchanged: rows.length - stored }
  }

  /** Facts of a series in the version that a view holds, withdrawn ones left out, in order of time. */
  facts(series: SeriesKey, view: View = {}): (ModelRow & { versions: number })[] {
    const admitted = this.rows.filter(
      (r) =>
        sameSeries(r, series) &&
        (view.asKnown === undefined || r.recordedAt <= view.asKnown) &&
        (view.asPublished === undefined || said(r) <= view.asPublished),
    )
    const facts: (ModelRow & { versions: number })[] = []
    for (const row of admitted) {
      const versions = admitted.filter((r) => sameKey(r, row))
      if (newest(versions) === row && row.status !== 'X') facts.push({ ...row, versions: versions.length })
    }
    return facts.sort((a, b) => a.from - b.from || (a.to ?? a.from) - (b.to ?? b.from))
  }

  latest(series: SeriesKey, now: number): ModelRow | undefined {
    return this.facts(series).findLast((fact) => usable(fact, now))
  }

  /** Hours (UTC) or civil days (+07:00) over readings of at most an hour. */
  buckets(
    series: SeriesKey,
    size: 'hour' | 'day',
    range: { from?: number; to?: number },
    now: number,
    view: View = {},
  ): ModelBucket[] {
    const buckets = new Map<number, ModelRow[]>()
    for (const fact of this.facts(series, view)) {
      if (NO_VALUE.includes(fact.status) || (fact.to !== null && fact.to - fact.from > HOUR)) continue
      if (!inRange(fact, range)) continue
      const start =
        size === 'hour'
          ? Math.floor(fact.from / HOUR) * HOUR
          : Math.floor((fact.from + 7 * HOUR) / DAY) * DAY - 7 * HOUR
      buckets.set(start, [...(buckets.get(start) ?? []), fact])
    }
    return [...buckets]
      .sort(([a], [b]) => a - b)
      .map(([from, rows]) => {
        const good = rows.filter((r) => usable(r, now))
        const values = good.filter((r) => r.value !== null).map((r) => r.value!)
        const weighed = good.filter((r) => r.num !== undefined && r.den !== undefined)
        const sum = values.length === 0 ? null : values.reduce((a, b) => a + b, 0)
        const den = weighed.reduce((a, r) => a + r.den!, 0)
        return {
          from,
          n: good.length,
          nBad: rows.length - good.length,
          sum,
          mean: sum === null ? null : sum / values.length,
          min: values.length === 0 ? null : Math.min(...values),
          max: values.length === 0 ? null : Math.max(...values),
          first: values[0] ?? null,
          last: values.at(-1) ?? null,
          ratio: den === 0 ? null : weighed.reduce((a, r) => a + r.num!, 0) / den,
        }
      })
  }
}

export function inRange(fact: { from: number }, range: { from?: number; to?: number }): boolean {
  return (
    (range.from === undefined || fact.from >= range.from) && (range.to === undefined || fact.from < range.to)
  )
}

/** Whether quality lets the value be used: `future` only keeps it out until its time. */
export function usable(row: { quality: number; from: number }, now: number): boolean {
  if (row.quality & (bit('hard-range') | bit('rejected'))) return false
  return (row.quality & bit('future')) === 0 || row.from <= now
}

function said(row: ModelRow): number {
  return row.publishedAt ?? row.recordedAt
}

function newest(rows: ModelRow[]): ModelRow | undefined {
  return [...rows].sort((a, b) => said(a) - said(b) || a.seq - b.seq).at(-1)
}

function sameSeries(a: SeriesKey, b: SeriesKey): boolean {
  return (
    a.dataset === b.dataset &&
    a.entity === b.entity &&
    a.property === b.property &&
    a.breakdown === b.breakdown
  )
}

function sameKey(a: NewObservation, b: NewObservation): boolean {
  return sameSeries(a, b) && a.from === b.from && a.to === b.to
}

function sameContent(a: NewObservation, b: NewObservation): boolean {
  return (
    a.value === b.value &&
    a.exact === b.exact &&
    a.num === b.num &&
    a.den === b.den &&
    a.text === b.text &&
    a.uom === b.uom &&
    a.status === b.status &&
    (a.quality & ~ARRIVAL) === (b.quality & ~ARRIVAL)
  )
}
