import type { Seed } from '@nhip/random/stream'
import { autoregression, bump, STEPS_A_DAY, whiteNoise } from './noise.ts'
import type { Place } from './places.ts'
import { type DayKind, demand } from './traffic.ts'
import { cityRain, dayOfYear } from './weather.ts'

/** PM2.5 in µg/m³ every five minutes: season × cycle of the day × autoregression, raised by traffic, washed out by rain. */
export function fineDust(seed: Seed, station: Place, day: number, kind: DayKind): Float64Array {
  const winter = 0.5 + 0.5 * Math.cos((2 * Math.PI * (dayOfYear(day) - 15)) / 365)
  const base = 14 + 22 * winter + 10 * station.character
  const city = autoregression(seed, 'air city', day, 0.85)
  const own = autoregression(seed, `air ${station.id}`, day, 0.8)
  const fast = whiteNoise(seed, `air ${station.id}`, day)
  const rain = cityRain(seed, day)
  return Float64Array.from({ length: STEPS_A_DAY }, (_, step) => {
    const hour = step / 12
    const stillAir = 1 + 0.35 * bump(hour, 6.5, 2.5) + 0.25 * bump(hour, 21, 3)
    const wash = Math.exp(-0.05 * Math.min(20, rain[Math.floor(hour)] ?? 0))
    const swing = Math.exp(0.3 * (city[step] ?? 0) + 0.12 * (own[step] ?? 0) + 0.03 * (fast[step] ?? 0))
    return (
      Math.round((base * stillAir * wash * swing + 9 * demand(hour, kind) * (0.4 + station.character)) * 10) /
      10
    )
  })
}
