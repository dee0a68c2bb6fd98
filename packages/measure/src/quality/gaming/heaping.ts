export interface Heaping {
  /** Numbers whose last digit could be looked at. */
  n: number
  /** χ² of the last digits against equal shares, 9 degrees of freedom. */
  chiSquare: number
  /** The same as a standard normal deviate (Wilson and Hilferty); 0 below 20 numbers. */
  z: number
  /** Share that ends in 0 or 5; a fifth when nobody rounds. */
  round: number
}

/**
 * Do whole numbers end too often in the same digits? Counted things of three digits and more have last digits nearly equally often;
 * guessed ones end in 0 and 5. Numbers below 100 are left out, their last digits are not expected to be equal.
 *
 * @param decimals digits after the point that the numbers carry; the last of them is looked at
 */
export function heaping(values: readonly number[], decimals = 0): Heaping {
  const counts = new Float64Array(10)
  let n = 0
  for (const x of values) {
    const whole = Math.round(Math.abs(x) * 10 ** decimals)
    if (!(whole >= 100) || whole > 2 ** 53) continue
    counts[whole % 10] = counts[whole % 10]! + 1
    n++
  }
  if (n === 0) return { n, chiSquare: 0, z: 0, round: 0 }
  let chiSquare = 0
  for (const c of counts) chiSquare += (c - n / 10) ** 2 / (n / 10)
  const degrees = 9
  const cube = 2 / (9 * degrees)
  const z = n < 20 ? 0 : (Math.cbrt(chiSquare / degrees) - (1 - cube)) / Math.sqrt(cube)
  return { n, chiSquare, z, round: (counts[0]! + counts[5]!) / n }
}
