import { arithmetic } from './arithmetic.ts'
import { type Aggregated, type Children, empty, NOTE } from './children.ts'

/**
 * The weighted power mean `(Σ w·xᵖ ÷ Σ w)^(1/p)`; p = 0 is the geometric mean, −1 the harmonic. Weights are those of
 * the children a unit has. For p ≤ 0 a value of 0 makes the mean 0 (noted); a negative value has no power mean (p ≠ 1).
 */
export function power(children: Children, p: number): Aggregated {
  if (p === 1) return arithmetic(children)
  const { columns, weights, units } = children
  const out = empty(units)
  for (let u = 0; u < units; u += 1) {
    let [sum, share] = [0, 0]
    let hasZero = false
    let isOutside = false
    for (let c = 0; c < columns.length; c += 1) {
      const x = columns[c]![u]!
      const w = weights[c]!
      if (Number.isNaN(x) || w === 0) continue
      share += w
      if (x < 0) isOutside = true
      else if (x === 0 && p <= 0) hasZero = true
      else sum += w * (p === 0 ? Math.log(x) : p === -1 ? 1 / x : x ** p)
    }
    if (share === 0) continue
    if (isOutside) out.notes[u] = NOTE.domain
    else if (hasZero) {
      out.column[u] = 0
      out.notes[u] = NOTE.zero
    } else out.column[u] = p === 0 ? Math.exp(sum / share) : p === -1 ? share / sum : (sum / share) ** (1 / p)
  }
  return out
}

/** Π x^(w ÷ Σ w): a low value cannot be made up for by a high one. */
export function geometric(children: Children): Aggregated {
  return power(children, 0)
}

/** Σ w ÷ Σ (w ÷ x). */
export function harmonic(children: Children): Aggregated {
  return power(children, -1)
}
