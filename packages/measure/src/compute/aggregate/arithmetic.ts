import { type Aggregated, type Children, empty } from './children.ts'

/** Σ w·x ÷ Σ w over the children a unit has; NaN without any, or when their weights are all zero. */
export function arithmetic({ columns, weights, units }: Children): Aggregated {
  const out = empty(units)
  const sums = new Float64Array(units)
  const shares = new Float64Array(units)
  for (let c = 0; c < columns.length; c += 1) {
    const column = columns[c]!
    const w = weights[c]!
    for (let u = 0; u < units; u += 1) {
      const x = column[u]!
      if (Number.isNaN(x)) continue
      sums[u] = sums[u]! + w * x
      shares[u] = shares[u]! + w
    }
  }
  for (let u = 0; u < units; u += 1) if (shares[u]! > 0) out.column[u] = sums[u]! / shares[u]!
  return out
}
