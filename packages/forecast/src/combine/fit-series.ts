import { readDifficulty } from '../intervals/difficulty.ts'
import { Training } from '../models/model.ts'
import { naiveScale } from '../score/metrics.ts'
import type { Plan } from './plan.ts'

/**
 * What the models said of one series: at the origin, and at earlier origins where the outcome is known. Plain data that may cross
 * threads. The last cut is the origin itself; its `actual` is NaN.
 */
export interface SeriesFit {
  readonly n: number
  readonly horizon: number
  /** Training length at each cut, ascending; the last is `n`. */
  readonly cuts: Int32Array
  readonly members: readonly string[]
  readonly specs: readonly string[]
  /** [cut][member][step]; NaN where a member had no answer. */
  readonly paths: Float64Array
  /** [cut][step] */
  readonly reference: Float64Array
  /** [cut][step]; NaN beyond the data. */
  readonly actual: Float64Array
  /** Naive scale (mean absolute change over a season) known at each cut. */
  readonly scales: Float64Array
  /** [cut][feature], see `intervals/difficulty.ts`. */
  readonly difficulty: Float64Array
}

/** How many earlier origins a backtest takes: 3 for short series, up to `long` for long ones. */
export interface BacktestOptions {
  readonly origins?: number
  /** Whether to go further back, to two thirds of the data: for a series without peers, which has only itself to learn from. */
  readonly deep?: boolean
}

/** Share of the data that every origin has to train on, and that an origin before the last whole horizon has to. */
const TRAINED = 0.65
const WELL_TRAINED = 0.9
/** A series of at least this many horizons may go back further. */
const LONG = 10

/**
 * Training lengths of the rolling origins, ascending, the origin itself last. Whole horizons first; where the series is too short
 * for them, shorter ones, so that at least the first steps are calibrated.
 */
export function backtestCuts(
  n: number,
  h: number,
  season: number,
  shortest: number,
  origins: number,
  deep = false,
): Int32Array {
  const cuts: number[] = []
  // Sub-daily origins lie days apart, or a whole backtest would be one afternoon.
  let spacing = season >= 24 && season !== 52 ? Math.round(1.7 * season) : Math.max(1, Math.round(season / 4))
  if (season > 1 && spacing % season === 0) spacing++
  // The first origin leaves a whole horizon; long series take the others before it. In a short one they come after it, with fewer known steps:
  // errors of models that saw much less than the whole would make its bands too wide. Seasonal series may go back a quarter of a horizon, for the sake
  // of other phases of the season.
  const floor = Math.max(shortest, Math.ceil(TRAINED * n))
  const start = Math.max(floor, n - h)
  const well = deep ? floor : n >= LONG * h ? 0.8 * n : WELL_TRAINED * n
  if (start < n) cuts.push(start)
  for (
    let c = start - spacing;
    cuts.length < origins && c >= Math.max(floor, season > 1 ? Math.min(well, n - 1.25 * h) : well);
    c -= spacing
  )
    cuts.push(c)
  for (let c = start + spacing; cuts.length < origins && c < n; c += spacing) cuts.push(c)
  cuts.sort((a, b) => a - b)
  return Int32Array.from([...cuts, n])
}

/**
 * Fits every member of the plan at every origin. Nothing after a cut is seen by a fit: each gets a `subarray` that ends there. A member
 * that throws, or gives a number that is not finite, has no answer.
 */
export function fitSeries(
  y: Float64Array,
  seasons: readonly number[],
  horizon: number,
  plan: Plan,
  options: BacktestOptions = {},
): SeriesFit {
  const n = y.length
  const season = seasons[0] ?? 1
  const cuts = backtestCuts(
    n,
    horizon,
    season,
    plan.shortest,
    options.origins ?? (options.deep ? 8 : 3),
    options.deep,
  )
  const k = cuts.length
  const members = plan.members.length
  const paths = new Float64Array(k * members * horizon).fill(Number.NaN)
  const reference = new Float64Array(k * horizon)
  const actual = new Float64Array(k * horizon).fill(Number.NaN)
  const scales = new Float64Array(k)
  const specs: string[] = plan.members.map((m) => m.name)
  const warm: unknown[] = plan.members.map(() => undefined)
  const difficulty: Float64Array[] = []
  for (let c = 0; c < k; c++) {
    const cut = cuts[c]!
    const training = new Training(y.subarray(0, cut), seasons)
    const base = new Float64Array(horizon).fill(y[cut - 1]!)
    reference.set(plan.reference.fit(training)?.path(horizon) ?? base, c * horizon)
    for (let i = 0; i < members; i++) {
      const at = (c * members + i) * horizon
      try {
        const fitted = plan.members[i]!.fit(training, warm[i])
        if (!fitted) continue
        const path = fitted.path(horizon)
        if (!path.every(Number.isFinite)) continue
        paths.set(path, at)
        warm[i] = fitted.state
        specs[i] = fitted.spec
      } catch {
        // One member that fails must not stop a series, nor one series a batch; its path stays NaN and it is left out.
      }
    }
    for (let s = 0; s < horizon && cut + s < n; s++) actual[c * horizon + s] = y[cut + s]!
    scales[c] = naiveScale(training.y, season < cut ? season : 1)
    difficulty.push(
      readDifficulty(
        training,
        paths.subarray(c * members * horizon, (c + 1) * members * horizon),
        members,
        horizon,
        scales[c]!,
      ),
    )
  }
  const width = difficulty[0]!.length
  const features = new Float64Array(k * width)
  for (let c = 0; c < k; c++) features.set(difficulty[c]!, c * width)
  return {
    n,
    horizon,
    cuts,
    members: plan.members.map((m) => m.name),
    specs,
    paths,
    reference,
    actual,
    scales,
    difficulty: features,
  }
}
