import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { evaluate } from './evaluate.ts'
import { msis, naiveScale, smape } from './metrics.ts'
import { HEADER, readScoreFile, scoringPeriod } from './score-file.ts'

// Public files; a test that needs one is skipped where it is absent.
const shared = process.env.NHIP_SHARED ?? new URL('../../../../../shared', import.meta.url).pathname

describe('measures', () => {
  it('sMAPE of 100 against 110 is 2·10/210, and 0 against 0 costs nothing', () => {
    expect(smape(Float64Array.of(100, 0), Float64Array.of(110, 0))).toBeCloseTo((200 * 10) / 210 / 2, 12)
  })
  it('the scale of a quarterly series compares each quarter with the one a year before', () => {
    expect(naiveScale(Float64Array.of(1, 2, 3, 4, 2, 4, 6, 8), 4)).toBe(2.5)
  })
  it('MSIS adds 40 times what lies outside a 95 % band', () => {
    const y = Float64Array.of(12)
    expect(msis(y, Float64Array.of(0), Float64Array.of(10), 2)).toBe((10 + 40 * 2) / 2)
  })
  it('weekly and daily series count as non-seasonal for the yardstick', () => {
    expect([1, 4, 12, 24, 7, 52, 365].map(scoringPeriod)).toEqual([1, 4, 12, 24, 1, 1, 1])
  })
})

describe('score file', () => {
  it('reports every fault with its line', () => {
    const { faults } = readScoreFile(`${HEADER}\na|G|1|2|1 2 x|3 4\na|G|1|2|1 2|3\n`)
    expect(faults.map((f) => [f.code, f.line])).toEqual([
      ['score-not-a-number', 2],
      ['score-duplicate-id', 3],
      ['score-test-length', 3],
    ])
  })
  it('accepts a byte order mark, Windows line ends, blank lines and missing values', () => {
    const { series, faults } = readScoreFile(`\uFEFF${HEADER}\r\n\r\na|G|1|2|1 NA 3|4 NaN\r\n`)
    expect(faults).toEqual([])
    expect([...series[0]!.train]).toEqual([1, Number.NaN, 3])
  })
})

// Computed independently by others from the same files; sMAPE and MASE of naive2.
const CHECK: Record<string, Record<string, [number, number]>> = {
  'm3-half.txt': {
    YEARLY: [18.3167, 3.1824],
    QUARTERLY: [10.0129, 1.2538],
    MONTHLY: [17.2963, 1.0658],
    OTHER: [5.9569, 2.9161],
    ALL: [15.0259, 1.6755],
  },
  'm4-hourly-half.txt': { HOURLY: [18.2245, 2.4317] },
  'm4-weekly-half.txt': { WEEKLY: [9.5373, 2.9145] },
}

describe('the reference on public series', () => {
  for (const [name, values] of Object.entries(CHECK)) {
    const file = `${shared}/conformance/forecast/${name}`
    it.skipIf(!existsSync(file))(`naive2 on ${name} to four decimals`, () => {
      const { series } = readScoreFile(readFileSync(file, 'utf8'))
      const { groups, all } = evaluate(series, new Map())
      for (const g of [...groups, all]) {
        const check = values[g.group]
        if (!check) continue
        expect(g.naive2.smape.toFixed(4)).toBe(check[0].toFixed(4))
        expect(g.naive2.mase.toFixed(4)).toBe(check[1].toFixed(4))
        expect(g.owa).toBe(1)
        expect(g.fallbacks).toBe(g.series)
      }
    })
  }
})
