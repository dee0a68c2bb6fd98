import { logGammaVariate } from './gamma.ts'
import type { RandomStream } from './stream.ts'

/**
 * A beta variate in [0, 1] with mean a / (a + b), as the share of one gamma variate in the sum of two, computed
 * from logarithms so that small `a` and `b` do not end in 0/0.
 * @throws {RangeError} unless a > 0 and b > 0
 */
export function beta(stream: RandomStream, a: number, b: number): number {
  const x = logGammaVariate(stream, a)
  const y = logGammaVariate(stream, b)
  return 1 / (1 + Math.exp(y - x))
}
