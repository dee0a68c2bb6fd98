import { existsSync, readFileSync } from 'node:fs'
import { RandomStream } from '@nhip/random/stream'
import { expect, it } from 'vitest'
import { forecast } from '../combine/forecast.ts'
import { readScoreFile } from '../score/score-file.ts'
import { breachProbability, samplePaths } from './breach.ts'
import { type Outcome, recalibrate, recalibrated, reliability } from './reliability.ts'

const shared = process.env.NHIP_SHARED ?? new URL('../../../../../shared', import.meta.url).pathname
const file = `${shared}/conformance/forecast/m3-half.txt`

it.skipIf(!existsSync(file))(
  'on real series: every reliability bin of 50 or more within 10 points, skill above 0, at and by a date',
  () => {
    const series = readScoreFile(readFileSync(file, 'utf8')).series.filter((s) => s.group === 'MONTHLY')
    const { issued } = forecast(
      series.map((s) => ({ key: s.id, pool: s.group, frequency: 'M', y: s.train })),
      { horizon: 18 },
    )
    const random = new RandomStream(77)
    for (const mode of ['at', 'by'] as const) {
      const outcomes: Outcome[] = []
      issued.forEach((f, i) => {
        const { test } = series[i]!
        const paths = samplePaths(f.paths!, 1, f.key)
        for (let k = 0; k < 2; k++) {
          const limit = f.last + f.scale * (6 * random.uniform() - 1.5)
          const { p } = breachProbability(paths, { limit, direction: 'above', mode })
          const beyond = Array.from(test, (v) => v > limit)
          outcomes.push({
            p: p[11]!,
            happened: mode === 'at' ? beyond[11]! : beyond.slice(0, 12).includes(true),
          })
        }
      })
      // Fitted on the first half of the pairs, judged on the second, as a running node would.
      const half = outcomes.length >> 1
      const map = recalibrate(outcomes.slice(0, half))
      const told = reliability(
        outcomes.slice(half).map((o) => ({ p: recalibrated(map, o.p), happened: o.happened })),
      )
      console.info(
        mode,
        `skill ${told.skill.toFixed(3)}`,
        told.bins.map((b) => `${b.n}: ${b.said.toFixed(2)} ${b.happened.toFixed(2)}`).join(' | '),
      )
      expect(told.skill).toBeGreaterThan(0)
      for (const b of told.bins) if (b.n >= 50) expect(Math.abs(b.said - b.happened)).toBeLessThan(0.1)
    }
  },
)
