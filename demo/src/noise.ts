import { fillNormal } from '@nhip/random/normal'
import { RandomStream, type Seed } from '@nhip/random/stream'

/** Readings come every five minutes: 288 a day. */
export const STEP_MS = 300_000
export const STEPS_A_DAY = 288

const memoryDays = 3

/**
 * A first-order autoregression, one value a five-minute step of a civil day, unit variance, correlation `phi` per hour.
 *
 * Each day is computed from the innovations of that day and the three before it (0.85^72 < 10^-5), so any day can be
 * had alone and always comes out the same: history, restart and live ticks agree without stored state.
 */
export function autoregression(seed: Seed, name: string, day: number, phi: number): Float64Array {
  const hours = new Float64Array(25)
  const shock = Math.sqrt(1 - phi * phi)
  const draws = new Float64Array(24)
  let level = 0
  for (let d = day - memoryDays; d <= day + 1; d++) {
    fillNormal(new RandomStream(seed, [name, d]), draws)
    for (let hour = 0; hour < 24; hour++) {
      level = phi * level + shock * (draws[hour] ?? 0)
      if (d === day) hours[hour] = level
      if (d === day + 1 && hour === 0) hours[24] = level
    }
  }
  const out = new Float64Array(STEPS_A_DAY)
  for (let step = 0; step < STEPS_A_DAY; step++) {
    const hour = Math.floor(step / 12)
    const part = (step % 12) / 12
    out[step] = (hours[hour] ?? 0) * (1 - part) + (hours[hour + 1] ?? 0) * part
  }
  return out
}

/** Independent standard normal values for a day's steps. */
export function whiteNoise(seed: Seed, name: string, day: number): Float64Array {
  return fillNormal(new RandomStream(seed, [name, 'white', day]), new Float64Array(STEPS_A_DAY))
}

/** A bump of height 1 around `centre` (hours of the day) with standard deviation `width`, wrapping at midnight. */
export function bump(hour: number, centre: number, width: number): number {
  let distance = Math.abs(hour - centre)
  if (distance > 12) distance = 24 - distance
  return Math.exp(-0.5 * (distance / width) ** 2)
}
