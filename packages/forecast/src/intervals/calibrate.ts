import type { SeriesFit } from '../combine/fit-series.ts'
import { type ErrorTable, errorTable } from './conformal.ts'
import { defaultTable } from './default-table.ts'
import { type DifficultyModel, difficultyOf, FEATURES, learnDifficulty } from './difficulty.ts'

/** What a pool knows of its errors. */
export interface Calibration {
  readonly table: ErrorTable
  /** Of the reference guess, for series that show it. */
  readonly naiveTable: ErrorTable
  readonly difficulty: DifficultyModel | null
  /** Stands in for the scale of a constant series: the 5th percentile of the pool's scales. */
  readonly scaleFloor: number
  /** Errors at the first step. */
  readonly n: number
  /** 0: the pool's own errors; 3: the table shipped with the library, moved towards the few own errors. */
  readonly fallback: 0 | 3
}

/** Scaled errors a step from which a pool stands on its own. */
const ENOUGH = 100

/** Origins of one series share most of their luck: together they count as this many independent errors. */
const INDEPENDENT = 1.5

interface Item {
  readonly fit: SeriesFit
  /** [cut] what would have been shown. */
  readonly paths: readonly Float64Array[]
  readonly reference: readonly Float64Array[]
  readonly naive: boolean
}

/** Median of |error| / scale by step: what is usual for the pool, so that an origin with few known steps can be judged fairly. */
function usualError(items: readonly Item[], horizon: number): Float64Array {
  const out = new Float64Array(horizon)
  for (let s = 0; s < horizon; s++) {
    const v: number[] = []
    for (const { fit, paths } of items)
      for (let c = 0; c < fit.cuts.length - 1; c++) {
        const e = Math.abs(fit.actual[c * horizon + s]! - paths[c]![s]!) / fit.scales[c]!
        if (Number.isFinite(e)) v.push(e)
      }
    v.sort((a, b) => a - b)
    out[s] = v.length ? Math.max(1e-9, v[v.length >> 1]!) : (out[s - 1] ?? 1)
  }
  return out
}

function learn(items: readonly Item[], horizon: number): DifficultyModel | null {
  const usual = usualError(items, horizon)
  const features: Float64Array[] = []
  const logs: number[] = []
  for (const { fit, paths } of items)
    for (let c = 0; c < fit.cuts.length - 1; c++) {
      let sum = 0
      let n = 0
      for (let s = 0; s < horizon; s++) {
        const e = Math.abs(fit.actual[c * horizon + s]! - paths[c]![s]!) / fit.scales[c]! / usual[s]!
        if (!Number.isFinite(e)) continue
        sum += e
        n++
      }
      if (n === 0) continue
      features.push(fit.difficulty.subarray(c * FEATURES, (c + 1) * FEATURES))
      logs.push(Math.log(sum / n + 0.05))
    }
  return learnDifficulty(features, logs)
}

/**
 * Annual models gain from every further year: errors of a backtest that trained on n' of n points are brought to n by (n'/n)^γ. Only where the lengths
 * in the pool differ; where all units are equally long, as in an indicator that began everywhere in one year, they share good and bad years, and
 * the wider band is the honest one.
 */
// One half is the rate at which estimated parameters improve with data.
const LEARNING = 0.5

function learningRate(items: readonly Item[], season: number): number {
  if (season > 1 || items.length < 2) return 0
  let sum = 0
  let squares = 0
  for (const { fit } of items) {
    const l = Math.log(fit.n)
    sum += l / items.length
    squares += (l * l) / items.length
  }
  return Math.sqrt(Math.max(0, squares - sum * sum)) > 0.1 ? LEARNING : 0
}

/** Learns the bands of a pool from its backtest errors. All items share one horizon. */
export function calibrate(items: readonly Item[], season: number): Calibration {
  const horizon = items[0]?.fit.horizon ?? 0
  const difficulty = learn(items, horizon)
  const shown: Float64Array[] = []
  const naive: Float64Array[] = []
  const scales: number[] = []
  const gain = learningRate(items, season)
  let first = 0
  let lenders = 0
  for (const { fit, paths, reference } of items) {
    const last = fit.scales[fit.cuts.length - 1]!
    if (last > 0) scales.push(last)
    if (fit.cuts.length > 1) lenders += INDEPENDENT
    for (let c = 0; c < fit.cuts.length - 1; c++) {
      const base = fit.scales[c]!
      if (!(base > 0)) continue
      const scale = base * difficultyOf(difficulty, fit.difficulty.subarray(c * FEATURES, (c + 1) * FEATURES))
      const gained = (fit.cuts[c]! / fit.n) ** gain
      const e = new Float64Array(horizon)
      const r = new Float64Array(horizon)
      for (let s = 0; s < horizon; s++) {
        e[s] = ((fit.actual[c * horizon + s]! - paths[c]![s]!) / scale) * gained
        r[s] = (fit.actual[c * horizon + s]! - reference[c]![s]!) / base
      }
      if (Number.isFinite(e[0]!)) first++
      shown.push(e)
      naive.push(r)
    }
  }
  scales.sort((a, b) => a - b)
  const scaleFloor = scales.length ? scales[Math.floor(0.05 * scales.length)]! : 0.01
  if (first >= ENOUGH)
    return {
      table: errorTable(shown, horizon, lenders),
      naiveTable: errorTable(naive, horizon, lenders),
      difficulty,
      scaleFloor,
      n: first,
      fallback: 0,
    }
  const shipped = defaultTable(season, horizon)
  return {
    table: moved(shipped, shown, horizon),
    naiveTable: moved(shipped, naive, horizon),
    difficulty: null,
    scaleFloor,
    n: first,
    fallback: 3,
  }
}

/** The shipped table widened or narrowed towards the size of the few own errors; the weight of n vectors is n/(n+20). */
function moved(table: ErrorTable, own: readonly Float64Array[], horizon: number): ErrorTable {
  let log = 0
  let n = 0
  for (const v of own) {
    let sum = 0
    let usual = 0
    for (let s = 0; s < horizon; s++) {
      if (!Number.isFinite(v[s]!)) continue
      const step = table.steps[s]!
      sum += Math.abs(v[s]!)
      let mean = 0
      for (let i = 0; i < step.length; i++) mean += Math.abs(step[i]!) / step.length
      usual += mean
    }
    if (!(usual > 0)) continue
    log += Math.log(Math.max(0.1, Math.min(10, sum / usual)))
    n++
  }
  if (n === 0) return table
  const factor = Math.exp((log / n) * (n / (n + 20)))
  const grown = (v: Float64Array): Float64Array => v.map((x) => x * factor)
  return { steps: table.steps.map(grown), vectors: table.vectors.map(grown), series: table.series }
}
