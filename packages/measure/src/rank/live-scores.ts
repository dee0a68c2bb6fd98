import { type EvaluateContext, innerColumn, leafColumn, type NodeColumn } from '../compute/evaluate.ts'
import { ItemColumns } from '../compute/item-columns.ts'
import { type LeafInput, leafValues, refuseOrExclude, stageLeaf } from '../compute/leaf-stage.ts'
import { normalise, poolOf } from '../compute/normalise.ts'
import { type Pipeline, prepareAll } from '../compute/pipeline.ts'
import { ABSENT, rawColumn } from '../compute/raw-columns.ts'
import { comparePeriods } from '../data/last-day.ts'
import type { Framework, FrameworkNode } from '../framework/framework.ts'
import { CELL, type Panel } from '../panel.ts'
import { rankGroupsOf, rankRuleOf } from './rank-groups.ts'
import { Ranker } from './ranking.ts'

/** One answer that changed. */
export interface CellChange {
  unit: string
  item: string
  /** Null: the answer is missing now. */
  value: number | null | 'not_applicable'
}

/** Scores and ranks as they stand; the arrays are read only and valid until the next change. */
export interface Standing {
  /** NaN for a unit without one. */
  score: Float64Array
  rank: Float64Array
}

/**
 * The scores of one period, kept true while single answers change: a change repeats the steps of the items that use
 * the cell and of the nodes above them, and gives what computing everything anew would give, to the last bit.
 */
export class LiveScores {
  readonly framework: Framework
  readonly panel: Panel
  readonly #panels: readonly Panel[]
  #pipeline!: Pipeline
  #all!: readonly Pipeline[]
  #columns!: (NodeColumn | null)[]
  #ranker!: Ranker
  #rank!: Float64Array
  readonly #unitAt: ReadonlyMap<string, number>
  readonly #itemAt: ReadonlyMap<string, number>

  /** @param others the data's other periods; the panel is copied, not changed */
  constructor(framework: Framework, panel: Panel, others: readonly Panel[] = []) {
    this.framework = framework
    this.panel = { ...panel, value: panel.value.slice(), state: panel.state.slice() }
    this.#panels = [...others.filter((other) => other !== panel), this.panel]
    this.#unitAt = new Map(panel.units.map((unit, u) => [unit, u]))
    this.#itemAt = new Map(panel.items.map((item, i) => [item, i]))
    this.#computeAll()
  }

  /** Value and state of every node; null for one that is not scored. */
  get columns(): readonly (NodeColumn | null)[] {
    return this.#columns
  }

  get standing(): Standing {
    const root = this.#columns[this.framework.root]
    const top = this.framework.output.score === 'points' ? root?.points : root?.value
    return { score: top ?? new Float64Array(this.panel.units.length).fill(Number.NaN), rank: this.#rank }
  }

  /**
   * Takes over one changed answer. A refused one leaves everything as it was.
   * @throws {RangeError} for a unit or item that the panel does not have
   * @throws {MeasureError} when the framework refuses the data
   */
  recompute(change: CellChange): Standing {
    const u = this.#unitAt.get(change.unit)
    const i = this.#itemAt.get(change.item)
    if (u === undefined) throw new RangeError(`no unit "${change.unit}"`)
    if (i === undefined) throw new RangeError(`no item "${change.item}"`)
    const { value, state, units } = this.panel
    const cell = i * units.length + u
    const before = [value[cell]!, state[cell]!] as const
    const ok = typeof change.value === 'number'
    value[cell] = ok ? (change.value as number) : 0
    state[cell] = ok ? CELL.ok : change.value === null ? CELL.missing : CELL.notApplicable
    try {
      if (this.#reachesEverything()) this.#computeAll()
      else this.#computePart(change.item, u)
    } catch (error) {
      value[cell] = before[0]
      state[cell] = before[1]
      this.#computeAll()
      throw error
    }
    return this.standing
  }

  /** Methods through which one cell moves other items, or other periods' scales. */
  #reachesEverything(): boolean {
    return this.framework.nodes.some(
      ({ scored, children, impute, normalise: own, formula }) =>
        scored &&
        (formula !== null ||
          (children.length === 0 && impute.method === 'model') ||
          (children.length > 0 && own !== null && own.method !== 'none' && own.pool === 'all')),
    )
  }

  #computeAll(): void {
    this.#all = prepareAll(this.framework, this.#panels)
    this.#pipeline = this.#all.find((p) => p.panel === this.panel)!
    this.#columns = this.#pipeline.evaluate().columns
    const n = this.panel.units.length
    this.#ranker = new Ranker(n, rankRuleOf(this.framework), rankGroupsOf(this.#pipeline))
    this.#rank = this.#ranker.rank(this.standing.score, new Float64Array(n))
  }

  #computePart(item: string, u: number): void {
    const { framework } = this
    const { leaves, screened, columns } = this.#pipeline
    const touched = leaves.flatMap(({ node }, l) =>
      node.code === item || node.denominator === item ? [l] : [],
    )
    const next = [...leaves]
    for (const l of touched) {
      const { node } = leaves[l]!
      next[l] = { node, raw: rawColumn(framework, node, columns, null) }
    }
    if (isScreened(framework, next, u) !== (screened[u] === 1)) {
      this.#computeAll()
      return
    }
    const context = this.#context()
    const nodes = this.#columns.slice()
    const above = new Set<number>()
    for (const l of touched) {
      const { node, raw } = next[l]!
      const earlier = node.impute.method === 'previous' ? this.#earlier(node) : []
      const stage = stageLeaf(next[l]!, next, columns, screened, earlier, node.impute, null)
      const peers = () => this.#all.filter((p) => p !== this.#pipeline).map((p) => p.stages()[l]!.transformed)
      nodes[node.index] = leafColumn(
        node,
        raw,
        leafValues(stage, node.normalise!, columns, peers, null),
        context,
      )
      for (let at = node.parent; at >= 0; at = framework.nodes[at]!.parent) above.add(at)
    }
    for (const i of framework.bottomUp)
      if (above.has(i)) nodes[i] = innerColumn(framework.nodes[i]!, nodes, context)
    for (const l of touched) leaves[l] = next[l]!
    this.#columns = nodes
    this.#ranker.rank(this.standing.score, this.#rank)
  }

  #context(): EvaluateContext {
    const { framework, units, screened } = this.#pipeline
    return {
      framework,
      units,
      screened,
      choice: { weights: null, aggregate: null },
      incomplete: new Uint8Array(units.length),
      warnings: null,
      renormalise: (node, column) => {
        const spec = node.normalise!
        const at = typeof spec.reference === 'string' ? units.indexOf(spec.reference) : -1
        const result = normalise(column, spec, {
          direction: node.direction,
          goalposts: node.goalposts,
          transform: 'none',
          pool: poolOf([column]),
          reference: at < 0 ? Number.NaN : column[at]!,
        })
        return result.column ?? refuseOrExclude(node, spec, result.failure!, null)
      },
    }
  }

  #earlier(node: FrameworkNode): Float64Array[] {
    return this.#all
      .filter((p) => comparePeriods(p.panel.period, this.panel.period) < 0)
      .reverse()
      .map((p) => rawColumn(this.framework, node, new ItemColumns(p.panel, this.panel.units), null).values)
  }
}

function isScreened(framework: Framework, leaves: readonly LeafInput[], u: number): boolean {
  if (!framework.screen) return false
  let [reported, applicable] = [0, 0]
  for (const { raw } of leaves) {
    if (raw.absent[u] === ABSENT.no) reported++
    if (raw.absent[u] === ABSENT.no || raw.absent[u] === ABSENT.missing) applicable++
  }
  return (applicable === 0 ? 0 : reported / applicable) < framework.screen.minShare
}
