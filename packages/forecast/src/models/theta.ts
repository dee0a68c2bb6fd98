import type { Fitted, Model } from './model.ts'
import { minimise1d } from './nelder-mead.ts'
import { reseason } from './season.ts'

/** Least squares of simple exponential smoothing for one α, the first level solved for: [Σe², first level, last level]. */
export function smoothLevel(y: Float64Array, alpha: number): [sse: number, first: number, last: number] {
  // The recursion is linear in the first level: y_t − ŷ_t = (y_t − L_{t−1}) − (1−α)^{t−1} ℓ0, so ℓ0 has a closed form.
  const n = y.length
  let level = 0
  let power = 1
  let see = 0
  let sec = 0
  let scc = 0
  for (let t = 0; t < n; t++) {
    const e = y[t]! - level
    see += e * e
    sec += e * power
    scc += power * power
    level += alpha * e
    power *= 1 - alpha
  }
  const first = sec / scc
  return [Math.max(0, see - (sec * sec) / scc), first, level + power * first]
}

/**
 * The Theta method (Assimakopoulos & Nikolopoulos 2000) in the form of Hyndman & Billah (2003): simple smoothing of the
 * seasonally adjusted series, plus half the slope of its least-squares line.
 */
export const theta: Model = {
  name: 'theta',
  fit(training): Fitted | null {
    const n = training.y.length
    if (n < 3) return null
    const a = training.adjusted
    const y = a.values
    const alpha = minimise1d((v) => smoothLevel(y, v)[0], 0.01, 0.99)
    const [, , last] = smoothLevel(y, alpha)
    let sy = 0
    let sty = 0
    for (let t = 0; t < n; t++) {
      sy += y[t]!
      sty += t * y[t]!
    }
    const slope = (12 * (sty - ((n - 1) / 2) * sy)) / (n * (n * n - 1))
    const offset = (1 - (1 - alpha) ** n) / alpha
    return {
      spec: `theta(α=${alpha.toFixed(3)}${a.season > 1 ? `, m=${a.season}` : ''})`,
      path: (h) => {
        const out = new Float64Array(h)
        for (let i = 0; i < h; i++) out[i] = last + 0.5 * slope * (i + offset)
        return reseason(out, n, a)
      },
    }
  },
}
