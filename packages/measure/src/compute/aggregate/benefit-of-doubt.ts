import { type Aggregated, type Children, empty, NOTE } from './children.ts'
import { maximise, NoOptimum } from './simplex.ts'

/**
 * Benefit of the doubt (Cherchye et al. 2007): each unit is scored with the weights that suit it best, provided that no
 * unit exceeds 1 with them. With `bounds` each child brings at least and at most that share of the unit's own score.
 * The framework's weights have no part in it. A child that a unit lacks brings it nothing; negative values: missing.
 */
export function benefitOfDoubt({ columns, units }: Children, bounds: [number, number] | null): Aggregated {
  const out = empty(units)
  const count = columns.length
  const rows: (Float64Array | null)[] = []
  for (let u = 0; u < units; u += 1) {
    const row = Float64Array.from(columns, (column) => column[u]!)
    if (row.every(Number.isNaN)) rows.push(null)
    else if (row.some((x) => x < 0)) {
      out.notes[u] = NOTE.domain
      rows.push(null)
    } else rows.push(row.map((x) => (Number.isNaN(x) ? 0 : x)))
  }
  const peers = rows.filter((row) => row !== null)
  // The programme is in units of each child's greatest value: children on very different scales pivot alike.
  const top = Float64Array.from({ length: count }, (_, c) => Math.max(0, ...peers.map((row) => row[c]!)))
  const scaled = peers.map((row) => row.map((x, c) => (top[c]! > 0 ? x / top[c]! : 0)))
  const limits = undominated(scaled)
  rows.forEach((row, u) => {
    if (row === null) return
    const own = row.map((x, c) => (top[c]! > 0 ? x / top[c]! : 0))
    const used = [...own.keys()].filter((c) => !Number.isNaN(columns[c]![u]!))
    const a = limits.map((peer) => used.map((c) => peer[c]!))
    const b = limits.map(() => 1)
    if (bounds) {
      for (const c of used) {
        a.push(used.map((k) => (k === c ? (1 - bounds[1]) * own[k]! : -bounds[1] * own[k]!)))
        a.push(used.map((k) => (k === c ? (bounds[0] - 1) * own[k]! : bounds[0] * own[k]!)))
        b.push(0, 0)
      }
    }
    try {
      const { value } = maximise(
        used.map((c) => own[c]!),
        a,
        b,
      )
      // Units on the frontier have exactly 1, so that they tie.
      out.column[u] = value > 1 - 1e-9 ? 1 : value
    } catch (error) {
      if (!(error instanceof NoOptimum)) throw error
      out.notes[u] = NOTE.domain
    }
  })
  return out
}

/** Leaves out rows that another row exceeds or equals everywhere: with weights ≥ 0 they never bind. */
function undominated(rows: readonly Float64Array[]): Float64Array[] {
  return rows.filter(
    (row, i) =>
      !rows.some(
        (other, k) =>
          k !== i && other.every((x, c) => x >= row[c]!) && (k < i || other.some((x, c) => x > row[c]!)),
      ),
  )
}
