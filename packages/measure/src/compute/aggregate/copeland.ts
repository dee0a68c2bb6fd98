import { type Aggregated, type Children, empty } from './children.ts'
import { settleTies } from './settle-ties.ts'

/** Weights such as 0.1 + 0.2 against 0.3 still weigh the same. */
const EVEN = 1e-12

/**
 * Copeland scores from the weighted outranking matrix: against each other unit, the share of weight (over the children
 * both have, an equal value counting half) decides +1, 0 or −1 at one half; the score is the sum over the others.
 */
export function copeland({ columns, weights, units }: Children): Aggregated {
  const out = empty(units)
  const present = new Uint8Array(units)
  for (const column of columns)
    for (let u = 0; u < units; u += 1) if (!Number.isNaN(column[u]!)) present[u] = 1
  const count = columns.length
  // A unit's values side by side: the double loop over pairs reads them in order.
  const rows = new Float64Array(units * count)
  columns.forEach((column, c) => {
    const settled = settleTies(column)
    for (let u = 0; u < units; u += 1) rows[u * count + c] = settled[u]!
  })
  for (let u = 0; u < units; u += 1) if (present[u]) out.column[u] = 0
  for (let i = 0; i < units; i += 1) {
    if (!present[i]) continue
    for (let j = i + 1; j < units; j += 1) {
      if (!present[j]) continue
      let [wins, losses, both] = [0, 0, 0]
      for (let c = 0; c < count; c += 1) {
        const x = rows[i * count + c]!
        const y = rows[j * count + c]!
        const w = weights[c]!
        if (x > y) wins += w
        else if (x < y) losses += w
        else if (x !== y) continue
        both += w
      }
      const lead = wins - losses
      if (!(both > 0) || Math.abs(lead) <= EVEN * both) continue
      out.column[i] = out.column[i]! + Math.sign(lead)
      out.column[j] = out.column[j]! - Math.sign(lead)
    }
  }
  return out
}
