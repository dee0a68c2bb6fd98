/**
 * The quantile of type 1 (inverse of the empirical distribution function): the least of the values at or below
 * which a share `p` of them lies. A quantile of ranks is therefore itself a rank.
 * Source: Hyndman and Fan, The American Statistician 50 (1996) 361.
 * @param ascending values in ascending order, at least one
 * @param p a share from 0 to 1
 */
export function quantile(ascending: ArrayLike<number>, p: number): number {
  const n = ascending.length
  if (n === 0) throw new RangeError('no values to take a quantile of')
  if (!(p >= 0 && p <= 1)) throw new RangeError(`invalid probability: ${p} is not in [0, 1]`)
  // 0.95 · 1,000 must be place 950 also when the product is a hair above it.
  const place = Math.ceil(n * p - 1e-9)
  return ascending[Math.min(n, Math.max(1, place)) - 1]!
}
