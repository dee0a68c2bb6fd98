import { RandomStream, type Seed } from '@nhip/random/stream'
import { quantile } from './quantile.ts'

/** An estimate with the ends of its bootstrap interval. */
export type Estimate = readonly [estimate: number, lo: number, hi: number]

/** Shares of the output's variance: by a factor alone, and with all its interactions. */
export interface SobolIndex {
  first: Estimate
  total: Estimate
}

/** Outputs of the model over a Saltelli design: two independent samples A and B, and A with factor i taken from B. */
export interface SaltelliOutputs {
  a: Float64Array
  b: Float64Array
  /** One vector a factor. */
  ab: readonly Float64Array[]
}

/**
 * Variance-based sensitivity indices of each factor. A factor may stand for several uniforms moved together.
 * Small negative estimates are shown as they are. Without any variance every index is 0.
 *
 * First order: Saltelli et al., Computer Physics Communications 181 (2010) 259, table 2 (b); total: Jansen, ibid. (f).
 * The outputs are centred first, which leaves both expectations as they are and takes variance from the former.
 *
 * @param level of the intervals: percentiles of `resamples` bootstrap samples of the design's rows
 */
export function sobolIndices(
  outputs: SaltelliOutputs,
  seed: Seed,
  level = 0.9,
  resamples = 1000,
): SobolIndex[] {
  const { a, b, ab } = outputs
  const n = a.length
  if (n < 2) throw new RangeError(`a Saltelli design needs at least 2 rows, not ${n}`)
  const rows = Int32Array.from({ length: n }, (_, i) => i)
  const whole = estimates(outputs, rows)
  const samples = ab.map(() => [new Float64Array(resamples), new Float64Array(resamples)] as const)
  const stream = new RandomStream(seed)
  for (let r = 0; r < resamples; r++) {
    stream.restart(['sobol bootstrap', r])
    for (let i = 0; i < n; i++) rows[i] = stream.integer(0, n - 1)
    const resampled = estimates({ a, b, ab }, rows)
    for (let f = 0; f < ab.length; f++) {
      samples[f]![0][r] = resampled[f]![0]
      samples[f]![1][r] = resampled[f]![1]
    }
  }
  const interval = (estimate: number, values: Float64Array): Estimate => {
    if (resamples === 0) return [estimate, estimate, estimate]
    values.sort()
    return [estimate, quantile(values, (1 - level) / 2), quantile(values, (1 + level) / 2)]
  }
  return whole.map(([first, total], f) => ({
    first: interval(first, samples[f]![0]),
    total: interval(total, samples[f]![1]),
  }))
}

function estimates({ a, b, ab }: SaltelliOutputs, rows: Int32Array): [first: number, total: number][] {
  const n = rows.length
  let sum = 0
  for (let i = 0; i < n; i++) sum += a[rows[i]!]! + b[rows[i]!]!
  const mean = sum / (2 * n)
  let squares = 0
  for (let i = 0; i < n; i++) squares += (a[rows[i]!]! - mean) ** 2 + (b[rows[i]!]! - mean) ** 2
  const variance = squares / (2 * n)
  return ab.map((swapped) => {
    if (variance === 0) return [0, 0]
    let first = 0
    let total = 0
    for (let i = 0; i < n; i++) {
      const row = rows[i]!
      const difference = swapped[row]! - a[row]!
      first += (b[row]! - mean) * difference
      total += difference * difference
    }
    return [first / n / variance, total / (2 * n) / variance]
  })
}
