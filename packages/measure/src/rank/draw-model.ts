import type { Choice, Pipeline } from '../compute/pipeline.ts'
import type { Framework, Uncertainty } from '../framework/framework.ts'
import type { DrawModel, Factor } from './draws.ts'
import { type Reweigh, weightedTree } from './weighted-tree.ts'

/** What a framework without `uncertainty:` is given: weights ±25 % at all levels. */
export const DEFAULT_UNCERTAINTY: Uncertainty = {
  weights: { spread: 0.25, levels: 'all' },
  normalise: null,
  aggregate: null,
  impute: null,
  maxPoints: null,
}

/**
 * The scores of a prepared period as a function of the declared factors. One uniform chooses each method, so that
 * the same seed gives the same draws whatever else is declared after it; one more a weight moves it by ±spread.
 * The alternatives before the weights are few, and the pipeline keeps what it computed for each.
 */
export function drawModel(pipeline: Pipeline, uncertainty: Uncertainty): DrawModel {
  const { framework } = pipeline
  const methods: { name: string; set(choice: Choice, uniform: number): void; count: number }[] = []
  const alternatives = <K extends keyof Choice>(
    name: string,
    key: K,
    list: readonly Choice[K][] | null,
  ): void => {
    if (!list) return
    methods.push({
      name,
      count: list.length,
      set(choice, uniform) {
        choice[key] = list[Math.min(list.length - 1, Math.floor(uniform * list.length))]!
      },
    })
  }
  alternatives('normalise', 'normalise', uncertainty.normalise)
  alternatives('aggregate', 'aggregate', uncertainty.aggregate)
  alternatives('impute', 'impute', uncertainty.impute)
  alternatives('max_points', 'maxPoints', uncertainty.maxPoints)
  const { spread, levels } = uncertainty.weights ?? { spread: 0, levels: [] }
  const varied = variedNodes(framework, levels)
  const nominal = nominalWeights(framework)
  const base = methods.length
  const factors: Factor[] = methods.map(({ name }, m) => ({ name, from: m, to: m + 1 }))
  if (uncertainty.weights) factors.push({ name: 'weights', from: base, to: base + varied.length })
  const weights = nominal.slice()
  // A method that replaces `points` weighs by the points, which only explicit weights tell it.
  const explicit = uncertainty.weights !== null || uncertainty.aggregate !== null
  const known: { choice: Choice; reweigh: Reweigh | null }[] = []
  const prepared = (number: number): { choice: Choice; reweigh: Reweigh | null } => {
    const before = known[number]
    if (before) return before
    const choice: Choice = {}
    let rest = number
    for (let m = base - 1; m >= 0; m--) {
      const { count, set } = methods[m]!
      set(choice, rest % count)
      rest = Math.floor(rest / count)
    }
    const found = { choice, reweigh: explicit ? weightedTree(pipeline, choice, nominal) : null }
    known[number] = found
    return found
  }
  return {
    units: pipeline.units.length,
    factors,
    uniforms: base + varied.length,
    score(point, out) {
      let number = 0
      for (let m = 0; m < base; m++) {
        const { count } = methods[m]!
        number = number * count + Math.min(count - 1, Math.floor(point[m]! * count))
      }
      const { choice, reweigh } = prepared(number)
      if (explicit) {
        for (let i = 0; i < varied.length; i++) {
          const node = varied[i]!
          weights[node] = nominal[node]! * (1 + spread * (2 * point[base + i]! - 1))
        }
        if (reweigh) return reweigh(weights, out)
        choice.weights = weights
      }
      return pipeline.run(choice, out)
    },
  }
}

/** The framework's own weight of each node: its points where the parent adds points. */
export function nominalWeights(framework: Framework): Float64Array {
  return Float64Array.from(framework.nodes, ({ parent, points, weight }) =>
    parent >= 0 && framework.nodes[parent]!.aggregate.method === 'points' ? (points ?? 0) : weight,
  )
}

/** Nodes whose weight among siblings can change a score: scored, with a scored sibling, at a depth that varies. */
function variedNodes(framework: Framework, levels: 'all' | readonly number[]): number[] {
  const depth = new Int32Array(framework.nodes.length)
  for (const i of [...framework.bottomUp].reverse()) {
    const { parent } = framework.nodes[i]!
    if (parent >= 0) depth[i] = depth[parent]! + 1
  }
  return framework.nodes
    .filter(({ index, parent, scored }) => {
      if (!scored || parent < 0) return false
      if (levels !== 'all' && !levels.includes(depth[index]!)) return false
      return framework.nodes[parent]!.children.some((c) => c !== index && framework.nodes[c]!.scored)
    })
    .map((node) => node.index)
}
