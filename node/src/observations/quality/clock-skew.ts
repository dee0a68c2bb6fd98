import type { Arrival } from '../../catalogue/contract.ts'
import { median } from './neighbours.ts'

export type SkewLimit = NonNullable<Arrival['clockSkew']>

const newestDelays = 31
/** A median of fewer says nothing. */
const fewestDelays = 15

/** Delays of a source's newest live readings, from the time they are of to their receipt, in milliseconds. */
export type Delays = readonly number[]

/**
 * Takes in a delay, and says whether the median has drifted: a clock that is wrong moves them all, a reading that was held up
 * only itself.
 */
export function clockStep(
  delays: Delays,
  delay: number,
  limit: SkewLimit,
): { delays: Delays; skewed: boolean } {
  const kept = [...delays, delay].slice(-newestDelays)
  const drift = Math.abs(median([...kept]) - (limit.delayS ?? 0) * 1000)
  return { delays: kept, skewed: kept.length >= fewestDelays && drift > limit.driftS * 1000 }
}
