import type { Issued } from '../combine/issue-pool.ts'
import { fitTail, type Tail } from './tail.ts'

/**
 * Anomalies of monthly and annual series: an outcome against the forecast that was issued for it. The score is its distance from the point in half-widths of the
 * 80 % band on its side, so that series of all sizes can be compared.
 */
export function outcomeScore(issued: Issued, step: number, value: number): number {
  const band = issued.bands.find((b) => b.level === 80) ?? issued.bands[0]
  const point = issued.point[step]!
  if (!band || Number.isNaN(value)) return 0
  const half = value >= point ? band.upper[step]! - point : point - band.lower[step]!
  const distance = Math.abs(value - point)
  return half > 0 ? distance / half : distance > 0 ? Number.POSITIVE_INFINITY : 0
}

/** The tail of such scores for a pool at a step, from the errors its bands were calibrated on. Null where the pool has none of its own. */
export function outcomeTail(issued: Issued, step: number): Tail | null {
  const errors = issued.paths?.table.steps[step]
  if (!errors || errors.length < 50 || issued.calibration.fallback !== 0) return null
  const band = issued.bands.find((b) => b.level === 80)
  const scale = issued.paths!.scale
  if (!band || !(scale > 0)) return null
  const n = errors.length
  const up = Math.max(errors[Math.floor(0.9 * (n - 1))]!, 1e-12)
  const down = Math.max(-errors[Math.floor(0.1 * (n - 1))]!, 1e-12)
  return fitTail(
    errors.map((e) => (e >= 0 ? e / up : -e / down)),
    0.9,
  )
}
