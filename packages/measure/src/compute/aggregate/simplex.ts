/** A linear programme has no upper limit, or no point satisfies it. */
export class NoOptimum extends Error {}

const TINY = 1e-11

/**
 * Maximises c·x subject to A·x ≤ b, x ≥ 0 with every b ≥ 0, so that x = 0 is a start: one-phase simplex on a dense
 * tableau with Bland's rule, which cannot cycle. Meant for the small programmes of benefit of the doubt.
 *
 * @param a row after row, `b.length` rows of `c.length` numbers
 * @returns the greatest value and a point that gives it
 * @throws {NoOptimum} when the value grows without end
 */
export function maximise(
  c: ArrayLike<number>,
  a: readonly ArrayLike<number>[],
  b: ArrayLike<number>,
): { value: number; x: Float64Array } {
  const n = c.length
  const m = b.length
  const width = n + m + 1
  const rows = Array.from({ length: m + 1 }, () => new Float64Array(width))
  const basis = new Int32Array(m)
  for (let i = 0; i < m; i += 1) {
    for (let j = 0; j < n; j += 1) rows[i]![j] = a[i]![j]!
    rows[i]![n + i] = 1
    rows[i]![width - 1] = b[i]!
    basis[i] = n + i
  }
  const goal = rows[m]!
  for (let j = 0; j < n; j += 1) goal[j] = -c[j]!
  for (;;) {
    let enter = -1
    for (let j = 0; j < width - 1 && enter < 0; j += 1) if (goal[j]! < -TINY) enter = j
    if (enter < 0) break
    let leave = -1
    let least = Infinity
    for (let i = 0; i < m; i += 1) {
      const pivot = rows[i]![enter]!
      if (pivot <= TINY) continue
      const ratio = rows[i]![width - 1]! / pivot
      if (ratio < least - TINY || (ratio <= least + TINY && leave >= 0 && basis[i]! < basis[leave]!)) {
        least = Math.min(least, ratio)
        leave = i
      }
    }
    if (leave < 0) throw new NoOptimum('unbounded')
    const row = rows[leave]!
    const pivot = row[enter]!
    for (let j = 0; j < width; j += 1) row[j] = row[j]! / pivot
    for (let i = 0; i <= m; i += 1) {
      if (i === leave) continue
      const other = rows[i]!
      const factor = other[enter]!
      if (factor === 0) continue
      for (let j = 0; j < width; j += 1) other[j] = other[j]! - factor * row[j]!
    }
    basis[leave] = enter
  }
  const x = new Float64Array(n)
  for (let i = 0; i < m; i += 1) if (basis[i]! < n) x[basis[i]!] = rows[i]![width - 1]!
  return { value: goal[width - 1]!, x }
}
