import { extent, present, shape } from './moments.ts'

/** Limits of the test on an item's shape and of how many cells may be pulled in. */
export interface ShapeLimits {
  maxPoints: number
  skew: number
  kurtosis: number
}

/** Whether an item needs no treatment: |G1| below its limit or G2 below its own; so does one that does not vary. */
export function passesShape(values: ArrayLike<number>, limits: ShapeLimits): boolean {
  const moments = shape(values)
  return moments === null || Math.abs(moments.skew) < limits.skew || moments.kurtosis < limits.kurtosis
}

/**
 * Pulls the extreme cells of the skewed side in to the next value inside, step by step, until the shape passes or
 * `maxPoints` distinct cells have been changed. All cells tied at the extreme move together, so the last step may
 * pass the limit. NaN cells stay.
 *
 * @returns the column, how many distinct cells changed, and whether it passes now
 */
export function winsorise(
  column: Float64Array,
  limits: ShapeLimits,
): { column: Float64Array; changed: number; passes: boolean } {
  const out = column.slice()
  const moved = new Set<number>()
  for (;;) {
    const values = present(out)
    if (passesShape(values, limits)) return { column: out, changed: moved.size, passes: true }
    if (moved.size >= limits.maxPoints) return { column: out, changed: moved.size, passes: false }
    const high = shape(values)!.skew > 0
    const [low, top] = extent(values)!
    const extreme = high ? top : low
    let next = high ? -Infinity : Infinity
    for (const x of values) {
      if (x !== extreme && (high ? x > next : x < next)) next = x
    }
    for (let u = 0; u < out.length; u += 1) {
      if (out[u] !== extreme) continue
      out[u] = next
      moved.add(u)
    }
  }
}

/** `ln(x − min + 0.01·(max − min))`: pulls in a long tail whatever the sign of the values. */
export function shiftedLog(column: Float64Array): Float64Array {
  const ends = extent(present(column))
  if (!ends) return column
  const [low, high] = ends
  const shift = 0.01 * (high - low)
  return column.map((x) => Math.log(x - low + shift))
}
