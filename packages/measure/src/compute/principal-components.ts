/** One component: its variance, the share of all variance, and the loading of each variable (unit length). */
export interface Component {
  eigenvalue: number
  share: number
  loadings: number[]
}

/**
 * Eigenvalues and vectors of a symmetric matrix by Jacobi's rotations, greatest first; the largest loading of each
 * vector is made positive, so that the answer does not depend on the path of the rotations.
 */
export function principalComponents(matrix: readonly (readonly number[])[]): Component[] {
  const n = matrix.length
  const a = matrix.map((row) => [...row])
  const v = a.map((_, i) => a.map((__, j) => (i === j ? 1 : 0)))
  for (let sweep = 0; sweep < 100; sweep += 1) {
    let off = 0
    for (let p = 0; p < n; p += 1) for (let q = p + 1; q < n; q += 1) off += a[p]![q]! ** 2
    if (off < 1e-24) break
    for (let p = 0; p < n; p += 1) for (let q = p + 1; q < n; q += 1) rotate(a, v, p, q)
  }
  const trace = a.reduce((sum, row, i) => sum + row[i]!, 0)
  return a
    .map((row, i) => {
      const loadings = v.map((r) => r[i]!)
      const top = loadings.reduce((best, x) => (Math.abs(x) > Math.abs(best) + 1e-12 ? x : best), 0)
      return {
        eigenvalue: row[i]!,
        share: row[i]! / trace,
        loadings: top < 0 ? loadings.map((x) => -x) : loadings,
      }
    })
    .sort((x, y) => y.eigenvalue - x.eigenvalue)
}

function rotate(a: number[][], v: number[][], p: number, q: number): void {
  const apq = a[p]![q]!
  if (Math.abs(apq) < 1e-300) return
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * apq)
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const c = 1 / Math.sqrt(t * t + 1)
  const s = t * c
  for (let k = 0; k < a.length; k += 1) {
    const [x, y] = [a[k]![p]!, a[k]![q]!]
    a[k]![p] = c * x - s * y
    a[k]![q] = s * x + c * y
  }
  for (let k = 0; k < a.length; k += 1) {
    const [x, y] = [a[p]![k]!, a[q]![k]!]
    a[p]![k] = c * x - s * y
    a[q]![k] = s * x + c * y
    const [e, f] = [v[k]![p]!, v[k]![q]!]
    v[k]![p] = c * e - s * f
    v[k]![q] = s * e + c * f
  }
}
