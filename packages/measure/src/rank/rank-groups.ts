import type { Pipeline } from '../compute/pipeline.ts'
import type { Framework } from '../framework/framework.ts'
import type { RankRule } from './ranking.ts'

/** The rule by which a framework turns scores into ranks. */
export function rankRuleOf({ rank, output }: Framework): RankRule {
  return {
    order: rank.order,
    ties: rank.ties,
    decimals: rank.compare === 'published' ? output.decimals : null,
  }
}

/** Group in which each unit is ranked, −1 for a unit without one; null when all are ranked together. */
export function rankGroupsOf({ framework, columns, units }: Pipeline): Int32Array | null {
  const { within } = framework.rank
  if (within === null) return null
  const labels = columns.labels(within)
  const codes = new Map<string, number>()
  return Int32Array.from(units, (_, u) => {
    const label = labels?.[u] ?? null
    if (label === null) return -1
    if (!codes.has(label)) codes.set(label, codes.size)
    return codes.get(label)!
  })
}
