import { clean, type Show } from '../prepare/clean.ts'
import type { Hygiene, Nature, Series } from '../prepare/series.ts'
import { seasonsOf } from '../prepare/series.ts'
import { type Transform, toModel, transformOf } from '../prepare/transform.ts'
import { naiveScale } from '../score/metrics.ts'
import { fitSeries, type SeriesFit } from './fit-series.ts'
import { MODELS, POOL_FOR_CHOICE, planFor, planOfOne } from './plan.ts'

/** What a forecast is asked for. */
export interface ForecastOptions {
  readonly horizon: number
  /** Central bands in percent; 80 and 95 unless said. */
  readonly levels?: readonly number[]
  /** One model by name instead of the plan; see `combine/plan.ts`. */
  readonly model?: string
  /** How many earlier origins the backtest takes; 3 unless said. */
  readonly origins?: number
}

/** A series fitted: the part of the work that runs in workers. Plain data. */
export interface Prepared {
  readonly key: string
  readonly pool: string
  readonly season: number
  readonly n: number
  readonly last: number
  /** Mean absolute change over a season, in the units of the series. */
  readonly scale: number
  readonly show: Show
  readonly nature: Nature | undefined
  readonly bounds: readonly [number, number] | undefined
  readonly transform: Transform
  /** Values were divided by this power of two before any model saw them, so that no magnitude overflows. */
  readonly unit: number
  /** Steps between the last value and the origin asked for. */
  readonly ahead: number
  readonly plan: string
  readonly choose: number
  readonly fit: SeriesFit | null
  readonly hygiene: readonly Hygiene[]
}

/**
 * Cleans, transforms and fits one series. `peers`: how many series of its pool have at least 8 points. Never throws for data:
 * a series that defeats every model comes back with `show: 'none'` or as naive, and a hygiene code.
 */
export function prepareSeries(series: Series, options: ForecastOptions, peers = 0): Prepared {
  const seasons = seasonsOf(series.frequency)
  const c = clean(series, peers)
  const transform = transformOf(series.nature, c.y, series.bounds)
  const z = toModel(transform, c.y)
  let size = 0
  for (let t = 0; t < z.length; t++) size = Math.max(size, Math.abs(z[t]!))
  const unit = size > 0 ? 2 ** Math.round(Math.log2(size)) : 1
  const scaled = z.map((v) => v / unit)
  const usable = seasons.filter((m) => m <= 1 || scaled.length > m)
  const one = options.model && options.model !== 'auto' ? MODELS[options.model] : undefined
  const plan = one
    ? planOfOne(one, usable.length ? usable : [1])
    : planFor(usable.length ? usable : [1], c.intermittent && transform.name === 'none', peers)
  const hygiene = [...c.hygiene]
  let fit: SeriesFit | null = null
  if (c.show !== 'none')
    try {
      fit = fitSeries(scaled, usable.length ? usable : [1], options.horizon + c.ahead, plan, {
        origins: options.origins,
        deep: peers < POOL_FOR_CHOICE,
      })
    } catch {
      hygiene.push({ code: 'failed' })
    }
  return {
    key: series.key,
    pool: series.pool,
    season: seasons[0] ?? 1,
    n: c.y.length,
    last: c.y[c.y.length - 1] ?? Number.NaN,
    scale: naiveScale(c.y, (seasons[0] ?? 1) < c.y.length ? (seasons[0] ?? 1) : 1),
    show: fit ? c.show : 'none',
    nature: series.nature,
    bounds: series.bounds,
    transform,
    unit,
    ahead: c.ahead,
    plan: plan.name,
    choose: plan.choose,
    fit,
    hygiene,
  }
}
