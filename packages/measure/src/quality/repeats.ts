import { medianOf } from './robust.ts'

/**
 * How likely a sound value would repeat the one before to the last digit, by series: the resolution of the numbers against how much they
 * move from period to period, and for values that hardly ever change, how often they do repeat.
 */
export function naturalRepeats(value: Float64Array, units: number, periods: number): Float64Array {
  const chance = new Float64Array(units)
  const steps = new Float64Array(periods)
  for (let u = 0; u < units; u++) {
    let pairs = 0
    let equal = 0
    let places = 0
    for (let t = 0; t < periods; t++) {
      const c = u * periods + t
      if (Number.isNaN(value[c]!)) continue
      places = Math.max(places, decimalsOf(value[c]!))
      if (t === 0 || Number.isNaN(value[c - 1]!)) continue
      if (value[c] === value[c - 1]) equal++
      else steps[pairs - equal] = Math.abs(value[c]! - value[c - 1]!)
      pairs++
    }
    const moves = pairs - equal
    if (pairs === 0 || moves === 0) {
      chance[u] = 1
      continue
    }
    const step = medianOf(steps, moves)
    // Normal steps of median size s hit a given multiple of q with a chance of about 0.27·q/s.
    chance[u] = Math.min(1, (0.27 * 10 ** -places) / Math.max(step, 1e-300))
    // One in ten cells may be wrong; more repeats than that are the nature of the series.
    if (equal > 0.25 * pairs) chance[u] = Math.max(chance[u]!, equal / pairs)
  }
  return chance
}

/** Repeats that a sound series shows less than three times in a hundred periods say something. */
export const isOdd = (chance: number): boolean => chance <= 0.03

/** 1 where a value equals the one before although such a repeat was unlikely. */
export function repeatsOf(
  value: Float64Array,
  units: number,
  periods: number,
  chance: Float64Array,
): Uint8Array {
  const copied = new Uint8Array(value.length)
  for (let u = 0; u < units; u++) {
    if (!isOdd(chance[u]!)) continue
    for (let t = 1; t < periods; t++) {
      const c = u * periods + t
      if (value[c] === value[c - 1] && value[c] !== 0) copied[c] = 1
    }
  }
  return copied
}

function decimalsOf(x: number): number {
  if (Number.isInteger(x)) return 0
  const text = String(x)
  const exponent = text.indexOf('e-')
  if (exponent > 0) return Number(text.slice(exponent + 2)) + Math.max(0, exponent - 2)
  return text.length - text.indexOf('.') - 1
}
