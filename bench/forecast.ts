import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { evaluate, type Path, type Score } from '@nhip/forecast/evaluate'
import { forecast } from '@nhip/forecast/forecast'
import { Training } from '@nhip/forecast/model'
import { readScoreFile, type ScoreSeries } from '@nhip/forecast/score-file'
import { adjust, reseason } from '@nhip/forecast/season'
import { theta } from '@nhip/forecast/theta'
import type { Bench, Context, Measure } from './contract.ts'

const require = createRequire(import.meta.url)
const root = fileURLToPath(new URL('..', import.meta.url))
const shared = process.env.NHIP_SHARED ?? fileURLToPath(new URL('../../shared', import.meta.url))
const files = ['m3-half', 'm4-hourly-half', 'm4-weekly-half'] as const
const path = (name: string): string => join(shared, 'conformance/forecast', `${name}.txt`)

/** Every k-th series of a file, k fixed: the same series for us and for all peers. */
function sample(name: (typeof files)[number], full: boolean): ScoreSeries[] {
  const every = {
    'm3-half': full ? 6 : 60,
    'm4-hourly-half': full ? 8 : 104,
    'm4-weekly-half': full ? 6 : 60,
  }[name]
  return readScoreFile(readFileSync(path(name), 'utf8')).series.filter((_, i) => i % every === 0)
}

const seasonsOf = (s: ScoreSeries): number[] => (s.frequency === 24 ? [24, 168] : [s.frequency])
const cpu = (since?: NodeJS.CpuUsage): number => {
  const used = process.cpuUsage(since)
  return (used.user + used.system) / 1e6
}

/** Figures of one forecaster on one file; a refusal counts as naive2 and is printed. */
function figures(
  name: string,
  series: readonly ScoreSeries[],
  paths: Map<string, Path>,
  seconds: number,
): Measure[] {
  const { all }: { all: Score } = evaluate(series, paths)
  const of = (what: string, value: number, uom: string, floor?: number): Measure => ({
    name: `${name} ${what}`,
    value,
    uom,
    better: 'less',
    ...(floor === undefined ? {} : { floor }),
  })
  const owa = { 'm3-half': 0.83, 'm4-hourly-half': 0.47, 'm4-weekly-half': 0.76 }[name]
  return [
    of('sMAPE', all.smape, '%'),
    of('MASE', all.mase, ''),
    of('OWA', all.owa, '', owa),
    of('s per 1,000', (seconds * 1000) / series.length, 's'),
    of('refused', all.fallbacks, 'series'),
  ]
}

const band = (point: ArrayLike<number>): Path => ({
  point: Float64Array.from(point),
  lower95: Float64Array.from(point),
  upper95: Float64Array.from(point),
})

async function ours(context: Context): Promise<Measure[]> {
  const out: Measure[] = []
  for (const name of files) {
    if (!existsSync(path(name))) continue
    const series = context.full ? readScoreFile(readFileSync(path(name), 'utf8')).series : sample(name, false)
    const kept = new Set(sample(name, context.full).map((s) => s.id))
    const paths = new Map<string, Path>()
    const began = process.cpuUsage()
    for (const group of new Set(series.map((s) => s.group))) {
      const members = series.filter((s) => s.group === group)
      const { issued } = forecast(
        members.map((s) => ({
          key: s.id,
          pool: group,
          frequency: { step: '', season: seasonsOf(s) },
          y: s.train,
        })),
        { horizon: members[0]!.horizon },
      )
      for (const i of issued)
        if (i.show !== 'none')
          paths.set(i.key, { point: i.point, lower95: i.bands[1]!.lower, upper95: i.bands[1]!.upper })
    }
    const seconds = (cpu(began) * kept.size) / series.length
    context.log(`${name}: ${kept.size} series for all, ${series.length} forecast by us`)
    out.push(
      ...figures(
        name,
        series.filter((s) => kept.has(s.id)),
        paths,
        seconds,
      ),
    )
  }
  out.push(...speeds(context))
  if (context.full) out.push(...(await tenthOfTheNation(context)))
  return out
}

/** Monthly series of communes, made here: level, trend, season, noise. */
function monthly(count: number, n: number): Float64Array[] {
  return Array.from({ length: count }, (_, i) =>
    Float64Array.from(
      { length: n },
      (_, t) =>
        100 +
        (i % 37) +
        0.2 * (i % 7) * t +
        12 * Math.sin((t * Math.PI) / 6 + i) +
        5 * Math.sin(t * t * 1.7 + i * i),
    ),
  )
}

function speeds(context: Context): Measure[] {
  const count = context.full ? 1000 : 150
  const series = monthly(count, 96)
  const times = (work: () => void): number => {
    work()
    const began = process.cpuUsage()
    work()
    return (cpu(began) * 1000) / count
  }
  const hourly = Array.from({ length: 30 }, (_, i) =>
    Float64Array.from(
      { length: 840 },
      (_, t) =>
        500 +
        100 * Math.sin((t * Math.PI) / 12) +
        40 * Math.sin((t * Math.PI) / 84) +
        30 * Math.sin(t * t + i),
    ),
  )
  const warm = (): void => {
    forecast(
      hourly.map((y, i) => ({ key: `${i}`, pool: 'h', frequency: 'H', y })),
      { horizon: 48 },
    )
  }
  warm()
  const began = process.cpuUsage()
  warm()
  const hourlySeconds = (cpu(began) * 1000) / hourly.length
  return [
    {
      name: 'Theta, per 1,000',
      value: times(() => {
        for (const y of series) theta.fit(new Training(y, [12]))?.path(18)
      }),
      uom: 's',
      better: 'less',
      floor: 0.2,
    },
    {
      name: 'monthly with bands, per 1,000',
      value: times(() =>
        forecast(
          series.map((y, i) => ({ key: `${i}`, pool: 'm', frequency: 'M', y })),
          { horizon: 18 },
        ),
      ),
      uom: 's',
      better: 'less',
      floor: 8,
    },
    {
      name: 'hourly with bands, per 1,000',
      value: hourlySeconds,
      uom: 's',
      better: 'less',
      floor: 5,
    },
  ]
}

/** A tenth of 3,321 communes × 98 indicators, 60 months each, by the command with two jobs. */
async function tenthOfTheNation(context: Context): Promise<Measure[]> {
  const file = join(context.folder, 'nation.txt')
  writeFileSync(
    file,
    monthly(32_500, 60)
      .map((y, i) => `s${i}|${[...y].map((v) => v.toFixed(2)).join(' ')}`)
      .join('\n'),
  )
  const began = performance.now()
  const peak = await new Promise<number>((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [
        join(root, 'cli/bin/nhip.mjs'),
        'forecast',
        file,
        '--format',
        'series',
        '--horizon',
        '12',
        '--frequency',
        'M',
        '--jobs',
        '2',
        '--json',
      ],
      { stdio: ['ignore', 'ignore', 'ignore'] },
    )
    let most = 0
    const watch = setInterval(() => {
      try {
        const kb = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))
        most = Math.max(most, Number(kb?.[1] ?? 0) / 1024)
      } catch {
        // The process has ended, or this system has no /proc; then the peak stays unknown.
      }
    }, 500)
    child.on('error', reject)
    child.on('exit', (code) => {
      clearInterval(watch)
      if (code === 0) resolve(most)
      else reject(new Error(`nhip forecast ended with ${code}`))
    })
  })
  return [
    {
      name: '32,500 monthly series, two jobs',
      value: (performance.now() - began) / 1000,
      uom: 's',
      better: 'less',
      floor: 180,
    },
    { name: '32,500 monthly series, peak memory', value: peak, uom: 'MB', better: 'less', floor: 1500 },
  ]
}

/** Runs a peer over the samples; what it throws, or a path that is not finite, is a refusal. */
function peer(run: (s: ScoreSeries) => ArrayLike<number>) {
  return async (context: Context): Promise<Measure[] | { skipped: string }> => {
    const out: Measure[] = []
    for (const name of files) {
      if (!existsSync(path(name))) continue
      const series = sample(name, context.full)
      const paths = new Map<string, Path>()
      const began = process.cpuUsage()
      for (const s of series)
        try {
          const point = run(s)
          if (point.length === s.horizon && Array.from(point).every(Number.isFinite))
            paths.set(s.id, band(point))
        } catch {
          // Counted as a refusal by the evaluator.
        }
      out.push(...figures(name, series, paths, cpu(began)))
    }
    return out.length ? out : { skipped: 'the public files are not here' }
  }
}

type Arima = new (o: object) => { train(y: number[]): { predict(h: number): [number[], number[]] } }

const arima: Bench['peers'][number] = {
  who: 'arima',
  version: '0.2.8',
  run: peer((s) => {
    const ARIMA = require('arima') as Arima
    // Automatic orders with the season; its seasonal search takes minutes for one hourly series, so there it gets adjusted data; and the last 500
    // points, since its cost grows with every point.
    const a = s.frequency === 24 ? adjust(s.train, 24) : null
    const season = s.frequency <= 12 ? s.frequency : 1
    const model = new ARIMA({ auto: true, verbose: false, ...(season > 1 ? { s: season } : {}) })
    const point = Float64Array.from(
      model.train([...(a?.values ?? s.train)].slice(-500)).predict(s.horizon)[0],
    )
    return a ? reseason(point, s.train.length, a) : point
  }),
}

const augurs: Bench['peers'][number] = {
  who: '@bsull/augurs',
  version: '0.10.2',
  async run(context) {
    const { AutoETS, initSync: startEts } = await import('@bsull/augurs/ets')
    const { MSTL, initSync: startMstl } = await import('@bsull/augurs/mstl')
    const wasm = (name: string): Buffer =>
      readFileSync(join(root, 'node_modules/@bsull/augurs', `${name}_bg.wasm`))
    startEts({ module: wasm('ets') })
    startMstl({ module: wasm('mstl') })
    return peer((s) => {
      if (s.frequency === 24) {
        const model = MSTL.ets(new Uint32Array([24, 168]))
        model.fit(new Float64Array(s.train))
        return model.predict(s.horizon).point
      }
      // It has no seasonal smoothing, so it is given our seasonally adjusted data and the season is put back.
      const a = adjust(s.train, s.frequency === 52 ? 1 : s.frequency)
      const model = new AutoETS(1, 'ZZN')
      model.fit(new Float64Array(a.values))
      return reseason(Float64Array.from(model.predict(s.horizon).point), s.train.length, a)
    })(context)
  },
}

export default {
  name: 'forecast',
  about:
    'accuracy and cost of forecasts on public series (fixed sample; all series with --full), against two libraries',
  peers: [arima, augurs],
  run: ours,
} satisfies Bench
