import type { Fitted, Model } from './model.ts'
import { minimise1d } from './nelder-mead.ts'

function flat(value: number, spec: string): Fitted {
  const v = Math.max(0, value)
  return { spec, path: (h) => new Float64Array(h).fill(v) }
}

/** Runs Croston's recursion; returns the squared error of its one-step forecasts and its last forecast. */
function croston(y: Float64Array, alpha: number): [error: number, last: number] {
  let size = 0
  let interval = 1
  let since = 1
  let started = false
  let error = 0
  for (let t = 0; t < y.length; t++) {
    const v = y[t]!
    if (started) error += (v - ((1 - alpha / 2) * size) / interval) ** 2
    if (v > 0) {
      if (!started) {
        size = v
        interval = since
        started = true
      } else {
        size += alpha * (v - size)
        interval += alpha * (since - interval)
      }
      since = 1
    } else since++
  }
  return [error, started ? ((1 - alpha / 2) * size) / interval : 0]
}

/** Croston's method with the correction of Syntetos & Boylan (2005): size over interval, updated where demand occurs. */
export const sba: Model = {
  name: 'sba',
  fit({ y }) {
    if (y.length < 3) return null
    const alpha = minimise1d((a) => croston(y, a)[0], 0.05, 0.4, 7, 8)
    return flat(croston(y, alpha)[1], `sba(α=${alpha.toFixed(2)})`)
  },
}

function tsbRun(y: Float64Array, alpha: number, beta: number): [error: number, last: number] {
  let size = 0
  let count = 0
  for (let t = 0; t < y.length; t++)
    if (y[t]! > 0) {
      size += y[t]!
      count++
    }
  size = count ? size / count : 0
  let chance = count / y.length
  let error = 0
  for (let t = 0; t < y.length; t++) {
    const v = y[t]!
    error += (v - chance * size) ** 2
    if (v > 0) size += alpha * (v - size)
    chance += beta * ((v > 0 ? 1 : 0) - chance)
  }
  return [error, chance * size]
}

/** Teunter, Syntetos & Babai (2011): the chance of demand is updated every period, so a dying series goes to zero. */
export const tsb: Model = {
  name: 'tsb',
  fit({ y }) {
    if (y.length < 3) return null
    let best: [number, number, number] = [Number.POSITIVE_INFINITY, 0.1, 0.1]
    for (const alpha of [0.05, 0.1, 0.2, 0.3])
      for (const beta of [0.02, 0.05, 0.1, 0.2, 0.3]) {
        const [error] = tsbRun(y, alpha, beta)
        if (error < best[0]) best = [error, alpha, beta]
      }
    return flat(tsbRun(y, best[1], best[2])[1], `tsb(α=${best[1]}, β=${best[2]})`)
  },
}
