import { gamma } from '@nhip/random/gamma'
import { fillNormal } from '@nhip/random/normal'
import { RandomStream, type Seed } from '@nhip/random/stream'
import { STEPS_A_DAY } from './noise.ts'
import type { Place } from './places.ts'

const reservoirs = 3
const reservoirHours = 4
const memoryHours = 72

/** Rain over the city by the hour, mm/h: wet and dry hours are a two-state Markov chain, the amount of a wet hour is gamma. */
export function cityRain(seed: Seed, day: number): Float64Array {
  const stream = new RandomStream(seed, ['rain', day])
  const wetSeason = 0.5 + 0.5 * Math.cos((2 * Math.PI * (dayOfYear(day) - 260)) / 365)
  const dryToWet = 0.01 + 0.05 * wetSeason
  const wetToWet = 0.72
  let wet = stream.chance(dryToWet / (dryToWet + 1 - wetToWet))
  const hours = new Float64Array(24)
  for (let hour = 0; hour < 24; hour++) {
    const amount = gamma(stream, 0.7, 5 + 9 * wetSeason)
    if (wet) hours[hour] = amount
    wet = stream.chance(wet ? wetToWet : dryToWet)
  }
  return hours
}

/** What one gauge reads every five minutes, mm/h: the city's rain, patchy in space and within the hour. */
export function gaugeRain(seed: Seed, gauge: Place, day: number): Float64Array {
  const hours = cityRain(seed, day)
  const patch = fillNormal(new RandomStream(seed, ['patch', gauge.id, day]), new Float64Array(STEPS_A_DAY))
  const catching = 0.6 + 0.8 * gauge.character
  return Float64Array.from({ length: STEPS_A_DAY }, (_, step) => {
    const rain = hours[Math.floor(step / 12)] ?? 0
    return rain === 0 ? 0 : Math.round(rain * catching * Math.exp(0.5 * (patch[step] ?? 0) - 0.125) * 10) / 10
  })
}

/** River level in cm: a cascade of equal linear reservoirs (Nash, 1957) fed by the city's rain, above a base level. */
export function riverLevel(seed: Seed, station: Place, day: number): Float64Array {
  const before = memoryHours / 24
  const hours: number[] = []
  for (let d = day - before; d <= day; d++) hours.push(...cityRain(seed, d))
  const base = 140 + 160 * station.character
  const gain = 4 + 5 * station.character
  const atHour = Array.from({ length: 24 }, (_, hour) => {
    let sum = 0
    for (let lag = 0; lag < memoryHours; lag++)
      sum += (hours[memoryHours + hour - lag] ?? 0) * (response[lag] ?? 0)
    return base + gain * sum
  })
  return Float64Array.from({ length: STEPS_A_DAY }, (_, step) => {
    const hour = Math.floor(step / 12)
    const here = atHour[hour] ?? base
    const next = atHour[hour + 1] ?? here
    return Math.round((here + ((next - here) * (step % 12)) / 12) * 10) / 10
  })
}

/** Impulse response of the cascade by the hour: the gamma density without its constant, which the gain takes in. */
const response = Float64Array.from({ length: memoryHours }, (_, lag) => {
  const t = (lag + 0.5) / reservoirHours
  return t ** (reservoirs - 1) * Math.exp(-t)
})

/** Days since 1 January, near enough for a season: the models need no calendar. */
export function dayOfYear(day: number): number {
  return ((day % 365.2425) + 365.2425) % 365.2425
}
