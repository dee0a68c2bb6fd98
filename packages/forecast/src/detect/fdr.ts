/**
 * False discovery rate over a tick (Benjamini & Hochberg 1995): the largest number k of smallest p values with p_(k) ≤ kq/n. Of what is reported,
 * a share q is expected to be false, however many series there are. Gives the positions, smallest p first.
 */
export function benjaminiHochberg(p: Float64Array, q: number): number[] {
  const n = p.length
  const order: number[] = []
  // Nothing above q can be reported, so only the few below it are sorted.
  for (let i = 0; i < n; i++) if (p[i]! <= q) order.push(i)
  order.sort((a, b) => p[a]! - p[b]! || a - b)
  let k = 0
  for (let i = 0; i < order.length; i++) if (p[order[i]!]! <= ((i + 1) * q) / n) k = i + 1
  return order.slice(0, k)
}

/** One p from several components that looked at the same row: Bonferroni. */
export function combineP(parts: readonly number[]): number {
  let smallest = 1
  for (const p of parts) smallest = Math.min(smallest, p)
  return Math.min(1, smallest * parts.length)
}

/** An owner's q after feedback: useful alerts raise it, useless ones lower it, within [0.02, 0.2]. */
export function moveQ(q: number, useful: boolean): number {
  return Math.min(0.2, Math.max(0.02, q * (useful ? 1.05 : 0.8)))
}
