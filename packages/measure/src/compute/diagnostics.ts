import type { FrameworkNode } from '../framework/framework.ts'
import { Ranker } from '../rank/ranking.ts'
import { correlation, deviation, mean } from './moments.ts'
import type { Pipeline } from './pipeline.ts'
import { type Component, principalComponents } from './principal-components.ts'

/** Above it two siblings say nearly the same. */
const REDUNDANT = 0.92

export interface NodeDiagnostics {
  node: string
  /** Cronbach's α of its children over the units that have all; null below two children or three such units. */
  alpha: number | null
  /** Pairs of children that work against one another, or say nearly the same. */
  flags: { a: string; b: string; r: number; flag: 'negative' | 'redundant' }[]
  /** Of each child the share that the framework states and r² with the node: what it explains of the node's variance. */
  weights: { child: string; nominal: number; effective: number | null }[]
  /** Components of the children's correlations: for information, never used as weights. */
  components: Component[]
}

export interface Diagnostics {
  nodes: NodeDiagnostics[]
  /** Mean absolute shift of rank when a leaf is left out, greatest first; null where nothing could be ranked. */
  removeOne: { item: string; shift: number | null }[]
}

/** What an index set's own data say of its construction; information for its authors, without effect on scores. */
export function diagnose(pipeline: Pipeline): Diagnostics {
  const { framework } = pipeline
  const { columns } = pipeline.evaluate()
  const nodes = framework.nodes
    .filter((node) => node.scored && node.children.length > 0)
    .map((node) => {
      const kids = node.children.map((c) => framework.nodes[c]!).filter((k) => k.scored)
      return describe(
        node,
        kids,
        kids.map((k) => columns[k.index]!.value),
        columns[node.index]!.value,
      )
    })
  return { nodes, removeOne: removeOne(pipeline) }
}

function describe(
  node: FrameworkNode,
  kids: readonly FrameworkNode[],
  values: readonly Float64Array[],
  own: Float64Array,
): NodeDiagnostics {
  const flags: NodeDiagnostics['flags'] = []
  const matrix = values.map((a, i) =>
    values.map((b, k) => {
      const r = i === k ? 1 : correlation(a, b)
      if (i < k && (r < 0 || r > REDUNDANT))
        flags.push({ a: kids[i]!.code, b: kids[k]!.code, r, flag: r < 0 ? 'negative' : 'redundant' })
      return r
    }),
  )
  const byPoints = node.aggregate.method === 'points'
  const size = (k: FrameworkNode) => (byPoints ? (k.points ?? 0) : k.weight)
  const sum = kids.reduce((total, k) => total + size(k), 0)
  const isWhole = kids.length > 1 && matrix.every((row) => row.every((r) => !Number.isNaN(r)))
  return {
    node: node.code,
    alpha: cronbachAlpha(values),
    flags,
    weights: kids.map((k, i) => {
      const r = correlation(values[i]!, own)
      return { child: k.code, nominal: size(k) / sum, effective: Number.isNaN(r) ? null : r * r }
    }),
    components: isWhole ? principalComponents(matrix) : [],
  }
}

/** `k/(k − 1)·(1 − Σ variance of each ÷ variance of their sum)` over units that have every column. */
export function cronbachAlpha(columns: readonly Float64Array[]): number | null {
  const k = columns.length
  if (k < 2) return null
  const whole = [...columns[0]!.keys()].filter((u) => columns.every((c) => !Number.isNaN(c[u]!)))
  if (whole.length < 3) return null
  const variance = (values: number[]) => deviation(values) ** 2
  const parts = columns.map((c) => variance(whole.map((u) => c[u]!)))
  const total = variance(whole.map((u) => columns.reduce((sum, c) => sum + c[u]!, 0)))
  return total > 0 ? (k / (k - 1)) * (1 - parts.reduce((a, b) => a + b, 0) / total) : null
}

function removeOne(pipeline: Pipeline): Diagnostics['removeOne'] {
  const { framework, units } = pipeline
  const { order, ties } = framework.rank
  const ranker = new Ranker(units.length, { order, ties, decimals: null }, null)
  const ranks = (scores: Float64Array) => ranker.rank(scores, new Float64Array(units.length))
  const base = ranks(pipeline.run())
  const nominal = Float64Array.from(framework.nodes, (n) => n.points ?? n.weight)
  return pipeline.leaves
    .map(({ node }) => {
      const weights = nominal.slice()
      // A parent whose only child goes, goes with it.
      for (let at: FrameworkNode | undefined = node; at; at = framework.nodes[at.parent]) {
        weights[at.index] = 0
        const siblings = framework.nodes[at.parent]?.children.map((c) => framework.nodes[c]!) ?? []
        if (siblings.some((s) => s.scored && weights[s.index]! > 0)) break
      }
      const now = ranks(pipeline.run({ weights }))
      const shifts = [...now.keys()].map((u) => Math.abs(now[u]! - base[u]!)).filter((x) => !Number.isNaN(x))
      return { item: node.code, shift: shifts.length === 0 ? null : mean(shifts) }
    })
    .sort((a, b) => (b.shift ?? -1) - (a.shift ?? -1))
}
