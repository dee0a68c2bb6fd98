import type { Seed } from '@nhip/random/stream'
import { autoregression, bump, STEPS_A_DAY, whiteNoise } from './noise.ts'
import type { Place } from './places.ts'

/** Sundays and holidays empty the streets differently from Saturdays. */
export type DayKind = 'working' | 'saturday' | 'off'

/** Share of capacity in use through the day: a morning and an evening peak on working days, a broad hill otherwise. */
export function demand(hour: number, kind: DayKind): number {
  const night = 0.06
  if (kind === 'working') {
    return night + 0.62 * bump(hour, 7.3, 1.1) + 0.38 * bump(hour, 12.2, 2.6) + 0.7 * bump(hour, 17.3, 1.4)
  }
  const hill = 0.3 * bump(hour, 10, 2.4) + 0.44 * bump(hour, 18.5, 2.8)
  return night + (kind === 'saturday' ? 1.15 : 0.9) * hill
}

/** Vehicles per hour at a detector, every five minutes. */
export function vehicleFlow(seed: Seed, detector: Place, day: number, kind: DayKind): Float64Array {
  const capacity = 700 + 2900 * detector.character ** 1.5
  const slow = autoregression(seed, `traffic ${detector.id}`, day, 0.8)
  const fast = whiteNoise(seed, `traffic ${detector.id}`, day)
  return Float64Array.from({ length: STEPS_A_DAY }, (_, step) => {
    const flow =
      capacity * demand(step / 12, kind) * (1 + 0.08 * (slow[step] ?? 0) + 0.05 * (fast[step] ?? 0))
    return Math.max(0, Math.round(flow))
  })
}
