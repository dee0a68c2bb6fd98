import type { Fitted, Model, Training } from './model.ts'
import { minimise } from './nelder-mead.ts'
import { reseason, seasonalIndices } from './season.ts'

/**
 * Exponential smoothing in state-space form (Hyndman, Koehler, Snyder & Grose 2002; Hyndman, Koehler, Ord & Snyder 2008).
 * Level, trend and season are updated with one error; the error may be additive (A) or relative (M), the trend none (N), additive (A)
 * or damped (Ad), the season none (N), additive (A) or multiplicative (M).
 */
export interface EtsForm {
  readonly error: 'A' | 'M'
  readonly trend: 'N' | 'A' | 'Ad'
  readonly season: 'N' | 'A' | 'M'
}

const form = (error: EtsForm['error'], trend: EtsForm['trend'], season: EtsForm['season']): EtsForm => ({
  error,
  trend,
  season,
})

/** The fifteen forms searched: no multiplicative trend, no additive error with a multiplicative season. */
export const FORMS: readonly EtsForm[] = [
  form('A', 'N', 'N'),
  form('A', 'A', 'N'),
  form('A', 'Ad', 'N'),
  form('M', 'N', 'N'),
  form('M', 'A', 'N'),
  form('M', 'Ad', 'N'),
  form('A', 'N', 'A'),
  form('A', 'A', 'A'),
  form('A', 'Ad', 'A'),
  form('M', 'N', 'A'),
  form('M', 'A', 'A'),
  form('M', 'Ad', 'A'),
  form('M', 'N', 'M'),
  form('M', 'A', 'M'),
  form('M', 'Ad', 'M'),
]

/** Parameters on their own scale. `beta` < `alpha`, `gamma` < 1 − `alpha` (the usual region). */
interface Parameters {
  alpha: number
  beta: number
  gamma: number
  phi: number
  level: number
  slope: number
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x))
const logit = (p: number): number => Math.log(p / (1 - p))

/** A series with what every form needs of it, so that fifteen fits share one decomposition. */
class Problem {
  readonly y: Float64Array
  readonly m: number
  readonly positive: boolean
  readonly additive: Float64Array | null
  readonly multiplicative: Float64Array | null
  readonly season: Float64Array
  /** A spread to scale the starting simplex. */
  readonly unit: number

  constructor(y: Float64Array, season: number) {
    this.y = y
    this.m = season
    let low = Number.POSITIVE_INFINITY
    let high = Number.NEGATIVE_INFINITY
    for (let t = 0; t < y.length; t++) {
      low = Math.min(low, y[t]!)
      high = Math.max(high, y[t]!)
    }
    this.positive = low > 0
    this.unit = high > low ? high - low : Math.max(1e-12, Math.abs(high) * 0.01)
    const m = this.m
    const seasonal = m >= 2 && m <= 24 && y.length >= 2 * m + 3
    this.additive = seasonal ? seasonalIndices(y, m, false) : null
    this.multiplicative = seasonal && this.positive ? seasonalIndices(y, m, true) : null
    this.season = new Float64Array(Math.max(1, m))
  }

  admits(f: EtsForm): boolean {
    if (f.error === 'M' && !this.positive) return false
    if (f.season === 'A') return this.additive !== null
    if (f.season === 'M') return this.multiplicative !== null
    return true
  }

  indices(f: EtsForm): Float64Array | null {
    return f.season === 'A' ? this.additive : f.season === 'M' ? this.multiplicative : null
  }

  /** First level and slope: least squares over the first seasons of the adjusted series. */
  start(f: EtsForm): [level: number, slope: number] {
    const { y, m } = this
    const s = this.indices(f)
    const k = Math.min(y.length, Math.max(10, 2 * (s ? m : 1)))
    let sx = 0
    let sxx = 0
    let sy = 0
    let sxy = 0
    for (let t = 0; t < k; t++) {
      const v = s ? (f.season === 'A' ? y[t]! - s[t % m]! : y[t]! / s[t % m]!) : y[t]!
      sx += t + 1
      sxx += (t + 1) * (t + 1)
      sy += v
      sxy += (t + 1) * v
    }
    if (f.trend === 'N') return [sy / k, 0]
    const det = k * sxx - sx * sx
    const slope = det > 0 ? (k * sxy - sx * sy) / det : 0
    return [(sy - slope * sx) / k, slope]
  }

  /**
   * Runs the recursion; returns n log Σε² (+ 2Σ log|ŷ| for relative errors), −2 log-likelihood up to a constant. The last states are
   * left in `end` and `this.season`.
   */
  criterion(f: EtsForm, p: Parameters, end: { level: number; slope: number }): number {
    const { y, m, season } = this
    const n = y.length
    const s = this.indices(f)
    const kind = f.season === 'N' ? 0 : f.season === 'A' ? 1 : 2
    if (s) season.set(s)
    const relative = f.error === 'M'
    const { alpha, beta, gamma, phi } = p
    let level = p.level
    let slope = p.slope
    let sum = 0
    let logs = 0
    let product = 1
    let phase = 0
    for (let t = 0; t < n; t++) {
      const q = level + phi * slope
      const si = kind ? season[phase]! : 0
      const fit = kind === 2 ? q * si : q + si
      const e = y[t]! - fit
      if (relative) {
        if (!(fit > 0)) return Number.POSITIVE_INFINITY
        const r = e / fit
        sum += r * r
        // Products of a few hundred fitted values overflow; logarithms one by one are slow. So: a product, folded in time.
        product *= fit
        if (product > 1e150 || product < 1e-150) {
          logs += Math.log(product)
          product = 1
        }
      } else sum += e * e
      if (kind === 2) {
        if (!(q > 0) || !(si > 0)) return Number.POSITIVE_INFINITY
        const d = e / si
        level = q + alpha * d
        slope = phi * slope + beta * d
        season[phase] = si + (gamma * e) / q
      } else {
        level = q + alpha * e
        slope = phi * slope + beta * e
        if (kind === 1) season[phase] = si + gamma * e
      }
      if (++phase === m) phase = 0
    }
    end.level = level
    end.slope = slope
    if (relative) logs += Math.log(product)
    return n * Math.log(Math.max(sum, 1e-300)) + 2 * logs
  }
}

/** Number of quantities estimated: smoothing parameters, first states (m − 1 seasonal ones are free) and the variance. */
function complexity(f: EtsForm, m: number): number {
  return (
    1 +
    (f.trend === 'N' ? 0 : f.trend === 'A' ? 1 : 2) +
    (f.season === 'N' ? 0 : 1) +
    1 +
    (f.trend === 'N' ? 0 : 1) +
    (f.season === 'N' ? 0 : m - 1) +
    1
  )
}

interface Fit {
  f: EtsForm
  p: Parameters
  x: Float64Array
  aicc: number
  criterion: number
}

function unpack(f: EtsForm, x: Float64Array, p: Parameters): void {
  let i = 0
  p.alpha = 1e-4 + 0.9998 * logistic(x[i++]!)
  p.beta = f.trend === 'N' ? 0 : p.alpha * logistic(x[i++]!)
  p.gamma = f.season === 'N' ? 0 : (1 - p.alpha) * logistic(x[i++]!)
  p.phi = f.trend === 'Ad' ? 0.8 + 0.18 * logistic(x[i++]!) : f.trend === 'A' ? 1 : 0
  p.level = x[i++]!
  p.slope = f.trend === 'N' ? 0 : x[i]!
}

/**
 * Whether a disturbance dies away (the admissible region): the recursion of the states without data must not grow.
 * The usual region does not imply it for seasonal forms.
 */
function stable(f: EtsForm, p: Parameters, m: number): boolean {
  if (f.season === 'N') return true
  const season = new Float64Array(m)
  season[0] = 1
  season[m >> 1]! -= 0.5
  let level = 1
  let slope = 0.1
  let phase = 0
  for (let t = 0; t < 30 * m; t++) {
    const q = level + p.phi * slope
    const e = -(q + season[phase]!)
    level = q + p.alpha * e
    slope = p.phi * slope + p.beta * e
    season[phase]! += p.gamma * e
    if (++phase === m) phase = 0
  }
  let size = Math.abs(level) + Math.abs(slope) * m
  for (let i = 0; i < m; i++) size += Math.abs(season[i]!)
  return size < 1e3
}

function fitForm(
  problem: Problem,
  f: EtsForm,
  warm: Float64Array | undefined,
  evaluations: number,
): Fit | null {
  const n = problem.y.length
  const k = complexity(f, problem.m)
  if (n <= k + 1 || !problem.admits(f)) return null
  const [level, slope] = problem.start(f)
  const build = (alpha: number, beta: number, gamma: number, phi: number): Float64Array => {
    const x = [logit(alpha)]
    if (f.trend !== 'N') x.push(logit(beta))
    if (f.season !== 'N') x.push(logit(gamma))
    if (f.trend === 'Ad') x.push(logit(phi))
    x.push(level)
    if (f.trend !== 'N') x.push(slope)
    return Float64Array.from(x)
  }
  const p: Parameters = { alpha: 0, beta: 0, gamma: 0, phi: 0, level: 0, slope: 0 }
  const end = { level: 0, slope: 0 }
  const objective = (x: Float64Array): number => {
    unpack(f, x, p)
    return problem.criterion(f, p, end)
  }
  let x: Float64Array
  if (warm && warm.length === build(0.3, 0.1, 0.1, 0.5).length) x = warm.slice()
  else {
    // Two starts: a calm one and a nimble one; the better of the two is followed.
    const calm = build(0.15, 0.1, 0.1, 0.8)
    const nimble = build(0.6, 0.15, 0.2, 0.5)
    x = objective(nimble) < objective(calm) ? nimble : calm
  }
  const step = new Float64Array(x.length).fill(1)
  const states = f.trend === 'N' ? 1 : 2
  step[x.length - states] = 0.1 * problem.unit
  if (states === 2) step[x.length - 1] = (0.1 * problem.unit) / Math.max(4, Math.min(n, 10))
  const criterion = minimise(objective, x, step, evaluations * x.length)
  if (!Number.isFinite(criterion)) return null
  const best: Parameters = { ...p }
  unpack(f, x, best)
  if (!stable(f, best, problem.m)) return null
  return { f, p: best, x, criterion, aicc: criterion + 2 * k + (2 * k * (k + 1)) / (n - k - 1) }
}

function describe(fit: Fit): string {
  const { f, p } = fit
  const parts = [`α=${p.alpha.toFixed(3)}`]
  if (f.trend !== 'N') parts.push(`β=${p.beta.toFixed(3)}`)
  if (f.season !== 'N') parts.push(`γ=${p.gamma.toFixed(3)}`)
  if (f.trend === 'Ad') parts.push(`φ=${p.phi.toFixed(3)}`)
  return `ets(${f.error},${f.trend},${f.season}; ${parts.join(', ')})`
}

function finish(problem: Problem, fit: Fit, state: unknown): Fitted {
  const end = { level: 0, slope: 0 }
  problem.criterion(fit.f, fit.p, end)
  const season = problem.season.slice()
  const n = problem.y.length
  const m = problem.m
  const { f, p } = fit
  return {
    spec: describe(fit),
    state,
    path: (h) => {
      const out = new Float64Array(h)
      let damp = 0
      let power = 1
      for (let i = 0; i < h; i++) {
        power *= p.phi
        damp += power
        const line = end.level + damp * end.slope
        const s = season[(n + i) % m]!
        out[i] = f.season === 'M' ? line * s : f.season === 'A' ? line + s : line
      }
      return out
    },
  }
}

/** What a fit leaves for the next origin: parameters by form, and which forms were in the running. */
interface EtsState {
  readonly fits: readonly { form: EtsForm; x: Float64Array; aicc: number }[]
}

/** Forms whose AICc was farther from the best at the earlier origin are not tried again. */
const IN_THE_RUNNING = 12

/** Evaluations per parameter of a cold and of a warm search. */
const COLD = 45
const WARM = 20

/**
 * Chooses among {@link FORMS} by AICc. With `warm`, the state of an *earlier* origin of the same series, only the forms that were in the
 * running there are searched, from where they ended: choice and parameters still come from data before the origin alone.
 */
export const ets: Model = {
  name: 'ets',
  fit(training, warm): Fitted | null {
    if (training.y.length < 4) return null
    const problem = new Problem(training.y, training.season)
    const before = (warm as EtsState | undefined)?.fits
    const fits: Fit[] = []
    const attempt = (f: EtsForm, x: Float64Array | undefined): void => {
      const fit = fitForm(problem, f, x, x ? WARM : COLD)
      if (fit) fits.push(fit)
    }
    if (before && before.length > 0) {
      const best = Math.min(...before.map((b) => b.aicc))
      for (const b of before) if (b.aicc <= best + IN_THE_RUNNING) attempt(b.form, b.x)
    } else {
      // Where the season is beyond doubt, forms without one only cost time.
      const seasonal = training.adjusted.season > 1 && problem.additive !== null
      for (const f of FORMS) if (!seasonal || f.season !== 'N') attempt(f, undefined)
    }
    if (fits.length === 0) return null
    let best = fits[0]!
    for (const f of fits) if (f.aicc < best.aicc) best = f
    const state: EtsState = { fits: fits.map((f) => ({ form: f.f, x: f.x, aicc: f.aicc })) }
    return finish(problem, best, state)
  },
}

/** One given form on the series as it is, for explanations and tests. Returns null where the form is not admitted. */
export function fitEts(
  training: Training,
  f: EtsForm,
): (Fitted & { criterion: number; aicc: number }) | null {
  const problem = new Problem(training.y, training.season)
  const fit = fitForm(problem, f, undefined, 200)
  return fit ? { ...finish(problem, fit, undefined), criterion: fit.criterion, aicc: fit.aicc } : null
}

/** A smoothing method of its own on seasonally adjusted data: SES, Holt and damped trend. */
function smoothing(name: string, f: EtsForm): Model {
  return {
    name,
    fit(training, warm): Fitted | null {
      const n = training.y.length
      if (n < 3) return null
      const a = training.adjusted
      const problem = new Problem(a.values, 1)
      const x = warm as Float64Array | undefined
      // Short series still get an answer: the AICc bound on n is a matter of choosing, not of fitting.
      const fit =
        fitForm(problem, f, x, x ? WARM : COLD) ??
        (n < complexity(f, 1) + 2 && f.trend !== 'N'
          ? fitForm(problem, form('A', 'N', 'N'), undefined, COLD)
          : null)
      if (!fit) return null
      const inner = finish(problem, fit, fit.x)
      return {
        spec: describe(fit).replace('ets', name),
        state: fit.x,
        path: (h) => reseason(inner.path(h), n, a),
      }
    },
  }
}

/** Simple exponential smoothing. */
export const ses = smoothing('ses', form('A', 'N', 'N'))
/** Holt's linear trend. */
export const holt = smoothing('holt', form('A', 'A', 'N'))
/** Damped trend (Gardner & McKenzie 1985), 0.8 ≤ φ ≤ 0.98. */
export const damped = smoothing('damped', form('A', 'Ad', 'N'))
