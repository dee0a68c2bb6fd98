import { conformalQuantile } from '../intervals/conformal.ts'

/**
 * Reporting triangle: what had been reported of each period after each delay, cumulated. `counts[p][d]` is the value of period p as known d steps after
 * its end; NaN where that moment has not come yet.
 */
export interface Triangle {
  readonly counts: readonly Float64Array[]
}

/** A development factor is not believed outside this range. */
const LOW = 0.5
const HIGH = 5
/** Periods over which factors are taken, and how many periods of its own a group needs to weigh half against its parent. */
const WINDOW = 24
const CREDIBILITY = 6

/** Chain-ladder factors: f_d = Σ N[·, d+1] / Σ N[·, d] over the last periods where both are known. NaN where none is. */
export function developmentFactors(
  triangle: Triangle,
  window = WINDOW,
): { factors: Float64Array; periods: Int32Array } {
  const delays = triangle.counts[0]?.length ?? 0
  const factors = new Float64Array(Math.max(0, delays - 1)).fill(Number.NaN)
  const periods = new Int32Array(factors.length)
  for (let d = 0; d + 1 < delays; d++) {
    let now = 0
    let later = 0
    for (let p = triangle.counts.length - 1; p >= 0 && periods[d]! < window; p--) {
      const a = triangle.counts[p]![d]!
      const b = triangle.counts[p]![d + 1]!
      if (Number.isNaN(a) || Number.isNaN(b)) continue
      now += a
      later += b
      periods[d]! += 1
    }
    if (periods[d]! > 0 && now > 0) factors[d] = Math.max(LOW, Math.min(HIGH, later / now))
  }
  return { factors, periods }
}

/** Own factors drawn towards those of the parent group with credibility K/(K + n); fewer than 4 complete periods take the parent's. */
export function credibleFactors(
  own: ReturnType<typeof developmentFactors>,
  parent: Float64Array | null,
): Float64Array {
  return own.factors.map((f, d) => {
    const up = parent?.[d]
    if (up === undefined || Number.isNaN(up)) return Number.isNaN(f) ? 1 : f
    if (own.periods[d]! < 4 || Number.isNaN(f)) return up
    const weight = own.periods[d]! / (own.periods[d]! + CREDIBILITY)
    return weight * f + (1 - weight) * up
  })
}

/** What a period will come to: the value as known times the factors still to come. */
export function complete(known: number, delay: number, factors: Float64Array): number {
  let out = known
  for (let d = delay; d < factors.length; d++) out *= factors[d]!
  return out
}

/** A nowcast of one period. Status is always "estimated"; an observation is never overwritten by it. */
export interface Nowcast {
  readonly period: number
  readonly delay: number
  readonly known: number
  readonly estimate: number
  readonly lower: number
  readonly upper: number
  /** Share of the final value that is usually known at this delay. */
  readonly reported: number
  readonly status: 'E'
}

/** Log errors of past nowcasts by delay: how far the final value was from what would have been said, made as things stood at the time. */
export function pastErrors(triangle: Triangle, parent: Float64Array | null, earliest = 8): Float64Array[] {
  const delays = triangle.counts[0]?.length ?? 0
  const out: number[][] = Array.from({ length: delays }, () => [])
  const last = delays - 1
  for (let p = earliest; p < triangle.counts.length; p++) {
    const final = triangle.counts[p]![last]!
    if (Number.isNaN(final)) continue
    for (let d = 0; d < last; d++) {
      const known = triangle.counts[p]![d]!
      if (!(known > 0) || !(final > 0)) continue
      // As it stood d steps after period p: of period q, delays up to d + p − q had come.
      const then: Float64Array[] = []
      for (let q = Math.max(0, p - WINDOW - delays); q <= p; q++) {
        const row = triangle.counts[q]!
        const seen = d + p - q
        then.push(seen >= last ? row : row.map((v, i) => (i <= seen ? v : Number.NaN)))
      }
      const estimate = complete(known, d, credibleFactors(developmentFactors({ counts: then }), parent))
      out[d]!.push(Math.log(final / estimate))
    }
  }
  return out.map((v) => Float64Array.from(v).sort())
}

/**
 * Nowcasts of all periods that are not complete. Bands are conformal, from past nowcasts at the same delay; with fewer than 10 of them the widest
 * known error stands in.
 */
export function nowcast(
  triangle: Triangle,
  options: { parent?: Float64Array; level?: number; errors?: readonly Float64Array[] } = {},
): Nowcast[] {
  const parent = options.parent ?? null
  const factors = credibleFactors(developmentFactors(triangle), parent)
  const errors = options.errors ?? pastErrors(triangle, parent)
  const alpha = 1 - (options.level ?? 80) / 100
  const out: Nowcast[] = []
  const last = (triangle.counts[0]?.length ?? 1) - 1
  triangle.counts.forEach((row, period) => {
    if (!Number.isNaN(row[last]!)) return
    let delay = -1
    for (let d = 0; d <= last; d++) if (!Number.isNaN(row[d]!)) delay = d
    if (delay < 0) return
    const known = row[delay]!
    const estimate = complete(known, delay, factors)
    const e = errors[delay] ?? new Float64Array(0)
    const low = e.length ? conformalQuantile(e, alpha / 2) : -Math.abs(Math.log(HIGH))
    const high = e.length ? conformalQuantile(e, 1 - alpha / 2) : Math.abs(Math.log(HIGH))
    out.push({
      period,
      delay,
      known,
      estimate,
      lower: Math.min(estimate, estimate * Math.exp(low)),
      upper: Math.max(estimate, estimate * Math.exp(high)),
      reported: estimate > 0 ? known / estimate : 1,
      status: 'E',
    })
  })
  return out
}
