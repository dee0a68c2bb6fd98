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
    .map((model, i) => ({
      model,
      scaledError: sum[i]! / count[i]!,
      logError: logs[i]! / count[i]!,
      n: count[i]!,
    }))
    .sort((a, b) =>
      Number.isNaN(a.scaledError)
        ? 1
        : Number.isNaN(b.scaledError)
          ? -1
          : a.scaledError - b.scaledError || a.logError - b.logError,
    )
}

/**
 * What a model's error usually is as a share of the naive error on annual series; the row that a pool starts from. A pool of 60 provinces over three
 * years has seen three years, not 180: their errors come and go together.
 */
const USUAL: Readonly<Record<string, number>> = {
  naive: 1,
  drift: 0.93,
  ses: 0.98,
  theta: 0.9,
  dotm: 0.84,
  ets: 0.94,
  damped: 0.94,
}

/** How many origins the usual row weighs as much as. */
const USUAL_WEIGHT = 2

/** A choice is changed only for a gain of this share, so that reports do not change their models every week for nothing. */
const WORTH_CHANGING = 0.02

/** Draws the record towards the usual row and sorts it again; a record without the naive guess is left as it is. */
function shrink(record: ModelRecord[], fits: readonly SeriesFit[]): ModelRecord[] {
  const naive = record.find((r) => r.model === 'naive')
  if (!naive || !(naive.scaledError > 0)) return record
  const distances = new Set<number>()
  for (const f of fits) for (let c = 0; c < f.cuts.length - 1; c++) distances.add(f.n - f.cuts[c]!)
  const weight = distances.size / (distances.size + USUAL_WEIGHT)
  const score = (r: ModelRecord): number =>
    r.n > 0
      ? weight * (r.scaledError / naive.scaledError) + (1 - weight) * (USUAL[r.model] ?? 1)
      : Number.POSITIVE_INFINITY
  return [...record].sort((a, b) => score(a) - score(b) || a.logError - b.logError)
}

/**
 * The `take` models best over the pool. With `standing`, the choice in force, it stays unless the mean scaled error of the new three is
 * smaller by 2 % or more.
 */
export function chooseMembers(
  fits: readonly SeriesFit[],
  take: number,
  standing?: readonly string[],
): { chosen: string[]; record: ModelRecord[] } {
  const record = shrink(rankMembers(fits), fits)
  const chosen = record
    .slice(0, take)
    .filter((r) => r.n > 0)
    .map((r) => r.model)
  if (standing && standing.length > 0) {
    const mean = (models: readonly string[]): number => {
      const found = record.filter((r) => models.includes(r.model) && r.n > 0)
      return found.reduce((s, r) => s + r.scaledError, 0) / found.length
    }
    if (
      standing.every((m) => record.some((r) => r.model === m && r.n > 0)) &&
      mean(chosen) > (1 - WORTH_CHANGING) * mean(standing)
    )
      return { chosen: [...standing], record }
  }
  return { chosen, record }
}
