import { RandomStream } from '@nhip/random/stream'
import type { ErrorTable } from './conformal.ts'

/**
 * How far off forecasts usually are where a series has too few peers to learn from: size of the error at the first step in naive scales, and
 * how it grows with the step. Rounded values chosen by hand as of a usual size, not fitted to anything: a last resort, and the answer says
 * that it was used (`calibration.fallback`).
 */
interface Usual {
  readonly season: number
  readonly spread: number
  readonly growth: number
}

const USUAL: readonly Usual[] = [
  { season: 1, spread: 0.85, growth: 0.45 },
  { season: 4, spread: 0.65, growth: 0.35 },
  { season: 7, spread: 0.7, growth: 0.15 },
  { season: 12, spread: 0.62, growth: 0.18 },
  { season: 24, spread: 0.4, growth: 0.25 },
  { season: 52, spread: 0.9, growth: 0.35 },
]

/** Quantile of Student's t with four degrees of freedom (closed form; Shaw 2006): errors of forecasts have heavier tails than a normal. */
function t4(p: number): number {
  const a = 4 * p * (1 - p)
  const q = Math.cos(Math.acos(Math.sqrt(a)) / 3) / Math.sqrt(a)
  return Math.sign(p - 0.5) * 2 * Math.sqrt(Math.max(0, q - 1))
}

const QUANTILES = 399
const VECTORS = 400

/** The shipped table for the nearest season. */
export function defaultTable(season: number, horizon: number): ErrorTable {
  let usual = USUAL[0]!
  for (const u of USUAL)
    if (Math.abs(Math.log(u.season / season)) < Math.abs(Math.log(usual.season / season))) usual = u
  const size = (s: number): number => usual.spread * (s + 1) ** usual.growth
  const steps: Float64Array[] = []
  for (let s = 0; s < horizon; s++)
    steps.push(Float64Array.from({ length: QUANTILES }, (_, i) => size(s) * t4((i + 1) / (QUANTILES + 1))))
  // Paths whose value at each step follows the same distribution: one heavy-tailed start, moved on by a slowly forgetting rank.
  const random = new RandomStream('default-table', season)
  const vectors: Float64Array[] = []
  for (let v = 0; v < VECTORS; v++) {
    const path = new Float64Array(horizon)
    let rank = random.uniform()
    for (let s = 0; s < horizon; s++) {
      path[s] = size(s) * t4(Math.max(0.001, Math.min(0.999, rank)))
      // Steps of a random walk on the circle of ranks folded back at its ends keep every step uniform.
      rank += (random.uniform() - 0.5) * 0.5
      if (rank < 0) rank = -rank
      if (rank > 1) rank = 2 - rank
    }
    vectors.push(path)
  }
  return { steps, vectors, series: QUANTILES }
}
