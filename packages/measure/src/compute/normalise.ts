import type { NormaliseSpec, TransformMethod } from '../framework/methods.ts'
import { deviation, extent, mean, present } from './moments.ts'
import { transformOne } from './transform.ts'

export interface NormaliseContext {
  direction: 1 | -1
  /** On the raw scale; transformed here like the values. */
  goalposts: readonly [number, number] | null
  transform: TransformMethod
  /** Values from which minimum, mean and ranks are taken: the period's own, or all periods'; without NaN. */
  pool: Float64Array
  /** The reference unit's (transformed) value, for `distance_to_reference` to a unit; NaN when it has none. */
  reference: number
}

export type Normalised =
  | { column: Float64Array; failure: null }
  /** The item does not vary, or its reference is missing or the worst value itself. */
  | { column: null; failure: 'constant' | 'no-reference' }

/**
 * Puts a column of transformed values on the framework's scale. NaN stays NaN. Data-driven methods turn the values
 * by the direction first; those with fixed posts mirror the posts, so that the worse post is always the low end.
 */
export function normalise(column: Float64Array, spec: NormaliseSpec, context: NormaliseContext): Normalised {
  const { direction } = context
  const [a, b] = spec.range
  const done = (f: (x: number) => number): Normalised => ({ column: column.map(f), failure: null })
  switch (spec.method) {
    case 'none':
      return direction === 1 ? { column, failure: null } : done((x) => -x)
    case 'goalposts':
    case 'scale': {
      const posts = spec.method === 'scale' ? spec.from : context.goalposts!
      const low = transformOne(posts[0], context.transform)
      const high = transformOne(posts[1], context.transform)
      const scale = (x: number) => (direction === 1 ? x - low : high - x) / (high - low)
      const cut = (y: number) => (spec.clamp ? Math.min(1, Math.max(0, y)) : y)
      return done((x) => a + (b - a) * cut(scale(x)))
    }
    default:
  }
  const pool = direction === 1 ? context.pool : context.pool.map((x) => -x)
  const ends = extent(pool)
  if (!ends) return { column, failure: null }
  const [low, high] = ends
  switch (spec.method) {
    case 'rank':
    case 'borda':
    case 'percentile': {
      if (spec.method === 'percentile' && pool.length < 2) return { column: null, failure: 'constant' }
      const sorted = pool.slice().sort()
      const shift = spec.method === 'rank' ? 1 : 0
      const divisor = spec.method === 'percentile' ? sorted.length - 1 : 1
      return done((x) => (Number.isNaN(x) ? x : (countBelow(sorted, x * direction) + shift) / divisor))
    }
    case 'zscore': {
      const [m, s] = [mean(pool), deviation(pool)]
      if (low === high || !(s > 0)) return { column: null, failure: 'constant' }
      return done((x) => a + (b * (x * direction - m)) / s)
    }
    case 'distance_to_reference': {
      const reference =
        (typeof spec.reference === 'number'
          ? transformOne(spec.reference, context.transform)
          : context.reference) * direction
      if (low === high) return { column: null, failure: 'constant' }
      if (Number.isNaN(reference) || reference === low) return { column: null, failure: 'no-reference' }
      const distance = (x: number) => 1 - (reference - x * direction) / (reference - low)
      return done((x) => (spec.clamp ? Math.min(1, distance(x)) : distance(x)))
    }
    default:
      // minmax, and distance_to_max = 1 − (max − x)/(max − min), which is minmax on 0..1
      if (low === high) return { column: null, failure: 'constant' }
      return done((x) => a + ((b - a) * (x * direction - low)) / (high - low))
  }
}

function countBelow(sorted: Float64Array, x: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < x) low = middle + 1
    else high = middle
  }
  return low
}

/** The values a normalisation takes its minimum, mean and ranks from. */
export function poolOf(columns: readonly Float64Array[]): Float64Array {
  const parts = columns.map(present)
  if (parts.length === 1) return parts[0]!
  const pool = new Float64Array(parts.reduce((sum, p) => sum + p.length, 0))
  let at = 0
  for (const part of parts) {
    pool.set(part, at)
    at += part.length
  }
  return pool
}
