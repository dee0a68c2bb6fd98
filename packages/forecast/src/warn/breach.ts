import { RandomStream } from '@nhip/random/stream'
import { median } from '../combine/combine.ts'
import type { PathSource } from '../combine/issue-pool.ts'

/** Which side of the limit is the bad one. */
export type Direction = 'above' | 'below'

/** `at`: is the value beyond the limit at that step. `by`: was it beyond at any step up to it (first passage). Two questions, never mixed. */
export type Mode = 'at' | 'by'

/** What is asked: a fixed limit, or one value a step (a target path). */
export interface Watch {
  readonly limit: number | Float64Array
  readonly direction: Direction
  readonly mode: Mode
}

/** The chance of a breach by step. */
export interface Breach {
  readonly mode: Mode
  readonly direction: Direction
  readonly p: Float64Array
  /** Median step of the first crossing among paths that cross, counted from 1; null if fewer than half do. */
  readonly crossing: number | null
  readonly paths: number
}

/** How many paths are drawn unless said. */
const PATHS = 500

/** One sample path in the units of the series: the point plus the scale times a whole error vector, which keeps the dependence between steps. */
export function samplePath(source: PathSource, vector: Float64Array, out: Float64Array): Float64Array {
  let last = 0
  let at = 0
  for (let s = 0; s < out.length; s++) {
    let e = vector[s]!
    if (Number.isNaN(e)) e = last * Math.sqrt((s + 1) / Math.max(1, at))
    else {
      last = e
      at = s + 1
    }
    out[s] = source.fromModel(source.point[s]! + source.scale * e)
  }
  return out
}

/**
 * Draws paths. Every vector is used equally often before any is used again; which ones come first depends on seed and key alone, so that
 * units drawn with one seed and one `stream` share their origins and keep their dependence.
 */
export function samplePaths(
  source: PathSource,
  seed: number | string,
  stream: string,
  count = PATHS,
): Float64Array[] {
  const vectors = source.table.vectors
  const h = source.point.length
  const out: Float64Array[] = []
  if (vectors.length === 0) {
    for (let b = 0; b < count; b++) out.push(source.point.map(source.fromModel))
    return out
  }
  const random = new RandomStream(seed, stream)
  const order = Array.from({ length: vectors.length }, (_, i) => i)
  for (let b = 0; b < count; b++) {
    const i = b % order.length
    // A partial shuffle: the i-th place gets one of those not yet used in this round.
    const j = i + Math.floor(random.uniform() * (order.length - i))
    const chosen = order[j]!
    order[j] = order[i]!
    order[i] = chosen
    out.push(samplePath(source, vectors[chosen]!, new Float64Array(h)))
  }
  return out
}

/** The chance, by step, that a limit is crossed; from sample paths. `by` never falls with the step. */
export function breachProbability(paths: readonly Float64Array[], watch: Watch): Breach {
  const h = paths[0]?.length ?? 0
  const p = new Float64Array(h)
  const first: number[] = []
  for (const path of paths) {
    let crossed = false
    for (let s = 0; s < h; s++) {
      const limit = typeof watch.limit === 'number' ? watch.limit : watch.limit[s]!
      const beyond = watch.direction === 'above' ? path[s]! > limit : path[s]! < limit
      if (beyond && !crossed) {
        crossed = true
        first.push(s + 1)
      }
      if (watch.mode === 'by' ? crossed : beyond) p[s]! += 1
    }
  }
  for (let s = 0; s < h; s++) p[s]! /= paths.length
  return {
    mode: watch.mode,
    direction: watch.direction,
    p,
    crossing: first.length * 2 >= paths.length && first.length > 0 ? Math.round(median(first)) : null,
    paths: paths.length,
  }
}

/** A probability as it may be said: nothing is certain on 500 paths. */
export function sayProbability(p: number): string {
  if (p < 0.01) return '< 1 %'
  if (p > 0.99) return '> 99 %'
  return `${Math.round(100 * p)} %`
}
