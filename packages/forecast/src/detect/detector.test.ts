import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { RandomStream } from '@nhip/random/stream'
import { describe, expect, it } from 'vitest'
import { secondsOf } from '../prepare/grid.ts'
import {
  type NabFile,
  nabBest,
  nabScore,
  nabSize,
  PROFILES,
  windowRows,
  windowsAround,
} from '../score/nab.ts'
import { Detector, type Judgement } from './detector.ts'

const shared = process.env.NHIP_SHARED ?? new URL('../../../../../shared', import.meta.url).pathname
const folder = `${shared}/data/city/nab`

interface Stream {
  name: string
  times: Float64Array
  values: Float64Array
  windows: [number, number][]
}

let read: Stream[] | undefined

/** Read once for all tests. */
function streams(): Stream[] {
  read ??= readStreams()
  return read
}

function readStreams(): Stream[] {
  const labels = JSON.parse(readFileSync(`${folder}/labels.json`, 'utf8')) as Record<
    string,
    { windows: [string, string][] }
  >
  return readdirSync(folder)
    .filter((f) => f.endsWith('.csv'))
    .map((name) => {
      const rows = readFileSync(`${folder}/${name}`, 'utf8')
        .trim()
        .split(/\r?\n/)
        .slice(1)
        .map((l) => l.split(','))
      const times = Float64Array.from(rows, (r) => secondsOf(r[0]!))
      const windows = (labels[name]?.windows ?? []).flatMap(([a, b]) => {
        const w = windowRows(times, secondsOf(a), secondsOf(b))
        return w ? [w] : []
      })
      return { name, times, values: Float64Array.from(rows, (r) => Number(r[1])), windows }
    })
}

const judge = (times: Float64Array, values: Float64Array): Judgement[] => {
  const d = new Detector()
  return Array.from(values, (v, i) => d.push(times[i]!, v))
}
const normal = (random: RandomStream): number =>
  Math.sqrt(-2 * Math.log(random.uniformOpen())) * Math.cos(2 * Math.PI * random.uniform())

describe.skipIf(!existsSync(folder))('the public streams', () => {
  it('scorer: "outside the range seen so far by 5 %" gives the published check values', () => {
    const files: NabFile[] = streams().map((s) => {
      let low = Number.POSITIVE_INFINITY
      let high = Number.NEGATIVE_INFINITY
      const scores = s.values.map((v) => {
        const r = high - low
        const out = r > 0 && (v < low - 0.05 * r || v > high + 0.05 * r) ? 1 : 0
        low = Math.min(low, v)
        high = Math.max(high, v)
        return out
      })
      return { name: s.name, scores, windows: s.windows }
    })
    expect(nabSize(files)).toEqual({ rows: 54_775, windows: 28 })
    const standard = nabBest(files, PROFILES.standard)
    expect(
      [
        standard.normalised,
        nabBest(files, PROFILES.lowFp).normalised,
        nabBest(files, PROFILES.lowFn).normalised,
      ].map((v) => v.toFixed(2)),
    ).toEqual(['47.41', '45.84', '49.46'])
    expect([standard.windowsHit, standard.falsePoints]).toEqual([15, 8])
    const silent = files.map((f) => ({ ...f, scores: new Float64Array(f.scores.length) }))
    expect(nabScore(silent, PROFILES.standard, 0.5).normalised).toBe(0)
  })
  it('our detector reaches 62 with the best threshold and with the shipped one', () => {
    const files = streams().map((s) => ({
      name: s.name,
      scores: Float64Array.from(judge(s.times, s.values), (j) => j.score),
      windows: s.windows,
    }))
    expect(nabBest(files, PROFILES.standard).normalised).toBeGreaterThanOrEqual(62)
    expect(nabScore(files, PROFILES.standard, 0.5).normalised).toBeGreaterThanOrEqual(62)
  })
  it('cutting a file changes no earlier row, and a stored state goes on as if nothing had happened', () => {
    const s = streams().find((x) => x.name === 'nyc_taxi.csv')!
    const whole = judge(s.times, s.values)
    expect(judge(s.times.subarray(0, 5000), s.values.subarray(0, 5000))).toEqual(whole.slice(0, 5000))
    const first = new Detector()
    for (let i = 0; i < 3000; i++) first.push(s.times[i]!, s.values[i]!)
    const second = new Detector({}, first.state)
    for (let i = 3000; i < 3500; i++) expect(second.push(s.times[i]!, s.values[i]!)).toEqual(whole[i])
  })
})

it('the state is at most 2 KB', () => {
  expect(new Detector().stateBytes).toBeLessThanOrEqual(2048)
})

describe('windows around single labels', () => {
  it('are 10 % of the rows in all and merged where they touch', () => {
    expect(windowsAround([100, 500], 1000)).toEqual([
      [75, 125],
      [475, 525],
    ])
    expect(windowsAround([100, 120], 1000)).toEqual([[75, 145]])
  })
})

/** Hourly counts as of a road: a daily and a weekly shape, noise with memory. σ is the spread of the noise around the shape. */
function traffic(hours: number, seed: number): { times: Float64Array; values: Float64Array; sigma: number } {
  const random = new RandomStream(seed)
  const sigma = 120
  let e = 0
  const times = Float64Array.from({ length: hours }, (_, t) => 1_700_006_400 + 3600 * t)
  const values = times.map((time) => {
    const hour = (time / 3600) % 24
    const day = (Math.floor(time / 86_400) + 4) % 7
    const weekend = day === 0 || day === 6
    e = 0.4 * e + sigma * Math.sqrt(1 - 0.16) * normal(random)
    return 3000 + (weekend ? 700 : 1500) * Math.sin((2 * Math.PI * (hour - 7)) / 24) + e
  })
  return { times, values, sigma }
}

/** An event in the second half of a stream; returns the row from which it can be seen and until when a detection counts. */
type Injection = (v: Float64Array, at: number, sigma: number, times: Float64Array) => number

const injections: Record<string, Injection> = {
  spike: (v, at, sigma) => {
    v[at]! += 5 * sigma * 1.6
    v[at + 1]! += 5 * sigma
    v[at + 2]! += 5 * sigma
    return 3
  },
  shift: (v, at, sigma) => {
    for (let i = at; i < v.length; i++) v[i]! += 5 * sigma
    return 48
  },
  'slow drift': (v, at, sigma) => {
    for (let i = at; i < v.length; i++) v[i]! += Math.min(1, (i - at) / 240) * 5 * sigma
    return 400
  },
  frozen: (v, at) => {
    for (let i = at; i < at + 48; i++) v[i] = v[at]!
    return 48
  },
  silence: (_, at, __, times) => {
    for (let i = at; i < times.length; i++) times[i]! += 5 * 86_400
    return 2
  },
  'unit slip': (v, at) => {
    for (let i = at; i < at + 3; i++) v[i]! *= 1000
    return 3
  },
  sign: (v, at) => {
    for (let i = at; i < at + 3; i++) v[i]! *= -1
    return 3
  },
  'changed season': (v, at) => {
    const copy = v.slice()
    for (let i = at; i + 12 < v.length; i++) v[i] = copy[i + 12]!
    return 48
  },
}

describe('injected events, hourly', () => {
  const trials = 6
  const hours = 24 * 120
  let found = 0
  let planted = 0
  for (const [name, inject] of Object.entries(injections))
    it(`${name}: found, told once`, () => {
      let hits = 0
      for (let k = 0; k < trials; k++) {
        const s = traffic(hours, 100 + k)
        const at = 24 * 90 + 7 * k
        const within = inject(s.values, at, s.sigma, s.times)
        const alerts = judge(s.times, s.values).flatMap((j, i) =>
          j.alert && i >= at && i < at + within ? [i] : [],
        )
        if (alerts.length > 0) hits++
        expect(alerts.length, `${name}: one event, at most two alerts`).toBeLessThanOrEqual(2)
      }
      found += hits
      planted += trials
      expect(hits / trials).toBeGreaterThanOrEqual(0.75)
    })
  it('nine in ten of all events at 5σ', () => {
    expect(planted).toBe(trials * Object.keys(injections).length)
    expect(found / planted).toBeGreaterThanOrEqual(0.9)
  })
  it('at most one false alert a series and month on quiet traffic', () => {
    let alerts = 0
    for (let k = 0; k < 6; k++) {
      const s = traffic(hours, 500 + k)
      alerts += judge(s.times, s.values).filter((j) => j.alert).length
    }
    expect(alerts / (6 * (hours / 720))).toBeLessThanOrEqual(1)
  })
  it('late rows, repeated stamps and missing values never alert and change nothing', () => {
    const s = traffic(hours, 9)
    const d = new Detector()
    for (let i = 0; i < hours; i++) d.push(s.times[i]!, s.values[i]!)
    const before = d.state
    expect(d.push(s.times[hours - 1]!, 1e9)).toMatchObject({ score: 0, alert: false, reason: 'duplicate' })
    expect(d.push(s.times[hours - 30]!, 1e9)).toMatchObject({ score: 0, alert: false, reason: 'late' })
    expect(d.push(s.times[hours - 1]! + 3600, Number.NaN)).toMatchObject({
      score: 0,
      alert: false,
      reason: 'missing',
    })
    expect(d.state).toEqual(before)
  })
  it('an impossible value is a matter of data quality', () => {
    const d = new Detector({ bounds: [0, 100] })
    expect(d.push(0, 50).alert).toBe(false)
    expect(d.push(3600, 140)).toMatchObject({ alert: true, reason: 'impossible', direction: 'up' })
  })
})
