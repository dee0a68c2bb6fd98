/**
 * Streaming anomaly detection for one series. Every judgement depends on the rows up to it only; the state is a small array of numbers that can be
 * stored and taken up again. Components: range seen so far, profile of the hour of weekdays and weekends, residual of an online autoregression,
 * slow drift, frozen values and silence.
 */

export interface DetectorOptions {
  /** Seconds between rows, if known; otherwise learned from the first rows. */
  readonly step?: number
  /** Values that cannot be: reported as a matter of data quality. */
  readonly bounds?: readonly [number, number]
  /** Rows before the first alert; 100 unless said. */
  readonly warmUp?: number
  /** Score from which a row alerts; 0.5 unless said. */
  readonly threshold?: number
}

/** Why a row stands out. The first five are statistical, the rest plumbing. */
export type Reason =
  | ''
  | 'range'
  | 'profile'
  | 'residual'
  | 'drift'
  | 'frozen'
  | 'silence'
  | 'uom-slip'
  | 'sign'
  | 'impossible'
  | 'late'
  | 'duplicate'
  | 'missing'

/** What is said of one row. */
export interface Judgement {
  /** 0 to 1; 0.5 is the level at which the detector is shipped to alert. */
  readonly score: number
  /** Chance of a row at least this odd in normal times, by the tail of the series itself; 1 while it warms up. */
  readonly p: number
  readonly expected: number
  readonly lower: number
  readonly upper: number
  readonly alert: boolean
  readonly direction: 'up' | 'down' | 'none'
  readonly reason: Reason
}

const ORDER = 2
const D = ORDER + 1
const BINS = 48

/** Alarm level of the range: how far beyond it, as a share of it. */
const BEYOND = 0.06
/**
 * Alarm levels of residual and profile, in mean absolute deviations, are where the series' own tail would be met once in 50,000 rows; within these
 * bounds, since a tail learned from few rows may be anything.
 */
const RESIDUAL: Level = [5.5, 12]
const PROFILE: Level = [4, 9]
/** Alarm level of the slow lean to one side. Fixed: a lean moves so slowly that a tail would learn it. */
const DRIFT = 3.5
/** Lean from which a drift is told, apart from the score: it is a matter for a look tomorrow, not for tonight. */
const TOLD_DRIFT = 2
const RARE = Math.log(0.02 / 2e-5)

type Level = readonly [least: number, most: number]

/** Visits of a bin before its profile is believed, and its memory afterwards. */
const VISITS = 24
const FORGET_BIN = 0.02
/** Share of the newest row in the running deviation from the profile. */
const RECENT = 0.3
const RECENT_DRIFT = 0.01
const FORGET = 0.999
/** Deviations beyond this many mean absolute deviations are cut before anything is learned from them. */
const WINSOR = 5

/** Places of the numbers in the state. */
const S = {
  count: 0,
  low: 1,
  high: 2,
  mean: 3,
  m2: 4,
  residual: 5,
  lastTime: 6,
  lastValue: 7,
  step: 8,
  deviation: 9,
  drift: 10,
  patience: 11,
  alarmRows: 12,
  quiet: 13,
  run: 14,
  repeats: 15,
  gap: 16,
  lags: 17,
  tailCount: 18,
  tailLevel: 19,
  tailExcess: 20,
  longestRun: 21,
  positive: 22,
  calm: 23,
  residualTail: 24,
  profileTail: 26,
  driftQuiet: 28,
  weights: 29,
  covariance: 29 + D,
  lag: 29 + D + D * D,
  profile: 29 + D + D * D + ORDER,
} as const

const SIZE = S.profile + 3 * BINS

const none = (score: number, reason: Reason, value: number): Judgement => ({
  score,
  p: 1,
  expected: value,
  lower: value,
  upper: value,
  alert: false,
  direction: 'none',
  reason,
})

export class Detector {
  readonly #s: Float64Array
  readonly #options: DetectorOptions
  readonly #f = new Float64Array(D)
  readonly #g = new Float64Array(D)

  /** @param state what `state` gave earlier; a new detector without it */
  constructor(options: DetectorOptions = {}, state?: Float64Array) {
    this.#options = options
    if (state && state.length !== SIZE)
      throw new RangeError(`detector state of ${state.length} numbers, ${SIZE} expected`)
    const s = state ? state.slice() : new Float64Array(SIZE)
    if (!state) {
      s[S.low] = Number.POSITIVE_INFINITY
      s[S.high] = Number.NEGATIVE_INFINITY
      s[S.lastTime] = Number.NEGATIVE_INFINITY
      s[S.step] = options.step ?? 0
      s[S.positive] = 1
      for (let i = 0; i < D; i++) s[S.covariance + i * D + i] = 100
    }
    this.#s = s
  }

  /** A copy of the state, to be stored. */
  get state(): Float64Array {
    return this.#s.slice()
  }

  /** Size of the state. */
  get stateBytes(): number {
    return this.#s.byteLength
  }

  /**
   * Judges a row and learns from it. `time` in seconds (wall time of the place, for the profile). Rows that are not later than the last
   * leave the state as it is.
   */
  push(time: number, value: number): Judgement {
    const s = this.#s
    if (!(time > s[S.lastTime]!)) return none(0, time === s[S.lastTime] ? 'duplicate' : 'late', value)
    if (!Number.isFinite(value)) return none(0, 'missing', Number.NaN)
    const bounds = this.#options.bounds
    if (bounds && (value < bounds[0] || value > bounds[1])) {
      s[S.lastTime] = time
      return {
        ...none(1, 'impossible', value),
        p: 0,
        alert: true,
        direction: value > bounds[1] ? 'up' : 'down',
      }
    }

    const silent = this.#advance(time)
    const k = ++s[S.count]!
    s[S.mean]! += (value - s[S.mean]!) / k
    s[S.m2]! += (value - s[S.mean]!) ** 2
    const sd = Math.sqrt(s[S.m2]! / k) || 1e-9 * Math.max(1, Math.abs(value))
    const warm = k > (this.#options.warmUp ?? 100)

    const range = this.#beyondRange(value)
    const frozen = this.#frozen(value)
    const at = bin(time)
    const [residual, expected, width] = this.#residual(value, sd, k, at)
    const [profile, drift, lean] = this.#profile(at, value, sd)

    let strength = 0
    let reason: Reason = ''
    const consider = (u: number, r: Reason): void => {
      if (u > strength) {
        strength = u
        reason = r
      }
    }
    consider(range, 'range')
    consider(profile, 'profile')
    consider(residual, 'residual')
    consider(drift, 'drift')
    if (strength >= 1 && s[S.positive] && value < 0 && s[S.low]! > 0) reason = 'sign'
    else if (strength >= 1 && slips(value, expected)) reason = 'uom-slip'

    const p = warm ? this.#tail(strength) : 1
    const shown = warm ? strength : 0
    const score = shown / (1 + shown)
    s[S.low] = Math.min(s[S.low]!, value)
    s[S.high] = Math.max(s[S.high]!, value)
    if (value < 0) s[S.positive] = 0
    s[S.lastValue] = value
    const drifts = warm && Math.abs(lean) >= TOLD_DRIFT
    const told = this.#tellDrift(drifts)
    const alert = this.#decide(warm, score, frozen, silent) || told
    return {
      score,
      p,
      expected,
      lower: expected - width,
      upper: expected + width,
      alert,
      direction: reason === '' ? 'none' : value > expected || lean > 0 ? 'up' : 'down',
      reason:
        warm && frozen
          ? 'frozen'
          : silent
            ? 'silence'
            : score >= 0.5 || !drifts
              ? score >= 0.25
                ? reason
                : ''
              : 'drift',
    }
  }

  /** Moves the clock; true if the series was silent for longer than ever before. A gap empties the autoregression, not the profile. */
  #advance(time: number): boolean {
    const s = this.#s
    const before = s[S.lastTime]!
    s[S.lastTime] = time
    if (before === Number.NEGATIVE_INFINITY) return false
    const gap = time - before
    if (s[S.step] === 0) s[S.step] = gap
    // The usual step is the median of the gaps, followed by small moves up and down.
    else if (!this.#options.step)
      s[S.step]! *= gap > s[S.step]! * 1.001 ? 1.01 : gap < s[S.step]! * 0.999 ? 0.99 : 1
    if (gap <= 3.5 * s[S.step]!) return false
    s[S.lags] = 0
    s[S.run] = 0
    const longest = s[S.gap]!
    s[S.gap] = Math.max(longest, gap)
    return s[S.count]! > 100 && gap > 1.5 * longest
  }

  #beyondRange(value: number): number {
    const s = this.#s
    const range = s[S.high]! - s[S.low]!
    if (!(range > 0)) return 0
    const out = Math.max(s[S.low]! - value, value - s[S.high]!)
    return out > 0 ? out / range / BEYOND : 0
  }

  /** A run of equal values that its own history makes all but impossible. */
  #frozen(value: number): boolean {
    const s = this.#s
    if (s[S.count]! < 2 || value !== s[S.lastValue]) {
      s[S.longestRun] = Math.max(s[S.longestRun]!, s[S.run]!)
      s[S.run] = 0
      return false
    }
    s[S.run]! += 1
    // Repeats of the present run do not count as evidence that runs are usual.
    const chance = (s[S.repeats]! + 1) / (s[S.count]! + 2)
    if (s[S.run]! <= 3 * s[S.longestRun]! + 3) s[S.repeats]! += 1
    return s[S.run]! > 2 * s[S.longestRun]! + 4 && s[S.run]! * Math.log(chance) < Math.log(1e-9)
  }

  /** Recursive least squares on the last values: strength of the one-step error, what was expected, and the usual error. */
  #residual(
    value: number,
    sd: number,
    k: number,
    at: number,
  ): [strength: number, expected: number, width: number] {
    const s = this.#s
    // What the hour usually brings, once it has been seen a few times; before that the mean of all rows.
    const mean = s[at + 2]! >= 6 ? s[at]! : s[S.mean]!
    const z = (value - mean) / sd
    let strength = 0
    let expected = mean
    let width = RESIDUAL[0] * s[S.residual]! * sd
    if (s[S.lags]! >= ORDER) {
      const f = this.#f
      const g = this.#g
      for (let j = 0; j < ORDER; j++) f[j] = s[S.lag + j]!
      f[ORDER] = 1
      let fit = 0
      for (let j = 0; j < D; j++) fit += s[S.weights + j]! * f[j]!
      // A regression that has learned from a jump must not forecast beyond everything that was ever seen.
      fit = Math.max(-12, Math.min(12, fit))
      const e = z - fit
      const usual = Math.max(s[S.residual]!, 1e-6)
      strength = this.#against(S.residualTail, Math.abs(e) / usual, RESIDUAL, k)
      expected = mean + fit * sd
      width = strength > 0 ? (Math.abs(e) / strength) * sd : RESIDUAL[0] * usual * sd
      const learned = k > 50 ? Math.max(-WINSOR * usual, Math.min(WINSOR * usual, e)) : e
      let scale = FORGET
      for (let a = 0; a < D; a++) {
        let q = 0
        for (let b = 0; b < D; b++) q += s[S.covariance + a * D + b]! * f[b]!
        g[a] = q
        scale += f[a]! * q
      }
      for (let a = 0; a < D; a++) s[S.weights + a]! += (g[a]! / scale) * learned
      for (let a = 0; a < D; a++)
        for (let b = 0; b < D; b++) {
          const v = (s[S.covariance + a * D + b]! - (g[a]! * g[b]!) / scale) / FORGET
          s[S.covariance + a * D + b] = Math.max(-1e6, Math.min(1e6, v))
        }
      const share = Math.max(0.002, 1 / k)
      s[S.residual]! += share * (Math.abs(learned) - s[S.residual]!)
    }
    for (let j = ORDER - 1; j > 0; j--) s[S.lag + j] = s[S.lag + j - 1]!
    s[S.lag] = z
    s[S.lags]! += 1
    return [strength, expected, width]
  }

  /** Deviation from what is usual at this hour of a weekday or weekend, run together over recent rows; and its slow lean. */
  #profile(at: number, value: number, sd: number): [strength: number, drift: number, lean: number] {
    const s = this.#s
    const d = value - s[at]!
    const visits = s[at + 2]!
    const spread = Math.max(s[at + 1]!, 0.02 * sd)
    let strength = 0
    let drift = 0
    if (visits >= VISITS) {
      const deviation = Math.min(Math.abs(d) / spread, 60)
      s[S.deviation]! += RECENT * (deviation - s[S.deviation]!)
      s[S.drift]! += RECENT_DRIFT * (Math.sign(d) * Math.min(deviation, WINSOR) - s[S.drift]!)
      strength = this.#against(S.profileTail, s[S.deviation]!, PROFILE, s[S.count]!)
      drift = Math.abs(s[S.drift]!) / DRIFT
    }
    s[at + 2]! += 1
    // A level that has lasted longer than anybody's patience is the new normal, and is learned as it is.
    const accepted = s[S.patience]! > 0 && s[S.alarmRows]! > s[S.patience]!
    const share = Math.max(accepted ? 10 * FORGET_BIN : FORGET_BIN, 1 / s[at + 2]!)
    const learned = visits > 5 && !accepted ? Math.max(-4 * s[at + 1]!, Math.min(4 * s[at + 1]!, d)) : d
    s[at]! += share * learned
    s[at + 1]! += share * (Math.abs(learned) - s[at + 1]!)
    return [strength, drift, s[S.drift]!]
  }

  /** A statistic over its alarm level. The level follows the 98 % point and the mean excess above it, from values cut at the level. */
  #against(place: number, value: number, [least, most]: Level, k: number): number {
    const s = this.#s
    const point = s[place]!
    const excess = s[place + 1]!
    const level = Math.max(least, Math.min(most, point + RARE * excess))
    const rate = Math.max(0.004, 1 / (k + 1))
    const seen = Math.min(value, 1.2 * level)
    s[place] =
      k < 20
        ? Math.max(point, seen)
        : Math.max(0, point + rate * (seen > point ? 0.98 : -0.02) * Math.max(1, point))
    if (seen > point && k >= 20) s[place + 1]! += 0.05 * (seen - point - excess)
    return value / level
  }

  /**
   * Tail probability of the combined strength: exponential above a moving 98 % point (the streaming form of a peaks-over-threshold fit with shape 0).
   */
  #tail(strength: number): number {
    const s = this.#s
    s[S.tailCount]! += 1
    const level = s[S.tailLevel]!
    const rate = Math.max(0.002, 1 / Math.sqrt(s[S.tailCount]!)) * 0.5
    const p =
      strength <= level
        ? 1 - (0.98 * strength) / Math.max(level, 1e-12)
        : 0.02 * Math.exp(-(strength - level) / Math.max(s[S.tailExcess]!, 0.02))
    s[S.tailLevel] = Math.max(
      0,
      level + rate * (strength > level ? 0.98 : -0.02) * Math.max(s[S.tailExcess]!, 0.02),
    )
    if (strength > level)
      s[S.tailExcess]! +=
        Math.max(0.02, 1 / (1 + 0.02 * s[S.tailCount]!)) * (Math.min(strength - level, 1) - s[S.tailExcess]!)
    return Math.max(0, Math.min(1, p))
  }

  /** A drift is told once, and again only when it has been away for a week's rows. */
  #tellDrift(drifts: boolean): boolean {
    const s = this.#s
    const quiet = s[S.driftQuiet]!
    s[S.driftQuiet] = drifts ? Math.max(300, 7 * s[S.patience]!) : Math.max(0, quiet - 1)
    return drifts && quiet === 0 && s[S.alarmRows] === 0
  }

  /** One alert for one event: again only after it has been calm for a day (or 30 rows), a level that stays is learned meanwhile. */
  #decide(warm: boolean, score: number, frozen: boolean, silent: boolean): boolean {
    const s = this.#s
    const patience = Math.max(30, s[S.step]! > 0 ? Math.min(2000, Math.round(86_400 / s[S.step]!)) : 30)
    s[S.patience] = patience
    const loud = (warm && (score >= (this.#options.threshold ?? 0.5) || frozen)) || silent
    s[S.calm] = loud ? 0 : s[S.calm]! + 1
    if (s[S.quiet]! > 0) s[S.quiet]! -= 1
    if (!loud) {
      if (s[S.calm]! > patience) s[S.alarmRows] = 0
      return false
    }
    s[S.alarmRows]! += 1
    const first = s[S.quiet] === 0
    s[S.quiet] = patience
    return first
  }
}

/** Place in the state of the bin of a time: the hour, apart for weekdays and weekends. */
function bin(time: number): number {
  const day = Math.floor(time / 86_400) + 4
  const weekday = ((day % 7) + 7) % 7
  const hour = Math.floor((((time % 86_400) + 86_400) % 86_400) / 3600)
  return S.profile + 3 * ((weekday === 0 || weekday === 6 ? 24 : 0) + hour)
}

/** Whether a value is a power of ten (k = ±2, ±3, ±6) away from what was expected: a slip of the unit of measure. */
function slips(value: number, expected: number): boolean {
  if (value === 0 || expected === 0 || value > 0 !== expected > 0) return false
  const power = Math.log10(value / expected)
  for (const k of [-6, -3, -2, 2, 3, 6]) if (Math.abs(power - k) < 0.1) return true
  return false
}
