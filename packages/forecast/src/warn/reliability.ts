import { isotonic } from '../intervals/conformal.ts'

/** A probability that was issued and what came of it. */
export interface Outcome {
  readonly p: number
  readonly happened: boolean
}

/** Maps issued probabilities to observed frequencies: a non-decreasing step function with straight lines between its middles. */
export interface Recalibration {
  readonly p: Float64Array
  readonly frequency: Float64Array
  readonly n: number
}

/** Pairs from which a recalibration is fitted; below, a page says "not calibrated" and uses words instead of percent. */
export const ENOUGH_OUTCOMES = 200

/** Isotonic regression of outcomes on issued probabilities (Zadrozny & Elkan 2002). Null below {@link ENOUGH_OUTCOMES}. */
export function recalibrate(outcomes: readonly Outcome[]): Recalibration | null {
  if (outcomes.length < ENOUGH_OUTCOMES) return null
  const sorted = [...outcomes].sort((a, b) => a.p - b.p)
  const p: number[] = []
  const hits: number[] = []
  const count: number[] = []
  for (const o of sorted) {
    if (p.length && p[p.length - 1] === o.p) {
      hits[hits.length - 1]! += o.happened ? 1 : 0
      count[count.length - 1]! += 1
    } else {
      p.push(o.p)
      hits.push(o.happened ? 1 : 0)
      count.push(1)
    }
  }
  const frequency = isotonic(
    Float64Array.from(hits, (v, i) => v / count[i]!),
    Float64Array.from(count),
  )
  return { p: Float64Array.from(p), frequency, n: outcomes.length }
}

/** A probability after recalibration; unchanged without one. */
export function recalibrated(map: Recalibration | null, p: number): number {
  if (!map) return p
  const x = map.p
  let low = 0
  let high = x.length - 1
  if (p <= x[0]!) return map.frequency[0]!
  if (p >= x[high]!) return map.frequency[high]!
  while (high - low > 1) {
    const mid = (low + high) >> 1
    if (x[mid]! <= p) low = mid
    else high = mid
  }
  const share = (p - x[low]!) / (x[high]! - x[low]!)
  return map.frequency[low]! + share * (map.frequency[high]! - map.frequency[low]!)
}

/** How good probabilities were: Brier score, skill against always saying the base rate, and ten reliability bins. */
export interface Reliability {
  readonly n: number
  readonly brier: number
  readonly baseRate: number
  /** 1 − Brier / Brier of the base rate; above 0 is worth having. */
  readonly skill: number
  readonly bins: readonly { from: number; to: number; n: number; said: number; happened: number }[]
}

export function reliability(outcomes: readonly Outcome[]): Reliability {
  const n = outcomes.length
  const bins = Array.from({ length: 10 }, (_, i) => ({
    from: i / 10,
    to: (i + 1) / 10,
    n: 0,
    said: 0,
    happened: 0,
  }))
  let brier = 0
  let events = 0
  for (const o of outcomes) {
    const b = bins[Math.min(9, Math.floor(o.p * 10))]!
    b.n++
    b.said += o.p
    if (o.happened) b.happened++
    if (o.happened) events++
    brier += (o.p - (o.happened ? 1 : 0)) ** 2
  }
  for (const b of bins)
    if (b.n) {
      b.said /= b.n
      b.happened /= b.n
    }
  const baseRate = n ? events / n : Number.NaN
  const base = baseRate * (1 - baseRate)
  return { n, brier: brier / n, baseRate, skill: base > 0 ? 1 - brier / n / base : 0, bins }
}

/** Threshold above which acting pays: cost of acting over loss if unprepared; an owner without figures gets 0.7 to raise and 0.5 to clear. */
export function alarmThreshold(costOverLoss?: number): { raise: number; clear: number } {
  if (costOverLoss === undefined) return { raise: 0.7, clear: 0.5 }
  const raise = Math.min(0.99, Math.max(0.01, costOverLoss))
  return { raise, clear: Math.max(0.005, raise * 0.7) }
}
