import { type Aggregated, type Children, empty, NOTE } from './children.ts'

/**
 * Mazziotta and Pareto (2016): mean ± S·cv with cv = S ÷ mean, S the deviation of a unit's own values (divisor: their
 * number, or Σ w). `penalty` −1 takes imbalance off, +1 adds it. Missing where the mean is not positive.
 */
export function mazziottaPareto({ columns, weights, units }: Children, penalty: 1 | -1): Aggregated {
  const out = empty(units)
  for (let u = 0; u < units; u += 1) {
    let [sum, share] = [0, 0]
    for (let c = 0; c < columns.length; c += 1) {
      const x = columns[c]![u]!
      if (Number.isNaN(x)) continue
      sum += weights[c]! * x
      share += weights[c]!
    }
    if (!(share > 0)) continue
    const mean = sum / share
    if (!(mean > 0)) {
      out.notes[u] = NOTE.domain
      continue
    }
    let squares = 0
    for (let c = 0; c < columns.length; c += 1) {
      const x = columns[c]![u]!
      if (!Number.isNaN(x)) squares += weights[c]! * (x - mean) ** 2
    }
    out.column[u] = mean + (penalty * squares) / share / mean
  }
  return out
}
