import type { Agg } from './definition.ts'
import { neumaierSum } from './summation.ts'
import { STATE } from './value.ts'

/** What goes into an aggregate: values in a fixed order, with whatever the way of aggregating needs beside them. */
export interface Members {
  readonly state: ArrayLike<number>
  readonly value: ArrayLike<number>
  /** For `ratio`; NaN where not given. */
  readonly numerator?: ArrayLike<number> | null
  readonly denominator?: ArrayLike<number> | null
  /** For `weighted_mean`. */
  readonly weight?: { readonly state: ArrayLike<number>; readonly value: ArrayLike<number> } | null
}

export interface Aggregate {
  readonly state: number
  readonly value: number
  /** Reporting ÷ expected; members that are not applicable are not expected; NaN when none is. */
  readonly coverage: number
  /** How many members have a value, and how many were expected to. */
  readonly reporting: number
  readonly expected: number
}

/**
 * Puts values together in the order of `rows`. Missing members are skipped and lower the coverage; over nothing the
 * result is missing (a count is 0). `ratio` is Σ numerator ÷ Σ denominator over the members that have both. `circular`
 * is the mean direction of angles in degrees, in [0, 360).
 */
export function aggregate(how: Agg, members: Members, rows: readonly number[], minCoverage = 0): Aggregate {
  if (PLAIN.has(how)) return plain(how, members, rows, minCoverage, -1)
  const there: number[] = []
  let missing = 0
  let worstMissing = 0
  for (const row of rows) {
    const s = stateFor(how, members, row)
    if (s === STATE.ok) there.push(row)
    else if (s !== STATE.notApplicable) {
      missing++
      if (s > worstMissing) worstMissing = s
    }
  }
  const expected = there.length + missing
  const coverage = expected === 0 ? Number.NaN : there.length / expected
  const counts = { coverage, reporting: there.length, expected }
  const none = (state: number): Aggregate => ({ state, value: 0, ...counts })
  if (there.length === 0) {
    if (missing > 0) return none(worstMissing)
    return none(rows.length > 0 ? STATE.notApplicable : STATE.notReported)
  }
  if (coverage < minCoverage) return none(worstMissing)
  const value = combine(how, members, there)
  if (value === null) return none(STATE.zeroDenominator)
  return Number.isFinite(value) ? { state: STATE.ok, value, ...counts } : none(STATE.domain)
}

const PLAIN: ReadonlySet<Agg> = new Set(['sum', 'mean', 'min', 'max', 'count', 'first', 'last'])

/**
 * The aggregate of plain values in one pass and without copies, because peers ask for it once a unit.
 * @param except a row that is left out, -1 for none
 */
export function plain(
  how: Agg,
  { state, value }: Pick<Members, 'state' | 'value'>,
  rows: readonly number[],
  minCoverage: number,
  except: number,
): Aggregate {
  let [reporting, missing, worstMissing, others] = [0, 0, 0, 0]
  // Neumaier's sum, as in `summation.ts`.
  let [sum, lost] = [0, 0]
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let [first, last] = [0, 0]
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    if (row === except) continue
    const s = state[row] as number
    if (s !== STATE.ok) {
      if (s === STATE.notApplicable) others++
      else {
        missing++
        if (s > worstMissing) worstMissing = s
      }
      continue
    }
    const x = value[row] as number
    const t = sum + x
    lost += Math.abs(sum) >= Math.abs(x) ? sum - t + x : x - t + sum
    sum = t
    if (x < least) least = x
    if (x > most) most = x
    if (reporting++ === 0) first = x
    last = x
  }
  const expected = reporting + missing
  const coverage = expected === 0 ? Number.NaN : reporting / expected
  const counts = { coverage, reporting, expected }
  if (how === 'count') return { state: STATE.ok, value: reporting, ...counts }
  if (reporting === 0) {
    const empty = missing > 0 ? worstMissing : others > 0 ? STATE.notApplicable : STATE.notReported
    return { state: empty, value: 0, ...counts }
  }
  if (coverage < minCoverage) return { state: worstMissing, value: 0, ...counts }
  const total = sum + lost
  const made = { sum: total, mean: total / reporting, min: least, max: most, first, last }[
    how as 'sum' | 'mean' | 'min' | 'max' | 'first' | 'last'
  ]
  return Number.isFinite(made)
    ? { state: STATE.ok, value: made, ...counts }
    : { state: STATE.domain, value: 0, ...counts }
}

function stateFor(how: Agg, members: Members, row: number): number {
  const s = members.state[row] as number
  if (how === 'ratio') {
    // A ratio is made of its parts; a value without them cannot take part.
    if (s === STATE.notApplicable) return s
    const both = isNumber(members.numerator?.[row]) && isNumber(members.denominator?.[row])
    return both && s !== STATE.suppressed ? STATE.ok : s === STATE.ok ? STATE.notReported : s
  }
  if (how === 'weighted_mean') return Math.max(s, members.weight?.state[row] ?? STATE.notReported)
  if (how === 'none') return s === STATE.ok ? STATE.notReported : s
  return s
}

const isNumber = (x: number | undefined): boolean => x !== undefined && !Number.isNaN(x)

function combine(how: Agg, members: Members, rows: readonly number[]): number | null {
  const { value } = members
  const of = (source: ArrayLike<number>): number => neumaierSum(rows.map((row) => source[row] as number))
  const quotient = (top: number, bottom: number): number | null => (bottom === 0 ? null : top / bottom)
  switch (how) {
    case 'weighted_mean': {
      const weight = members.weight!.value
      const top = neumaierSum(rows.map((row) => (value[row] as number) * (weight[row] as number)))
      return quotient(top, of(weight))
    }
    case 'ratio':
      return quotient(of(members.numerator!), of(members.denominator!))
    case 'circular': {
      const radians = rows.map((row) => ((value[row] as number) * Math.PI) / 180)
      const x = neumaierSum(radians.map(Math.cos))
      const y = neumaierSum(radians.map(Math.sin))
      // Opposite directions cancel: there is no mean direction.
      if (Math.hypot(x, y) < 1e-9 * rows.length) return null
      return ((((Math.atan2(y, x) * 180) / Math.PI) % 360) + 360) % 360
    }
    default:
      return null
  }
}
