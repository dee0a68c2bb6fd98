import { damped } from './ets.ts'
import { type Fitted, type Model, Training } from './model.ts'

/**
 * Local linear regression of `y` at position `x` with tricube weights over the nearest `q` points, times robustness weights.
 * NaN where all weights vanish.
 */
function loessAt(y: Float64Array, x: number, q: number, robust: Float64Array | null): number {
  const n = y.length
  let left = Math.max(0, Math.min(n - q, Math.round(x - (q - 1) / 2)))
  if (q >= n) left = 0
  const right = Math.min(n - 1, left + q - 1)
  let h = Math.max(x - left, right - x)
  if (q > n) h += (q - n) / 2
  const far = 0.999 * h
  const near = 0.001 * h
  let sw = 0
  let swx = 0
  for (let i = left; i <= right; i++) {
    const d = Math.abs(i - x)
    if (d > far) continue
    let w = 1
    if (d > near) {
      const u = d / h
      const c = 1 - u * u * u
      w = c * c * c
    }
    if (robust) w *= robust[i]!
    sw += w
    swx += w * i
  }
  if (!(sw > 0)) return Number.NaN
  const centre = swx / sw
  let sxx = 0
  let sxy = 0
  let sy = 0
  for (let i = left; i <= right; i++) {
    const d = Math.abs(i - x)
    if (d > far) continue
    let w = 1
    if (d > near) {
      const u = d / h
      const c = 1 - u * u * u
      w = c * c * c
    }
    if (robust) w *= robust[i]!
    sxx += w * (i - centre) ** 2
    sxy += w * (i - centre) * y[i]!
    sy += w * y[i]!
  }
  const slope = Math.sqrt(sxx / sw) > 0.001 * (n - 1) ? sxy / sxx : 0
  return sy / sw + slope * (x - centre)
}

/** Loess over all points; evaluated every `jump` points, straight lines between. */
function loess(y: Float64Array, q: number, jump: number, robust: Float64Array | null): Float64Array {
  const n = y.length
  const out = new Float64Array(n)
  let at = 0
  let value = loessAt(y, 0, q, robust)
  out[0] = Number.isNaN(value) ? y[0]! : value
  while (at < n - 1) {
    const next = Math.min(n - 1, at + jump)
    value = loessAt(y, next, q, robust)
    out[next] = Number.isNaN(value) ? y[next]! : value
    for (let t = at + 1; t < next; t++) out[t] = out[at]! + ((out[next]! - out[at]!) * (t - at)) / (next - at)
    at = next
  }
  return out
}

function average(y: Float64Array, k: number): Float64Array {
  const out = new Float64Array(y.length - k + 1)
  let s = 0
  for (let i = 0; i < y.length; i++) {
    s += y[i]!
    if (i >= k) s -= y[i - k]!
    if (i >= k - 1) out[i - k + 1] = s / k
  }
  return out
}

const odd = (x: number): number => {
  const k = Math.ceil(x)
  return k % 2 === 1 ? k : k + 1
}

/** Options of {@link stl}. `seasonalWindow`: how many seasons a seasonal value is smoothed over (odd, ≥ 7). */
export interface StlOptions {
  readonly seasonalWindow?: number
  /** Rounds with robustness weights; 0 = none. */
  readonly robustRounds?: number
}

/** STL (Cleveland, Cleveland, McRae & Terpenning 1990): y = trend + season + rest. At least two seasons of data. */
export function stl(
  y: Float64Array,
  m: number,
  options: StlOptions = {},
): { trend: Float64Array; season: Float64Array; robust: Float64Array | null } {
  const n = y.length
  const ns = odd(options.seasonalWindow ?? 11)
  const nt = odd((1.5 * m) / (1 - 1.5 / ns))
  const nl = odd(m)
  const rounds = options.robustRounds ?? 0
  const trend = new Float64Array(n)
  const season = new Float64Array(n)
  let robust: Float64Array | null = null
  const cycle = new Float64Array(n + 2 * m)
  for (let round = 0; round <= rounds; round++) {
    for (let inner = 0; inner < 2; inner++) {
      for (let phase = 0; phase < m; phase++) {
        const k = Math.floor((n - 1 - phase) / m) + 1
        const sub = new Float64Array(k)
        const weights: Float64Array | null = robust ? new Float64Array(k) : null
        for (let i = 0; i < k; i++) {
          sub[i] = y[phase + i * m]! - trend[phase + i * m]!
          if (weights) weights[i] = robust![phase + i * m]!
        }
        const q = Math.min(ns, k % 2 === 1 ? k : k + 1)
        for (let i = -1; i <= k; i++) {
          let v = loessAt(sub, i, Math.max(q, 3), weights)
          if (Number.isNaN(v)) v = sub[Math.max(0, Math.min(k - 1, i))]!
          cycle[phase + (i + 1) * m] = v
        }
      }
      const low = loess(average(average(average(cycle, m), m), 3), nl, Math.max(1, Math.floor(nl / 10)), null)
      for (let t = 0; t < n; t++) season[t] = cycle[t + m]! - low[t]!
      const rest = new Float64Array(n)
      for (let t = 0; t < n; t++) rest[t] = y[t]! - season[t]!
      trend.set(loess(rest, nt, Math.max(1, Math.floor(nt / 10)), robust))
    }
    if (round < rounds) {
      const size = new Float64Array(n)
      for (let t = 0; t < n; t++) size[t] = Math.abs(y[t]! - trend[t]! - season[t]!)
      const h = 6 * size.slice().sort()[n >> 1]!
      robust = size.map((s) => (h > 0 ? Math.max(0, 1 - (s / h) ** 2) ** 2 : 1))
    }
  }
  return { trend, season, robust }
}

/**
 * MSTL (Bandara, Hyndman & Bergmeir 2021): STL for several seasons, shortest first, refined in two rounds.
 * Seasons of which fewer than two cycles are held are left out.
 */
export function mstl(
  y: Float64Array,
  seasons: readonly number[],
  options: StlOptions = {},
): { trend: Float64Array; seasons: { length: number; values: Float64Array }[]; rest: Float64Array } {
  const n = y.length
  const used = seasons.filter((m) => m >= 2 && n >= 2 * m + 1)
  const parts = used.map((length) => ({ length, values: new Float64Array(n) }))
  const rest = y.slice()
  let trend = new Float64Array(n)
  const rounds = used.length > 1 ? 2 : 1
  for (let round = 0; round < rounds; round++)
    for (const part of parts) {
      for (let t = 0; t < n; t++) rest[t]! += part.values[t]!
      const s = stl(rest, part.length, options)
      part.values = s.season as Float64Array<ArrayBuffer>
      trend = s.trend as Float64Array<ArrayBuffer>
      for (let t = 0; t < n; t++) rest[t]! -= part.values[t]!
    }
  if (parts.length === 0) trend = loess(y, odd(Math.max(7, n / 4)), 1, null) as Float64Array<ArrayBuffer>
  for (let t = 0; t < n; t++) rest[t]! -= trend[t]!
  return { trend, seasons: parts, rest }
}

/** The last cycle of every season, plus a damped trend on what is left. Logs are taken where all values are positive. */
export const mstlDamped: Model = {
  name: 'mstl',
  fit({ y, seasons }): Fitted | null {
    const n = y.length
    const used = seasons.filter((m) => m >= 2 && n >= 2 * m + 1)
    if (used.length === 0) return null
    let positive = true
    for (let t = 0; t < n; t++) if (!(y[t]! > 0)) positive = false
    const z = positive ? Float64Array.from(y, Math.log) : y
    const d = mstl(z, used)
    const adjusted = new Float64Array(n)
    for (let t = 0; t < n; t++) adjusted[t] = d.trend[t]! + d.rest[t]!
    const inner = damped.fit(new Training(adjusted, []))
    if (!inner) return null
    return {
      spec: `mstl(${used.join(' ')}) + ${inner.spec}`,
      path: (h) => {
        const out = inner.path(h)
        for (let i = 0; i < h; i++) {
          for (const s of d.seasons) out[i]! += s.values[n - s.length + (i % s.length)]!
          if (positive) out[i] = Math.exp(out[i]!)
        }
        return out
      },
    }
  },
}
