import type { ImputeSpec } from '../framework/methods.ts'
import { correlation, mean, median, present } from './moments.ts'

/** What an imputation may look at beside the column itself. */
export interface ImputeContext {
  /** Group label of each unit, for `group_mean` and `group_median`. */
  labels: readonly (string | null)[] | null
  /** Earlier columns of the item laid out for the same units, nearest first, for `previous`. */
  earlier: readonly Float64Array[]
  /** Candidate predictors for `model`, the item itself left out. */
  predictors: readonly Float64Array[]
}

/** Cells that stay missing although the method was asked to fill them, with the group that had no value. */
export interface Unfilled {
  unit: number
  group: string | null
}

/**
 * Fills NaN cells of a column; `fixed` marks cells that are not applicable and stay as they are.
 * Values come from observed cells only, never from filled ones.
 */
export function impute(
  column: Float64Array,
  fixed: Uint8Array,
  spec: ImputeSpec,
  context: ImputeContext,
): { column: Float64Array; filled: Uint8Array; unfilled: Unfilled[] } {
  const filled = new Uint8Array(column.length)
  const unfilled: Unfilled[] = []
  if (spec.method === 'none') return { column, filled, unfilled }
  const out = column.slice()
  const estimate = estimator(column, spec, context)
  for (let u = 0; u < column.length; u += 1) {
    if (!Number.isNaN(column[u]!) || fixed[u] !== 0) continue
    const value = estimate(u)
    if (Number.isFinite(value)) {
      out[u] = value
      filled[u] = 1
    } else unfilled.push({ unit: u, group: context.labels?.[u] ?? null })
  }
  return { column: out, filled, unfilled }
}

function estimator(column: Float64Array, spec: ImputeSpec, context: ImputeContext): (u: number) => number {
  switch (spec.method) {
    case 'mean': {
      const value = mean(present(column))
      return () => value
    }
    case 'median': {
      const value = median(present(column))
      return () => value
    }
    case 'group_mean':
    case 'group_median': {
      const center = spec.method === 'group_mean' ? mean : median
      const members = new Map<string, number[]>()
      context.labels?.forEach((label, u) => {
        if (label === null || Number.isNaN(column[u]!)) return
        const list = members.get(label)
        if (list) list.push(column[u]!)
        else members.set(label, [column[u]!])
      })
      const centers = new Map([...members].map(([label, values]) => [label, center(values)]))
      return (u) => centers.get(context.labels?.[u] ?? '') ?? Number.NaN
    }
    case 'previous':
      return (u) => context.earlier.find((c) => !Number.isNaN(c[u]!))?.[u] ?? Number.NaN
    case 'model':
      return regression(column, context.predictors)
    default:
      return () => Number.NaN
  }
}

/** Least squares on the predictor with the greatest |r|; the first of equals. */
function regression(column: Float64Array, predictors: readonly Float64Array[]): (u: number) => number {
  let best: Float64Array | null = null
  let strength = 0
  for (const candidate of predictors) {
    const r = Math.abs(correlation(column, candidate))
    if (r > strength) {
      best = candidate
      strength = r
    }
  }
  if (!best) return () => Number.NaN
  const x = best
  const pairs = [...column.keys()].filter((u) => !Number.isNaN(column[u]!) && !Number.isNaN(x[u]!))
  const mx = mean(pairs.map((u) => x[u]!))
  const my = mean(pairs.map((u) => column[u]!))
  let [xy, xx] = [0, 0]
  for (const u of pairs) {
    xy += (x[u]! - mx) * (column[u]! - my)
    xx += (x[u]! - mx) ** 2
  }
  return (u) => my + (xy / xx) * (x[u]! - mx)
}
