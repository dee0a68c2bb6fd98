import type { Adjusted } from './season.ts'
import { adjust } from './season.ts'

/**
 * What a model may see: the values known at the origin, nothing after it. A cut is a `subarray`, so that no model can look ahead.
 * `seasons`: the lengths of the seasons, shortest first; empty or [1] for none.
 */
export class Training {
  readonly y: Float64Array
  readonly seasons: readonly number[]
  #adjusted: Adjusted | undefined

  constructor(y: Float64Array, seasons: readonly number[]) {
    this.y = y
    this.seasons = seasons
  }

  /** The shortest season, 1 if there is none. */
  get season(): number {
    return this.seasons[0] ?? 1
  }

  /** The seasonally adjusted series, taken once and shared by Theta, DOTM and the smoothing models. */
  get adjusted(): Adjusted {
    this.#adjusted ??= adjust(this.y, this.season)
    return this.#adjusted
  }
}

/** A fitted model. `state` may be given back to `fit` at a later origin as a warm start. */
export interface Fitted {
  readonly spec: string
  path(h: number): Float64Array
  readonly state?: unknown
}

/** The adapter for any forecasting method. Returns null where the series is not one it can answer for; never throws for data. */
export interface Model {
  readonly name: string
  fit(training: Training, warm?: unknown): Fitted | null
}
