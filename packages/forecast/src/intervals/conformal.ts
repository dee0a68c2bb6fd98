/**
 * Pooled split conformal bands: errors of what was shown, divided by a scale known beforehand, pooled over units and origins by step.
 * The band of a new forecast is its point plus the scale times quantiles of these errors (Vovk, Gammerman & Shafer 2005).
 */
export interface ErrorTable {
  /** Sorted scaled errors of each step. */
  readonly steps: readonly Float64Array[]
  /** Whole scaled error vectors, one a series and origin, for sample paths; NaN beyond the known outcomes. */
  readonly vectors: readonly Float64Array[]
  /** How many series lent errors. Origins of one series share most of their luck, so this and not the number of errors says how sure a tail is. */
  readonly series: number
}

/** At most this many whole error vectors are kept; every k-th in order, so that the choice does not depend on threads. */
const MOST_VECTORS = 500

/** Builds the table from error vectors (one a series and origin). */
export function errorTable(
  vectors: readonly Float64Array[],
  horizon: number,
  series = vectors.length,
): ErrorTable {
  const steps: Float64Array[] = []
  for (let s = 0; s < horizon; s++) {
    const column: number[] = []
    for (const v of vectors) if (Number.isFinite(v[s]!)) column.push(v[s]!)
    steps.push(Float64Array.from(column).sort())
  }
  const whole = vectors.filter((v) => Number.isFinite(v[horizon - 1]!))
  const kept: Float64Array[] = []
  const stride = Math.max(1, whole.length / MOST_VECTORS)
  for (let i = 0; i < whole.length; i += stride) kept.push(whole[Math.floor(i)]!)
  return { steps, vectors: kept, series }
}

/**
 * The conformal quantile of sorted errors: for an upper tail τ > ½ the value of rank ⌈(n+1)τ⌉, for a lower tail mirrored. The extreme value where the
 * rank lies outside. With fewer `independent` errors than errors the rank is taken for that number, n being replaced by it.
 */
export function conformalQuantile(sorted: Float64Array, tau: number, independent = sorted.length): number {
  const n = sorted.length
  if (n === 0) return 0
  const upper = tau >= 0.5
  const share = (((independent + 1) * (upper ? tau : 1 - tau)) / independent) * n
  const rank = Math.min(n, Math.ceil(share - 1e-9))
  return upper ? sorted[rank - 1]! : sorted[n - rank]!
}

/** Non-decreasing least-squares fit (pool adjacent violators), in place. `weights` default to one each. */
export function isotonic(values: Float64Array, weights?: Float64Array): Float64Array {
  const n = values.length
  const level: number[] = []
  const weight: number[] = []
  const count: number[] = []
  for (let i = 0; i < n; i++) {
    level.push(values[i]!)
    weight.push(weights ? weights[i]! : 1)
    count.push(1)
    while (level.length > 1 && level[level.length - 2]! > level[level.length - 1]!) {
      const w = weight[weight.length - 2]! + weight[weight.length - 1]!
      const v =
        w > 0
          ? (level[level.length - 2]! * weight[weight.length - 2]! +
              level[level.length - 1]! * weight[weight.length - 1]!) /
            w
          : level[level.length - 1]!
      const c = count[count.length - 2]! + count[count.length - 1]!
      level.length--
      weight.length--
      count.length--
      level[level.length - 1] = v
      weight[weight.length - 1] = w
      count[count.length - 1] = c
    }
  }
  let at = 0
  for (let b = 0; b < level.length; b++) for (let k = 0; k < count[b]!; k++) values[at++] = level[b]!
  return values
}

/** A band in units of the scale: what to add to the point at each step. Lower is never above 0 and upper never below. */
export interface UnitBand {
  readonly level: number
  readonly lower: Float64Array
  readonly upper: Float64Array
}

/**
 * The band of a level (80 for 80 %) in units of the scale. The size of errors is taken by step and does not shrink with it; the shape of their tails is
 * taken over all steps together, half and half with the step's own: the 2.5 % point of a few hundred errors is too uncertain alone.
 * Steps with fewer than `least` errors take over the size of the last step that has enough, grown with √h.
 */
export function unitBand(table: ErrorTable, level: number, least = 20): UnitBand {
  const h = table.steps.length
  const alpha = 1 - level / 100
  const size = new Float64Array(h)
  const weights = new Float64Array(h)
  let known = -1
  for (let s = 0; s < h; s++) {
    const errors = table.steps[s]!
    if (errors.length >= least || (s === 0 && errors.length > 0)) {
      let sum = 0
      for (let i = 0; i < errors.length; i++) sum += Math.abs(errors[i]!)
      size[s] = sum / errors.length
      weights[s] = errors.length
      known = s
    } else if (known >= 0) {
      size[s] = size[known]! * Math.sqrt((s + 1) / (known + 1))
      weights[s] = 1
    }
  }
  isotonic(size, weights)
  const shape: number[] = []
  for (let s = 0; s < h; s++)
    if (weights[s]! > 1 && size[s]! > 0) for (const e of table.steps[s]!) shape.push(e / size[s]!)
  const sorted = Float64Array.from(shape).sort()
  const low = -conformalQuantile(sorted, alpha / 2, table.series)
  const high = conformalQuantile(sorted, 1 - alpha / 2, table.series)
  const lower = new Float64Array(h)
  const upper = new Float64Array(h)
  for (let s = 0; s < h; s++) {
    const own = weights[s]! > 1 ? 0.5 : 0
    lower[s] =
      (1 - own) * size[s]! * (low || 0) + own * -conformalQuantile(table.steps[s]!, alpha / 2, table.series)
    upper[s] =
      (1 - own) * size[s]! * (high || 0) +
      own * conformalQuantile(table.steps[s]!, 1 - alpha / 2, table.series)
    if (weights[s] === 0) lower[s] = upper[s] = 0
  }
  isotonic(lower, weights)
  isotonic(upper, weights)
  for (let s = 0; s < h; s++) {
    lower[s] = Math.min(0, -lower[s]!)
    upper[s] = Math.max(0, upper[s]!)
  }
  return { level, lower, upper }
}
