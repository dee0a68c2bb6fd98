import { quantile } from './quantile.ts'
import { orderByRank } from './ranking.ts'

/** Where a unit's rank lies over the draws. */
export interface RankInterval {
  lo: number
  median: number
  hi: number
  mean: number
}

/** What the draws say of one unit; null for a unit without a rank. */
export interface UnitSpread {
  interval: RankInterval | null
  /** Share of the draws in which the unit is first of its group, alone or shared (with `ties: mean`: alone). */
  first: number | null
  /** Number of its statistically tied group, from 1 within the rank group. */
  tiedGroup: number | null
  /** Share of the draws in which the unit is strictly above the next one in the ranking; null for the last. */
  aboveNext: number | null
}

/**
 * Intervals, first places and tied groups from the ranks of all draws.
 *
 * A tied group begins at the top; walking down the ranking, a new one begins when the group's leader is strictly
 * above the unit in at least `certain` of the draws. Being tied is not transitive, hence `aboveNext` beside it.
 *
 * @param nominal rank of each unit without any draw, NaN where it has none
 * @param drawn ranks, draw after draw, a unit a number, NaN where a draw gives a unit none
 * @param groups rank group of each unit; null when all are ranked together
 * @param level share of the draws inside the interval, e.g. 0.9
 */
export function spreadOfRanks(
  nominal: ArrayLike<number>,
  drawn: Float32Array,
  groups: ArrayLike<number> | null,
  level: number,
  certain = 0.95,
): UnitSpread[] {
  const units = nominal.length
  const draws = units === 0 ? 0 : drawn.length / units
  const spreads: UnitSpread[] = []
  const column = new Float32Array(draws)
  for (let u = 0; u < units; u++) {
    const empty: UnitSpread = { interval: null, first: null, tiedGroup: null, aboveNext: null }
    spreads.push(empty)
    if (Number.isNaN(nominal[u]!)) continue
    let n = 0
    let first = 0
    let sum = 0
    for (let d = 0; d < draws; d++) {
      const rank = drawn[d * units + u]!
      if (Number.isNaN(rank)) continue
      column[n++] = rank
      sum += rank
      if (rank === 1) first++
    }
    if (n === 0) continue
    const ranks = column.subarray(0, n).sort()
    empty.interval = {
      lo: quantile(ranks, (1 - level) / 2),
      median: quantile(ranks, 0.5),
      hi: quantile(ranks, (1 + level) / 2),
      mean: sum / n,
    }
    empty.first = first / n
  }
  const shareAbove = (upper: number, lower: number): number => {
    let above = 0
    let both = 0
    for (let d = 0; d < draws; d++) {
      const a = drawn[d * units + upper]!
      const b = drawn[d * units + lower]!
      if (Number.isNaN(a) || Number.isNaN(b)) continue
      both++
      if (a < b) above++
    }
    return both === 0 ? Number.NaN : above / both
  }
  const byGroup = new Map<number, number[]>()
  for (const u of orderByRank(nominal)) {
    if (!spreads[u]!.interval) continue
    const group = groups ? groups[u]! : 0
    const list = byGroup.get(group)
    if (list) list.push(u)
    else byGroup.set(group, [u])
  }
  for (const order of byGroup.values()) {
    let leader = order[0]!
    let tied = 1
    for (let i = 0; i < order.length; i++) {
      const unit = order[i]!
      if (unit !== leader && shareAbove(leader, unit) >= certain) {
        tied++
        leader = unit
      }
      spreads[unit]!.tiedGroup = tied
      const next = order[i + 1]
      if (next !== undefined) {
        const share = shareAbove(unit, next)
        spreads[unit]!.aboveNext = !Number.isNaN(share) ? share : null
      }
    }
  }
  return spreads
}
