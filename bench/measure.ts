import { computePipeline } from '@nhip/measure/compute/compute'
import { type Pipeline, prepare } from '@nhip/measure/compute/pipeline'
import type { Framework } from '@nhip/measure/framework/framework'
import type { Panel } from '@nhip/measure/panel'
import { scanOutliers } from '@nhip/measure/quality/scan'
import { analyseRanks, type RankOptions } from '@nhip/measure/rank/analyse-ranks'
import { LiveScores } from '@nhip/measure/rank/live-scores'
import { RandomStream } from '@nhip/random/stream'
import { openDrawPool } from '../cli/src/measure/draw-pool.ts'
import type { Bench, Context, Measure } from './contract.ts'
import { asemFramework, madeUpPanel, madeUpSeries, nationalFramework } from './load/national-index.ts'
import { chartTimes, cubeTime, ITEMS, MONTHS, nationalTable, UNITS } from './load/national-table.ts'

const DRAWS: RankOptions = { draws: 1000, seed: 1, level: 0.9, sobol: null }
const CHARTS = 100
const CHANGES = 200

/** The whole table, months and series are those of the stated goals; a quick run takes a tenth of both. */
const sizes = ({ full }: Context) => ({
  months: full ? MONTHS : MONTHS / 10,
  series: full ? UNITS * ITEMS : Math.round((UNITS * ITEMS) / 10),
})

async function run(context: Context): Promise<Measure[]> {
  const { months, series } = sizes(context)
  const table = await nationalTable(months, 'months')
  context.log(`${(UNITS * ITEMS * months).toLocaleString('en')} observations in DuckDB`)
  const charts = await chartTimes(table, CHARTS)
  const cube = await cubeTime(table)
  table.close()

  const national = nationalFramework()
  const panel = madeUpPanel(national)
  const whole = await least(3, () => computePipeline(prepare(national, panel)))
  const live = new LiveScores(national, panel)
  const changes = timesOf(CHANGES, (n) =>
    live.recompute({
      unit: panel.units[(n * 1009) % UNITS]!,
      item: panel.items[(n * 37) % ITEMS]!,
      value: 30 + (n % 40),
    }),
  )
  const again = prepare(national, live.panel).run()
  if (again.some((score, u) => score !== live.standing.score[u]))
    throw new Error('a change gave another score')

  const asem = asemFramework()
  const small = madeUpPanel(asem, 51)
  const alone = await least(5, () => analyseRanks(prepare(asem, small), [], DRAWS))
  const pool = await openDrawPool(2)
  const shared = await least(5, () => analyseRanks(prepare(asem, small), [], DRAWS, pool)).finally(() =>
    pool.close(),
  )

  const values = madeUpSeries(series, MONTHS)
  let found = 0
  const scan = await least(2, () => {
    found = scanOutliers(values, MONTHS).length
  })
  const peak = process.resourceUsage().maxRSS / 1024
  context.log(
    `${found.toLocaleString('en')} cells stand out; peak memory ${Math.round(peak).toLocaleString('en')} MB`,
  )
  return [
    { name: 'charts, p95', value: at(charts, 0.95), uom: 'ms', better: 'less', floor: 100 },
    { name: 'province × item × month cube', value: cube, uom: 'ms', better: 'less', floor: 500 },
    { name: 'one framework, 3,321 units', value: whole, uom: 'ms', better: 'less', floor: 1000 },
    { name: 'after one changed cell, p95', value: at(changes, 0.95), uom: 'ms', better: 'less', floor: 20 },
    { name: '1,000 draws of ASEM, one thread', value: alone, uom: 'ms', better: 'less', floor: 300 },
    { name: '1,000 draws of ASEM, two workers', value: shared, uom: 'ms', better: 'less', floor: 300 },
    {
      name: `outlier scan, ${series.toLocaleString('en')} series`,
      value: scan,
      uom: 'ms',
      better: 'less',
      ...(context.full ? { floor: 5000 } : {}),
    },
    { name: 'peak memory', value: peak, uom: 'MB', better: 'less' },
  ]
}

/** The same queries over the same rows in the order in which forms are typed: one unit's form after the other. */
async function plainSql(context: Context): Promise<Measure[]> {
  const table = await nationalTable(sizes(context).months, 'forms')
  const charts = await chartTimes(table, CHARTS)
  const cube = await cubeTime(table)
  table.close()
  return [
    { name: 'charts, p95', value: at(charts, 0.95), uom: 'ms', better: 'less' },
    { name: 'province × item × month cube', value: cube, uom: 'ms', better: 'less' },
  ]
}

/** The straightforward way: everything anew for each change and each draw; a sorted copy for each median. */
async function everythingAnew(context: Context): Promise<Measure[]> {
  const national = nationalFramework()
  const panel = madeUpPanel(national)
  const whole = await least(3, () => objectPasses(national, panel))
  const change = await least(3, () => computePipeline(prepare(national, panel)))
  const asem = asemFramework()
  const small = madeUpPanel(asem, 51)
  const began = performance.now()
  for (let draw = 0; draw < DRAWS.draws; draw++) drawAnew(asem, small, draw)
  const draws = performance.now() - began
  const { series } = sizes(context)
  const values = madeUpSeries(series, MONTHS)
  const scan = await least(1, () => scanBySorting(values))
  return [
    { name: 'one framework, 3,321 units', value: whole, uom: 'ms', better: 'less' },
    { name: 'after one changed cell, p95', value: change, uom: 'ms', better: 'less' },
    { name: '1,000 draws of ASEM, one thread', value: draws, uom: 'ms', better: 'less' },
    { name: `outlier scan, ${series.toLocaleString('en')} series`, value: scan, uom: 'ms', better: 'less' },
  ]
}

/** A draw that prepares the data again, as a script around a scoring function does. */
function drawAnew(framework: Framework, panel: Panel, draw: number): number[] {
  const pipeline: Pipeline = prepare(framework, panel)
  const stream = new RandomStream(1, draw)
  const weights = Float64Array.from(framework.nodes, ({ weight }) => weight * (0.75 + 0.5 * stream.uniform()))
  const scores = pipeline.run({ weights })
  return [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!)
}

/** Rows as objects, a pass a step: fill gaps, scale, weigh, sort. No treatment of outliers, so it does less work. */
function objectPasses(framework: Framework, panel: Panel): { unit: string; score: number }[] {
  const rows = panel.units.map((unit, u) => ({
    unit,
    cells: new Map(
      panel.items.map((item, i) => [
        item,
        panel.state[i * panel.units.length + u] === 0 ? panel.value[i * panel.units.length + u]! : null,
      ]),
    ),
    score: 0,
  }))
  for (const i of framework.leaves) {
    const { code, direction } = framework.nodes[i]!
    const known = rows.flatMap((row) => row.cells.get(code) ?? []).sort((a, b) => a - b)
    const middle = known[known.length >> 1]!
    for (const row of rows) if (row.cells.get(code) === null) row.cells.set(code, middle)
    const turned = rows.map((row) => direction * row.cells.get(code)!)
    const [low, high] = [Math.min(...turned), Math.max(...turned)]
    rows.forEach((row, u) => {
      row.cells.set(code, (100 * (turned[u]! - low)) / (high - low))
    })
  }
  const scoreOf = (row: (typeof rows)[number], node: number): number => {
    const { code, children } = framework.nodes[node]!
    if (children.length === 0) return row.cells.get(code)!
    const weights = children.map((c) => framework.nodes[c]!.weight)
    const sum = children.reduce((s, c, k) => s + weights[k]! * scoreOf(row, c), 0)
    return sum / weights.reduce((a, b) => a + b)
  }
  for (const row of rows) row.score = scoreOf(row, framework.root)
  return rows.sort((a, b) => b.score - a.score).map(({ unit, score }) => ({ unit, score }))
}

function scanBySorting(values: Float64Array): number {
  const median = (list: number[]) => {
    const sorted = [...list].sort((a, b) => a - b)
    return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2
  }
  const zs = (list: number[]) => {
    const centre = median(list)
    const mad = median(list.map((x) => Math.abs(x - centre)))
    return list.map((x) => (0.6745 * (x - centre)) / mad)
  }
  let found = 0
  for (let from = 0; from < values.length; from += MONTHS) {
    const series = Array.from(values.subarray(from, from + MONTHS))
    const level = zs(series)
    const season = zs(series.slice(12).map((x, t) => x - series[t]!))
    series.forEach((_, t) => {
      if (Math.max(Math.abs(level[t]!), Math.abs(season[t - 12] ?? 0)) > 3.5) found++
    })
  }
  return found
}

async function least(times: number, work: () => unknown): Promise<number> {
  let best = Infinity
  for (let i = 0; i < times; i++) {
    const began = performance.now()
    await work()
    best = Math.min(best, performance.now() - began)
  }
  return best
}

function timesOf(count: number, work: (n: number) => unknown): number[] {
  return Array.from({ length: count }, (_, n) => {
    const began = performance.now()
    work(n)
    return performance.now() - began
  }).sort((a, b) => a - b)
}

function at(ascending: readonly number[], share: number): number {
  return ascending[Math.ceil(share * ascending.length) - 1]!
}

export default {
  name: 'measure',
  about:
    'a nation of 3,321 units × 98 items × months in DuckDB; one framework over all units, whole and after one change; 1,000 draws; outlier scan',
  peers: [
    { who: 'DuckDB, plain SQL', version: 'rows in order of the forms', run: plainSql },
    { who: 'everything anew', version: process.version, run: everythingAnew },
  ],
  run,
} satisfies Bench
