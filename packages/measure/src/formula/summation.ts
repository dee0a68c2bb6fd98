/**
 * The sum of numbers in the order given, with the lost low digits added at the end (Neumaier 1974): the same bits
 * whenever the order is the same. Not finite when the sum overflows.
 */
export function neumaierSum(values: Iterable<number>): number {
  let sum = 0
  let lost = 0
  for (const x of values) {
    const t = sum + x
    lost += Math.abs(sum) >= Math.abs(x) ? sum - t + x : x - t + sum
    sum = t
  }
  return sum + lost
}
