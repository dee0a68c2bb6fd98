import { comparePeriods, type Period, periodOf, shift } from '@nhip/calendar/period'
import type { Frequency, Hygiene } from './series.ts'

/** One row as it was read: when, how much (NaN for missing) and its line, for messages. */
export interface Reading {
  readonly time: string
  readonly value: number
  readonly line: number
}

/** Values on a regular grid, NaN where nothing was reported. */
export interface Grid {
  readonly y: Float64Array
  readonly first: string
  readonly last: string
  readonly hygiene: Hygiene[]
}

/** Seconds between two values of a sub-daily frequency; null for those that follow the calendar. */
function seconds(frequency: Frequency | number): number | null {
  switch (frequency) {
    case 'H':
      return 3600
    case 'PT30M':
      return 1800
    case 'PT15M':
      return 900
    case 'PT5M':
      return 300
    default:
      return null
  }
}

const KIND = { A: 'year', Q: 'quarter', M: 'month', W: 'week', D: 'day' } as const
const INSTANT = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?$/

/**
 * Seconds since 1970 of an ISO date-time; without an offset it is read as wall time of one place, so differences are right as long as
 * all rows are written alike. NaN for another form.
 */
export function secondsOf(text: string): number {
  const m = INSTANT.exec(text)
  if (!m) return Number.NaN
  const [, y, mo, d, h, mi, s, zone] = m
  const wall =
    Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi ?? 0), Number(s ?? 0)) / 1000
  if (!zone || zone === 'Z') return wall
  const sign = zone[0] === '-' ? -1 : 1
  return wall - sign * (Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(-2)) * 60)
}

/** A date-time as wall time without offset, minutes precise. */
function textOf(t: number): string {
  return new Date(t * 1000).toISOString().slice(0, 16)
}

/** A position on the grid, and the period at a position. */
interface Axis {
  index(text: string): number | null
  label(index: number): string
}

function subDaily(step: number): Axis {
  return {
    index: (text) => {
      const t = secondsOf(text)
      return Number.isNaN(t) ? null : Math.floor(t / step)
    },
    label: (i) => textOf(i * step),
  }
}

function periodic(kind: 'year' | 'quarter' | 'month' | 'week' | 'day', anchor: Period): Axis {
  const places = new Map<string, number>()
  let reach: [Period, Period] = [anchor, anchor]
  places.set(anchor.text, 0)
  const range: [number, number] = [0, 0]
  return {
    index: (text) => {
      let p: Period
      try {
        p = periodOf(text)
      } catch {
        return null
      }
      if (p.kind !== kind) {
        // A date inside a month stands for the month, and so on.
        if (p.kind !== 'day') return null
        p = containingPeriod(p, kind)
      }
      while (!places.has(p.text)) {
        if (range[1] - range[0] > 200_000) return null
        if (comparePeriods(p, reach[1]) > 0) {
          reach = [reach[0], shift(reach[1], 1)]
          places.set(reach[1].text, ++range[1])
        } else {
          reach = [shift(reach[0], -1), reach[1]]
          places.set(reach[0].text, --range[0])
        }
      }
      return places.get(p.text)!
    },
    label: (i) => shift(anchor, i).text,
  }
}

function containingPeriod(day: Period, kind: 'year' | 'quarter' | 'month' | 'week' | 'day'): Period {
  const [y, m] = [day.start.slice(0, 4), Number(day.start.slice(5, 7))]
  if (kind === 'year') return periodOf(y)
  if (kind === 'month') return periodOf(day.start.slice(0, 7))
  if (kind === 'quarter') return periodOf(`${y}-Q${Math.ceil(m / 3)}`)
  return day
}

/** A reading that could not be placed. */
export interface Misplaced {
  readonly line: number
  readonly time: string
}

/**
 * Puts readings on the regular grid of their frequency, rows in any order. Of several readings of one period the newest valid one (the last
 * row) is kept and the rest reported. Returns the rows whose time is not of the frequency.
 */
export function toGrid(
  readings: readonly Reading[],
  frequency: Frequency,
): { grid: Grid | null; misplaced: Misplaced[] } {
  const hygiene: Hygiene[] = []
  const misplaced: Misplaced[] = []
  const step = seconds(frequency)
  let axis: Axis | null = step ? subDaily(step) : null
  const placed: { i: number; value: number }[] = []
  for (const r of readings) {
    if (!axis && typeof frequency === 'string') {
      const kind = KIND[frequency as keyof typeof KIND]
      try {
        const p = periodOf(r.time)
        axis = periodic(kind, p.kind === kind ? p : p.kind === 'day' ? containingPeriod(p, kind) : p)
      } catch {
        misplaced.push({ line: r.line, time: r.time })
        continue
      }
    }
    const i = axis ? axis.index(r.time) : null
    if (i === null) misplaced.push({ line: r.line, time: r.time })
    else placed.push({ i, value: r.value })
  }
  if (!axis || placed.length === 0) return { grid: null, misplaced }
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  let disorder = 0
  for (let k = 0; k < placed.length; k++) {
    low = Math.min(low, placed[k]!.i)
    high = Math.max(high, placed[k]!.i)
    if (k && placed[k]!.i < placed[k - 1]!.i) disorder++
  }
  if (high - low > 5_000_000)
    return { grid: null, misplaced: readings.map((r) => ({ line: r.line, time: r.time })) }
  const y = new Float64Array(high - low + 1).fill(Number.NaN)
  let duplicates = 0
  for (const { i, value } of placed) {
    if (!Number.isNaN(y[i - low]!)) duplicates++
    if (!Number.isNaN(value)) y[i - low] = value
  }
  if (disorder) hygiene.push({ code: 'out-of-order', count: disorder })
  if (duplicates) hygiene.push({ code: 'duplicate', count: duplicates })
  return { grid: { y, first: axis.label(low), last: axis.label(high), hygiene }, misplaced }
}

/** The label of the period `steps` after `last`; null where the frequency has no calendar. */
export function periodAfter(last: string, steps: number, frequency: Frequency | number): string | null {
  const step = seconds(frequency)
  if (step) {
    const t = secondsOf(last)
    return Number.isNaN(t) ? null : textOf(t + steps * step)
  }
  if (typeof frequency !== 'string') return null
  try {
    return shift(last, steps).text
  } catch {
    return null
  }
}
