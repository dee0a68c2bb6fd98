import { type Aggregated, type Children, empty } from './children.ts'

/**
 * The weighted median of the children a unit has: the value at which the cumulative weight passes one half, the mean
 * of the two neighbours when it meets one half exactly. Equal weights give the plain median.
 */
export function medianOf({ columns, weights, units }: Children): Aggregated {
  const out = empty(units)
  for (let u = 0; u < units; u += 1) {
    const pairs: [number, number][] = []
    let total = 0
    for (let c = 0; c < columns.length; c += 1) {
      const x = columns[c]![u]!
      if (Number.isNaN(x) || weights[c]! <= 0) continue
      pairs.push([x, weights[c]!])
      total += weights[c]!
    }
    if (pairs.length === 0) continue
    pairs.sort((a, b) => a[0] - b[0])
    let passed = 0
    for (let i = 0; i < pairs.length; i += 1) {
      passed += pairs[i]![1]
      const excess = passed / total - 0.5
      // Weights such as 0.1 do not add up to one half exactly.
      if (Math.abs(excess) < 1e-12) out.column[u] = (pairs[i]![0] + pairs[i + 1]![0]) / 2
      else if (excess > 0) out.column[u] = pairs[i]![0]
      else continue
      break
    }
  }
  return out
}
