import { damped } from '../models/ets.ts'
import { Training } from '../models/model.ts'
import { mstl } from '../models/stl.ts'

/** A forecast taken apart, step by step: the parts add up to the point. */
export interface Parts {
  readonly level: number
  readonly trend: Float64Array
  readonly season: Float64Array
  /** What the shown models say beyond level, trend and season. */
  readonly rest: Float64Array
}

/** Level, trend and season of a series (robust STL), and what of `point` they explain. Short series have a level and a rest. */
export function explainParts(y: Float64Array, seasons: readonly number[], point: Float64Array): Parts {
  const h = point.length
  const n = y.length
  const d = mstl(y, seasons, { robustRounds: 1 })
  const calm = new Float64Array(n)
  for (let t = 0; t < n; t++) calm[t] = d.trend[t]! + d.rest[t]!
  const level = d.trend[n - 1] ?? 0
  const path = damped.fit(new Training(calm, []))?.path(h)
  const trend = new Float64Array(h)
  const season = new Float64Array(h)
  const rest = new Float64Array(h)
  const start = path?.[0] ?? level
  for (let s = 0; s < h; s++) {
    trend[s] = path ? path[s]! - start : 0
    for (const part of d.seasons) season[s]! += part.values[n - part.length + (s % part.length)]!
    rest[s] = point[s]! - level - trend[s]! - season[s]!
  }
  return { level, trend, season, rest }
}

/** Why two issues differ, one cause changed at a time; the three parts add up to the whole change. */
export interface Change {
  readonly newData: Float64Array
  readonly revisedData: Float64Array
  readonly model: Float64Array
}

/**
 * Splits the change of a forecast for the same target periods. `forecastWith(data, choice)` recomputes with old or new data and choice of models; the order is
 * revision, new data, model.
 */
export function explainChange(
  forecastWith: (data: 'old' | 'revised' | 'new', choice: 'old' | 'new') => Float64Array,
): Change {
  const before = forecastWith('old', 'old')
  const revised = forecastWith('revised', 'old')
  const data = forecastWith('new', 'old')
  const after = forecastWith('new', 'new')
  const minus = (a: Float64Array, b: Float64Array): Float64Array => a.map((v, i) => v - b[i]!)
  return { revisedData: minus(revised, before), newData: minus(data, revised), model: minus(after, data) }
}
