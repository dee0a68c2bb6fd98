/**
 * Tail of anomaly scores by a generalised Pareto distribution above a high threshold (Pickands 1975), as in SPOT (Siffer, Fouque, Termier &
 * Largouët 2017), fitted on a *pool* of series. An empirical p from 1,000 points cannot fall below 0.001, so no rule over 33,000 series could
 * ever fire on it.
 */
export interface Tail {
  readonly threshold: number
  /** Share of the pool above the threshold. */
  readonly share: number
  readonly shape: number
  readonly scale: number
  /** Sorted scores of the pool up to the threshold, thinned, for the body. */
  readonly body: Float64Array
}

const BODY = 1000
/** Excesses that the exponential tail weighs as much as. */
const SHRINK = 2500

/**
 * Fits by probability-weighted moments (Hosking & Wallis 1987). `quantile`: where the tail begins. A share of `contamination` at the top is left out:
 * true anomalies in the pool must not teach it that they are normal.
 */
export function fitTail(scores: Float64Array, quantile = 0.98, contamination = 0): Tail {
  const sorted = Float64Array.from(scores).sort()
  const n = Math.max(1, Math.floor(sorted.length * (1 - contamination)))
  const at = Math.min(n - 1, Math.floor(quantile * n))
  const threshold = sorted[at]!
  const k = n - at - 1
  let b0 = 0
  let b1 = 0
  for (let i = 0; i < k; i++) {
    const y = sorted[at + 1 + i]! - threshold
    b0 += y / k
    // Weight 1 − F of the i-th smallest excess.
    b1 += (y * (1 - (i + 0.65) / k)) / k
  }
  const body = new Float64Array(Math.min(BODY, at + 1))
  for (let i = 0; i < body.length; i++) body[i] = sorted[Math.floor((i * (at + 1)) / body.length)]!
  if (k < 10 || !(b0 > 0)) return { threshold, share: k / n, shape: 0, scale: Math.max(b0, 1e-9), body }
  const ratio = b0 / (b0 - 2 * b1)
  // Light tails lengthen farther out; drawing the shape towards the exponential keeps p from being too small there.
  const shape = Math.max(-0.4, Math.min(0.9, ((2 - ratio) * k) / (k + SHRINK)))
  return { threshold, share: k / n, shape, scale: Math.max(1e-12, (1 - shape) * b0), body }
}

/** p of a score: (share)(1 + ξ(s−t)/σ)^(−1/ξ) in the tail, empirical below it. */
export function tailP(tail: Tail, score: number): number {
  if (score > tail.threshold) {
    const z = (score - tail.threshold) / tail.scale
    const base =
      Math.abs(tail.shape) < 1e-9 ? Math.exp(-z) : Math.max(0, 1 + tail.shape * z) ** (-1 / tail.shape)
    return tail.share * base
  }
  let low = 0
  let high = tail.body.length
  while (low < high) {
    const mid = (low + high) >> 1
    if (tail.body[mid]! <= score) low = mid + 1
    else high = mid
  }
  return tail.share + (1 - tail.share) * (1 - low / Math.max(1, tail.body.length))
}
