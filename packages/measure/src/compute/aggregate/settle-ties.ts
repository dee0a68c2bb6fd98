/** Share of the column's greatest value below which two neighbours differ only by rounding. */
const ROUNDING = 1e-14

/**
 * The column with values equal that only rounding keeps apart: sums of the same terms in another order differ in the
 * last digit, and a method that counts who is above whom must not see a difference there. NaN stays NaN.
 */
export function settleTies(column: Float64Array): Float64Array {
  const order = [...column.keys()].filter((u) => !Number.isNaN(column[u]!))
  order.sort((a, b) => column[a]! - column[b]!)
  if (order.length === 0) return column
  const least = Math.abs(column[order[0]!]!)
  const greatest = Math.abs(column[order.at(-1)!]!)
  const near = ROUNDING * Math.max(least, greatest)
  const out = column.slice()
  for (let i = 1; i < order.length; i += 1) {
    const [u, below] = [order[i]!, order[i - 1]!]
    if (column[u]! - column[below]! <= near) out[u] = out[below]!
  }
  return out
}
