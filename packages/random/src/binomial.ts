import { logFactorial } from './log-factorial.ts'
import type { RandomStream } from './stream.ts'

function byInversion(stream: RandomStream, n: number, p: number): number {
  const odds = p / (1 - p)
  let u = stream.uniform()
  let term = (1 - p) ** n
  let k = 0
  while (u >= term && k < n) {
    u -= term
    k++
    term *= (odds * (n - k + 1)) / k
  }
  return k
}

// BTRS: Hörmann, "The generation of binomial random variates", J. Stat. Comput. Simul. 46 (1993) 101-110.
function byTransformedRejection(stream: RandomStream, n: number, p: number): number {
  const sd = Math.sqrt(n * p * (1 - p))
  const b = 1.15 + 2.53 * sd
  const a = -0.0873 + 0.0248 * b + 0.01 * p
  const c = n * p + 0.5
  const vr = 0.92 - 4.2 / b
  const alpha = (2.83 + 5.1 / b) * sd
  const logOdds = Math.log(p / (1 - p))
  const mode = Math.floor((n + 1) * p)
  const h = logFactorial(mode) + logFactorial(n - mode)
  for (;;) {
    const u = stream.uniformOpen() - 0.5
    const v = stream.uniformOpen()
    const us = 0.5 - Math.abs(u)
    const k = Math.floor(((2 * a) / us + b) * u + c)
    if (us >= 0.07 && v <= vr) return k
    if (k < 0 || k > n) continue
    const bound = Math.log((v * alpha) / (a / (us * us) + b))
    if (bound <= h - logFactorial(k) - logFactorial(n - k) + (k - mode) * logOdds) return k
  }
}

/**
 * A binomial variate: how many of `n` independent trials of probability `p` succeed.
 * Inversion when n·min(p, 1−p) < 10, transformed rejection otherwise.
 * @throws {RangeError} unless n is an integer from 0 to 10^9 and p lies in [0, 1]
 */
export function binomial(stream: RandomStream, n: number, p: number): number {
  if (!Number.isInteger(n) || n < 0 || n > 1e9) throw new RangeError(`invalid number of trials: ${n}`)
  if (!(p >= 0 && p <= 1)) throw new RangeError(`invalid probability: ${p} is not in [0, 1]`)
  if (n === 0 || p === 0) return 0
  if (p === 1) return n
  const q = Math.min(p, 1 - p)
  const k = n * q < 10 ? byInversion(stream, n, q) : byTransformedRejection(stream, n, q)
  return p > 0.5 ? n - k : k
}
