import type { Scores } from '../compute/compute.ts'
import type { Framework } from '../framework/framework.ts'

/** One line of the table of weights. */
export interface CardWeight {
  node: string
  parent: string
  /** Share among its siblings by the framework file. */
  nominal: number
  /** Share of the parent's variance over units that it explains: cov(own part, parent) ÷ var(parent). Null where the parent does not vary. */
  effective: number | null
}

/** What a reader must know to judge a ranking, as data; pages and documents draw it. */
export interface MethodCard {
  framework: { code: string; version: string; status: string; sha256: string }
  source: Framework['source']
  engineSteps: { normalise: string; aggregate: string; impute: string; treat: string }
  weights: CardWeight[]
  missing: { node: string; policy: string; minShare: number }[]
  /** How data came onto the map of units, in words of the caller; null = as the data name their units. */
  mapRule: string | null
  uncertainty: Framework['uncertainty']
  illustrative: string[]
  units: { scored: number; incomplete: number; screened: number }
  limits: { code: string; count: number }[]
}

/**
 * The method card of one period's results.
 * @param mapRule e.g. `recompute`, `plain_mean_of_main_indices`
 */
export function methodCard(framework: Framework, scores: Scores, mapRule: string | null = null): MethodCard {
  const { code, version, status, sha256, nodes } = framework
  const weights: CardWeight[] = []
  for (const parent of nodes) {
    const children = parent.children.map((at) => nodes[at]!).filter((child) => child.scored)
    if (children.length === 0) continue
    const sizes = children.map((child) => child.points ?? child.weight)
    const total = sizes.reduce((a, b) => a + b, 0)
    children.forEach((child, c) => {
      const nominal = sizes[c]! / total
      weights.push({
        node: child.code,
        parent: parent.code,
        nominal,
        effective: explained(scores, child.code, parent.code, nominal),
      })
    })
  }
  const limits = new Map<string, number>()
  for (const warning of scores.warnings) limits.set(warning.code, (limits.get(warning.code) ?? 0) + 1)
  const count = (state: string): number => scores.units.filter((unit) => unit.state === state).length
  return {
    framework: { code, version, status, sha256 },
    source: framework.source,
    engineSteps: {
      normalise: framework.normalise.method,
      aggregate: framework.aggregate.method,
      impute: framework.impute.method,
      treat: framework.treat.method,
    },
    weights,
    missing: nodes
      .filter((node) => node.ownMissing || node.parent < 0)
      .map((node) => ({
        node: node.code,
        policy: node.missing.policy ?? (node.aggregate.method === 'points' ? 'zero' : 'skip'),
        minShare: node.missing.minShare,
      })),
    mapRule,
    uncertainty: framework.uncertainty,
    illustrative: nodes.filter((node) => node.illustrative).map((node) => node.code),
    units: { scored: count('ok'), incomplete: count('incomplete'), screened: count('screened') },
    limits: [...limits].map(([limit, n]) => ({ code: limit, count: n })),
  }
}

function explained(scores: Scores, child: string, parent: string, weight: number): number | null {
  const pairs: [number, number][] = []
  for (const { nodes } of scores.units) {
    const x = nodes[child]?.value ?? null
    const y = nodes[parent]?.value ?? null
    if (x !== null && y !== null) pairs.push([weight * x, y])
  }
  const n = pairs.length
  if (n < 3) return null
  const meanX = pairs.reduce((sum, [x]) => sum + x, 0) / n
  const meanY = pairs.reduce((sum, [, y]) => sum + y, 0) / n
  let together = 0
  let variance = 0
  for (const [x, y] of pairs) {
    together += (x - meanX) * (y - meanY)
    variance += (y - meanY) ** 2
  }
  return variance === 0 ? null : together / variance
}
