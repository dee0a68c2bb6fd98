import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { interpolate } from '../prepare/gaps.ts'
import type { Series } from '../prepare/series.ts'
import { forecast } from './forecast.ts'

const shared = process.env.NHIP_SHARED ?? new URL('../../../../../shared', import.meta.url).pathname

/** Annual indicators by province from open tables: file, columns of the unit, columns that are no indicator. */
const TABLES: [file: string, unit: string[]][] = [
  ['vn-indicators/pci.csv', ['province']],
  ['vn-indicators/papi.csv', ['province']],
  ['vn-indicators/province-budget-final.csv', ['province']],
  ['figures/gso-population-province.csv', ['province']],
  ['figures/gso-poverty-rate-province.csv', ['province']],
  ['figures/gso-river-level-yearly.csv', ['river', 'station']],
]
const HELD_OUT = 3

interface Indicator {
  train: Series
  test: Float64Array
}

function indicators(): Indicator[] {
  const out: Indicator[] = []
  for (const [file, unit] of TABLES) {
    const [head, ...rows] = readFileSync(`${shared}/data/${file}`, 'utf8')
      .trim()
      .split(/\r?\n/)
      .map((l) => l.split(','))
    const year = head!.indexOf('year')
    const keys = unit.map((u) => head!.indexOf(u))
    head!.forEach((name, column) => {
      if (['province_code', 'province', 'year', 'river', 'station'].includes(name)) return
      const byUnit = new Map<string, Map<number, number>>()
      for (const r of rows) {
        const v = r[column]?.trim()
        if (!v || v === 'NA' || !Number.isFinite(Number(v))) continue
        const key = keys.map((k) => r[k]).join('/')
        if (!byUnit.has(key)) byUnit.set(key, new Map())
        byUnit.get(key)!.set(Number(r[year]), Number(v))
      }
      for (const [key, values] of byUnit) {
        const first = Math.min(...values.keys())
        const last = Math.max(...values.keys())
        const y = Float64Array.from(
          { length: last - first + 1 },
          (_, i) => values.get(first + i) ?? Number.NaN,
        )
        const known = y.subarray(0, y.length - HELD_OUT).filter((v) => !Number.isNaN(v)).length
        if (y.length < 8 || known < 4) continue
        out.push({
          train: {
            key: `${file}/${name}/${key}`,
            pool: `${file}/${name}`,
            frequency: 'A',
            y: y.slice(0, -HELD_OUT),
          },
          test: y.slice(-HELD_OUT),
        })
      }
    })
  }
  return out
}

it.skipIf(!existsSync(`${shared}/data/vn-indicators/pci.csv`))(
  'short annual province indicators, three years ahead: ratio to naive at most 0.88, better on at least 58 % of series',
  () => {
    const all = indicators()
    const { issued } = forecast(
      all.map((i) => i.train),
      { horizon: HELD_OUT },
    )
    let logs = 0
    let better = 0
    let n = 0
    all.forEach(({ train, test }, k) => {
      const filled = interpolate(train.y)
      const last = filled[filled.length - 1]!
      let ours = 0
      let naive = 0
      for (let h = 0; h < HELD_OUT; h++) {
        if (Number.isNaN(test[h]!)) continue
        ours += Math.abs(test[h]! - issued[k]!.point[h]!)
        naive += Math.abs(test[h]! - last)
      }
      // A series that did not move has nothing to be better at.
      if (!(naive > 0)) return
      logs += Math.log(Math.max(ours, 1e-3 * naive) / naive)
      if (ours < naive) better++
      n++
    })
    expect(n).toBeGreaterThan(1000)
    console.info(
      `annual indicators: ${n} series, geometric ratio ${Math.exp(logs / n).toFixed(4)}, better on ${((100 * better) / n).toFixed(1)} %`,
    )
    expect(Math.exp(logs / n)).toBeLessThanOrEqual(0.88)
    expect(better / n).toBeGreaterThanOrEqual(0.58)
  },
)
