import { BUILT_IN_NAMES } from '@nhip/feel/builtins'
import { check } from '@nhip/feel/check'
import { int } from '@nhip/feel/number'
import { parse } from '@nhip/feel/parse'
import type { FeelType } from '@nhip/feel/types'
import { Context, type FeelValue } from '@nhip/feel/values'
import type { Linked, LinkedModel } from '../dmn/link.ts'
import type { DrgElement } from '../dmn/model.ts'
import { type Box, isEmptyBox } from './box.ts'
import { Budget } from './budget.ts'
import { formsOfFacets } from './declared.ts'
import { type FoundTable, tablesOf } from './find-tables.ts'
import { remaining } from './gaps.ts'
import { type InputTypes, type KnownName, namesOf } from './known-names.ts'
import { isSingle, type OutputEntry } from './outputs.ts'
import type { Producer } from './realise.ts'
import { strongerThan } from './shadows.ts'
import type { TestForm } from './test-form.ts'
import { isTransparent, type Reachable, type TableView, viewOf } from './view.ts'

const WINNING_STEPS = 5_000_000
/** Rules of larger tables are not turned around for the tables below. */
const MOST_RULES = 2_000
const MOST_PIECES = 64

/** The tables of a model as sets, each looked at once, upstream ones first. */
export class ModelViews {
  readonly #model: LinkedModel
  readonly #inputTypes: InputTypes
  readonly #views = new Map<DrgElement, readonly TableView[]>()
  readonly #reachable = new Map<string, Reachable | undefined>()
  readonly #producers = new Map<DrgElement, Producer | undefined>()
  readonly #running = new Set<DrgElement>()

  constructor(model: LinkedModel, inputTypes: InputTypes) {
    this.#model = model
    this.#inputTypes = inputTypes
  }

  /** The views of the tables of an element; none while a circle comes back to it. */
  of(linked: Linked): readonly TableView[] {
    const { element } = linked
    const known = this.#views.get(element)
    if (known) return known
    if (this.#running.has(element)) return []
    this.#running.add(element)
    const found = tablesOf(this.#model, linked, this.#inputTypes)
    const views = found.map((one) => this.#view(one))
    this.#running.delete(element)
    this.#views.set(element, views)
    return views
  }

  #view(found: FoundTable): TableView {
    return viewOf(this.#model, found, (known, path) => this.#reachableOf(known, path))
  }

  #linked(element: DrgElement): Linked | undefined {
    for (const linked of this.#model.all()) if (linked.element === element) return linked
    return undefined
  }

  #wholeTable(element: DrgElement): TableView | undefined {
    if (element.kind !== 'decision' || element.expression?.kind !== 'table') return undefined
    const linked = this.#linked(element)
    return linked && this.of(linked).find((view) => view.found.whole)
  }

  /** What a name can be, where it is a decision: the constants of its table, the facets of its expression. */
  #reachableOf({ element }: KnownName, path: readonly string[]): Reachable | undefined {
    if (element?.kind !== 'decision') return undefined
    const key = [element.id, ...path].join('\u0000')
    if (this.#reachable.has(key)) return this.#reachable.get(key)
    const view = this.#wholeTable(element)
    const reachable = view ? outcomesOf(view, path) : this.#literal(element, path)
    this.#reachable.set(key, reachable)
    return reachable
  }

  #literal(element: DrgElement, path: readonly string[]): Reachable | undefined {
    if (element.kind !== 'decision' || element.expression?.kind !== 'literal') return undefined
    const linked = this.#linked(element)
    if (!linked) return undefined
    const names = namesOf(this.#model, linked, this.#inputTypes)
    const typeOf = (name: string): FeelType | undefined => {
      const known = names.get(name)
      const above = known && this.#typeAbove(known)
      return above ?? known?.type
    }
    const { ast, problems } = parse(
      element.expression.text,
      { names: names.keys(), typeOf: (name) => names.get(name)?.type, functions: BUILT_IN_NAMES },
      { unknownNames: 'keep' },
    )
    if (problems.length > 0) return undefined
    let { type } = check(ast, { typeOf }, 'lenient')
    for (const name of path)
      type = (type.kind === 'context' ? type.members.get(name) : undefined) ?? { kind: 'Any' }
    const forms = formsOfFacets(type)
    return forms.length === 0 ? undefined : { form: { op: 'and', tests: forms }, nullable: false }
  }

  /** The values of an upstream table as a type, for the expression that reads it. */
  #typeAbove({ element, type }: KnownName): FeelType | undefined {
    if (element?.kind !== 'decision' || this.#running.has(element)) return undefined
    const view = this.#wholeTable(element)
    const values = view && constantsOf(view, [])
    if (!values || values.includes(null)) return undefined
    return type.kind === 'string' || type.kind === 'number' ? { ...type, values } : undefined
  }

  /** How an upstream decision comes to its values; undefined where that cannot be turned around. */
  readonly producerOf = (element: DrgElement): Producer | undefined => {
    if (this.#producers.has(element)) return this.#producers.get(element)
    const view = this.#wholeTable(element)
    const producer = view && producerFrom(view)
    this.#producers.set(element, producer)
    return producer
  }
}

/** The rows a single-hit table can give: those of rules that can hold, and its default. */
function rowsOf(view: TableView): (readonly OutputEntry[])[] {
  const live = view.outputs.rules.filter((_, i) => !isEmptyBox(view.may[i] as Box))
  return view.outputs.otherwise ? [...live, view.outputs.otherwise] : live
}

/** The values of an output (the only one, or a component); undefined when one of them is not a constant. */
function constantsOf(view: TableView, path: readonly string[]): FeelValue[] | undefined {
  const { table, outputs } = view
  const single = isSingle(table)
  if (
    !single &&
    !(table.hitPolicy === 'COLLECT' && (table.aggregation === 'MIN' || table.aggregation === 'MAX'))
  )
    return undefined
  const column = outputs.columns.length === 1 ? 0 : outputs.columns.findIndex(({ name }) => name === path[0])
  if (column < 0) return undefined
  const inner = outputs.columns.length === 1 ? path : path.slice(1)
  const values: FeelValue[] = []
  for (const row of rowsOf(view)) {
    const entry = row[column]
    const value = entry && valueAlong(entry, inner)
    if (value === undefined) return undefined
    values.push(value)
  }
  return values
}

function valueAlong({ constant, text }: OutputEntry, path: readonly string[]): FeelValue | undefined {
  let value = text === '' ? null : constant?.value
  for (const name of path) value = value instanceof Context ? (value.get(name) ?? null) : undefined
  return value
}

function outcomesOf(view: TableView, path: readonly string[]): Reachable | undefined {
  const { table } = view
  if (table.hitPolicy === 'COLLECT' && table.aggregation === 'COUNT') {
    const most = int(table.rules.length)
    const form: TestForm = {
      op: 'interval',
      low: { value: int(0), included: true },
      high: { value: most, included: true },
    }
    return { form, nullable: false }
  }
  const values = constantsOf(view, path)
  if (values === undefined) return undefined
  const points = values.filter((value) => value !== null)
  return {
    form: { op: 'or', tests: points.map((value) => ({ op: 'point', value })) },
    nullable: values.includes(null),
  }
}

/** The boxes in which each rule gives the output; the default output comes last, as one rule more. */
function producerFrom(view: TableView): Producer | undefined {
  const { table, outputs, must, domain, cells } = view
  if (!isSingle(table) || table.rules.length > MOST_RULES || !cells.every(isTransparent)) return undefined
  const budget = new Budget(WINNING_STEPS)
  const all = must.map((_, i) => i)
  const winning: (readonly Box[])[] = []
  for (const [rule, box] of must.entries()) {
    const stronger = strongerThan(view, rule, all).map((i) => must[i] as Box)
    const pieces = stronger.length === 0 ? [box] : remaining(box, stronger, budget, MOST_PIECES)
    if (pieces === undefined || pieces.length >= MOST_PIECES) return undefined
    winning.push(pieces)
  }
  if (outputs.otherwise) {
    const rest = remaining(domain, must, budget, MOST_PIECES)
    if (rest === undefined || rest.length >= MOST_PIECES) return undefined
    winning.push(rest)
  }
  return {
    view,
    winning,
    outputOf: (rule, path) => {
      const row = outputs.rules[rule] ?? outputs.otherwise ?? []
      const single = outputs.columns.length === 1
      const column = single ? 0 : outputs.columns.findIndex(({ name }) => name === path[0])
      const entry = row[column]
      return entry && valueAlong(entry, single ? path : path.slice(1))
    },
  }
}
