import { logFactorial } from './log-factorial.ts'
import type { RandomStream } from './stream.ts'

function byInversion(stream: RandomStream, mean: number): number {
  let u = stream.uniform()
  let k = 0
  let p = Math.exp(-mean)
  while (u >= p) {
    u -= p
    k++
    p *= mean / k
    // Rounding may leave a remainder that no further term can use up.
    if (p === 0) return k
  }
  return k
}

// PTRS: Hörmann, "The transformed rejection method for generating Poisson random variables",
// Insurance: Mathematics and Economics 12 (1993) 39-45.
function byTransformedRejection(stream: RandomStream, mean: number): number {
  const root = Math.sqrt(mean)
  const logMean = Math.log(mean)
  const b = 0.931 + 2.53 * root
  const a = -0.059 + 0.02483 * b
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
  const vr = 0.9277 - 3.6224 / (b - 2)
  for (;;) {
    const u = stream.uniformOpen() - 0.5
    const v = stream.uniformOpen()
    const us = 0.5 - Math.abs(u)
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43)
    if (us >= 0.07 && v <= vr) return k
    if (k < 0 || (us < 0.013 && v > us)) continue
    if (Math.log((v * inverseAlpha) / (a / (us * us) + b)) <= -mean + k * logMean - logFactorial(k)) return k
  }
}

/**
 * A Poisson variate: a count with the given mean. Inversion below mean 10, transformed rejection above.
 * @throws {RangeError} unless 0 ≤ mean ≤ 10^9
 */
export function poisson(stream: RandomStream, mean: number): number {
  if (!(mean >= 0 && mean <= 1e9)) throw new RangeError(`invalid mean: ${mean} is not in [0, 1e9]`)
  if (mean === 0) return 0
  return mean < 10 ? byInversion(stream, mean) : byTransformedRejection(stream, mean)
}
