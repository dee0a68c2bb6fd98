/**
 * Accuracy of points and bands. Definitions follow the M4 competition (Makridakis, Spiliotis, Assimakopoulos 2020).
 * Missing outcomes (NaN) are left out; a figure without outcomes is NaN.
 */

/** Mean of 200·|y−f|/(|y|+|f|), percent; 0/0 counts 0. */
export function smape(actual: Float64Array, forecast: Float64Array): number {
  let sum = 0
  let n = 0
  for (let i = 0; i < actual.length; i++) {
    const y = actual[i]!
    if (Number.isNaN(y)) continue
    const d = Math.abs(y) + Math.abs(forecast[i]!)
    sum += d > 0 ? (200 * Math.abs(y - forecast[i]!)) / d : 0
    n++
  }
  return n ? sum / n : Number.NaN
}

/** Mean absolute error. */
export function meanAbsoluteError(actual: Float64Array, forecast: Float64Array): number {
  let sum = 0
  let n = 0
  for (let i = 0; i < actual.length; i++) {
    if (Number.isNaN(actual[i]!)) continue
    sum += Math.abs(actual[i]! - forecast[i]!)
    n++
  }
  return n ? sum / n : Number.NaN
}

/** The yardstick of MASE and MSIS: mean |y_t − y_{t−s}| over the training part; pairs with a missing value are left out. */
export function naiveScale(train: Float64Array, season: number): number {
  let sum = 0
  let n = 0
  for (let t = season; t < train.length; t++) {
    const d = Math.abs(train[t]! - train[t - season]!)
    if (Number.isNaN(d)) continue
    sum += d
    n++
  }
  return n ? sum / n : 0
}

/** Mean scaled interval score of a central band that should miss with probability `alpha` (0.05 for 95 %). */
export function msis(
  actual: Float64Array,
  lower: Float64Array,
  upper: Float64Array,
  scale: number,
  alpha = 0.05,
): number {
  let sum = 0
  let n = 0
  for (let i = 0; i < actual.length; i++) {
    const y = actual[i]!
    if (Number.isNaN(y)) continue
    const l = lower[i]!
    const u = upper[i]!
    sum += u - l + (2 / alpha) * (Math.max(0, l - y) + Math.max(0, y - u))
    n++
  }
  return n ? sum / n / scale : Number.NaN
}

/** How many outcomes lie in the band, and how many there were. */
export function covered(
  actual: Float64Array,
  lower: Float64Array,
  upper: Float64Array,
): [hits: number, n: number] {
  let hits = 0
  let n = 0
  for (let i = 0; i < actual.length; i++) {
    const y = actual[i]!
    if (Number.isNaN(y)) continue
    n++
    if (lower[i]! <= y && y <= upper[i]!) hits++
  }
  return [hits, n]
}

/** Mean pinball loss of the quantile `tau`. */
export function pinball(actual: Float64Array, quantile: Float64Array, tau: number): number {
  let sum = 0
  let n = 0
  for (let i = 0; i < actual.length; i++) {
    const d = actual[i]! - quantile[i]!
    if (Number.isNaN(d)) continue
    sum += d >= 0 ? tau * d : (tau - 1) * d
    n++
  }
  return n ? sum / n : Number.NaN
}

/** Root mean squared scaled error: for intermittent series, where the absolute error would reward "always zero". */
export function rmsse(train: Float64Array, actual: Float64Array, forecast: Float64Array): number {
  let scale = 0
  let ns = 0
  for (let t = 1; t < train.length; t++) {
    const d = train[t]! - train[t - 1]!
    if (Number.isNaN(d)) continue
    scale += d * d
    ns++
  }
  let sum = 0
  let n = 0
  for (let i = 0; i < actual.length; i++) {
    const d = actual[i]! - forecast[i]!
    if (Number.isNaN(d)) continue
    sum += d * d
    n++
  }
  return n && ns && scale > 0 ? Math.sqrt(sum / n / (scale / ns)) : Number.NaN
}

/** Wilson interval of a share of `hits` in `n` at about 95 %; for coverage that rests on few outcomes. */
export function wilson(hits: number, n: number, z = 1.96): [number, number] {
  if (n === 0) return [0, 1]
  const p = hits / n
  const d = 1 + (z * z) / n
  const c = p + (z * z) / (2 * n)
  const w = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))
  return [Math.max(0, (c - w) / d), Math.min(1, (c + w) / d)]
}
