import { logGammaVariate } from './gamma.ts'
import type { RandomStream } from './stream.ts'

/**
 * A Dirichlet variate: non-negative shares that add up to 1, with means proportional to `concentration`.
 * Computed from logarithms, so very small concentrations give one share near 1 instead of 0/0.
 * @throws {RangeError} when the list is empty or an entry is not positive
 */
export function dirichlet(stream: RandomStream, concentration: ArrayLike<number>): Float64Array {
  const n = concentration.length
  if (n === 0) throw new RangeError('invalid concentration: the list is empty')
  const shares = new Float64Array(n)
  let largest = -Infinity
  for (let i = 0; i < n; i++) {
    const x = logGammaVariate(stream, concentration[i] as number)
    shares[i] = x
    if (x > largest) largest = x
  }
  let sum = 0
  for (let i = 0; i < n; i++) {
    const x = Math.exp((shares[i] as number) - largest)
    shares[i] = x
    sum += x
  }
  for (let i = 0; i < n; i++) shares[i] = (shares[i] as number) / sum
  return shares
}
