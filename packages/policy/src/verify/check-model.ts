import { Context, type FeelValue } from '@nhip/feel/values'
import { DmnEngine } from '../dmn/evaluate.ts'
import { ItemTypes } from '../dmn/item-type.ts'
import type { Linked, LinkedModel } from '../dmn/link.ts'
import { Budget, DEFAULT_STEPS } from './budget.ts'
import { checkInputs, checkOutputs } from './cells.ts'
import { checkConflicts } from './conflicts.ts'
import { componentOf, type Declared, declaredType } from './declared.ts'
import type { Finding, TableSummary } from './finding.ts'
import { checkGaps } from './gaps.ts'
import { checkGraph } from './graph.ts'
import type { InputTypes } from './known-names.ts'
import { meetingPairs } from './overlap.ts'
import { ModelViews } from './reach.ts'
import { type InputValue, type Realised, realise } from './realise.ts'
import { realiseRelated } from './relations.ts'
import { TableReplay } from './replay.ts'
import { checkShadows } from './shadows.ts'
import type { Hits, TableCheck } from './table-check.ts'
import { checkReachable } from './unreachable.ts'
import type { TableView } from './view.ts'

export interface CheckOptions {
  /** Milliseconds for the gaps of each table, half as much for every other search; default 2,000. A number of steps in proportion is the limit too, and the only one without a clock. */
  readonly budgetMs?: number
  /** Milliseconds that only grow, from the host. */
  readonly clock?: () => number
  /** What is known of input data beyond the model: bounds, decimals, listed values. */
  readonly inputTypes?: InputTypes
}

export interface Checked {
  readonly findings: readonly Finding[]
  readonly tables: readonly TableSummary[]
}

const DEFAULT_MS = 2_000
/** More pairs of rules than this are not looked at one by one. */
const MOST_PAIRS = 20_000

/** Every static check of a model: each of its decision tables, and the graph between them. */
export function checkModel(model: LinkedModel, options: CheckOptions = {}): Checked {
  const checker = new ModelChecker(model, options)
  for (const element of model.main.elements) checker.element({ element, definitions: model.main })
  return { findings: [...checker.findings, ...checkGraph(model)], tables: checker.tables }
}

class ModelChecker {
  readonly findings: Finding[] = []
  readonly tables: TableSummary[] = []
  readonly #model: LinkedModel
  readonly #options: CheckOptions
  readonly #views: ModelViews
  readonly #types: ItemTypes
  #engine: DmnEngine | undefined

  constructor(model: LinkedModel, options: CheckOptions) {
    this.#model = model
    this.#options = options
    this.#views = new ModelViews(model, options.inputTypes ?? new Map())
    this.#types = new ItemTypes(model)
  }

  element(linked: Linked): void {
    const { clock } = this.#options
    const begun = clock?.() ?? 0
    for (const view of this.#views.of(linked)) this.#table(view, begun)
  }

  #table(view: TableView, begun: number): void {
    const { clock, budgetMs = DEFAULT_MS } = this.#options
    // Each search has its share of the time, so that one that is hard leaves the others theirs.
    const share = (part: number) =>
      new Budget((part * DEFAULT_STEPS * budgetMs) / DEFAULT_MS, part * budgetMs, clock)
    const tracing = share(0.5)
    const findings: Finding[] = []
    let replay: TableReplay | undefined
    const check: TableCheck = {
      view,
      budget: share(0.5),
      tracing,
      findings,
      realise: (region) =>
        view.columns.some(({ relation }) => relation !== undefined)
          ? realiseRelated(view, region, tracing)
          : realise(view, region, this.#views.producerOf, tracing),
      hitsOf: (realised) => {
        tracing.spend(view.table.rules.length * view.columns.length)
        if (realised.kind === 'found' && view.found.whole) return this.#run(view, realised)
        replay ??= new TableReplay(view, this.#types)
        return replay.hits(realised.values)
      },
      witnessOf: (realised) =>
        realised.kind === 'found' && view.found.whole
          ? this.#inputs(realised.inputs)
          : Object.fromEntries(
              view.columns.flatMap(({ column, relation }, d) =>
                relation ? [] : [[column.name, realised.values[d] ?? null]],
              ),
            ),
    }
    checkInputs(check)
    checkOutputs(check, this.#types)
    checkReachable(check)
    const pairs = meetingPairs(view.may, view.domain, check.budget, MOST_PAIRS)
    const overlaps = checkConflicts(check, pairs)
    const gaps = checkGaps({ ...check, budget: share(1) }, pairs.complete && pairs.pairs.length === 0)
    checkShadows({ ...check, budget: share(0.5) }, pairs)
    this.findings.push(...findings)
    this.tables.push({
      decision: view.decision,
      rules: view.table.rules.length,
      columns: view.table.inputs.length,
      gaps,
      overlaps,
      ms: clock ? Math.round(clock() - begun) : 0,
    })
  }

  /** The rules of a table that hold when its decision is asked with input data. */
  #run({ decision }: TableView, { inputs }: Extract<Realised, { kind: 'found' }>): Hits {
    this.#engine ??= new DmnEngine(this.#model)
    const { hits } = this.#engine.evaluate(decision, this.#inputs(inputs))
    return hits.findLast((hit) => hit.decision === decision)?.rules
  }

  #inputs(inputs: ReadonlyMap<string, InputValue>): Record<string, FeelValue> {
    const given: Record<string, FeelValue> = {}
    for (const { element, path, value } of inputs.values()) {
      const linked = [...this.#model.all()].find((one) => one.element === element)
      const declared = linked && declaredType(this.#model, linked.definitions, element.variable.typeRef)
      given[element.name] = this.#placed(given[element.name], declared, path, value)
    }
    return given
  }

  /** A value put into a context at a path; the other components that are declared are there and null. */
  #placed(
    whole: FeelValue | undefined,
    declared: Declared | undefined,
    path: readonly string[],
    value: FeelValue,
  ): FeelValue {
    const [name, ...rest] = path
    if (name === undefined) return value
    const blank = (declared?.item?.item.components ?? []).map((component) => [component.name, null] as const)
    const entries = new Map<string, FeelValue>(whole instanceof Context ? whole.entries : blank)
    const inner = declared && componentOf(this.#model, declared, name)
    return new Context(entries.set(name, this.#placed(entries.get(name) ?? undefined, inner, rest, value)))
  }
}
