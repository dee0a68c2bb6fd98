import type { Fitted, Model } from './model.ts'
import { minimise1d } from './nelder-mead.ts'
import { reseason } from './season.ts'

/** Coefficients A_t + B_t·k of the least-squares line through the first t points, for every t, by Fiorucci's recursion. */
export function runningLines(y: Float64Array): { a: Float64Array; b: Float64Array } {
  const n = y.length
  const a = new Float64Array(n + 1)
  const b = new Float64Array(n + 1)
  if (n === 0) return { a, b }
  let mean = y[0]!
  a[1] = y[0]!
  for (let t = 2; t <= n; t++) {
    const v = y[t - 1]!
    b[t] = ((t - 2) * b[t - 1]! + (6 * (v - mean)) / t) / (t + 1)
    mean += (v - mean) / t
    a[t] = mean - (b[t]! * (t + 1)) / 2
  }
  return { a, b }
}

/**
 * Dynamic optimised theta model (Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler 2016) on seasonally adjusted data.
 * For a given α the one-step forecast is linear in the first level and in 1 − 1/θ, so both are solved for and only α is searched.
 */
export const dotm: Model = {
  name: 'dotm',
  fit(training): Fitted | null {
    const n = training.y.length
    if (n < 4) return null
    const adjusted = training.adjusted
    const y = adjusted.values
    const { a, b } = runningLines(y)
    const best = { level0: 0, weight: 0 }

    const error = (alpha: number): number => {
      const q = 1 - alpha
      let level = 0
      let power = 1
      let s11 = 0
      let s12 = 0
      let s22 = 0
      let s1e = 0
      let s2e = 0
      let see = 0
      for (let t = 0; t < n; t++) {
        const e = y[t]! - level
        const x2 = power * a[t]! + ((1 - power * q) / alpha) * b[t]!
        s11 += power * power
        s12 += power * x2
        s22 += x2 * x2
        s1e += power * e
        s2e += x2 * e
        see += e * e
        level += alpha * e
        power *= q
      }
      // θ in [1, 50] means a weight 1 − 1/θ in [0, 0.98].
      const det = s11 * s22 - s12 * s12
      let weight = det > 1e-12 * s11 * s22 ? (s11 * s2e - s12 * s1e) / det : 0
      weight = Math.min(0.98, Math.max(0, weight))
      const level0 = (s1e - weight * s12) / s11
      best.level0 = level0
      best.weight = weight
      return (
        see -
        2 * (level0 * s1e + weight * s2e) +
        level0 * level0 * s11 +
        2 * level0 * weight * s12 +
        weight * weight * s22
      )
    }

    const alpha = minimise1d(error, 0.1, 0.99)
    error(alpha)
    const { level0, weight } = best
    const q = 1 - alpha
    let level = level0
    let power = 1
    let mean = 0
    for (let t = 0; t < n; t++) {
      level += alpha * (y[t]! - level)
      power *= q
      mean += (y[t]! - mean) / (t + 1)
    }
    return {
      spec: `dotm(α=${alpha.toFixed(3)}, θ=${(1 / (1 - weight)).toFixed(2)}${adjusted.season > 1 ? `, m=${adjusted.season}` : ''})`,
      path: (h) => {
        const out = new Float64Array(h)
        let l = level
        let p = power
        let an = a[n]!
        let bn = b[n]!
        let m = mean
        for (let i = 0; i < h; i++) {
          const mu = l + weight * (p * an + ((1 - p * q) / alpha) * bn)
          out[i] = mu
          // Forecasts are fed back as data, so the line through the first t points moves on.
          const t = n + i + 1
          bn = ((t - 2) * bn + (6 * (mu - m)) / t) / (t + 1)
          m += (mu - m) / t
          an = m - (bn * (t + 1)) / 2
          l += alpha * (mu - l)
          p *= q
        }
        return reseason(out, n, adjusted)
      },
    }
  },
}
