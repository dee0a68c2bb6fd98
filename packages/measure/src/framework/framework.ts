import type { Message } from '@nhip/canonical/problem'
import type { AggregateSpec, ImputeSpec, NormaliseSpec, TransformMethod, TreatSpec } from './methods.ts'

export type FrameworkStatus = 'official' | 'illustrative' | 'draft'

/** What happens to a missing answer: left out with the weights of the others renormalised, counted as zero, or refused. */
export type MissingPolicy = 'skip' | 'zero' | 'error'

export interface MissingRule {
  /** Null: `zero` under `points`, else `skip`. */
  policy: MissingPolicy | null
  /** Least share of a node's scored children (by count) that must have a value; below it the node is missing. */
  minShare: number
}

/** How a raw answer becomes a value between 0 and 1 (or on the framework's own scale) without normalisation. */
export type ScoreRule =
  | { kind: 'bands'; bands: Band[] }
  /** From → 0, to → 1; `to` below `from` scores small values high. */
  | { kind: 'linear'; from: number; to: number; clamp: boolean }
  /** The item carries text (or a code); each text has its value. */
  | { kind: 'levels'; levels: ReadonlyMap<string, number> }

/** Values from `from` (inclusive, −∞ allowed) up to the next band's bound score `value`. */
export interface Band {
  from: number
  value: number
}

/** One indicator or group of indicators, with every setting resolved: its own, else the file's. */
export interface FrameworkNode {
  code: string
  /** Position in {@link Framework.nodes}. */
  index: number
  /** Position of the parent, −1 for the root. */
  parent: number
  /** Positions, in the order of the file. */
  children: number[]
  name: Message | null
  weight: number
  /** Most points it can bring; null in a framework of weights. A parent without its own has the sum of its children. */
  points: number | null
  /** False for a node that is collected and shown only; also for all below it. */
  scored: boolean
  direction: 1 | -1
  uom: string | null
  illustrative: boolean
  formula: string | null
  denominator: string | null
  goalposts: [number, number] | null
  score: ScoreRule | null
  /** Labels of the unit groups it applies to; null for all. */
  groups: string[] | null
  evidence: string[]
  source: string | null
  /** Item of the parent framework that this item rolls up to. */
  feeds: string | null
  impute: ImputeSpec
  treat: TreatSpec
  transform: TransformMethod
  /** Of a leaf, how it is normalised; of an inner node, how its own aggregated value is once more, null when it is not. */
  normalise: NormaliseSpec | null
  aggregate: AggregateSpec
  missing: MissingRule
  /** True when the node itself (not only the file) says how missing is handled. */
  ownMissing: boolean
  notApplicable: 'rebase' | 'zero'
  /** Keys that the node itself states. */
  own: ReadonlySet<string>
  /** Where the node stands in the file: `nodes[3]`, `patch.add[0]`. */
  path: string
}

/** What may vary between draws of a sensitivity analysis. */
export interface Uncertainty {
  /** Multiplicative uniform ±spread on weights or points; `levels` limits it to depths (root's children = 1). */
  weights: { spread: number; levels: 'all' | number[] } | null
  normalise: NormaliseSpec[] | null
  aggregate: AggregateSpec[] | null
  impute: ImputeSpec[] | null
  maxPoints: number[] | null
}

/** One version of an index set; the meaning of the keys is in the package's README. */
export interface Framework {
  code: string
  version: string
  status: FrameworkStatus
  title: Message | null
  source: { document: string | null; [key: string]: unknown } | null
  /** SHA-256 of the file's bytes, lower-case hexadecimal. */
  sha256: string
  file: string
  /** Every node, in the order of the file. */
  nodes: FrameworkNode[]
  root: number
  /** Positions with children before their parents. */
  bottomUp: number[]
  /** Positions of nodes without children, in the order of the file. */
  leaves: number[]
  attributes: string[]
  denominators: string[]
  /** Input items that formulas may use and that are no nodes. */
  inputs: { code: string; uom: string | null; breakdowns: string[] }[]
  /** Attribute item whose label decides which nodes apply to a unit. */
  groupBy: string | null
  screen: { minShare: number } | null
  normalise: NormaliseSpec
  aggregate: AggregateSpec
  impute: ImputeSpec
  treat: TreatSpec
  output: {
    decimals: number | null
    roundNodes: boolean
    /** Whether the score is the root's value or its points. */
    score: 'value' | 'points'
  }
  rank: {
    order: 'desc' | 'asc'
    ties: 'min' | 'dense' | 'mean'
    compare: 'published' | 'raw'
    within: string | null
  }
  uncertainty: Uncertainty | null
  /** The pinned parent, with the codes of its nodes. */
  extends: { code: string; version: string; sha256: string; codes: readonly string[] } | null
  crosswalks: string[]
}
