/**
 * Bridge from the months known to the whole quarter or year: a regression on the part known so far and on what the same part came to last year,
 * drawn towards the plain ratio estimate.
 */

/** Years (or quarters) of the past as their parts, the newest last; all parts known. */
export type Complete = readonly Float64Array[]

const PRIOR = 4

/**
 * Estimate of the whole from its first parts. The ratio estimate (known / usual share) is corrected by a ridge slope on how this share
 * moved with last year's; with fewer than 3 complete years the share of those there are is used alone.
 */
export function bridge(past: Complete, known: Float64Array): { estimate: number; share: number } {
  const k = known.length
  let now = 0
  for (let i = 0; i < k; i++) now += known[i]!
  const shares: number[] = []
  for (const year of past) {
    let whole = 0
    let part = 0
    for (let i = 0; i < year.length; i++) {
      whole += year[i]!
      if (i < k) part += year[i]!
    }
    if (whole > 0 && part > 0) shares.push(part / whole)
  }
  if (shares.length === 0) return { estimate: Number.NaN, share: Number.NaN }
  const mean = shares.reduce((a, b) => a + b, 0) / shares.length
  let share = mean
  if (shares.length >= 3) {
    let xy = 0
    let xx = 0
    for (let i = 1; i < shares.length; i++) {
      xy += (shares[i - 1]! - mean) * (shares[i]! - mean)
      xx += (shares[i - 1]! - mean) ** 2
    }
    const slope = xx > 0 ? (xy / xx) * (shares.length / (shares.length + PRIOR)) : 0
    share = mean + Math.max(-0.9, Math.min(0.9, slope)) * (shares[shares.length - 1]! - mean)
  }
  return { estimate: now / Math.max(1e-9, share), share }
}
