import { RandomStream } from '@nhip/random/stream'
import { expect, it } from 'vitest'
import { forecast } from '../combine/forecast.ts'
import type { Series } from '../prepare/series.ts'
import { benjaminiHochberg } from './fdr.ts'
import { outcomeScore, outcomeTail } from './outcome.ts'
import { tailP } from './tail.ts'

const normal = (random: RandomStream): number =>
  Math.sqrt(-2 * Math.log(random.uniformOpen())) * Math.cos(2 * Math.PI * random.uniform())

it('monthly reports of 100 communes: shifts of 5σ are found, at most one false alert a series and year', () => {
  const random = new RandomStream(12)
  const sigma = 6
  const shape = (i: number, t: number): number =>
    100 + (i % 30) + 0.3 * t + 15 * Math.sin((2 * Math.PI * t) / 12)
  const series: Series[] = Array.from({ length: 100 }, (_, i) => ({
    key: `c${i}`,
    pool: 'p',
    frequency: 'M',
    y: Float64Array.from({ length: 60 }, (_, t) => shape(i, t) + sigma * normal(random)),
  }))
  const { issued } = forecast(series, { horizon: 1 })
  // All units of a pool share its errors, so one tail serves them all.
  const tail = outcomeTail(issued[0]!, 0)!
  let planted = 0
  let found = 0
  let wrong = 0
  const months = 12
  for (let month = 0; month < months; month++) {
    const truth = series.map(() => random.uniform() < 0.05)
    const p = Float64Array.from(issued, (f, i) => {
      const value = shape(i, 60) + sigma * normal(random) + (truth[i] ? 5 * sigma : 0)
      return tailP(tail, outcomeScore(f, 0, value))
    })
    planted += truth.filter(Boolean).length
    for (const i of benjaminiHochberg(p, 0.1)) {
      if (truth[i]) found++
      else wrong++
    }
  }
  console.info(`found ${found} of ${planted}, ${wrong} false over ${series.length} series and a year`)
  expect(found / planted).toBeGreaterThanOrEqual(0.9)
  expect(wrong / series.length).toBeLessThanOrEqual(1)
}, 20_000)
