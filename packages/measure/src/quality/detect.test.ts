import { exponential } from '@nhip/random/exponential'
import { normal } from '@nhip/random/normal'
import { RandomStream } from '@nhip/random/stream'
import { describe, expect, test } from 'vitest'
import { detect } from './detect.ts'
import type { Grid } from './grid.ts'
import { curve, plantErrors, plantedKinds } from './planted-errors.ts'
import { scanOutliers } from './scan.ts'

describe('planted errors (six kinds of fixed size in a tenth of the cells)', () => {
  test.each([11])('world %i: at least 90 % of each kind caught, at most 5 % false alarms', (seed) => {
    const { grid, truth, uoms } = plantErrors(seed, { provinces: 3, communes: 8 })
    const [point] = curve(detect(grid, { uoms }).ratio, truth, [1])
    for (const kind of plantedKinds) expect(point!.caught[kind], kind).toBeGreaterThanOrEqual(0.9)
    expect(point!.falseAlarms).toBeLessThanOrEqual(0.05)
  })

  test('a clean panel raises few alarms', () => {
    const { grid, truth } = plantErrors(13, { provinces: 1, communes: 8, damaged: 0 })
    const [point] = curve(detect(grid).ratio, truth, [1])
    expect(point!.falseAlarms).toBeLessThan(0.02)
  })
})

describe('another world: levels that wander, quarters, skewed noise, no parents stated', () => {
  // Written apart from the generator above, so that the detectors cannot owe their success to its habits.
  const stream = new RandomStream(7, 'other')
  const communes = 10
  const T = 48
  const codes = ['A', 'B', 'C'].flatMap((p) => [
    `${p}1`,
    ...Array.from({ length: communes }, (_, c) => `${p}1${10 + c}`),
  ])
  const periods = Array.from({ length: T }, (_, t) => `${2012 + Math.floor(t / 4)}-Q${(t % 4) + 1}`)
  const value = new Float64Array(codes.length * T)
  codes.forEach((code, u) => {
    if (code.length === 2) return
    let level = 6 + normal(stream, 0, 0.5)
    for (let t = 0; t < T; t++) {
      level += normal(stream, 0.005, 0.02)
      const skew = 0.03 * (exponential(stream, 1) - 1)
      const x = Math.round(10 * Math.exp(level + [0.1, -0.1, 0.2, -0.2][t % 4]! + skew)) / 10
      value[u * T + t] = x
      value[codes.indexOf(code.slice(0, 2)) * T + t]! += x
    }
  })
  const grid: Grid = {
    units: codes,
    items: ['x'],
    periods,
    value,
    numerator: null,
    denominator: null,
    texts: new Map(),
  }
  const at = (unit: string, period: string): number => codes.indexOf(unit) * T + periods.indexOf(period)
  const spoil = (unit: string, period: string, how: (x: number, before: number) => number): void => {
    const c = at(unit, period)
    value[c] = how(value[c]!, value[c - 1]!)
  }
  spoil('A110', '2016-Q2', (x) => x * 100)
  spoil('A111', '2017-Q3', (x) => x / 10)
  spoil('A112', '2018-Q1', (x) => x * 1.3)
  spoil('B113', '2019-Q4', (x) => x * 0.7)
  spoil('B114', '2020-Q2', (_, before) => before)
  spoil('B1', '2015-Q1', (x) => x * 1.05)
  spoil('C1', '2021-Q3', (x) => x * 0.95)
  spoil('C115', '2014-Q4', (x) => x * 1e6)

  test('each is found and named by its kind', () => {
    const { suspicions } = detect(grid, { uoms: new Map([['x', 'triệu đồng']]) })
    const kindAt = (unit: string, period: string): string | undefined =>
      suspicions.find((s) => s.unit === unit && s.period === period)?.kind
    expect([
      kindAt('A110', '2016-Q2'),
      kindAt('A111', '2017-Q3'),
      kindAt('A112', '2018-Q1'),
      kindAt('B113', '2019-Q4'),
      kindAt('B114', '2020-Q2'),
      kindAt('B1', '2015-Q1'),
      kindAt('C1', '2021-Q3'),
      kindAt('C115', '2014-Q4'),
    ]).toEqual([
      'scale-factor',
      'scale-factor',
      'jump',
      'jump',
      'copied-period',
      'total-mismatch',
      'total-mismatch',
      'unit-slip',
    ])
  })

  test('and little else', () => {
    expect(detect(grid).suspicions.length).toBeLessThan(8 + 0.05 * value.length)
  })
})

describe('ratios with their parts', () => {
  const T = 24
  const months = Array.from(
    { length: T },
    (_, t) => `${2024 + Math.floor(t / 12)}-${String((t % 12) + 1).padStart(2, '0')}`,
  )
  const build = (): Grid => {
    const stream = new RandomStream(3, 'ratio')
    const denominator = Float64Array.from({ length: 12 * T }, () => 400 + stream.integer(0, 80))
    const numerator = denominator.map((d) => Math.round(d * (0.93 + 0.02 * stream.uniform())))
    const value = numerator.map((n, c) => n / denominator[c]!)
    return {
      units: Array.from({ length: 12 }, (_, u) => `đơn vị ${String.fromCharCode(97 + u)}`),
      items: ['dung_han'],
      periods: months,
      value,
      numerator,
      denominator,
      texts: new Map(),
    }
  }

  test('numerator and denominator swapped, though the ratio stays near 1', () => {
    const grid = build()
    const c = 3 * T + 7
    const [n, d] = [grid.numerator![c]!, grid.denominator![c]!]
    grid.numerator![c] = d
    grid.denominator![c] = n
    grid.value[c] = d / n
    const [found] = detect(grid).suspicions.filter((s) => s.unit === grid.units[3] && s.period === months[7])
    expect(found).toMatchObject({ kind: 'swapped-ratio' })
  })

  test('a value that is not the quotient of its parts, while a percentage beside them is', () => {
    const grid = build()
    for (let c = 0; c < grid.value.length; c++) grid.value[c] = grid.value[c]! * 100
    expect(detect(grid).suspicions.filter((s) => s.kind === 'ratio-mismatch')).toEqual([])
    grid.value[5] = grid.value[5]! * 0.9
    expect(detect(grid).suspicions.find((s) => s.period === months[5])).toMatchObject({
      kind: 'ratio-mismatch',
    })
  })
})

test('a series that never changes may repeat itself', () => {
  const grid: Grid = {
    units: ['a', 'b'],
    items: ['dien_tich'],
    periods: ['2020', '2021', '2022', '2023', '2024', '2025'],
    value: Float64Array.of(10.5, 10.5, 10.5, 10.5, 10.5, 10.5, 7, 7, 7, 7, 7, 7),
    numerator: null,
    denominator: null,
    texts: new Map(),
  }
  expect(detect(grid).suspicions).toEqual([])
})

test('the quick scan finds a tenfold value and a broken season, and not the season itself', () => {
  const stream = new RandomStream(5)
  const values = Float64Array.from(
    { length: 120 },
    (_, c) => 100 + 60 * Math.cos(((c % 12) * Math.PI) / 6) + normal(stream, 0, 2),
  )
  values[30] = values[30]! * 10
  // A summer value in winter: inside the range of the series, outside of its season.
  values[60 + 24] = 45
  const found = scanOutliers(values, 60)
  expect(found.filter((o) => o.series === 0).map((o) => o.period)).toContain(30)
  expect(found.filter((o) => o.series === 1 && o.by === 'season').map((o) => o.period)).toContain(24)
  expect(found.length).toBeLessThan(8)
})

test('a total that does not match its breakdown, and a part that does not', () => {
  const stream = new RandomStream(8)
  const T = 24
  const periods = Array.from(
    { length: T },
    (_, t) => `${2023 + Math.floor(t / 12)}-${String((t % 12) + 1).padStart(2, '0')}`,
  )
  const units = ['a', 'b', 'c']
  const items = ['ho_so', 'ho_so [kenh=giay]', 'ho_so [kenh=truc_tuyen]']
  const size = units.length * T
  const value = new Float64Array(3 * size)
  for (let c = 0; c < size; c++) {
    value[size + c] = 300 + stream.integer(0, 30)
    value[2 * size + c] = 700 + stream.integer(0, 50)
    value[c] = value[size + c]! + value[2 * size + c]!
  }
  value[5] = Math.round(value[5]! * 1.05)
  value[size + T + 7] = Math.round(value[size + T + 7]! * 1.3)
  const grid: Grid = { units, items, periods, value, numerator: null, denominator: null, texts: new Map() }
  const found = detect(grid).suspicions.map((s) => `${s.unit} ${s.item} ${s.period} ${s.kind}`)
  expect(found).toContain('a ho_so 2023-06 total-mismatch')
  expect(found).toContain('b ho_so [kenh=giay] 2023-08 jump')
  expect(found.length).toBeLessThan(8)
})

test('one period only: a unit unlike its siblings', () => {
  const units = ['X', ...Array.from({ length: 12 }, (_, i) => `X${10 + i}`)]
  const value = Float64Array.from(units, (_, u) => (u === 0 ? 13_000 : 1000 + 10 * u))
  value[4] = 9000
  const grid: Grid = {
    units,
    items: ['x'],
    periods: ['2025'],
    value,
    numerator: null,
    denominator: null,
    texts: new Map(),
  }
  expect(detect(grid).suspicions.map((s) => [s.unit, s.kind])).toEqual([['X13', 'sibling-outlier']])
})
