import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { evaluate, type Path, type Score } from '../score/evaluate.ts'
import { readScoreFile } from '../score/score-file.ts'
import { forecast } from './forecast.ts'

const shared = process.env.NHIP_SHARED ?? new URL('../../../../../shared', import.meta.url).pathname

function scored(name: string): { groups: Score[]; all: Score } {
  const { series } = readScoreFile(readFileSync(`${shared}/conformance/forecast/${name}`, 'utf8'))
  const paths = new Map<string, Path>()
  for (const group of new Set(series.map((s) => s.group))) {
    const members = series.filter((s) => s.group === group)
    const { issued } = forecast(
      members.map((s) => ({
        key: s.id,
        pool: group,
        frequency: { step: '', season: s.frequency === 24 ? [24, 168] : [s.frequency] },
        y: s.train,
      })),
      { horizon: members[0]!.horizon },
    )
    for (const i of issued)
      if (i.show !== 'none')
        paths.set(i.key, { point: i.point, lower95: i.bands[1]!.lower, upper95: i.bands[1]!.upper })
  }
  return evaluate(series, paths)
}

/** Within 2 points, or within two standard errors counted by series: the steps of one series move together. */
const near = (s: Score, points: number): boolean =>
  Math.abs(s.coverage95 - 0.95) <= Math.max(points / 100, 2 * Math.sqrt((0.95 * 0.05) / s.series))

const cases: [file: string, owa: number, msis: Record<string, number>][] = [
  ['m3-half.txt', 0.83, { YEARLY: 23, QUARTERLY: 9.8, MONTHLY: 6.9 }],
  ['m4-hourly-half.txt', 0.47, {}],
  ['m4-weekly-half.txt', 0.76, {}],
]

describe('public benchmarks', () => {
  for (const [file, owa, msis] of cases)
    it.skipIf(!existsSync(`${shared}/conformance/forecast/${file}`))(
      `${file}: OWA ≤ ${owa}, coverage and interval scores`,
      () => {
        const { groups, all } = scored(file)
        expect(all.owa).toBeLessThanOrEqual(owa)
        expect(near(all, 1)).toBe(true)
        for (const g of groups) {
          if (g.series >= 150) expect(near(g, 2), `${g.group} ${g.coverage95}`).toBe(true)
          if (msis[g.group]) expect(g.msis95).toBeLessThanOrEqual(msis[g.group]!)
        }
      },
    )
})
