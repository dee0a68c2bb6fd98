import { type Aggregated, type Children, empty } from './children.ts'
import { settleTies } from './settle-ties.ts'

/**
 * Borda count: on each child a unit earns as many points as units stand strictly below it; the score is the sum of
 * weight × points. A unit that lacks children has its sum scaled up to the weight of all.
 */
export function borda({ columns, weights, units }: Children): Aggregated {
  const out = empty(units)
  const sums = new Float64Array(units)
  const shares = new Float64Array(units)
  let all = 0
  for (let c = 0; c < columns.length; c += 1) {
    const column = settleTies(columns[c]!)
    const order = [...column.keys()]
      .filter((u) => !Number.isNaN(column[u]!))
      .sort((a, b) => column[a]! - column[b]!)
    all += weights[c]!
    let below = 0
    order.forEach((u, i) => {
      if (i > 0 && column[u]! !== column[order[i - 1]!]!) below = i
      sums[u] = sums[u]! + weights[c]! * below
      shares[u] = shares[u]! + weights[c]!
    })
  }
  for (let u = 0; u < units; u += 1) {
    if (shares[u]! > 0) out.column[u] = shares[u] === all ? sums[u]! : (sums[u]! * all) / shares[u]!
  }
  return out
}
