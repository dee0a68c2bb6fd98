import { readdirSync, readFileSync } from 'node:fs'
import { RandomStream } from '@nhip/random/stream'
import { describe, expect, it } from 'vitest'
import type { Frequency, Nature, Series } from '../prepare/series.ts'
import { chooseMembers } from './choose.ts'
import { combine } from './combine.ts'
import { backtestCuts } from './fit-series.ts'
import { forecast, issueAll } from './forecast.ts'
import { gate, shrunkValueAdded, valueAdded } from './gate.ts'
import type { Issued } from './issue-pool.ts'
import { prepareSeries } from './prepare.ts'

/** Monthly series of one indicator over many communes: level, trend, season and noise of their own. */
function pool(count: number, n: number, seed: number): Series[] {
  const random = new RandomStream(seed)
  return Array.from({ length: count }, (_, i) => {
    const level = 50 + 100 * random.uniform()
    const slope = random.uniform() - 0.4
    return {
      key: `u${i}`,
      pool: 'p',
      frequency: 'M',
      y: Float64Array.from(
        { length: n },
        (_, t) => level + slope * t + 10 * Math.sin((2 * Math.PI * t) / 12) + 8 * (random.uniform() - 0.5),
      ),
    }
  })
}

/** Everything of a forecast but its sources of paths, as one text: bits that differ show. */
const bits = (issued: readonly Issued[]): string =>
  JSON.stringify(
    issued.map((i) => [
      i.key,
      i.show,
      i.gate,
      [...i.point],
      i.bands.map((b) => [[...b.lower], [...b.upper]]),
      i.fva,
      i.members,
    ]),
  )

/** What must hold for any forecast of any series. */
function mustHold(i: Issued, s: Series, h: number): void {
  if (i.show === 'none') {
    expect(i.hygiene.length).toBeGreaterThan(0)
    return
  }
  expect(i.point).toHaveLength(h)
  expect(i.bands).toHaveLength(2)
  const [low, high] = s.bounds ?? [
    s.nature === 'count' ? 0 : Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  ]
  for (let step = 0; step < h; step++) {
    const f = i.point[step]!
    const [inner, outer] = i.bands
    const numbers = [f, inner!.lower[step]!, inner!.upper[step]!, outer!.lower[step]!, outer!.upper[step]!]
    const fine =
      numbers.every((v) => Number.isFinite(v) && v >= low && v <= high) &&
      outer!.lower[step]! <= f &&
      f <= outer!.upper[step]! &&
      inner!.lower[step]! <= f &&
      f <= inner!.upper[step]!
    if (!fine) expect.fail(`${s.key} step ${step + 1}: ${numbers.join(' ')} of ${[...s.y].join(' ')}`)
  }
}

/** Series as they come in life and worse. */
function degenerate(count: number, seed: number): Series[] {
  const random = new RandomStream(seed)
  const frequencies: Frequency[] = [
    'A',
    'Q',
    'M',
    'W',
    'D',
    { step: '', season: [1] },
    { step: '', season: [3] },
  ]
  const natures: (Nature | undefined)[] = [undefined, 'level', 'count', 'share', 'index']
  return Array.from({ length: count }, (_, i) => {
    const kind = Math.floor(random.uniform() * 14)
    const n = [0, 1, 2, 3, 4, 5, 7, 8, 9, 13, 14, 25, 30, 40][Math.floor(random.uniform() * 14)]!
    const nature = natures[Math.floor(random.uniform() * natures.length)]!
    const bounds: [number, number] | undefined =
      nature === 'share' || random.uniform() < 0.15 ? [0, 100] : undefined
    const scale = [1, 1e-9, 1e15, 100][Math.floor(random.uniform() * 4)]!
    const y = Float64Array.from({ length: n }, (_, t) => {
      const u = random.uniform()
      switch (kind) {
        case 0:
          return 0
        case 1:
          return scale
        case 2:
          return Number.NaN
        case 3:
          return u < 0.3 ? Number.NaN : scale * u
        case 4:
          return scale * (u - 0.5)
        case 5:
          return u < 0.8 ? 0 : Math.ceil(scale * u * 5)
        case 6:
          return t === n >> 1 ? scale * 1e6 : scale
        case 7:
          return scale * Math.exp(t / 4)
        case 8:
          return t % 2 ? 100 : 0
        case 9:
          return 100 * u
        case 10:
          return u < 0.05 ? Number.POSITIVE_INFINITY : u
        case 11:
          return -scale * t
        case 12:
          return u < 0.7 ? 100 : 100 * u
        default:
          return scale * (t + u + Math.sin(t))
      }
    })
    return {
      key: `d${i}`,
      pool: `p${i % 3}`,
      frequency: frequencies[Math.floor(random.uniform() * frequencies.length)]!,
      y,
      nature,
      bounds,
    }
  })
}

describe('any series', () => {
  const count = process.env.NHIP_TEST_ALL === '1' ? 10_000 : 500
  it(`${count} random and degenerate series: no exception, finite, bounds kept, lower ≤ point ≤ upper`, () => {
    const series = degenerate(count, 2026)
    const { issued } = forecast(series, { horizon: 4 })
    issued.forEach((i, k) => {
      mustHold(i, series[k]!, 4)
    })
  }, 300_000)
  it('refuses less than three values with a reason, gives a range for a short lonely series, a line for eight', () => {
    const show = (n: number): Issued =>
      forecast(
        [
          {
            key: 'a',
            pool: 'p',
            frequency: 'A',
            y: Float64Array.from({ length: n }, (_, t) => 10 + t + (t % 2)),
          },
        ],
        { horizon: 2 },
      ).issued[0]!
    expect([show(2).show, show(2).hygiene.map((h) => h.code)]).toEqual(['none', ['too-short']])
    expect(show(5).show).toBe('range')
    expect(['line', 'naive']).toContain(show(9).show)
  })
  it('a constant series stays constant with a band that is not empty', () => {
    const peers = pool(30, 40, 4)
    const constant: Series = { key: 'c', pool: 'p', frequency: 'M', y: new Float64Array(40).fill(7) }
    const i = forecast([...peers, constant], { horizon: 3 }).issued[30]!
    expect([...i.point]).toEqual([7, 7, 7])
    expect(i.bands[1]!.upper[0]! - i.bands[1]!.lower[0]!).toBeGreaterThan(0)
  })
  it('y → 1000 y makes f → 1000 f', () => {
    const series = pool(12, 60, 6)
    const big = series.map((s) => ({ ...s, y: s.y.map((v) => 1000 * v) }))
    const a = forecast(series, { horizon: 6 }).issued
    const b = forecast(big, { horizon: 6 }).issued
    for (let i = 0; i < a.length; i++)
      for (let h = 0; h < 6; h++)
        expect(Math.abs(b[i]!.point[h]! / (1000 * a[i]!.point[h]!) - 1)).toBeLessThan(1e-3)
  })
})

describe('no looking ahead, no hidden state', () => {
  it('poison: whatever comes after the origin, all outputs stay the same', () => {
    const series = pool(25, 60, 8)
    const cut = 48
    const seen = series.map((s) => ({ ...s, y: s.y.slice(0, cut) }))
    const poisoned = series.map((s) => {
      const buffer = Float64Array.from(s.y, (v, t) => (t < cut ? v : 1e9 * Math.sin(t)))
      return { ...s, y: buffer.subarray(0, cut) }
    })
    expect(bits(forecast(seen, { horizon: 6 }).issued)).toBe(bits(forecast(poisoned, { horizon: 6 }).issued))
  })
  it('a backtest path does not change when the values after its cut do', () => {
    const y = pool(1, 60, 10)[0]!.y
    const other = Float64Array.from(y, (v, t) => (t < 45 ? v : 3 * v + 100))
    const fit = (v: Float64Array) =>
      prepareSeries({ key: 'a', pool: 'p', frequency: 'M', y: v }, { horizon: 12 }).fit!
    const a = fit(y)
    const b = fit(other)
    const k = a.members.length * a.horizon
    for (let c = 0; c < a.cuts.length; c++)
      if (a.cuts[c]! <= 45)
        for (let j = 0; j < k; j++)
          expect(Math.abs(a.paths[c * k + j]! - b.paths[c * k + j]! * ratio(y, other))).toBeLessThan(1e-9)
  })
  it('preparing in batches, as workers do, gives the same bits', () => {
    const series = pool(30, 40, 12)
    const whole = forecast(series, { horizon: 3 }).issued
    const prepared = [series.slice(0, 11), series.slice(11)].flatMap((part) =>
      structuredClone(part.map((s) => prepareSeries(s, { horizon: 3 }, 30))),
    )
    expect(bits(issueAll(prepared, { horizon: 3 }).issued)).toBe(bits(whole))
  })
  it('no source file of the package needs Node: it runs in browsers and workers as it is', () => {
    const root = new URL('../', import.meta.url)
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.ts') || entry.name.endsWith('.test.ts')) continue
      const text = readFileSync(`${entry.parentPath ?? entry.path}/${entry.name}`, 'utf8')
      expect(
        /from '(node:|fs|path|os|worker_threads)|process\.|Math\.random|Date\.now|new Date\(\)/.test(text),
        entry.name,
      ).toBe(false)
    }
  })
})

/** Series are divided by a power of two before they are fitted; paths of two versions differ by that ratio alone. */
function ratio(a: Float64Array, b: Float64Array): number {
  const unit = (y: Float64Array): number =>
    2 ** Math.round(Math.log2(y.reduce((m, v) => Math.max(m, Math.abs(v)), 0)))
  return unit(b) / unit(a)
}

describe('combination and gate', () => {
  it('takes the mean of a few, leaves out who is far away or silent, falls back to the reference', () => {
    const paths = Float64Array.of(1, 1, 3, 3, Number.NaN, Number.NaN, 1000, 1000)
    expect([...combine(paths, 2, [0, 1, 2], 1, Float64Array.of(9, 9))]).toEqual([2, 2])
    expect([...combine(paths, 2, [0, 1, 3], 1, Float64Array.of(9, 9))]).toEqual([2, 2])
    expect([...combine(paths, 2, [2], 1, Float64Array.of(9, 9))]).toEqual([9, 9])
  })
  it('value added is 1 − error / error of the reference, drawn to the pool by 20 origins', () => {
    expect(valueAdded(8, 10)).toBeCloseTo(0.2, 12)
    expect(shrunkValueAdded(-1, 3, 0.15)).toBeCloseTo((3 * -1 + 20 * 0.15) / 23, 12)
    expect(gate({ origins: 3, models: 10, reference: 20 }, 0.1).gate).toBe('none')
    expect(gate({ origins: 3, models: 10, reference: 7 }, 0.1).gate).toBe('mixed')
    expect(gate({ origins: 3, models: 10, reference: 5 }, 0.01).gate).toBe('naive')
    expect(gate({ origins: 0, models: 0, reference: 0 }, -0.1).gate).toBe('naive')
  })
  it('origins end at the data, leave a whole horizon first and are not spaced by whole seasons', () => {
    expect([...backtestCuts(20, 6, 1, 4, 3)]).toEqual([14, 15, 16, 20])
    const cuts = backtestCuts(800, 48, 24, 51, 3)
    expect(cuts[3]).toBe(800)
    for (let i = 1; i < 3; i++) expect((cuts[i]! - cuts[i - 1]!) % 24).not.toBe(0)
    expect([...backtestCuts(4, 3, 1, 4, 3)]).toEqual([4])
  })
  it('a pool of provinces on straight lines chooses models that follow a line', () => {
    const random = new RandomStream(3)
    const fits = Array.from({ length: 40 }, (_, i) => {
      const y = Float64Array.from(
        { length: 14 },
        (_, t) => 100 + (5 + random.uniform()) * t + random.uniform(),
      )
      return prepareSeries({ key: `${i}`, pool: 'p', frequency: 'A', y }, { horizon: 3 }, 40).fit!
    })
    const { chosen } = chooseMembers(fits, 3)
    expect(chosen).not.toContain('naive')
    expect(chosen).not.toContain('ses')
    // A choice in force stays unless the gain is 2 % or more.
    expect(chooseMembers(fits, 3, chosen).chosen).toEqual(chosen)
  })
})
