import type { RandomStream } from './stream.ts'

/**
 * An exponential variate with the given rate (mean 1/rate), by inversion: two words of the stream.
 * @throws {RangeError} unless rate > 0
 */
export function exponential(stream: RandomStream, rate = 1): number {
  if (!(rate > 0)) throw new RangeError(`invalid rate: ${rate} is not positive`)
  return -Math.log(stream.uniformOpen()) / rate
}
