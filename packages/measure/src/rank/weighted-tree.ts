import { STATE } from '../compute/evaluate.ts'
import type { Choice, Evaluation, Pipeline } from '../compute/pipeline.ts'
import type { FrameworkNode } from '../framework/framework.ts'

/** Scores for other weights (or points) of the nodes, by position; written to `out`. */
export type Reweigh = (weights: Float64Array, out: Float64Array) => Float64Array

interface Kid {
  index: number
  /** As it enters its parent: a leaf's values, or the buffer an inner node is computed into. */
  column: Float64Array
  /** Points that apply to each unit; null under a mean. */
  most: Float64Array | null
  points: number
}

interface Inner {
  kids: Kid[]
  byPoints: boolean
  column: Float64Array
  /** Units whose value does not come from the children, with what enters the parent for them. */
  settled: { unit: number; value: number }[]
}

/**
 * Only the aggregation of a pipeline, with all before it done once: what a draw of weights repeats. Does the same
 * operations in the same order as the pipeline, so the scores agree to the last bit.
 *
 * @returns null where some node is more than a mean or a sum of points: then the whole pipeline has to run
 */
export function weightedTree(pipeline: Pipeline, choice: Choice, nominal: Float64Array): Reweigh | null {
  const { framework } = pipeline
  const inner = framework.bottomUp
    .map((i) => framework.nodes[i]!)
    .filter((node) => node.children.length > 0 && node.scored)
  const methodOf = (node: FrameworkNode) =>
    (node.own.has('aggregate') ? node.aggregate : (choice.aggregate ?? node.aggregate)).method
  const isPlain = (node: FrameworkNode) =>
    ['points', 'arithmetic'].includes(methodOf(node)) &&
    (node.normalise === null || node.normalise.method === 'none') &&
    node.missing.minShare === 0
  if (framework.output.roundNodes || !inner.every(isPlain)) return null
  // A node counted in points that is no sum of points keeps its whole maximum: rare, and left to the pipeline.
  if (inner.some((node) => node.points !== null && methodOf(node) !== 'points')) return null
  const evaluation = pipeline.evaluate({ ...choice, weights: nominal })
  const units = pipeline.units.length
  const buffers = new Map(inner.map((node) => [node.index, new Float64Array(units)]))
  const steps = inner.map((node): Inner => {
    const byPoints = methodOf(node) === 'points'
    return {
      byPoints,
      column: buffers.get(node.index)!,
      settled: settledUnits(pipeline, node, evaluation, methodOf),
      kids: node.children
        .map((c) => framework.nodes[c]!)
        .filter((kid) => kid.scored)
        .map((kid) => ({
          index: kid.index,
          column: buffers.get(kid.index) ?? enteringLeaf(pipeline, kid, evaluation, methodOf),
          most: byPoints ? (evaluation.columns[kid.index]!.max ?? new Float64Array(units)) : null,
          points: kid.points ?? 0,
        })),
    }
  })
  const sums = new Float64Array(units)
  const shares = new Float64Array(units)
  const root = buffers.get(framework.root)
  if (!root) return null
  const scale = framework.output.score === 'points' ? evaluation.columns[framework.root]!.max : null
  if (framework.output.score === 'points' && !scale) return null
  return (weights, out) => {
    for (const step of steps) {
      sums.fill(0)
      shares.fill(0)
      for (const kid of step.kids)
        (step.byPoints ? addPoints : addMean)(kid, weights[kid.index]!, sums, shares)
      const { column, settled } = step
      for (let u = 0; u < units; u++) column[u] = shares[u]! > 0 ? sums[u]! / shares[u]! : Number.NaN
      for (const { unit, value } of settled) column[unit] = value
    }
    for (let u = 0; u < units; u++) out[u] = scale ? root[u]! * scale[u]! : root[u]!
    return out
  }
}

function addMean({ column }: Kid, weight: number, sums: Float64Array, shares: Float64Array): void {
  for (let u = 0; u < column.length; u++) {
    const x = column[u]!
    if (Number.isNaN(x)) continue
    sums[u] = sums[u]! + weight * x
    shares[u] = shares[u]! + weight
  }
}

function addPoints(kid: Kid, weight: number, sums: Float64Array, shares: Float64Array): void {
  const { column, most, points } = kid
  const factor = points ? weight / points : 1
  for (let u = 0; u < column.length; u++) {
    const x = column[u]!
    if (Number.isNaN(x)) continue
    sums[u] = sums[u]! + factor * (most![u]! * x)
    shares[u] = shares[u]! + factor * most![u]!
  }
}

/** What counts for a unit whose child has no value: 0, or NaN where it is left out. */
function substitute(
  pipeline: Pipeline,
  kid: FrameworkNode,
  state: number,
  unit: number,
  methodOf: (node: FrameworkNode) => string,
): number {
  const parent = pipeline.framework.nodes[kid.parent]!
  const own = kid.children.length === 0 && kid.ownMissing ? kid.missing.policy : null
  const policy = own ?? parent.missing.policy ?? (methodOf(parent) === 'points' ? 'zero' : 'skip')
  const counts =
    (state === STATE.missing && policy === 'zero') ||
    (state === STATE.notApplicable && kid.notApplicable === 'zero')
  return counts && !pipeline.screened[unit] ? 0 : Number.NaN
}

function enteringLeaf(
  pipeline: Pipeline,
  leaf: FrameworkNode,
  evaluation: Evaluation,
  methodOf: (node: FrameworkNode) => string,
): Float64Array {
  const { value, state } = evaluation.columns[leaf.index]!
  return value.map((x, u) => (state[u] === STATE.ok ? x : substitute(pipeline, leaf, state[u]!, u, methodOf)))
}

function settledUnits(
  pipeline: Pipeline,
  node: FrameworkNode,
  evaluation: Evaluation,
  methodOf: (node: FrameworkNode) => string,
): { unit: number; value: number }[] {
  const { state } = evaluation.columns[node.index]!
  return Array.from(state).flatMap((s, unit) => {
    if (pipeline.screened[unit]) return [{ unit, value: Number.NaN }]
    if (s === STATE.ok) return []
    return [{ unit, value: node.parent < 0 ? Number.NaN : substitute(pipeline, node, s, unit, methodOf) }]
  })
}
