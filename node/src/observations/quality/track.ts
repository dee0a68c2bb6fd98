import type { PropertyTerms } from '../../catalogue/contract.ts'
import { qualityBit } from '../quality.ts'

export type RateLimit = NonNullable<PropertyTerms['rate']>
export type StuckLimit = NonNullable<PropertyTerms['stuck']>

/** A value at its time, epoch milliseconds. */
export interface Reading {
  at: number
  value: number
}

/**
 * What the values of a series so far come to, as far as the next one is judged by it. Never changed, only replaced: a
 * commit that fails leaves the track before it.
 */
export interface Track {
  /** The newest value that was judged. */
  readonly newest: number
  /** The last value that the rate of change let pass. */
  readonly good: Reading | null
  /** The last of the values in a row that it did not, and how many of them agree. */
  readonly suspect: Reading | null
  readonly agreeing: number
  /** The value that has not changed, since when, and how often it has come. */
  readonly still: Reading | null
  readonly times: number
  /** The track without the newest value, for when that value gets another version. */
  readonly before: Track | null
}

export const NO_TRACK: Track = {
  newest: Number.NEGATIVE_INFINITY,
  good: null,
  suspect: null,
  agreeing: 0,
  still: null,
  times: 0,
  before: null,
}

const agreeingByDefault = 3

export interface TrackLimits {
  rate?: RateLimit | undefined
  stuck?: StuckLimit | undefined
}

/** Takes in the next value of a series. Values come in the order of their time. */
export function step(track: Track, reading: Reading, limits: TrackLimits): { track: Track; bits: number } {
  const { bits: rateBit, ...rate } = judgeRate(track, reading, limits.rate)
  const { bits: stuckBit, ...stuck } = judgeStuck(track, reading, limits.stuck)
  return {
    bits: rateBit | stuckBit,
    track: {
      newest: reading.at,
      ...rate,
      ...stuck,
      before: track.before === null ? track : { ...track, before: null },
    },
  }
}

/** A value out of reach of the last good one is doubted, until so many in a row agree that the step must be real. */
function judgeRate(
  { good, suspect, agreeing }: Track,
  reading: Reading,
  limit: RateLimit | undefined,
): Pick<Track, 'good' | 'suspect' | 'agreeing'> & { bits: number } {
  const passed = { good: reading, suspect: null, agreeing: 0, bits: 0 }
  if (limit === undefined || good === null || reachable(good, reading, limit)) return passed
  const together = suspect !== null && reachable(suspect, reading, limit) ? agreeing + 1 : 1
  if (together >= (limit.agreeing ?? agreeingByDefault)) return passed
  return { good, suspect: reading, agreeing: together, bits: qualityBit.rate }
}

function reachable(
  a: Reading,
  b: Reading,
  { rise = Infinity, fall = Infinity, perS = 3600 }: RateLimit,
): boolean {
  const stretches = (b.at - a.at) / 1000 / perS
  const change = b.value - a.value
  return change <= rise * stretches && -change <= fall * stretches
}

/** A value that stays for so many readings and so long is doubted, unless it is one that may stay. */
function judgeStuck(
  { still, times }: Track,
  reading: Reading,
  limit: StuckLimit | undefined,
): Pick<Track, 'still' | 'times'> & { bits: number } {
  if (limit === undefined || limit.except?.includes(reading.value)) return { still: null, times: 0, bits: 0 }
  if (still === null || Math.abs(reading.value - still.value) > (limit.minVariation ?? 0))
    return { still: reading, times: 1, bits: 0 }
  const stuck = times + 1 >= limit.times && reading.at - still.at >= (limit.forS ?? 0) * 1000
  return { still, times: times + 1, bits: stuck ? qualityBit.stuck : 0 }
}

/** A value as the store holds it, with what was said of it then. */
export interface JudgedReading extends Reading {
  quality: number
}

/** The track of a series from its newest stored values, oldest first: after a start nothing is known by heart. */
export function trackOf(stored: readonly JudgedReading[], limits: TrackLimits): Track {
  let track = NO_TRACK
  for (const reading of stored) {
    const next = step(track, reading, limits).track
    // The first value at hand is judged by what was said of it when those before it were still known.
    if (track.good === null && (reading.quality & qualityBit.rate) !== 0)
      track = { ...next, good: null, suspect: null, agreeing: 0 }
    else if (track.still === null && next.still !== null && (reading.quality & qualityBit.stuck) !== 0)
      track = {
        ...next,
        still: { at: Number.NEGATIVE_INFINITY, value: reading.value },
        times: limits.stuck!.times,
      }
    else track = next
  }
  return track
}
