import { expectedOf, type Scale, scaleOf } from './expected.ts'
import { isOdd, naturalRepeats, repeatsOf } from './repeats.ts'
import type { Judged } from './total-check.ts'

/**
 * Values of one item beside what their own history lets expect.
 * @param value unit after unit, `periods` each; NaN = none
 * @param group sibling group of each unit, −1 for none
 */
export function judge(value: Float64Array, periods: number, season: number, group: Int32Array): Judged {
  const units = value.length / periods
  const scale = scaleOf(value)
  const y = onScale(value, scale, periods)
  const { centre, sd } = expectedOf(y, units, periods, season, group)
  const z = new Float64Array(y.length)
  for (let c = 0; c < y.length; c++) {
    const d = (y[c]! - centre[c]!) / sd[c]!
    z[c] = Number.isFinite(d) ? d : 0
  }
  const chance = naturalRepeats(value, units, periods)
  const copied = repeatsOf(value, units, periods, chance)
  return { scale, periods, value, centre, sd, z, copied, repeatsAreOdd: Array.from(chance, isOdd) }
}

/** A zero among positive numbers is taken as a tenth of the series' smallest value: far off, and still a number. */
function onScale(value: Float64Array, scale: Scale, periods: number): Float64Array {
  const y = new Float64Array(value.length)
  for (let u = 0; u * periods < value.length; u++) {
    let least = Infinity
    for (let c = u * periods; c < (u + 1) * periods; c++)
      if (value[c]! > 0 && value[c]! < least) least = value[c]!
    for (let c = u * periods; c < (u + 1) * periods; c++)
      y[c] =
        scale.name === 'log' && value[c]! <= 0 && least < Infinity
          ? Math.log(least / 10)
          : scale.to(value[c]!)
  }
  return y
}
