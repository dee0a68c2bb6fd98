import { poisson } from '@nhip/random/poisson'
import { RandomStream, type Seed } from '@nhip/random/stream'
import { bump } from './noise.ts'
import { cityRain } from './weather.ts'

/** What people call the 1022 line about. */
export const topics = ['traffic', 'environment', 'drainage', 'administration'] as const
export type Topic = (typeof topics)[number]

/** Calls by topic in each hour of a day: Poisson counts whose rate rises with rain (drainage) and with bad air (environment). */
export function hourlyCalls(
  seed: Seed,
  day: number,
  dust: (hour: number) => number,
  open: boolean,
): Record<Topic, number[]> {
  const rain = cityRain(seed, day)
  const stream = new RandomStream(seed, ['calls', day])
  const out: Record<Topic, number[]> = { traffic: [], environment: [], drainage: [], administration: [] }
  for (let hour = 0; hour < 24; hour++) {
    const awake = 0.05 + bump(hour, 9, 2.2) + 0.8 * bump(hour, 15.5, 2.4) + 0.4 * bump(hour, 20, 1.8)
    out.traffic.push(poisson(stream, 6 * awake))
    out.environment.push(poisson(stream, (2 + Math.max(0, dust(hour) - 35) / 8) * awake))
    out.drainage.push(poisson(stream, (0.5 + 0.9 * Math.min(25, rain[hour] ?? 0)) * (0.3 + awake)))
    out.administration.push(poisson(stream, (open ? 9 : 1) * awake))
  }
  return out
}
