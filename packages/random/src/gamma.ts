import { normal } from './normal.ts'
import type { RandomStream } from './stream.ts'

function marsagliaTsang(stream: RandomStream, shape: number): number {
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = normal(stream)
    const cube = 1 + c * x
    if (cube <= 0) continue
    const v = cube * cube * cube
    const u = stream.uniformOpen()
    if (Math.log(u) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v
  }
}

/**
 * The natural logarithm of a gamma variate of scale 1. For a small shape the variate itself is often below the
 * smallest double, its logarithm is not.
 * Source: Marsaglia and Tsang, ACM TOMS 26 (2000) 363-372; below shape 1 with their power of a uniform.
 * @throws {RangeError} unless shape > 0
 */
export function logGammaVariate(stream: RandomStream, shape: number): number {
  if (!(shape > 0 && Number.isFinite(shape))) throw new RangeError(`invalid shape: ${shape} is not positive`)
  if (shape >= 1) return Math.log(marsagliaTsang(stream, shape))
  const base = Math.log(marsagliaTsang(stream, shape + 1))
  return base + Math.log(stream.uniformOpen()) / shape
}

/**
 * A gamma variate of the given shape and scale (mean shape × scale, variance shape × scale²).
 * @throws {RangeError} unless both are positive
 */
export function gamma(stream: RandomStream, shape: number, scale = 1): number {
  if (!(scale > 0)) throw new RangeError(`invalid scale: ${scale} is not positive`)
  if (shape >= 1 && Number.isFinite(shape)) return scale * marsagliaTsang(stream, shape)
  return scale * Math.exp(logGammaVariate(stream, shape))
}
