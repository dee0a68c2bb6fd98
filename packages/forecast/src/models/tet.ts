/**
 * Lunar New Year as a regressor. Tết moves between 21 January and 20 February, so a month or a day of the year does not say how much of it
 * falls in. Its dates are data, an argument: civil dates in UTC+7, which differ from China's in some years.
 */
import { addDays, type CivilDate, dayNumber, endOfMonth, parseDate } from '@nhip/calendar/civil-date'

/** Shares of the 14 days before and of the 14 days from Tết that fall in a month. */
export interface TetShares {
  readonly before: number
  readonly from: number
}

function overlap(first: number, last: number, from: number, to: number): number {
  return Math.max(0, Math.min(last, to) - Math.max(first, from) + 1)
}

/** The shares for one month, from the Tết days around it. `month`: its first day. */
export function tetShares(month: CivilDate, tetDays: readonly CivilDate[]): TetShares {
  const first = dayNumber(month)
  const last = dayNumber(endOfMonth(month))
  let before = 0
  let from = 0
  for (const tet of tetDays) {
    const t = dayNumber(tet)
    before += overlap(first, last, t - 14, t - 1) / 14
    from += overlap(first, last, t, t + 13) / 14
  }
  return { before, from }
}

/**
 * The two columns for months `first`, `first` + 1, …: shares minus the long-run mean of their calendar month over all years of `tetDays`, so that the
 * seasonal part keeps its meaning (as X-13 does for Easter).
 */
export function tetColumns(
  first: CivilDate,
  months: number,
  tetDays: readonly CivilDate[],
): [Float64Array, Float64Array] {
  const means = new Map<number, TetShares>()
  const years = [...new Set(tetDays.map((d) => parseDate(d).year))]
  const monthOf = (year: number, m: number): CivilDate =>
    `${String(year).padStart(4, '0')}-${String(m).padStart(2, '0')}-01`
  for (let m = 1; m <= 12; m++) {
    let before = 0
    let from = 0
    for (const y of years) {
      const s = tetShares(monthOf(y, m), tetDays)
      before += s.before / years.length
      from += s.from / years.length
    }
    means.set(m, { before, from })
  }
  const columns: [Float64Array, Float64Array] = [new Float64Array(months), new Float64Array(months)]
  let { year, month } = parseDate(first)
  for (let i = 0; i < months; i++) {
    const s = tetShares(monthOf(year, month), tetDays)
    const mean = means.get(month)!
    columns[0][i] = s.before - mean.before
    columns[1][i] = s.from - mean.from
    if (++month > 12) {
      month = 1
      year++
    }
  }
  return columns
}

/** The day groups −14…−8, −7…−1, 0…6, 7…13 relative to Tết: 0 to 3, or −1 for an ordinary day. */
export function tetDayGroup(date: CivilDate, tetDays: readonly CivilDate[]): number {
  for (const tet of tetDays) {
    if (date < addDays(tet, -14) || date > addDays(tet, 13)) continue
    return Math.floor((dayNumber(date) - dayNumber(tet) + 14) / 7)
  }
  return -1
}

/** What Tết does to an indicator: coefficients of the two columns on the seasonally adjusted residual. */
export interface TetEffect {
  readonly before: number
  readonly from: number
  readonly n: number
}

/** Ridge estimate for one series; `residual` may hold NaN. `years`: Tết seasons seen, the weight against none at all. */
export function estimateTet(
  residual: Float64Array,
  columns: readonly [Float64Array, Float64Array],
  ridge = 0.05,
): TetEffect {
  let aa = ridge
  let bb = ridge
  let ab = 0
  let ay = 0
  let by = 0
  let n = 0
  for (let t = 0; t < residual.length; t++) {
    const e = residual[t]!
    if (Number.isNaN(e)) continue
    const a = columns[0][t]!
    const b = columns[1][t]!
    aa += a * a
    bb += b * b
    ab += a * b
    ay += a * e
    by += b * e
    if (a !== 0 || b !== 0) n++
  }
  const det = aa * bb - ab * ab
  return { before: (ay * bb - by * ab) / det, from: (by * aa - ay * ab) / det, n }
}

/** The pool's mean effect, and each series drawn towards it: a few Tết seasons of one commune say little. */
export function poolTet(own: readonly TetEffect[], weight = 8): { pool: TetEffect; shrunk: TetEffect[] } {
  const n = own.reduce((s, e) => s + e.n, 0)
  const mean = (k: 'before' | 'from'): number => (n ? own.reduce((s, e) => s + e.n * e[k], 0) / n : 0)
  const pool = { before: mean('before'), from: mean('from'), n }
  const shrunk = own.map((e) => {
    const w = e.n / (e.n + weight)
    return { before: w * e.before + (1 - w) * pool.before, from: w * e.from + (1 - w) * pool.from, n: e.n }
  })
  return { pool, shrunk }
}

/** Tết seasons below which nothing is estimated. */
export const LEAST_TET_SEASONS = 4

/**
 * Whether the pool is better with the effect than without, by leaving the last Tết season out: `residuals` are of all series, `columns` theirs. The
 * effect stays off where it gains nothing.
 */
export function tetGain(
  residuals: readonly Float64Array[],
  columns: readonly [Float64Array, Float64Array],
  holdOut: number,
): number {
  let without = 0
  let withEffect = 0
  const cut = (columns[0].length ?? 0) - holdOut
  const head: [Float64Array, Float64Array] = [columns[0].subarray(0, cut), columns[1].subarray(0, cut)]
  const { shrunk } = poolTet(residuals.map((r) => estimateTet(r.subarray(0, cut), head)))
  residuals.forEach((r, i) => {
    for (let t = cut; t < r.length; t++) {
      if (Number.isNaN(r[t]!) || (columns[0][t] === 0 && columns[1][t] === 0)) continue
      without += Math.abs(r[t]!)
      withEffect += Math.abs(r[t]! - shrunk[i]!.before * columns[0][t]! - shrunk[i]!.from * columns[1][t]!)
    }
  })
  return without > 0 ? 1 - withEffect / without : 0
}
