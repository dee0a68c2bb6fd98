/**
 * Reconciliation of forecasts on a tree: parents become the sums of their children with the least weighted change (MinT of Wickramasuriya,
 * Athanasopoulos & Hyndman 2019 with a diagonal error covariance). On a tree the solution is exact and takes one pass up and one down.
 */

/** A tree as parents before children: `parent[i]` < i, −1 for a root. */
export interface Tree {
  readonly parent: Int32Array
}

/** Two figures that cannot both hold. */
export class ReconcileError extends Error {
  readonly node: number

  constructor(node: number, message: string) {
    super(message)
    this.node = node
  }
}

/** Checks a tree and sorts nothing: parents have to come first. @throws {ReconcileError} */
export function treeOf(parent: ArrayLike<number>): Tree {
  const p = Int32Array.from(parent)
  for (let i = 0; i < p.length; i++)
    if (p[i]! >= i || p[i]! < -1)
      throw new ReconcileError(i, `invalid tree: the parent of node ${i} is ${p[i]}, it must come before it`)
  return { parent: p }
}

/** Work space for a tree, so that thousands of sweeps allocate nothing. */
export class Sweep {
  readonly #parent: Int32Array
  readonly #sum: Float64Array
  readonly #variance: Float64Array
  readonly #m: Float64Array
  readonly #v: Float64Array
  readonly #leaf: Uint8Array

  constructor(tree: Tree) {
    const n = tree.parent.length
    this.#parent = tree.parent
    this.#sum = new Float64Array(n)
    this.#variance = new Float64Array(n)
    this.#m = new Float64Array(n)
    this.#v = new Float64Array(n)
    this.#leaf = new Uint8Array(n).fill(1)
    for (let i = 0; i < n; i++) if (tree.parent[i]! >= 0) this.#leaf[tree.parent[i]!] = 0
  }

  /** Whether a node has no children. */
  isLeaf(node: number): boolean {
    return this.#leaf[node] === 1
  }

  /**
   * Coherent values from base forecasts `y` and error variances `w` (∞: no base forecast; 0: a known value). Into `out`.
   * @throws {ReconcileError} where known values contradict each other, naming the node
   */
  run(y: Float64Array, w: Float64Array, out: Float64Array): Float64Array {
    const parent = this.#parent
    const n = parent.length
    const sum = this.#sum
    const variance = this.#variance
    const m = this.#m
    const v = this.#v
    sum.fill(0)
    variance.fill(0)
    for (let i = n - 1; i >= 0; i--) {
      const wi = w[i]!
      if (this.#leaf[i]) {
        if (wi === Number.POSITIVE_INFINITY) {
          // A leaf nobody forecast takes what the others leave; a very large variance says so without breaking the arithmetic.
          m[i] = 0
          v[i] = HUGE
        } else {
          m[i] = y[i]!
          v[i] = wi
        }
      } else {
        const s = sum[i]!
        const big = variance[i]!
        if (wi === Number.POSITIVE_INFINITY) {
          m[i] = s
          v[i] = big
        } else if (big + wi === 0) {
          if (Math.abs(y[i]! - s) > 1e-9 * Math.max(1, Math.abs(s), Math.abs(y[i]!)))
            throw new ReconcileError(
              i,
              `node ${i}: the known value ${y[i]} differs from the sum ${s} of its children, which are known too`,
            )
          m[i] = s
          v[i] = 0
        } else {
          m[i] = s + (big / (big + wi)) * (y[i]! - s)
          v[i] = (big * wi) / (big + wi)
        }
      }
      const p = parent[i]!
      if (p >= 0) {
        sum[p]! += m[i]!
        variance[p]! += v[i]!
      }
    }
    for (let i = 0; i < n; i++) {
      const p = parent[i]!
      if (p < 0) out[i] = m[i]!
      else {
        const big = variance[p]!
        out[i] = big > 0 ? m[i]! + (this.#share(i) / big) * (out[p]! - sum[p]!) : m[i]!
      }
    }
    return out
  }

  #share(i: number): number {
    return this.#v[i]!
  }

  /**
   * As {@link run}, and no leaf below zero: negative leaves are held at zero and the rest is solved again, at most five times; what is still
   * negative then is set to zero and the sums are taken anew.
   */
  runNonNegative(y: Float64Array, w: Float64Array, out: Float64Array): Float64Array {
    const parent = this.#parent
    const n = parent.length
    this.run(y, w, out)
    let base: Float64Array | null = null
    let weight: Float64Array | null = null
    for (let round = 0; round < 5; round++) {
      let negative = false
      for (let i = 0; i < n; i++)
        if (this.#leaf[i] && out[i]! < 0) {
          base ??= y.slice()
          weight ??= w.slice()
          base[i] = 0
          weight[i] = 0
          negative = true
        }
      if (!negative) return out
      try {
        this.run(base!, weight!, out)
      } catch (e) {
        if (!(e instanceof ReconcileError)) throw e
        break
      }
    }
    for (let i = 0; i < n; i++) out[i] = this.#leaf[i] ? Math.max(0, out[i]!) : 0
    for (let i = n - 1; i > 0; i--) if (parent[i]! >= 0) out[parent[i]!]! += out[i]!
    return out
  }
}

const HUGE = 1e18

/** Weights where no backtest says better: the number of leaves below a node. */
export function leafCounts(tree: Tree): Float64Array {
  const n = tree.parent.length
  const out = new Float64Array(n)
  const inner = new Uint8Array(n)
  for (let i = 0; i < n; i++) if (tree.parent[i]! >= 0) inner[tree.parent[i]!] = 1
  for (let i = n - 1; i >= 0; i--) {
    if (!inner[i]) out[i] = 1
    if (tree.parent[i]! >= 0) out[tree.parent[i]!]! += out[i]!
  }
  return out
}

/**
 * Reconciles sample paths and reads bands off them: every sample is swept (the sweep is linear), quantiles are taken per node. Bounds are never
 * added up. `samples[b][node]`; all nodes of one sample should stem from one draw, so that units keep moving together.
 */
export function reconcileSamples(
  tree: Tree,
  samples: readonly Float64Array[],
  w: Float64Array,
  level: number,
  nonNegative = false,
): { mean: Float64Array; lower: Float64Array; upper: Float64Array; samples: Float64Array[] } {
  const sweep = new Sweep(tree)
  const n = tree.parent.length
  const swept = samples.map((s) =>
    nonNegative ? sweep.runNonNegative(s, w, new Float64Array(n)) : sweep.run(s, w, new Float64Array(n)),
  )
  const mean = new Float64Array(n)
  const lower = new Float64Array(n)
  const upper = new Float64Array(n)
  const column = new Float64Array(swept.length)
  const a = (1 - level / 100) / 2
  for (let i = 0; i < n; i++) {
    for (let b = 0; b < swept.length; b++) {
      column[b] = swept[b]![i]!
      mean[i]! += swept[b]![i]! / swept.length
    }
    column.sort()
    lower[i] = column[Math.floor(a * (swept.length - 1))]!
    upper[i] = column[Math.ceil((1 - a) * (swept.length - 1))]!
  }
  return { mean, lower, upper, samples: swept }
}
