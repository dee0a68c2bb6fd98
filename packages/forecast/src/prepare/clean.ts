import { adjust, reseason } from '../models/season.ts'
import { interpolate } from './gaps.ts'
import type { Hygiene, Series } from './series.ts'
import { seasonsOf } from './series.ts'

/** How much may be said of a series: a line with its band, a band alone, the naive guess with the pool's band, or nothing. */
export type Show = 'line' | 'range' | 'naive' | 'none'

/** A series made ready for training. `y` has no missing value; `ahead` steps lie between its last value and the origin asked for. */
export interface Clean {
  readonly y: Float64Array
  /** Position in the original series of the first value kept. */
  readonly offset: number
  readonly ahead: number
  readonly show: Show
  readonly intermittent: boolean
  readonly hygiene: Hygiene[]
}

/** Largest magnitude a model is given; beyond it sums of squares overflow. */
const LIMIT = 1e100

/** Fills inner gaps on the seasonally adjusted values, so that a missing December is not a straight line between two others. */
function fillSeasonally(y: Float64Array, season: number): Float64Array {
  const straight = interpolate(y)
  const a = adjust(straight, season)
  if (a.season <= 1) return straight
  const adjusted = a.values.slice()
  const start = y.length - straight.length
  for (let t = 0; t < adjusted.length; t++) if (Number.isNaN(y[start + t]!)) adjusted[t] = Number.NaN
  const filled = interpolate(adjusted)
  const back = reseason(filled.slice(), 0, a)
  for (let t = 0; t < back.length; t++) if (!Number.isNaN(y[start + t]!)) back[t] = y[start + t]!
  return back
}

/** Share of zeros from which a series counts as intermittent, and Syntetos and Boylan's bound on the mean interval. */
const ZEROS = 0.3
const MEAN_INTERVAL = 1.32

function isIntermittent(y: Float64Array): boolean {
  let zeros = 0
  for (let t = 0; t < y.length; t++) {
    if (y[t]! < 0) return false
    if (y[t] === 0) zeros++
  }
  const positive = y.length - zeros
  return positive > 0 && (zeros >= ZEROS * y.length || y.length / positive >= MEAN_INTERVAL)
}

/** Whether 30 % or more of the last two seasons (at least 6 points) sit on a bound. */
function isSaturated(y: Float64Array, bounds: readonly [number, number], season: number): boolean {
  const k = Math.min(y.length, Math.max(6, 2 * season))
  const reach = 1e-9 * (bounds[1] - bounds[0])
  let on = 0
  for (let t = y.length - k; t < y.length; t++)
    if (y[t]! <= bounds[0] + reach || y[t]! >= bounds[1] - reach) on++
  return on >= 0.3 * k
}

/**
 * The hygiene of a series, in the order: declared break, finite values, confirmed outliers, ends, gaps, length, constants, bounds.
 * Sees only what the series holds; every step that changes something leaves a code. Never throws.
 */
export function clean(series: Series, peers = 0): Clean {
  const hygiene: Hygiene[] = []
  const season = seasonsOf(series.frequency)[0] ?? 1
  let offset = 0
  let y = series.y
  if (series.startsAt !== undefined && series.startsAt > 0) {
    offset = Math.min(series.startsAt, y.length)
    hygiene.push({ code: 'break-declared', at: String(offset) })
    y = y.subarray(offset)
  }
  let broken = 0
  for (let t = 0; t < y.length; t++) if (!Number.isNaN(y[t]!) && !(Math.abs(y[t]!) <= LIMIT)) broken++
  if (broken) {
    hygiene.push({ code: 'not-finite', count: broken })
    y = y.map((v) => (Math.abs(v) <= LIMIT ? v : Number.NaN))
  }
  const marked = (series.outliers ?? []).filter(
    (i) => i >= offset && i - offset < y.length && !Number.isNaN(y[i - offset]!),
  )
  if (marked.length) {
    y = y.slice()
    for (const i of marked) y[i - offset] = Number.NaN
    hygiene.push({ code: 'outlier-replaced', count: marked.length })
  }
  if (series.bounds) {
    const [a, b] = series.bounds
    let outside = 0
    for (let t = 0; t < y.length; t++) if (y[t]! < a || y[t]! > b) outside++
    if (outside) {
      hygiene.push({ code: 'outside-bounds', count: outside })
      y = y.map((v) => (v < a || v > b ? Number.NaN : v))
    }
  }
  let first = 0
  while (first < y.length && Number.isNaN(y[first]!)) first++
  let end = y.length
  while (end > first && Number.isNaN(y[end - 1]!)) end--
  const ahead = y.length - end
  if (end === first) {
    hygiene.push({ code: 'empty' })
    return { y: new Float64Array(0), offset, ahead: 0, show: 'none', intermittent: false, hygiene }
  }
  if (first) hygiene.push({ code: 'head-missing', count: first })
  if (ahead) hygiene.push({ code: 'tail-missing', count: ahead })
  y = y.subarray(first, end)
  offset += first

  let show: Show = 'line'
  const allowed = Math.max(1, Math.floor(y.length / 10))
  let missing = 0
  let run = 0
  let afterLong = 0
  for (let t = 0; t < y.length; t++) {
    if (Number.isNaN(y[t]!)) {
      missing++
      run++
    } else {
      if (run > allowed) afterLong = t
      run = 0
    }
  }
  if (afterLong > 0) {
    hygiene.push({ code: 'long-gap', at: String(offset + afterLong) })
    if (y.length - afterLong >= 8) {
      y = y.subarray(afterLong)
      offset += afterLong
      missing = 0
      for (let t = 0; t < y.length; t++) if (Number.isNaN(y[t]!)) missing++
    } else if (missing > y.length / 2 || season > 1) show = 'naive'
  }
  if (missing) {
    hygiene.push({ code: 'gap-filled', count: missing })
    y = fillSeasonally(y, season)
  }

  const n = y.length
  if (n < 3) {
    hygiene.push({ code: 'too-short', count: n })
    return { y, offset, ahead, show: 'none', intermittent: false, hygiene }
  }
  // A short annual series among many peers is forecast by the models that did best for all of them; alone it is not.
  if (n < 8 && show === 'line' && !(peers >= 20 && n >= 5 && season === 1)) {
    show = peers >= 20 ? 'naive' : 'range'
    hygiene.push({ code: peers >= 20 ? 'short-pooled-naive' : 'short-range-only', count: n })
  }
  let constant = true
  for (let t = 1; t < n; t++) if (y[t] !== y[0]) constant = false
  if (constant) {
    hygiene.push({ code: 'constant' })
    if (show === 'line') show = 'naive'
    return { y, offset, ahead, show, intermittent: false, hygiene }
  }
  if (series.bounds && isSaturated(y, series.bounds, season)) {
    hygiene.push({ code: 'saturated' })
    if (show === 'line') show = 'naive'
  }
  const intermittent = show === 'line' && isIntermittent(y)
  if (intermittent) hygiene.push({ code: 'intermittent' })
  return { y, offset, ahead, show, intermittent, hygiene }
}

/**
 * Values that are 10^k times their neighbours (k = ±2, ±3, ±6): a slip of the unit of measure, for data quality and not for the
 * alarm centre. Gives positions and k.
 */
export function unitSlips(y: Float64Array): { at: number; power: number }[] {
  const out: { at: number; power: number }[] = []
  for (let t = 0; t < y.length; t++) {
    const near: number[] = []
    for (const d of [-2, -1, 1, 2]) {
      const v = y[t + d]
      if (v !== undefined && Number.isFinite(v) && v !== 0) near.push(Math.abs(v))
    }
    if (near.length < 2 || !Number.isFinite(y[t]!) || y[t] === 0) continue
    near.sort((a, b) => a - b)
    const middle = near[near.length >> 1]!
    if (near[near.length - 1]! > 5 * near[0]!) continue
    const power = Math.log10(Math.abs(y[t]!) / middle)
    for (const k of [-6, -3, -2, 2, 3, 6]) if (Math.abs(power - k) < 0.15) out.push({ at: t, power: k })
  }
  return out
}

/**
 * Position of a likely change of level: two-sided CUSUM on the first differences, scaled robustly, at about the 1 % level. A suggestion only;
 * a person accepts it and it then comes back as `startsAt`. Null where nothing stands out.
 */
export function suggestBreak(y: Float64Array, season: number): number | null {
  const v = adjust(interpolate(y), season).values
  const n = v.length
  if (n < 12) return null
  let mean = 0
  for (let t = 0; t < n; t++) mean += v[t]! / n
  // Long-run variance from the first differences, so that one jump does not hide itself by inflating the spread.
  const d = new Float64Array(n - 1)
  for (let t = 1; t < n; t++) d[t - 1] = Math.abs(v[t]! - v[t - 1]!)
  const sorted = d.slice().sort()
  const sigma = sorted[(n - 1) >> 1]! / 0.954
  if (!(sigma > 0)) return null
  let s = 0
  let peak = 0
  let at = 0
  for (let t = 0; t < n - 1; t++) {
    s += v[t]! - mean
    if (Math.abs(s) > peak) {
      peak = Math.abs(s)
      at = t + 1
    }
  }
  // 1.63: the 99 % point of the largest absolute value of a Brownian bridge.
  return peak / (sigma * Math.sqrt(n)) > 1.63 ? at : null
}
