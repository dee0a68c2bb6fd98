import { normalQuantile } from '@nhip/random/normal'

/** The ranks a unit can have, given the errors of the scores. */
export interface RankSet {
  lo: number
  hi: number
}

/** Standard error of the difference between the scores of two units; 0 when both are known exactly. */
export type DifferenceError = (a: number, b: number) => number

/** Errors that are independent between units: the error of a difference from the errors of the two scores. */
export function independentErrors(se: ArrayLike<number>): DifferenceError {
  return (a, b) => Math.sqrt(se[a]! * se[a]! + se[b]! * se[b]!)
}

/**
 * Joint rank sets from all pairwise differences: unit k can be at [1 + units surely above, n − units surely below].
 *
 * A difference counts as sure when its two-sided normal test survives Holm's step-down over all pairs ranked
 * together, so all sets of a group hold the true ranks at once with probability `level` at least.
 * Source: Klein, Wright and Wieczorek, J. R. Statist. Soc. C 69 (2020) 589, with pairwise tests in place of single
 * intervals; Holm, Scand. J. Statist. 6 (1979) 65.
 *
 * @param scores of the units, NaN for one without
 * @param error of differences
 * @param groups rank group of each unit, −1 for none; null when all are ranked together
 * @returns a set a unit, null without a score
 */
export function rankSets(
  scores: ArrayLike<number>,
  error: DifferenceError,
  level: number,
  order: 'desc' | 'asc' = 'desc',
  groups: ArrayLike<number> | null = null,
): (RankSet | null)[] {
  const sets: (RankSet | null)[] = Array.from({ length: scores.length }, () => null)
  const byGroup = new Map<number, number[]>()
  for (let u = 0; u < scores.length; u++) {
    const group = groups ? groups[u]! : 0
    if (Number.isNaN(scores[u]!) || group < 0) continue
    const list = byGroup.get(group)
    if (list) list.push(u)
    else byGroup.set(group, [u])
  }
  for (const members of byGroup.values()) {
    const n = members.length
    const z = statistics(members, scores, error)
    const sure = holmThreshold(z, 1 - level)
    const above = new Int32Array(n)
    const below = new Int32Array(n)
    let pair = 0
    for (let i = 0; i < n; i++) {
      for (let j = i + 1; j < n; j++) {
        if (!(Math.abs(z[pair++]!) >= sure)) continue
        const iBetter = z[pair - 1]! > 0 === (order === 'desc')
        above[iBetter ? j : i]!++
        below[iBetter ? i : j]!++
      }
    }
    for (let i = 0; i < n; i++) sets[members[i]!] = { lo: 1 + above[i]!, hi: n - below[i]! }
  }
  return sets
}

/** Differences in units of their errors, for each pair i < j in order; exact ones are infinite or zero. */
function statistics(members: number[], scores: ArrayLike<number>, error: DifferenceError): Float64Array {
  const n = members.length
  const z = new Float64Array((n * (n - 1)) / 2)
  let pair = 0
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const a = members[i]!
      const b = members[j]!
      const difference = scores[a]! - scores[b]!
      const size = Math.max(Math.abs(scores[a]!), Math.abs(scores[b]!))
      // What differs only by rounding is equal, however small the stated errors.
      z[pair++] = Math.abs(difference) <= 1e-12 * size ? 0 : difference / error(a, b)
    }
  }
  return z
}

/**
 * The least |z| that Holm's procedure rejects at `alpha`, Infinity when it rejects none.
 *
 * With r hypotheses rejected so far every one with p ≤ alpha / (m − r) falls too; repeated until nothing is added
 * this is Holm's step-down without sorting the p-values.
 */
function holmThreshold(z: Float64Array, alpha: number): number {
  const m = z.length
  let rejected = 0
  for (;;) {
    if (rejected === m) break
    const critical = -normalQuantile(alpha / (m - rejected) / 2)
    let count = 0
    for (let k = 0; k < m; k++) if (Math.abs(z[k]!) >= critical) count++
    if (count <= rejected) return critical
    rejected = count
  }
  return m === 0 ? Infinity : -normalQuantile(alpha / 2)
}
