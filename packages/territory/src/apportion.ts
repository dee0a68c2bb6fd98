/**
 * Divides a whole number in proportion to weights by the largest remainder (Hamilton's method): parts are whole, lie within one
 * of their exact share, and sum to the total. Of equal remainders the earlier part is served first. A negative total gives the
 * negatives of its positive counterpart's parts.
 *
 * @param weights not negative, with a sum above 0
 */
export function apportion(total: bigint, weights: readonly bigint[]): bigint[] {
  if (total < 0n) return apportion(-total, weights).map((part) => -part)
  let sum = 0n
  for (const w of weights) {
    if (w < 0n) throw new RangeError(`negative weight: ${w}`)
    sum += w
  }
  if (sum === 0n) throw new RangeError('the weights sum to 0')
  const parts = weights.map((w) => (total * w) / sum)
  const remainders = weights.map((w) => (total * w) % sum)
  let left = Number(total - parts.reduce((a, b) => a + b, 0n))
  for (const i of byRemainder(remainders)) {
    if (left-- <= 0) break
    parts[i]! += 1n
  }
  return parts
}

/** As {@link apportion} for numbers that, multiplied by the sum of the weights, stay exact (≤ 2^53); null when they do not. */
export function apportionSmall(total: number, weights: readonly number[], sum: number): number[] | null {
  const size = Math.abs(total)
  if (size * sum > Number.MAX_SAFE_INTEGER) return null
  // The quotient of whole numbers below 2^53 is never rounded up to the next whole number.
  const parts = weights.map((w) => Math.floor((size * w) / sum))
  const remainders = weights.map((w) => (size * w) % sum)
  let left = size - parts.reduce((a, b) => a + b, 0)
  for (const i of byRemainder(remainders)) {
    if (left-- <= 0) break
    parts[i]! += 1
  }
  return total < 0 ? parts.map((p) => (p === 0 ? 0 : -p)) : parts
}

function byRemainder<T extends number | bigint>(remainders: readonly T[]): number[] {
  return remainders
    .map((_, i) => i)
    .sort((a, b) => (remainders[a]! > remainders[b]! ? -1 : remainders[a]! < remainders[b]! ? 1 : a - b))
}
