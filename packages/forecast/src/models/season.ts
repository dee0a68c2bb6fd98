/** Seasonality: the test, the classical decomposition and the adjusted series that the non-seasonal models work on. */

/** Sample autocorrelation of `y` at `lag` (lag 0 = 1). A constant series has none: 0. */
export function autocorrelation(y: Float64Array, lag: number): number {
  const n = y.length
  if (lag >= n) return 0
  let mean = 0
  for (let t = 0; t < n; t++) mean += y[t]!
  mean /= n
  let c0 = 0
  let ck = 0
  for (let t = 0; t < n; t++) {
    const d = y[t]! - mean
    c0 += d * d
    if (t >= lag) ck += d * (y[t - lag]! - mean)
  }
  return c0 > 0 ? ck / c0 : 0
}

/**
 * The M4 competition's seasonality test at the 90 % level: |r_m| > 1.645 √((1 + 2Σ_{i<m} r_i²)/n), with at least three seasons.
 */
export function isSeasonal(y: Float64Array, m: number): boolean {
  const n = y.length
  if (m <= 1 || n < 3 * m) return false
  let mean = 0
  for (let t = 0; t < n; t++) mean += y[t]!
  mean /= n
  let c0 = 0
  for (let t = 0; t < n; t++) c0 += (y[t]! - mean) ** 2
  if (!(c0 > 0)) return false
  let sum = 0
  let r = 0
  for (let k = 1; k <= m; k++) {
    let c = 0
    for (let t = k; t < n; t++) c += (y[t]! - mean) * (y[t - k]! - mean)
    r = c / c0
    if (k < m) sum += r * r
  }
  return Math.abs(r) > 1.645 * Math.sqrt((1 + 2 * sum) / n)
}

/** Centred moving average of length `m` (2×m when m is even); the ends, where it cannot be taken, are NaN. */
export function movingAverage(y: Float64Array, m: number): Float64Array {
  const n = y.length
  const out = new Float64Array(n).fill(Number.NaN)
  const half = m >> 1
  const even = m % 2 === 0
  for (let t = half; t < n - half; t++) {
    let s = 0
    if (even) {
      s = (y[t - half]! + y[t + half]!) / 2
      for (let i = t - half + 1; i < t + half; i++) s += y[i]!
    } else for (let i = t - half; i <= t + half; i++) s += y[i]!
    out[t] = s / m
  }
  return out
}

/**
 * Seasonal indices of the classical decomposition, one a phase (t mod m), normalised to mean 1 (multiplicative) or 0 (additive).
 * Returns null where a phase has no complete average, or a multiplicative index is not positive.
 */
export function seasonalIndices(y: Float64Array, m: number, multiplicative: boolean): Float64Array | null {
  const n = y.length
  const trend = movingAverage(y, m)
  const sum = new Float64Array(m)
  const count = new Float64Array(m)
  for (let t = 0; t < n; t++) {
    const c = trend[t]!
    if (Number.isNaN(c)) continue
    const v = multiplicative ? y[t]! / c : y[t]! - c
    if (!Number.isFinite(v)) continue
    sum[t % m]! += v
    count[t % m]! += 1
  }
  let mean = 0
  for (let i = 0; i < m; i++) {
    if (count[i] === 0) return null
    sum[i]! /= count[i]!
    mean += sum[i]!
  }
  mean /= m
  if (multiplicative && !(mean > 0)) return null
  for (let i = 0; i < m; i++) {
    sum[i] = multiplicative ? sum[i]! / mean : sum[i]! - mean
    if (multiplicative && !(sum[i]! > 0)) return null
  }
  return sum
}

/** A series without its season, and the way back. `season` 1 means that nothing was taken out. */
export interface Adjusted {
  readonly values: Float64Array
  readonly season: number
  readonly indices: Float64Array
  readonly multiplicative: boolean
}

/** Takes the season out if the test finds one: multiplicative, or additive where a value is not positive. */
export function adjust(y: Float64Array, m: number): Adjusted {
  const none: Adjusted = { values: y, season: 1, indices: new Float64Array([0]), multiplicative: false }
  if (!isSeasonal(y, m)) return none
  let positive = true
  for (let t = 0; t < y.length; t++) if (!(y[t]! > 0)) positive = false
  const indices = seasonalIndices(y, m, positive)
  if (!indices) return none
  const values = new Float64Array(y.length)
  for (let t = 0; t < y.length; t++) values[t] = positive ? y[t]! / indices[t % m]! : y[t]! - indices[t % m]!
  return { values, season: m, indices, multiplicative: positive }
}

/** Puts the season back on a path of adjusted forecasts that starts after `n` points; changes `path` in place. */
export function reseason(path: Float64Array, n: number, a: Adjusted): Float64Array {
  if (a.season <= 1) return path
  for (let h = 0; h < path.length; h++) {
    const i = a.indices[(n + h) % a.season]!
    path[h] = a.multiplicative ? path[h]! * i : path[h]! + i
  }
  return path
}
