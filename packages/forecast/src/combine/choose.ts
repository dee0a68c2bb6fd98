import type { SeriesFit } from './fit-series.ts'

/** Scaled errors above this count as this: near-constant series would otherwise decide for all. */
const CAP = 10

/** How one model did over all units of an indicator, in backtests. */
export interface ModelRecord {
  readonly model: string
  /** Mean of |error| / naive scale, capped at 10. */
  readonly scaledError: number
  /** Mean of log |error|, the tie-break. */
  readonly logError: number
  readonly n: number
}

/** The record of every member over the pool, best first. */
export function rankMembers(fits: readonly SeriesFit[]): ModelRecord[] {
  const names = fits[0]?.members ?? []
  const sum = new Float64Array(names.length)
  const logs = new Float64Array(names.length)
  const count = new Float64Array(names.length)
  for (const f of fits) {
    const k = names.length
    for (let c = 0; c < f.cuts.length - 1; c++) {
      const scale = f.scales[c]!
      if (!(scale > 0)) continue
      for (let i = 0; i < k; i++)
        for (let s = 0; s < f.horizon; s++) {
          const e = Math.abs(f.actual[c * f.horizon + s]! - f.paths[(c * k + i) * f.horizon + s]!) / scale
          if (Number.isNaN(e)) continue
          sum[i]! += Math.min(CAP, e)
          logs[i]! += Math.log(Math.max(1e-6, e))
          count[i]! += 1
        }
    }
  }
  return names
    .map((model, i) => ({ model, scaledError: sum[i]! / count[i]!, logError: logs[i]! / count[i]!, n: count[i]! }))
    .sort((a, b) => (Number.isNaN(a.scaledError) ? 1 : Number.isNaN(b.scaledError) ? -1 : a.scaledError - b.scaledError || a.logError - b.logError))
}

/** A choice is changed only for a gain of this share, so that reports do not change their models every week for nothing. */
const WORTH_CHANGING = 0.02

/**
 * The `take` models best over the pool. With `standing`, the choice in force, it stays unless the mean scaled error of the new three is
 * smaller by 2 % or more.
 */
export function chooseMembers(fits: readonly SeriesFit[], take: number, standing?: readonly string[]): { chosen: string[]; record: ModelRecord[] } {
  const record = rankMembers(fits)
  const chosen = record.slice(0, take).filter((r) => r.n > 0).map((r) => r.model)
  if (standing && standing.length > 0) {
    const mean = (models: readonly string[]): number => {
      const found = record.filter((r) => models.includes(r.model) && r.n > 0)
      return found.reduce((s, r) => s + r.scaledError, 0) / found.length
    }
    if (standing.every((m) => record.some((r) => r.model === m && r.n > 0)) && mean(chosen) > (1 - WORTH_CHANGING) * mean(standing))
      return { chosen: [...standing], record }
  }
  return { chosen, record }
}
