import type { Nature } from './series.ts'

/**
 * A monotone change of scale, as plain data that may cross threads. The inverse of a mean is the median; no bias is corrected, so a sum of
 * back-transformed forecasts is not the forecast of the sum.
 */
export type Transform =
  | { readonly name: 'none' }
  | { readonly name: 'log1p' }
  | { readonly name: 'logit'; readonly from: number; readonly width: number }

/** Half the smallest step between reported values: keeps a share of exactly 0 or 1 off infinity. */
function halfStep(y: Float64Array, width: number): number {
  const sorted = y.slice().sort()
  let step = width
  for (let i = 1; i < sorted.length; i++) {
    const d = sorted[i]! - sorted[i - 1]!
    if (d > 1e-9 * width && d < step) step = d
  }
  return Math.max(1e-4 * width, Math.min(step, 0.02 * width) / 2)
}

/**
 * The transform for a nature: log1p for counts, logit between the bounds for shares, none for the rest. Counts below zero and shares without
 * bounds are left as they are.
 */
export function transformOf(
  nature: Nature | undefined,
  y: Float64Array,
  bounds?: readonly [number, number],
): Transform {
  if (nature === 'count') {
    for (let t = 0; t < y.length; t++) if (y[t]! < 0) return { name: 'none' }
    return { name: 'log1p' }
  }
  if (nature === 'share' && bounds && bounds[1] > bounds[0]) {
    const e = halfStep(y, bounds[1] - bounds[0])
    return { name: 'logit', from: bounds[0] - e, width: bounds[1] - bounds[0] + 2 * e }
  }
  return { name: 'none' }
}

/** Values on the scale that the models work on. */
export function toModel(t: Transform, y: Float64Array): Float64Array {
  if (t.name === 'none') return y
  if (t.name === 'log1p') return y.map(Math.log1p)
  return y.map((x) => {
    const p = (x - t.from) / t.width
    return Math.log(p / (1 - p))
  })
}

/** One value back on its own scale. */
export function fromModel(t: Transform, z: number): number {
  if (t.name === 'none') return z
  if (t.name === 'log1p') return Math.expm1(Math.min(z, 600))
  return t.from + t.width / (1 + Math.exp(-z))
}
