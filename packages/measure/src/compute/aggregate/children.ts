/** Values of the children of one node: a column each with NaN where the child is left out, and their weights. */
export interface Children {
  columns: readonly Float64Array[]
  weights: ArrayLike<number>
  units: number
}

/** What happened to a unit beside its value. */
export const NOTE = {
  none: 0,
  /** A value of 0 made the whole 0. */
  zero: 1,
  /** A value is outside the method's domain: the result is missing. */
  domain: 2,
} as const

/** One value a unit, NaN where nothing can be said, and a {@link NOTE} a unit. */
export interface Aggregated {
  column: Float64Array
  notes: Uint8Array
}

export function empty(units: number): Aggregated {
  return { column: new Float64Array(units).fill(Number.NaN), notes: new Uint8Array(units) }
}
