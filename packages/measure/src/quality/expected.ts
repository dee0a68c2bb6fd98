import { MAD_TO_SD, medianOf, spreadOf } from './robust.ts'

/** The scale on which the values of one item are compared: logs of positive ones, roots of counts with zeros, or as they are. */
export interface Scale {
  name: 'log' | 'root' | 'plain'
  /** NaN for what has no place on the scale. */
  to(x: number): number
  from(y: number): number
}

const log: Scale = { name: 'log', to: (x) => (x > 0 ? Math.log(x) : Number.NaN), from: Math.exp }
// Anscombe's root makes the spread of counts nearly the same at all levels.
const root: Scale = {
  name: 'root',
  to: (x) => (x >= 0 ? 2 * Math.sqrt(x + 0.375) : Number.NaN),
  from: (y) => Math.max(0, (y * y) / 4 - 0.375),
}
const plain: Scale = { name: 'plain', to: (x) => x, from: (y) => y }

/** Logs when at most one value in twenty is not positive, roots when none is below zero, else none. */
export function scaleOf(values: Float64Array): Scale {
  let seen = 0
  let below = 0
  let zero = 0
  for (const x of values) {
    if (Number.isNaN(x)) continue
    seen++
    if (x < 0) below++
    else if (x === 0) zero++
  }
  if (below > seen * 0.05) return plain
  return zero > seen * 0.05 ? root : log
}

/** What each value of an item should be by its own past and future and by its fellows. */
export interface Expected {
  /** On the scale; NaN where the series is too short. */
  centre: Float64Array
  /** Standard deviation of a sound value about `centre`, on the scale; NaN likewise. */
  sd: Float64Array
}

const halfWindows = [2, 4, 6, 12, 24]

/**
 * Level, trend, season and shocks common to all units or to siblings, each by medians, then once more by means without the cells
 * that stood out. A value never takes part in its own expectation of level; the width of the window that the level is taken
 * over, and whether shocks are common, is chosen per item by what leaves the smaller remainder.
 *
 * @param y values on the scale, unit after unit; NaN = none
 * @param group number of the sibling group of each unit, −1 for none
 */
export function expectedOf(
  y: Float64Array,
  units: number,
  periods: number,
  season: number,
  group: Int32Array,
): Expected {
  const fit = new Fit(y, units, periods, periods >= 2 * season + 2 ? season : 1, group)
  fit.pass(false)
  fit.maskAbove(3.5)
  fit.pass(true)
  fit.maskAbove(3)
  fit.pass(true)
  return { centre: fit.centre, sd: fit.sd }
}

class Fit {
  readonly centre: Float64Array
  readonly sd: Float64Array
  readonly #y: Float64Array
  readonly #units: number
  readonly #periods: number
  readonly #season: number
  readonly #group: Int32Array
  readonly #masked: Uint8Array
  readonly #seasonal: Float64Array
  readonly #slope: Float64Array
  readonly #sigma: Float64Array
  /** Values without trend, season and shocks. */
  readonly #level: Float64Array
  readonly #shock: Float64Array
  #half = 6
  #buffer: Float64Array

  constructor(y: Float64Array, units: number, periods: number, season: number, group: Int32Array) {
    this.#y = y
    this.#units = units
    this.#periods = periods
    this.#season = season
    this.#group = group
    this.centre = new Float64Array(y.length).fill(Number.NaN)
    this.sd = new Float64Array(y.length).fill(Number.NaN)
    this.#masked = new Uint8Array(y.length)
    this.#seasonal = new Float64Array(units * season)
    this.#slope = new Float64Array(units)
    this.#sigma = new Float64Array(units)
    this.#level = new Float64Array(y.length)
    this.#shock = new Float64Array(y.length)
    this.#buffer = new Float64Array(Math.max(units, periods) * 2 + 8)
  }

  pass(refined: boolean): void {
    if (!refined) this.#trend()
    if (this.#season > 1) this.#seasons(refined)
    this.#shock.fill(0)
    this.#adjust()
    if (!refined) this.#chooseWindow()
    this.#levels(refined)
    this.#shocks(refined)
    this.#spreads()
  }

  /** Median yearly change: pairs a whole season apart, so the season cancels. */
  #trend(): void {
    const T = this.#periods
    const step = this.#season > 1 ? this.#season : Math.max(1, Math.floor(T / 3))
    for (let u = 0; u < this.#units; u++) {
      let n = 0
      for (let t = 0; t + step < T; t++) {
        const d = this.#y[u * T + t + step]! - this.#y[u * T + t]!
        if (!Number.isNaN(d)) this.#buffer[n++] = d
      }
      this.#slope[u] = n >= 3 ? medianOf(this.#buffer, n) / step : 0
    }
  }

  /** The season of each unit, drawn towards that of all units as far as the units do not differ. */
  #seasons(refined: boolean): void {
    const { length } = this.#y
    const T = this.#periods
    const m = this.#season
    const detrended = new Float64Array(length)
    if (refined) {
      for (let c = 0; c < length; c++)
        detrended[c] =
          this.#y[c]! - (this.centre[c]! - this.#seasonal[Math.floor(c / T) * m + ((c % T) % m)]!)
    } else {
      this.#adjust()
      const half = Math.max(m >> 1, 2)
      for (let u = 0; u < this.#units; u++)
        for (let t = 0; t < T; t++) {
          let n = 0
          const end = Math.min(T - 1, t + half)
          for (let s = Math.max(0, t - half); s <= end; s++) {
            const x = this.#level[u * T + s]!
            if (!Number.isNaN(x)) this.#buffer[n++] = x
          }
          detrended[u * T + t] = this.#level[u * T + t]! - medianOf(this.#buffer, n)
        }
    }
    const own = new Float64Array(this.#units * m)
    const noise = new Float64Array(this.#units)
    for (let u = 0; u < this.#units; u++) {
      let sum = 0
      for (let k = 0; k < m; k++) {
        own[u * m + k] = this.#location(detrended, u * T + k, T - k, m, refined)
        sum += own[u * m + k]!
      }
      let n = 0
      for (let k = 0; k < m; k++) own[u * m + k] = own[u * m + k]! - sum / m
      for (let t = 0; t < T; t++) {
        const r = detrended[u * T + t]! - own[u * m + (t % m)]!
        if (!Number.isNaN(r)) this.#buffer[n++] = r
      }
      // A mean or median over the few years that one month has.
      noise[u] = n === 0 ? 0 : ((refined ? 1 : 1.57) * spreadOf(this.#buffer, n, 0) ** 2 * m) / n
    }
    for (let k = 0; k < m; k++) {
      let n = 0
      for (let u = 0; u < this.#units; u++)
        if (!Number.isNaN(own[u * m + k]!)) this.#buffer[n++] = own[u * m + k]!
      if (n === 0) continue
      const common = medianOf(this.#buffer, n)
      n = 0
      let meanNoise = 0
      for (let u = 0; u < this.#units; u++)
        if (!Number.isNaN(own[u * m + k]!)) {
          this.#buffer[n++] = own[u * m + k]!
          meanNoise += noise[u]!
        }
      const between = Math.max(0, spreadOf(this.#buffer, n, common) ** 2 - meanNoise / n)
      for (let u = 0; u < this.#units; u++) {
        const mine = own[u * m + k]!
        const weight = n < 5 ? 1 : between / (between + noise[u]! + 1e-300)
        this.#seasonal[u * m + k] = Number.isNaN(mine) ? common : common + weight * (mine - common)
      }
    }
  }

  /** Median, or mean of what is not masked, of every `step`-th value from `start`. */
  #location(v: Float64Array, start: number, length: number, step: number, refined: boolean): number {
    let n = 0
    let sum = 0
    for (let s = 0; s < length; s += step) {
      const x = v[start + s]!
      if (Number.isNaN(x) || (refined && this.#masked[start + s])) continue
      this.#buffer[n++] = x
      sum += x
    }
    return refined && n > 1 ? sum / n : medianOf(this.#buffer, n)
  }

  #adjust(): void {
    const T = this.#periods
    const m = this.#season
    for (let u = 0; u < this.#units; u++)
      for (let t = 0; t < T; t++) {
        const c = u * T + t
        this.#level[c] =
          this.#y[c]! - this.#slope[u]! * t - this.#seasonal[u * m + (t % m)]! - this.#shock[c]!
      }
  }

  #chooseWindow(): void {
    const T = this.#periods
    const sampled = Math.max(1, Math.ceil(this.#units / 150))
    let best = Infinity
    const rest = new Float64Array(Math.ceil(this.#units / sampled) * T)
    for (const half of halfWindows) {
      if (half > 2 && half > T / 2) break
      let n = 0
      for (let u = 0; u < this.#units; u += sampled)
        for (let t = 0; t < T; t++) {
          const r = this.#level[u * T + t]! - this.#around(u, t, half, false)
          if (!Number.isNaN(r)) rest[n++] = r
        }
      const spread = spreadOf(rest, n, 0)
      if (spread < best) {
        best = spread
        this.#half = half
      }
    }
  }

  /** Level about a period by its neighbours, the period itself left out. */
  #around(u: number, t: number, half: number, refined: boolean): number {
    const T = this.#periods
    // At the ends the window keeps its width, so that the first and last values rest on as many neighbours.
    const start = Math.max(0, Math.min(t - half, T - 1 - 2 * half))
    const end = Math.min(T - 1, start + 2 * half)
    let n = 0
    let sum = 0
    for (let s = start; s <= end; s++) {
      const c = u * T + s
      const x = this.#level[c]!
      if (s === t || Number.isNaN(x) || (refined && this.#masked[c])) continue
      this.#buffer[n++] = x
      sum += x
    }
    if (n < 2) return Number.NaN
    return refined ? sum / n : medianOf(this.#buffer, n)
  }

  #levels(refined: boolean): void {
    const T = this.#periods
    const m = this.#season
    for (let u = 0; u < this.#units; u++)
      for (let t = 0; t < T; t++) {
        const c = u * T + t
        this.centre[c] =
          this.#around(u, t, this.#half, refined) +
          this.#slope[u]! * t +
          this.#seasonal[u * m + (t % m)]! +
          this.#shock[c]!
      }
  }

  /** What a whole period has in common, over all units or over siblings, when taking it out leaves less. */
  #shocks(refined: boolean): void {
    if (this.#units < 8) return
    const T = this.#periods
    const before = this.#remainder()
    const old = this.centre.slice()
    const shock = new Float64Array(this.#y.length)
    const groups = new Map<number, number[]>([[-1, Array.from({ length: this.#units }, (_, u) => u)]])
    for (let u = 0; u < this.#units; u++) {
      const g = this.#group[u]!
      if (g < 0) continue
      const list = groups.get(g)
      if (list) list.push(u)
      else groups.set(g, [u])
    }
    for (const members of groups.values()) {
      if (members.length < 8) continue
      for (let t = 0; t < T; t++) {
        let n = 0
        for (const u of members) {
          const c = u * T + t
          const r = this.#y[c]! - this.centre[c]! - shock[c]!
          if (!Number.isNaN(r) && !(refined && this.#masked[c])) this.#buffer[n++] = r
        }
        if (n < 6) continue
        const common = medianOf(this.#buffer, n)
        for (const u of members) shock[u * T + t] = shock[u * T + t]! + common
      }
    }
    this.#shock.set(shock)
    this.#adjust()
    this.#levels(refined)
    if (this.#remainder() < 0.97 * before) return
    this.#shock.fill(0)
    this.#adjust()
    this.centre.set(old)
  }

  #remainder(): number {
    const rest = new Float64Array(this.#y.length)
    let n = 0
    for (let c = 0; c < this.#y.length; c++) {
      const r = this.#y[c]! - this.centre[c]!
      if (!Number.isNaN(r)) rest[n++] = r
    }
    return spreadOf(rest, n, 0)
  }

  /** Spread of each unit, drawn a little to that of all, times how restless each period is in all units. */
  #spreads(): void {
    const T = this.#periods
    const counts = new Float64Array(this.#units)
    for (let u = 0; u < this.#units; u++) {
      let n = 0
      for (let t = 0; t < T; t++) {
        const r = this.#y[u * T + t]! - this.centre[u * T + t]!
        if (!Number.isNaN(r)) this.#buffer[n++] = r
      }
      counts[u] = n
      this.#sigma[u] = n < 4 ? Number.NaN : spreadOf(this.#buffer, n, 0)
    }
    let n = 0
    for (let u = 0; u < this.#units; u++) if (this.#sigma[u]! >= 0) this.#buffer[n++] = this.#sigma[u]!
    const typical = n === 0 ? Number.NaN : medianOf(this.#buffer, n)
    const prior = 4
    for (let u = 0; u < this.#units; u++) {
      const own = this.#sigma[u]!
      this.#sigma[u] = Number.isNaN(own)
        ? typical
        : Math.sqrt((own * own * counts[u]! + typical * typical * prior) / (counts[u]! + prior))
    }
    const floor = 1e-9
    for (let t = 0; t < T; t++) {
      let n = 0
      for (let u = 0; u < this.#units; u++) {
        const c = u * T + t
        const z = Math.abs(this.#y[c]! - this.centre[c]!) / this.#sigma[u]!
        if (Number.isFinite(z)) this.#buffer[n++] = z
      }
      const restless = n < 30 ? 1 : Math.min(2, Math.max(0.6, MAD_TO_SD * medianOf(this.#buffer, n)))
      for (let u = 0; u < this.#units; u++) this.sd[u * T + t] = Math.max(this.#sigma[u]! * restless, floor)
    }
  }

  maskAbove(z: number): void {
    for (let c = 0; c < this.#y.length; c++)
      this.#masked[c] = Math.abs(this.#y[c]! - this.centre[c]!) > z * this.sd[c]! ? 1 : 0
  }
}
