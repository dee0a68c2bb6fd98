import { comparePeriods } from '../data/last-day.ts'
import type { Framework, FrameworkNode } from '../framework/framework.ts'
import type { AggregateSpec, ImputeSpec, NormaliseSpec } from '../framework/methods.ts'
import type { Panel } from '../panel.ts'
import type { MeasureProblem } from '../problem.ts'
import { type EvaluateContext, innerColumn, leafColumn, type NodeColumn } from './evaluate.ts'
import { ItemColumns } from './item-columns.ts'
import {
  type LeafInput,
  type LeafStage,
  type LeafValues,
  leafValues,
  readLeaves,
  refuseOrExclude,
  stageLeaf,
} from './leaf-stage.ts'
import { normalise, poolOf } from './normalise.ts'
import { ABSENT, groupLabels, rawColumn } from './raw-columns.ts'

/** One setting of the pipeline that differs from the framework's; a key left out keeps the framework's own. */
export interface Choice {
  /** Weight or points of every node (by position), already varied; siblings are renormalised. */
  weights?: Float64Array
  /** For leaves that state no method of their own. */
  normalise?: NormaliseSpec
  /** For nodes that state no method of their own. */
  aggregate?: AggregateSpec
  /** For leaves that state no method of their own. */
  impute?: ImputeSpec
  /** Most cells that winsorising may change. */
  maxPoints?: number
}

/** The result of one evaluation, a column a node. */
export interface Evaluation {
  /** By node position; null for nodes that are not scored. */
  columns: (NodeColumn | null)[]
  /** 1 where a missing answer counted as zero. */
  incomplete: Uint8Array
  /** Score of each unit: the root's value or points; NaN without one. */
  score: Float64Array
}

/**
 * A framework laid over one period's data. The steps before a choice are kept, so that the next evaluation repeats
 * only what the choice changes; weights alone repeat only the aggregation.
 */
export class Pipeline {
  readonly framework: Framework
  readonly panel: Panel
  readonly units: readonly string[]
  readonly columns: ItemColumns
  /** Scored leaves in the order of the file. */
  readonly leaves: LeafInput[]
  /** Reported ÷ applicable scored leaves of each unit, before imputation. */
  readonly coverage: Float64Array
  /** 1 for units whose coverage is below the framework's `screen`. */
  readonly screened: Uint8Array
  /** Warnings and errors of reading the leaves. */
  readonly warnings: MeasureProblem[] = []
  readonly #others: readonly Pipeline[]
  readonly #stages = new Map<string, LeafStage[]>()
  readonly #values = new Map<string, LeafValues[]>()
  readonly #bare = new Map<number, NodeColumn>()

  /**
   * @param others pipelines of every period of the data, this one included; filled by {@link prepareAll}
   * @param around panels of every period
   */
  constructor(framework: Framework, panel: Panel, others: readonly Pipeline[], around: readonly Panel[]) {
    this.framework = framework
    this.panel = panel
    this.units = panel.units
    this.columns = new ItemColumns(panel, panel.units, around)
    this.#others = others
    this.leaves = readLeaves(framework, this.columns, this.warnings)
    const n = this.units.length
    this.coverage = new Float64Array(n)
    this.screened = new Uint8Array(n)
    for (let u = 0; u < n; u += 1) {
      let [reported, applicable] = [0, 0]
      for (const { raw } of this.leaves) {
        if (raw.absent[u] === ABSENT.no) reported += 1
        if (raw.absent[u] === ABSENT.no || raw.absent[u] === ABSENT.missing) applicable += 1
      }
      this.coverage[u] = applicable === 0 ? 0 : reported / applicable
      if (framework.screen && this.coverage[u]! < framework.screen.minShare) this.screened[u] = 1
    }
  }

  /** Labels of the units' groups that decide which nodes apply, or null. */
  get groups(): readonly (string | null)[] | null {
    return groupLabels(this.framework, this.columns)
  }

  /** Leaves after impute, screen, treat and transform. */
  stages(choice: Choice = {}): readonly LeafStage[] {
    const key = JSON.stringify([choice.impute ?? null, choice.maxPoints ?? null])
    let stages = this.#stages.get(key)
    if (!stages) {
      const before = this.#others
        .filter((p) => comparePeriods(p.panel.period, this.panel.period) < 0)
        .reverse()
      stages = this.leaves.map((leaf) => {
        const own = leaf.node.own.has('impute')
        const spec = own ? leaf.node.impute : (choice.impute ?? leaf.node.impute)
        const earlier =
          spec.method === 'previous'
            ? before.map(
                (p) =>
                  rawColumn(
                    this.framework,
                    leaf.node,
                    new ItemColumns(p.panel, this.units, this.columns.around),
                    null,
                  ).values,
              )
            : []
        return stageLeaf(
          leaf,
          this.leaves,
          this.columns,
          this.screened,
          earlier,
          spec,
          choice.maxPoints ?? null,
        )
      })
      this.#stages.set(key, stages)
    }
    return stages
  }

  /** Leaves on the framework's scale; null for an item that does not vary and is excluded. */
  leafValues(choice: Choice = {}, warnings: MeasureProblem[] | null = null): readonly LeafValues[] {
    const key = JSON.stringify([choice.impute ?? null, choice.maxPoints ?? null, choice.normalise ?? null])
    let values = this.#values.get(key)
    if (!values || warnings) {
      const stages = this.stages(choice)
      values = stages.map((stage, l) => {
        const own = stage.node.own.has('normalise')
        const spec = own ? stage.node.normalise! : (choice.normalise ?? stage.node.normalise!)
        const peers = () =>
          this.#others.filter((p) => p !== this).map((p) => p.stages(choice)[l]!.transformed)
        return leafValues(stage, spec, this.columns, peers, warnings)
      })
      this.#values.set(key, values)
    }
    return values
  }

  /**
   * Aggregates bottom-up.
   * @param warnings collects what a reader must know; null while drawing
   * @throws {MeasureError} a constant item, a missing answer that is an error, a value outside 0..1 under `points`
   */
  evaluate(choice: Choice = {}, warnings: MeasureProblem[] | null = null): Evaluation {
    const { framework } = this
    const n = this.units.length
    const context = this.#context(choice, warnings)
    const values = this.leafValues(choice, warnings)
    const columns: (NodeColumn | null)[] = framework.nodes.map(() => null)
    this.leaves.forEach((leaf, l) => {
      columns[leaf.node.index] = leafColumn(leaf.node, leaf.raw, values[l]!, context)
    })
    for (const i of framework.bottomUp) {
      const node = framework.nodes[i]!
      if (node.children.length > 0 && node.scored) columns[i] = innerColumn(node, columns, context)
    }
    const root = columns[framework.root]
    const top = framework.output.score === 'points' ? root?.points : root?.value
    const score = top ? top.slice() : new Float64Array(n).fill(Number.NaN)
    for (let u = 0; u < n; u += 1) if (this.screened[u]) score[u] = Number.NaN
    return { columns, incomplete: context.incomplete, score }
  }

  /** Only the score of each unit under a choice; NaN for units without one. */
  run(choice: Choice = {}, out?: Float64Array): Float64Array {
    const { score } = this.evaluate(choice)
    if (!out) return score
    out.set(score)
    return out
  }

  #context(choice: Choice, warnings: MeasureProblem[] | null): EvaluateContext {
    return {
      framework: this.framework,
      units: this.units,
      screened: this.screened,
      choice: { weights: choice.weights ?? null, aggregate: choice.aggregate ?? null },
      incomplete: new Uint8Array(this.units.length),
      warnings,
      renormalise: (node, column) => this.#renormalise(node, column, warnings),
    }
  }

  #renormalise(
    node: FrameworkNode,
    column: Float64Array,
    warnings: MeasureProblem[] | null,
  ): Float64Array | null {
    const spec = node.normalise!
    const peers =
      spec.pool === 'all'
        ? this.#others.filter((p) => p !== this).map((p) => p.#beforeOwnNormalise(node))
        : []
    const at = typeof spec.reference === 'string' ? this.units.indexOf(spec.reference) : -1
    const result = normalise(column, spec, {
      direction: node.direction,
      goalposts: node.goalposts,
      transform: 'none',
      pool: poolOf([column, ...peers]),
      reference: at < 0 ? Number.NaN : column[at]!,
    })
    return result.column ?? refuseOrExclude(node, spec, result.failure!, warnings)
  }

  /** The aggregated value of a node in this period by the framework's own settings, before its own normalisation. */
  #beforeOwnNormalise(node: FrameworkNode): Float64Array {
    let column = this.#bare.get(node.index)
    if (!column) {
      const columns: (NodeColumn | null)[] = this.framework.nodes.map(() => null)
      const context = this.#context({}, null)
      const values = this.leafValues()
      this.leaves.forEach((leaf, l) => {
        columns[leaf.node.index] = leafColumn(leaf.node, leaf.raw, values[l]!, context)
      })
      const below = (i: number): void => {
        const at = this.framework.nodes[i]!
        for (const c of at.children) if (this.framework.nodes[c]!.scored) below(c)
        if (at.children.length === 0) return
        columns[i] = innerColumn(i === node.index ? { ...at, normalise: null } : at, columns, context)
      }
      below(node.index)
      column = columns[node.index]!
      this.#bare.set(node.index, column)
    }
    return column.value
  }
}

/** Pipelines of every period of the data, ascending, that know of each other (`previous`, `pool: all`). */
export function prepareAll(framework: Framework, panels: readonly Panel[]): Pipeline[] {
  const all: Pipeline[] = []
  const sorted = [...panels].sort((a, b) => comparePeriods(a.period, b.period))
  for (const panel of sorted) all.push(new Pipeline(framework, panel, all, sorted))
  return all
}

/** The pipeline of one period; `others` are the data's other periods. */
export function prepare(framework: Framework, panel: Panel, others: readonly Panel[] = []): Pipeline {
  const panels = [...others.filter((p) => p !== panel), panel]
  return prepareAll(framework, panels).find((p) => p.panel === panel)!
}
