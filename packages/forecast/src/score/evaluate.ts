import { Training } from '../models/model.ts'
import { naive2 } from '../models/naive.ts'
import { interpolate } from '../prepare/gaps.ts'
import { covered, meanAbsoluteError, msis, naiveScale, smape } from './metrics.ts'
import { type ScoreSeries, scoringPeriod } from './score-file.ts'

/** A forecast to be scored: one number a step. */
export interface Path {
  readonly point: Float64Array
  readonly lower95: Float64Array
  readonly upper95: Float64Array
  /** True where no model answered and the reference had to stand in. */
  readonly fallback?: boolean
}

/** One row of the score table; means over the series of a group. `owa` is relative to naive2 on the same series. */
export interface Score {
  group: string
  frequency: number | null
  scoringPeriod: number | null
  horizon: number | null
  series: number
  smape: number
  mase: number
  owa: number
  coverage95: number
  msis95: number
  secondsPer1000: number
  naive2: { smape: number; mase: number }
  /** Share of series with a smaller mean absolute error than naive2. */
  betterThanNaive2: number
  scaleZero: number
  fallbacks: number
}

class Tally {
  series = 0
  smape = 0
  mase = 0
  refSmape = 0
  refMase = 0
  scored = 0
  scaled = 0
  hits = 0
  outcomes = 0
  msis = 0
  better = 0
  scaleZero = 0
  fallbacks = 0
  seconds = 0

  add(s: ScoreSeries, path: Path | undefined, seconds: number): void {
    const period = scoringPeriod(s.frequency)
    const reference = referencePath(s)
    const p = path ?? { point: reference, lower95: reference, upper95: reference, fallback: true }
    this.series++
    this.seconds += seconds
    if (p.fallback) this.fallbacks++
    const mae = meanAbsoluteError(s.test, p.point)
    if (Number.isNaN(mae)) return
    this.scored++
    this.smape += smape(s.test, p.point)
    this.refSmape += smape(s.test, reference)
    const refMae = meanAbsoluteError(s.test, reference)
    if (mae < refMae) this.better++
    const [hits, n] = covered(s.test, p.lower95, p.upper95)
    this.hits += hits
    this.outcomes += n
    const scale = naiveScale(s.train, period)
    if (!(scale > 0)) {
      this.scaleZero++
      return
    }
    this.scaled++
    this.mase += mae / scale
    this.refMase += refMae / scale
    this.msis += msis(s.test, p.lower95, p.upper95, scale)
  }

  row(group: string, first: ScoreSeries | null): Score {
    const smapeMean = this.smape / this.scored
    const maseMean = this.mase / this.scaled
    const ref = { smape: this.refSmape / this.scored, mase: this.refMase / this.scaled }
    return {
      group,
      frequency: first?.frequency ?? null,
      scoringPeriod: first ? scoringPeriod(first.frequency) : null,
      horizon: first?.horizon ?? null,
      series: this.series,
      smape: smapeMean,
      mase: maseMean,
      owa: (smapeMean / ref.smape + maseMean / ref.mase) / 2,
      coverage95: this.hits / this.outcomes,
      msis95: this.msis / this.scaled,
      secondsPer1000: (this.seconds * 1000) / this.series,
      naive2: ref,
      betterThanNaive2: this.better / this.scored,
      scaleZero: this.scaleZero,
      fallbacks: this.fallbacks,
    }
  }
}

/** The naive2 path that everything is measured against; inner gaps are filled first, as for every model. */
function referencePath(s: ScoreSeries): Float64Array {
  const y = interpolate(s.train)
  const fitted = naive2.fit(new Training(y, [scoringPeriod(s.frequency)]))
  return fitted ? fitted.path(s.horizon) : new Float64Array(s.horizon)
}

/**
 * Scores forecasts against the held-out part. `seconds` is the computing time of one series of a group.
 * Series without a forecast count as naive2 and are reported as `fallbacks`.
 */
export function evaluate(
  series: readonly ScoreSeries[],
  forecasts: ReadonlyMap<string, Path>,
  seconds: ReadonlyMap<string, number> = new Map(),
): { groups: Score[]; all: Score } {
  const groups = new Map<string, { first: ScoreSeries; tally: Tally }>()
  const all = new Tally()
  for (const s of series) {
    let g = groups.get(s.group)
    if (!g) {
      g = { first: s, tally: new Tally() }
      groups.set(s.group, g)
    }
    const cost = seconds.get(s.group) ?? 0
    g.tally.add(s, forecasts.get(s.id), cost)
    all.add(s, forecasts.get(s.id), cost)
  }
  const rows = [...groups].map(([name, g]) => g.tally.row(name, g.first))
  return { groups: rows, all: all.row('ALL', null) }
}
