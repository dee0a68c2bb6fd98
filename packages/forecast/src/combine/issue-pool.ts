import { type Calibration, calibrate } from '../intervals/calibrate.ts'
import type { ErrorTable } from '../intervals/conformal.ts'
import { unitBand } from '../intervals/conformal.ts'
import { difficultyOf, FEATURES } from '../intervals/difficulty.ts'
import type { Show } from '../prepare/clean.ts'
import type { Hygiene } from '../prepare/series.ts'
import { fromModel } from '../prepare/transform.ts'
import { chooseMembers, type ModelRecord } from './choose.ts'
import { combine } from './combine.ts'
import { type Gate, gate, valueAdded } from './gate.ts'
import type { ForecastOptions, Prepared } from './prepare.ts'

/** A central band: `level` percent of outcomes are to lie in it, both ends included. */
export interface Band {
  readonly level: number
  readonly lower: Float64Array
  readonly upper: Float64Array
}

/** A forecast as issued, in the units of the series. */
export interface Issued {
  readonly key: string
  readonly n: number
  readonly last: number
  readonly show: Show
  readonly gate: Gate
  readonly members: readonly { model: string; spec: string; weight: number }[]
  /** With `show: 'range'` the point is the reference guess inside the band, and is not drawn as a line. */
  readonly point: Float64Array
  readonly bands: readonly Band[]
  /** Mean absolute change over a season in the training part. */
  readonly scale: number
  /** Value added over the reference guess in backtests, drawn towards the pool; null where nothing could be tested. */
  readonly fva: number | null
  readonly fvaOrigins: number
  readonly reference: string
  readonly calibration: { readonly pool: string; readonly n: number; readonly fallback: 0 | 1 | 2 | 3 }
  readonly hygiene: readonly Hygiene[]
  /** What sample paths are drawn from; null where nothing is shown. */
  readonly paths: PathSource | null
}

/** Point, scale and error vectors on the model's own scale, for paths that keep the dependence between steps. */
export interface PathSource {
  readonly point: Float64Array
  readonly scale: number
  readonly table: ErrorTable
  readonly fromModel: (z: number) => number
}

/** What a pool of series learned from its backtests, for storage and for explaining a choice. */
export interface PoolRecord {
  readonly pool: string
  readonly plan: string
  readonly series: number
  readonly chosen: readonly string[]
  readonly record: readonly ModelRecord[]
  readonly valueAdded: number
}

export interface PoolOptions extends ForecastOptions {
  /** Choice of models in force, kept unless another is better by 2 %. By pool. */
  readonly standing?: Readonly<Record<string, readonly string[]>>
}

interface Shown {
  /** [cut] path of the members' combination; the last is the forecast. */
  readonly combined: readonly Float64Array[]
  readonly reference: readonly Float64Array[]
  readonly own: { models: number; reference: number; origins: number }
}

const slice = (a: Float64Array, i: number, h: number): Float64Array => a.subarray(i * h, (i + 1) * h)

function combineAll(p: Prepared, use: readonly number[]): Shown {
  const f = p.fit!
  const h = f.horizon
  const k = f.members.length
  const combined: Float64Array[] = []
  const reference: Float64Array[] = []
  let models = 0
  let naive = 0
  let n = 0
  let origins = 0
  for (let c = 0; c < f.cuts.length; c++) {
    const ref = slice(f.reference, c, h)
    const path = combine(f.paths.subarray(c * k * h, (c + 1) * k * h), h, use, f.scales[c]!, ref)
    combined.push(path)
    reference.push(ref)
    if (c === f.cuts.length - 1) break
    origins++
    for (let s = 0; s < h; s++) {
      const y = f.actual[c * h + s]!
      if (Number.isNaN(y)) continue
      // Value added is told in the units of the series, whatever scale the models work on.
      const truth = fromModel(p.transform, y * p.unit)
      models += Math.abs(truth - fromModel(p.transform, path[s]! * p.unit))
      naive += Math.abs(truth - fromModel(p.transform, ref[s]! * p.unit))
      n++
    }
  }
  return {
    combined,
    reference,
    own: { models: n ? models / n : 0, reference: n ? naive / n : 0, origins: n ? origins : 0 },
  }
}

function mix(gateOf: Gate, path: Float64Array, reference: Float64Array): Float64Array {
  if (gateOf === 'none') return path
  if (gateOf === 'naive') return reference
  return path.map((v, s) => 0.5 * (v + reference[s]!))
}

/** Value added over a pool: mean over series of the scaled errors, so that a large province does not speak for all. */
function poolValueAdded(items: readonly Prepared[], shown: readonly Shown[]): number {
  let models = 0
  let reference = 0
  for (let i = 0; i < items.length; i++) {
    const own = shown[i]!.own
    const f = items[i]!.fit!
    const scale = f.scales[f.cuts.length - 1]! * items[i]!.unit
    const yardstick = items[i]!.transform.name === 'none' ? scale : own.reference
    if (own.origins === 0 || !(yardstick > 0)) continue
    models += Math.min(10, own.models / yardstick)
    reference += Math.min(10, own.reference / yardstick)
  }
  return reference > 0 ? valueAdded(models, reference) : Number.NaN
}

/** Prior for a series without peers: what the plans gained over their reference on the open series they were tried on. */
const PRIOR_VALUE_ADDED = 0.1

/**
 * Turns the fits of one pool into forecasts: chooses members, gates, calibrates bands on the pooled backtest errors and returns to the
 * units of each series. Deterministic: depends on the order of `items` alone.
 */
export function issuePool(
  items: readonly Prepared[],
  options: PoolOptions,
): { issued: Issued[]; records: PoolRecord[] } {
  const byPlan = new Map<string, Prepared[]>()
  for (const p of items) {
    if (!p.fit) continue
    const key = `${p.pool}\u0000${p.plan}\u0000${p.fit.horizon}`
    const list = byPlan.get(key)
    if (list) list.push(p)
    else byPlan.set(key, [p])
  }
  const done = new Map<Prepared, Issued>()
  const records: PoolRecord[] = []
  for (const list of byPlan.values()) {
    const r = issuePlan(list, options)
    records.push(r.record)
    for (let i = 0; i < list.length; i++) done.set(list[i]!, r.issued[i]!)
  }
  return { issued: items.map((p) => done.get(p) ?? refused(p, options)), records }
}

function refused(p: Prepared, options: PoolOptions): Issued {
  return {
    key: p.key,
    n: p.n,
    last: p.last,
    show: 'none',
    gate: 'naive',
    members: [],
    point: new Float64Array(options.horizon).fill(Number.NaN),
    bands: [],
    scale: Number.NaN,
    fva: null,
    fvaOrigins: 0,
    reference: 'naive',
    calibration: { pool: p.pool, n: 0, fallback: 3 },
    hygiene: p.hygiene,
    paths: null,
  }
}

function issuePlan(
  items: readonly Prepared[],
  options: PoolOptions,
): { issued: Issued[]; record: PoolRecord } {
  const first = items[0]!
  const fits = items.map((p) => p.fit!)
  const names = fits[0]!.members
  const choice =
    first.choose > 0
      ? chooseMembers(fits, first.choose, options.standing?.[first.pool])
      : { chosen: [...names], record: [] }
  const use = choice.chosen.length ? choice.chosen.map((m) => names.indexOf(m)) : names.map((_, i) => i)
  const shown = items.map((p) => combineAll(p, use))
  const measured = poolValueAdded(items, shown)
  // Units of one indicator share their good and bad years, so what counts as evidence is origins, not series.
  const distances = new Set<number>()
  for (const f of fits) for (let c = 0; c < f.cuts.length - 1; c++) distances.add(f.n - f.cuts[c]!)
  const weight = (distances.size / (distances.size + 2)) * (items.length / (items.length + 5))
  const pool = Number.isFinite(measured)
    ? weight * measured + (1 - weight) * PRIOR_VALUE_ADDED
    : PRIOR_VALUE_ADDED
  const single = options.model !== undefined && options.model !== 'auto'
  const gates = items.map((p, i) => {
    const g = gate(shown[i]!.own, pool, p.choose > 0)
    if (p.show === 'naive' || p.show === 'range') return { gate: 'naive' as Gate, valueAdded: 0 }
    // A model asked for by name is what is shown; its worth is still told.
    return single ? { gate: 'none' as Gate, valueAdded: g.valueAdded } : g
  })
  const paths = items.map((_, i) =>
    shown[i]!.combined.map((path, c) => mix(gates[i]!.gate, path, shown[i]!.reference[c]!)),
  )
  const calibration = calibrate(
    items.map((p, i) => ({
      fit: p.fit!,
      paths: paths[i]!,
      reference: shown[i]!.reference,
      naive: gates[i]!.gate === 'naive',
    })),
    first.season,
  )
  const levels = options.levels ?? [80, 95]
  const bands = {
    models: levels.map((l) => unitBand(calibration.table, l)),
    naive: levels.map((l) => unitBand(calibration.naiveTable, l)),
  }
  const issued = items.map((p, i) => {
    const g = gates[i]!
    return finish(
      p,
      paths[i]!,
      g.gate,
      g.valueAdded,
      shown[i]!.own.origins,
      use,
      calibration,
      g.gate === 'naive' ? bands.naive : bands.models,
      options,
    )
  })
  return {
    issued,
    record: {
      pool: first.pool,
      plan: first.plan,
      series: items.length,
      chosen: use.map((u) => names[u]!),
      record: choice.record,
      valueAdded: measured,
    },
  }
}

function finish(
  p: Prepared,
  paths: readonly Float64Array[],
  gateOf: Gate,
  added: number,
  origins: number,
  use: readonly number[],
  calibration: Calibration,
  bands: readonly { level: number; lower: Float64Array; upper: Float64Array }[],
  options: PoolOptions,
): Issued {
  const f = p.fit!
  const h = options.horizon
  const last = f.cuts.length - 1
  const path = paths[last]!
  const raw = f.scales[last]!
  const naive = gateOf === 'naive'
  const base = raw > 0 ? raw : calibration.scaleFloor
  const scale =
    base *
    (naive
      ? 1
      : difficultyOf(calibration.difficulty, f.difficulty.subarray(last * FEATURES, (last + 1) * FEATURES)))
  const [low, high] = p.bounds ?? [
    p.nature === 'count' ? 0 : Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  ]
  const intermittent = p.plan === 'intermittent'
  const floor = intermittent ? Math.max(0, low) : low
  const back = (z: number): number => Math.min(high, Math.max(floor, fromModel(p.transform, z * p.unit)))
  const point = new Float64Array(h)
  for (let s = 0; s < h; s++) point[s] = back(path[s + p.ahead]!)
  const out = bands.map((b) => {
    const lower = new Float64Array(h)
    const upper = new Float64Array(h)
    for (let s = 0; s < h; s++) {
      const i = s + p.ahead
      let l = back(path[i]! + scale * b.lower[i]!)
      let u = back(path[i]! + scale * b.upper[i]!)
      if (p.nature === 'count') {
        l = Math.max(floor, Math.floor(l))
        u = Math.min(high, Math.ceil(u))
      }
      lower[s] = Math.min(l, point[s]!)
      upper[s] = Math.max(u, point[s]!)
    }
    return { level: b.level, lower, upper }
  })
  const alive = use.filter((i) => !Number.isNaN(f.paths[(last * f.members.length + i) * f.horizon]!))
  const half = gateOf === 'mixed' ? 0.5 : 1
  const members =
    naive || alive.length === 0
      ? [{ model: 'reference', spec: p.season > 1 ? 'naive2' : 'naive', weight: 1 }]
      : [
          ...alive.map((i) => ({ model: f.members[i]!, spec: f.specs[i]!, weight: half / alive.length })),
          ...(gateOf === 'mixed' ? [{ model: 'reference', spec: 'reference', weight: 0.5 }] : []),
        ]
  const table = naive ? calibration.naiveTable : calibration.table
  const tail = path.slice(p.ahead)
  return {
    key: p.key,
    n: p.n,
    last: p.last,
    show: gateOf === 'naive' && p.show === 'line' ? 'naive' : p.show,
    gate: gateOf,
    members,
    point,
    bands: out,
    scale: p.scale,
    fva: origins > 0 ? added : null,
    fvaOrigins: origins,
    reference: p.season > 1 ? 'seasonal' : 'naive',
    calibration: { pool: p.pool, n: calibration.n, fallback: calibration.fallback },
    hygiene: p.hygiene,
    paths: { point: tail, scale, table, fromModel: back },
  }
}
