import type { Seed } from '@nhip/random/stream'
import { autoregression, bump, STEPS_A_DAY, whiteNoise } from './noise.ts'
import type { Place } from './places.ts'
import type { DayKind } from './traffic.ts'
import { dayOfYear } from './weather.ts'

/** Power drawn by an office building, kW: a base load, working hours, air conditioning in summer. */
export function officePower(seed: Seed, meter: Place, day: number, kind: DayKind): Float64Array {
  const size = 20 + 60 * meter.character
  const summer = 0.5 - 0.5 * Math.cos((2 * Math.PI * (dayOfYear(day) - 15)) / 365)
  const open = { working: 1, saturday: 0.4, off: 0.05 }[kind]
  const slow = autoregression(seed, `power ${meter.id}`, day, 0.7)
  const fast = whiteNoise(seed, `power ${meter.id}`, day)
  return Float64Array.from({ length: STEPS_A_DAY }, (_, step) => {
    const hour = step / 12
    const desks = open * (bump(hour, 9.5, 1.8) + bump(hour, 14.8, 1.9))
    const load =
      size * (0.25 + desks * (0.6 + 0.5 * summer)) * (1 + 0.06 * (slow[step] ?? 0) + 0.02 * (fast[step] ?? 0))
    return Math.round(load * 10) / 10
  })
}
