import type { RandomStream } from '@nhip/random/stream'

/**
 * Whole households from fractional weights: truncate, replicate, sample (Lovelace & Ballas 2013). The remainders are sampled
 * systematically along `order`, in which neighbours are alike, so that sizes and ages come out nearly as weighted even when most
 * expectations are far below one.
 * @param expected how often each household is expected
 * @param total how many households there shall be; the expectations are scaled to it
 * @param order a permutation of the households
 * @returns how often each is taken; the sum is `total`
 */
export function integerise(
  expected: Float64Array,
  total: number,
  order: Int32Array,
  stream: RandomStream,
): Int32Array {
  let sum = 0
  for (const e of expected) sum += e
  const taken = new Int32Array(expected.length)
  if (sum <= 0) return taken
  const scale = total / sum
  const rest = new Float64Array(expected.length)
  let whole = 0
  let left = 0
  for (let i = 0; i < expected.length; i++) {
    const e = (expected[i] as number) * scale
    const floor = Math.floor(e)
    taken[i] = floor
    whole += floor
    rest[i] = e - floor
    left += e - floor
  }
  const wanted = total - whole
  const step = left / wanted
  let next = stream.uniform() * step
  let passed = 0
  let picked = 0
  for (const i of order) {
    passed += rest[i] as number
    while (picked < wanted && next < passed) {
      taken[i] = (taken[i] as number) + 1
      picked++
      next += step
    }
  }
  // The last step may fall beyond the end by rounding alone.
  for (let k = order.length - 1; picked < wanted && k >= 0; k--, picked++) {
    const i = order[k] as number
    taken[i] = (taken[i] as number) + 1
  }
  return taken
}

/** Whole numbers near the given ones whose sum is the rounded sum: the largest remainders are rounded up, the first of equals first. */
export function roundTogether(values: readonly number[]): number[] {
  const out = values.map(Math.floor)
  let missing = Math.round(values.reduce((a, b) => a + b, 0)) - out.reduce((a, b) => a + b, 0)
  const byRest = values
    .map((v, i) => ({ i, rest: v - Math.floor(v) }))
    .sort((a, b) => b.rest - a.rest || a.i - b.i)
  for (const { i } of byRest) {
    if (missing <= 0) break
    out[i] = (out[i] as number) + 1
    missing--
  }
  return out
}
