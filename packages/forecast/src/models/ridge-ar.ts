import type { Fitted, Model, Training } from './model.ts'

/** How a ridge autoregression sees its series: the transform, and the lags it regresses on. */
export interface ArDesign {
  readonly log: boolean
  readonly difference: boolean
  readonly lags: readonly number[]
}

const LAMBDAS = [1e-4, 1e-3, 1e-2, 1e-1]

/**
 * Cholesky factor of `a` (d×d, row-major) in place, lower triangle. False where it is not positive definite.
 */
export function cholesky(a: Float64Array, d: number): boolean {
  for (let j = 0; j < d; j++) {
    let s = a[j * d + j]!
    for (let k = 0; k < j; k++) s -= a[j * d + k]! ** 2
    if (!(s > 1e-14)) return false
    const root = Math.sqrt(s)
    a[j * d + j] = root
    for (let i = j + 1; i < d; i++) {
      let v = a[i * d + j]!
      for (let k = 0; k < j; k++) v -= a[i * d + k]! * a[j * d + k]!
      a[i * d + j] = v / root
    }
  }
  return true
}

/** Solves L Lᵀ x = b in place for the factor of {@link cholesky}. */
export function solveCholesky(l: Float64Array, d: number, b: Float64Array): Float64Array {
  for (let i = 0; i < d; i++) {
    let v = b[i]!
    for (let k = 0; k < i; k++) v -= l[i * d + k]! * b[k]!
    b[i] = v / l[i * d + i]!
  }
  for (let i = d - 1; i >= 0; i--) {
    let v = b[i]!
    for (let k = i + 1; k < d; k++) v -= l[k * d + i]! * b[k]!
    b[i] = v / l[i * d + i]!
  }
  return b
}

interface RidgeFit {
  readonly mean: number
  readonly weights: Float64Array
  readonly centre: Float64Array
  readonly lambda: number
}

const known = new Map<string, Map<number, [number, number][]>>()

/** Pairs of lags by their distance; kept, since all series of a frequency share them. */
function pairsByDistance(lags: readonly number[]): Map<number, [number, number][]> {
  const key = lags.join(' ')
  let pairs = known.get(key)
  if (pairs) return pairs
  pairs = new Map()
  for (let j = 0; j < lags.length; j++)
    for (let k = j; k < lags.length; k++) {
      const distance = lags[k]! - lags[j]!
      const list = pairs.get(distance)
      if (list) list.push([j, k])
      else pairs.set(distance, [[j, k]])
    }
  if (known.size > 1000) known.clear()
  known.set(key, pairs)
  return pairs
}

/**
 * Cross products Σ_{t=L}^{n−1} z_{t−a} z_{t−b} for all pairs of `lags` (0 = the value itself), L the longest lag. Pairs at the same
 * distance share one running sum, so the cost is distances × n, not pairs × n.
 */
function lagProducts(z: Float64Array, lags: readonly number[]): Float64Array {
  const n = z.length
  const d = lags.length
  const longest = lags[d - 1]!
  const out = new Float64Array(d * d)
  const pairs = pairsByDistance(lags)
  const sums = new Float64Array(n + 1)
  for (const [distance, list] of pairs) {
    let s = 0
    for (let u = distance; u < n; u++) {
      s += z[u]! * z[u - distance]!
      sums[u + 1] = s
    }
    sums[distance] = 0
    for (const [j, k] of list) {
      const v = sums[n - lags[j]!]! - sums[longest - lags[j]!]!
      out[j * d + k] = v
      out[k * d + j] = v
    }
  }
  return out
}

/** Ridge regression of z_t on its lags, λ by generalised cross-validation; columns are standardised inside. `lags` ascending. */
function ridge(values: Float64Array, lags: readonly number[]): RidgeFit | null {
  const d = lags.length
  const longest = lags[d - 1]!
  const n = values.length
  const rows = n - longest
  if (rows < d + 3) return null
  // Centring first keeps the running sums free of cancellation.
  let whole = 0
  for (let t = 0; t < n; t++) whole += values[t]! / n
  const z = new Float64Array(n)
  const running = new Float64Array(n + 1)
  for (let t = 0; t < n; t++) {
    z[t] = values[t]! - whole
    running[t + 1] = running[t]! + z[t]!
  }
  const products = lagProducts(z, [0, ...lags])
  const e = d + 1
  const mean = new Float64Array(e)
  const spread = new Float64Array(e)
  for (let j = 0; j < e; j++) {
    const lag = j ? lags[j - 1]! : 0
    mean[j] = (running[n - lag]! - running[longest - lag]!) / rows
    const variance = products[j * e + j]! / rows - mean[j]! ** 2
    spread[j] = variance > 1e-12 * (products[j * e + j]! / rows) ? Math.sqrt(variance) : 0
  }
  if (!(spread[0]! > 0)) return null
  const g = new Float64Array(d * d)
  const r = new Float64Array(d)
  const scaled = (j: number, k: number): number =>
    spread[j]! > 0 && spread[k]! > 0
      ? (products[j * e + k]! / rows - mean[j]! * mean[k]!) / (spread[j]! * spread[k]!)
      : 0
  for (let j = 0; j < d; j++) {
    r[j] = scaled(0, j + 1)
    for (let k = 0; k < d; k++) g[j * d + k] = scaled(j + 1, k + 1)
  }
  let best: Float64Array | null = null
  let bestLambda = 0
  let bestScore = Number.POSITIVE_INFINITY
  const l = new Float64Array(d * d)
  const column = new Float64Array(d)
  for (const lambda of LAMBDAS) {
    l.set(g)
    for (let j = 0; j < d; j++) l[j * d + j]! += lambda
    if (!cholesky(l, d)) continue
    const w = solveCholesky(l, d, r.slice())
    let fitted = 0
    let quadratic = 0
    for (let j = 0; j < d; j++) {
      fitted += w[j]! * r[j]!
      for (let k = 0; k < d; k++) quadratic += w[j]! * g[j * d + k]! * w[k]!
    }
    // Trace of (G + λI)⁻¹ is the squared size of L⁻¹; the trace of the hat matrix is d − λ times that.
    let inverse = 0
    for (let j = 0; j < d; j++) {
      for (let i = j; i < d; i++) {
        let v = i === j ? 1 : 0
        for (let k = j; k < i; k++) v -= l[i * d + k]! * column[k]!
        column[i] = v / l[i * d + i]!
        inverse += column[i]! ** 2
      }
    }
    const freedom = d - lambda * inverse
    const rss = Math.max(0, 1 - 2 * fitted + quadratic)
    const score = rss / Math.max(1e-6, 1 - (freedom + 1) / rows) ** 2
    if (score < bestScore) {
      bestScore = score
      best = w
      bestLambda = lambda
    }
  }
  if (!best) return null
  const centre = new Float64Array(d)
  for (let j = 0; j < d; j++) {
    centre[j] = mean[j + 1]! + whole
    best[j] = spread[j + 1]! > 0 ? (best[j]! * spread[0]!) / spread[j + 1]! : 0
  }
  return { mean: mean[0]! + whole, weights: best, centre, lambda: bestLambda }
}

/** One autoregression; null where the series is too short for its lags or the path leaves the series' own range by more than itself. */
export function fitAr(y: Float64Array, design: ArDesign): Fitted | null {
  const n = y.length
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (let t = 0; t < n; t++) {
    low = Math.min(low, y[t]!)
    high = Math.max(high, y[t]!)
  }
  const log = design.log && low > 0
  const lags = design.lags.filter((l) => l <= n / 3)
  if (lags.length === 0 || n < 8 || !(high > low)) return null
  const level = log ? y.map(Math.log) : y
  const z = design.difference ? new Float64Array(n - 1) : level
  if (design.difference) for (let t = 1; t < n; t++) z[t - 1] = level[t]! - level[t - 1]!
  const fit = ridge(z, lags)
  if (!fit) return null
  const longest = Math.max(...lags)
  return {
    spec: `ar(${log ? 'log, ' : ''}${design.difference ? 'Δ, ' : ''}lags ${lags.join(' ')}; λ=${fit.lambda})`,
    path: (h) => {
      const window = new Float64Array(longest + h)
      window.set(z.subarray(z.length - longest))
      const out = new Float64Array(h)
      let last = level[n - 1]!
      for (let i = 0; i < h; i++) {
        let v = fit.mean
        for (let j = 0; j < lags.length; j++)
          v += fit.weights[j]! * (window[longest + i - lags[j]!]! - fit.centre[j]!)
        window[longest + i] = v
        last = design.difference ? last + v : v
        out[i] = log ? Math.exp(last) : last
      }
      return out
    },
  }
}

/** Whether a path stays within the range of the series, widened by that range on both sides. */
export function withinReach(path: Float64Array, y: Float64Array): boolean {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (let t = 0; t < y.length; t++) {
    low = Math.min(low, y[t]!)
    high = Math.max(high, y[t]!)
  }
  const range = high - low
  for (let i = 0; i < path.length; i++) {
    const v = path[i]!
    if (!Number.isFinite(v) || v < low - range || v > high + range) return false
  }
  return true
}

const from = (a: number, b: number): number[] => Array.from({ length: b - a + 1 }, (_, i) => a + i)
const around = (centres: readonly number[], reach: number): number[] =>
  centres.flatMap((c) => from(c - reach, c + reach))

/**
 * The designs for a list of seasons. Chosen by rolling origins inside the training part of hourly and weekly series; two different
 * designs averaged did better there than either, and are safer than one that was looked at too long.
 */
export function designs(seasons: readonly number[], n: number): ArDesign[] {
  const d = seasons[0] ?? 1
  if (d >= 24 && d !== 52 && d <= 300) {
    const week = seasons[1] ?? 7 * d
    const days = Array.from({ length: 6 }, (_, i) => (i + 1) * d)
    if (d === 24)
      return [
        { log: true, difference: false, lags: [1, 2, 3, ...around([...days, week], 1)] },
        { log: true, difference: false, lags: [...from(1, d + 2), ...around([week], 2)] },
      ]
    return [{ log: true, difference: false, lags: [1, 2, 3, ...around([d, 2 * d, week], 1)] }]
  }
  if (d === 7)
    return [
      {
        log: true,
        difference: false,
        lags: [...from(1, 8), 14, 21, 28, ...(n >= 2 * 365 ? [364, 365] : [])],
      },
    ]
  if (d === 52)
    return [
      { log: true, difference: true, lags: [1, 2, 3, 4, 51, 52, 53] },
      { log: true, difference: false, lags: [1, 2, 3, 4, 50, 51, 52, 53, 54] },
    ]
  if (d === 4) return [{ log: true, difference: false, lags: [1, 2, 4, 5] }]
  if (d === 1) return [{ log: false, difference: false, lags: [1, 2] }]
  return [{ log: true, difference: false, lags: [1, 2, d, d + 1] }]
}

/** Ridge autoregression with seasonal lags; falls back to nothing (null) where every design is unstable. */
export const ridgeAr: Model = {
  name: 'ar',
  fit({ y, seasons }: Training): Fitted | null {
    const fits = designs(seasons, y.length)
      .map((d) => fitAr(y, d))
      .filter((f): f is Fitted => f !== null)
    if (fits.length === 0) return null
    return {
      spec: fits.map((f) => f.spec).join(' + '),
      path: (h) => {
        const paths = fits.map((f) => f.path(h)).filter((p) => withinReach(p, y))
        const out = new Float64Array(h)
        if (paths.length === 0) return out.fill(Number.NaN)
        for (const p of paths) for (let i = 0; i < h; i++) out[i]! += p[i]! / paths.length
        return out
      },
    }
  },
}
