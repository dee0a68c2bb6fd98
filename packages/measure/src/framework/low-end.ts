import type { Framework, FrameworkNode } from './framework.ts'
import type { AggregateSpec, NormaliseSpec } from './methods.ts'

/** Methods whose lowest unit is at 0 whatever the data. */
const ZERO_AT_THE_END = new Set(['percentile', 'borda', 'distance_to_max', 'distance_to_reference'])

/**
 * Whether a node's aggregation needs positive values of a child that never has only such.
 * @param scale in place of the normalisation of leaves without their own
 * @returns the leaf or node at fault
 */
export function erasesTheLast(
  framework: Framework,
  node: FrameworkNode,
  spec: AggregateSpec,
  scale: NormaliseSpec | null,
): FrameworkNode | null {
  const needsPositive =
    spec.method === 'geometric' || spec.method === 'harmonic' || (spec.method === 'power' && spec.p !== 1)
  if (!needsPositive || !node.scored) return null
  const kids = scoredChildren(framework, node)
  for (const kid of kids) {
    const isRising = spec.method === 'power' && spec.p > 0
    const found = lastIsErased(framework, kid, scale, isRising, isRising)
    if (found) return found
  }
  return null
}

function lastIsErased(
  framework: Framework,
  node: FrameworkNode,
  scale: NormaliseSpec | null,
  zeroIsFine: boolean,
  isRising: boolean,
): FrameworkNode | null {
  const isLeaf = node.children.length === 0
  const spec = node.own.has('normalise')
    ? node.normalise
    : isLeaf && node.score === null
      ? (scale ?? node.normalise)
      : node.normalise
  if (isLeaf || (spec && spec.method !== 'none')) {
    if (node.score !== null || !spec) return null
    // A power above 0 only fails where a value is below 0, which scores around 100 hardly ever are.
    if (spec.method === 'zscore') return isRising && spec.range[0] > 0 ? null : node
    if (spec.method === 'minmax') return (zeroIsFine ? spec.range[0] < 0 : spec.range[0] <= 0) ? node : null
    return ZERO_AT_THE_END.has(spec.method) && !zeroIsFine ? node : null
  }
  const kids = scoredChildren(framework, node)
  // Means of several minmax values are 0 only for a unit that is last everywhere; those of z-scores are negative for half.
  const below = kids.map((kid) =>
    lastIsErased(framework, kid, scale, zeroIsFine || kids.length > 1, isRising),
  )
  return below.find((found) => found !== null) ?? null
}

function scoredChildren(framework: Framework, node: FrameworkNode): FrameworkNode[] {
  return node.children.map((c) => framework.nodes[c]!).filter((kid) => kid.scored)
}
