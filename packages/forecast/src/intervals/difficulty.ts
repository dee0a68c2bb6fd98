import type { Training } from '../models/model.ts'
import { cholesky, solveCholesky } from '../models/ridge-ar.ts'

/**
 * How hard a series is to forecast, read at an origin before any outcome. Each number is a logarithm relative to the naive scale; 0 says
 * "as the naive scale would have it". A pool learns from its backtests how these translate into the size of errors.
 */
export const FEATURES = 6

const TINY = 1e-12

function meanChange(y: Float64Array, lag: number, from: number): number {
  let s = 0
  let n = 0
  for (let t = Math.max(lag, from); t < y.length; t++) {
    s += Math.abs(y[t]! - y[t - lag]!)
    n++
  }
  return n ? s / n : 0
}

/** Reads the features from the training part and from how far the members disagree. `paths`: [member][step] of this origin. */
export function readDifficulty(
  training: Training,
  paths: Float64Array,
  members: number,
  horizon: number,
  scale: number,
): Float64Array {
  const out = new Float64Array(FEATURES)
  const y = training.adjusted.values
  const n = y.length
  if (!(scale > 0) || n < 4) return out
  const relative = (v: number): number =>
    Math.max(-4, Math.min(4, Math.log((v + 1e-3 * scale + TINY) / scale)))
  out[0] = relative(meanChange(y, 1, 0))
  out[1] = relative(meanChange(y, 1, Math.floor((2 * n) / 3)))
  out[2] = relative(meanChange(y, Math.max(1, Math.min(horizon, Math.floor(n / 3))), 0))
  let spread = 0
  let steps = 0
  for (let s = 0; s < horizon; s++) {
    let mean = 0
    let k = 0
    for (let i = 0; i < members; i++) {
      const v = paths[i * horizon + s]!
      if (!Number.isNaN(v)) {
        mean += v
        k++
      }
    }
    if (k < 2) continue
    mean /= k
    let v = 0
    for (let i = 0; i < members; i++) {
      const p = paths[i * horizon + s]!
      if (!Number.isNaN(p)) v += (p - mean) ** 2
    }
    spread += Math.sqrt(v / (k - 1))
    steps++
  }
  out[3] = steps ? relative(spread / steps) : 0
  let size = 0
  for (let t = Math.max(0, n - 8); t < n; t++) size += Math.abs(y[t]!) / Math.min(8, n)
  out[4] = Math.max(-2, Math.min(8, Math.log((size + TINY) / scale)))
  // Backtests train on less than the forecast itself; without this the bands would be as wide as if that had been forgotten.
  out[5] = Math.min(Math.log(n), Math.log(60))
  return out
}

/** Says how many naive scales the errors of a series are likely to be: exp(intercept + weights · features). */
export interface DifficultyModel {
  readonly intercept: number
  readonly weights: Float64Array
  readonly n: number
}

/**
 * Ridge regression of the logarithm of the mean scaled error on the features. Null below `least` rows: a small pool keeps the naive scale.
 */
export function learnDifficulty(
  features: readonly Float64Array[],
  logErrors: readonly number[],
  least = 200,
): DifficultyModel | null {
  const n = features.length
  if (n < least) return null
  const d = FEATURES
  const mean = new Float64Array(d)
  const spread = new Float64Array(d)
  let target = 0
  for (let r = 0; r < n; r++) {
    target += logErrors[r]! / n
    for (let j = 0; j < d; j++) mean[j]! += features[r]![j]! / n
  }
  for (let r = 0; r < n; r++) for (let j = 0; j < d; j++) spread[j]! += (features[r]![j]! - mean[j]!) ** 2 / n
  for (let j = 0; j < d; j++) spread[j] = Math.sqrt(spread[j]!)
  const g = new Float64Array(d * d)
  const b = new Float64Array(d)
  const x = new Float64Array(d)
  for (let r = 0; r < n; r++) {
    for (let j = 0; j < d; j++) x[j] = spread[j]! > 1e-9 ? (features[r]![j]! - mean[j]!) / spread[j]! : 0
    for (let j = 0; j < d; j++) {
      b[j]! += (x[j]! * (logErrors[r]! - target)) / n
      for (let k = 0; k < d; k++) g[j * d + k]! += (x[j]! * x[k]!) / n
    }
  }
  for (let j = 0; j < d; j++) g[j * d + j]! += 0.02
  if (!cholesky(g, d)) return null
  solveCholesky(g, d, b)
  let intercept = target
  for (let j = 0; j < d; j++) {
    b[j] = spread[j]! > 1e-9 ? b[j]! / spread[j]! : 0
    intercept -= b[j]! * mean[j]!
  }
  return { intercept, weights: b, n }
}

/** The multiple of the naive scale for a series with these features; 1 without a model. Kept within e^±3. */
export function difficultyOf(model: DifficultyModel | null, features: Float64Array): number {
  if (!model) return 1
  let v = model.intercept
  for (let j = 0; j < FEATURES; j++) v += model.weights[j]! * features[j]!
  return Math.exp(Math.max(-3, Math.min(3, v)))
}
