import { compare, type FeelValue } from '@nhip/feel/values'
import type { DrgElement } from '../dmn/model.ts'
import { type Box, isEmptyBox } from './box.ts'
import type { Budget } from './budget.ts'
import type { Column } from './column.ts'
import { has, type IndexSet, size } from './index-set.ts'
import { anyOf, between } from './point.ts'
import type { Origin, TableView } from './view.ts'

/** What has been found out about a region of a table: is there input data that leads into it? */
export type Realised =
  /** Values of input data, by `name` and path, and of the columns. */
  | {
      readonly kind: 'found'
      readonly inputs: ReadonlyMap<string, InputValue>
      readonly values: readonly FeelValue[]
    }
  /** No input data lead there: upstream tables never give such values together. */
  | { readonly kind: 'impossible' }
  /** Columns are computed from inputs in a way that cannot be turned around; each alone can have its values. */
  | { readonly kind: 'assumed'; readonly values: readonly FeelValue[] }
  /** Not found within the budget, or computed columns depend on each other. */
  | { readonly kind: 'unknown'; readonly values: readonly FeelValue[] }

export interface InputValue {
  readonly element: DrgElement
  readonly path: readonly string[]
  readonly value: FeelValue
}

/** The regions in which a rule of an upstream table gives its output; undefined where that was not worked out. */
export interface Producer {
  readonly view: TableView
  /** By rule: disjoint boxes in which the rule's output is the table's, with the values of the output's components. */
  readonly winning: readonly (readonly Box[])[]
  /** The value of an output (component) by rule. */
  outputOf(rule: number, path: readonly string[]): FeelValue | undefined
}

export type ProducerOf = (element: DrgElement) => Producer | undefined

/** Tables above a table that are turned around; further up, values count as possible when some rule gives them. */
const MAX_DEPTH = 3
const MAX_TRIES = 4_000
/** What one try costs of the budget of a table. */
const STEPS_OF_A_TRY = 2_000

interface Constraint {
  readonly element: DrgElement
  readonly path: readonly string[]
  readonly view: TableView
  readonly column: number
  readonly set: IndexSet
}

interface Demand {
  readonly view: TableView
  readonly region: Box
  readonly depth: number
}

/** Looks for input data that lead into a region of a table, through the tables above it. */
export function realise(view: TableView, region: Box, producerOf: ProducerOf, budget: Budget): Realised {
  const values = region.map((set, d) => (view.columns[d] as TableView['columns'][number]).column.witness(set))
  const search = new Search(producerOf, budget)
  const result = search.run([{ view, region, depth: 0 }], [], new Map())
  const top = search.topValues.get(view)
  if (result === 'impossible') return { kind: 'impossible' }
  if (result === 'unknown') return { kind: 'unknown', values }
  const chosen = values.map((value, d) => top?.get(d) ?? value)
  if (search.assumed || dependent(view, region))
    return { kind: dependent(view, region) ? 'unknown' : 'assumed', values: chosen }
  return { kind: 'found', inputs: result, values: chosen }
}

class Search {
  assumed = false
  readonly topValues = new Map<TableView, Map<number, FeelValue>>()
  readonly #producerOf: ProducerOf
  readonly #budget: Budget
  #tries = 0

  constructor(producerOf: ProducerOf, budget: Budget) {
    this.#producerOf = producerOf
    this.#budget = budget
  }

  /** Meets all demands, or says that nothing does. Decisions chosen so far keep the rule that was chosen for them. */
  run(
    demands: readonly Demand[],
    constraints: readonly Constraint[],
    chosen: ReadonlyMap<DrgElement, { rule: number; box: Box }>,
  ): ReadonlyMap<string, InputValue> | 'impossible' | 'unknown' {
    if (++this.#tries > MAX_TRIES || !this.#budget.spend(STEPS_OF_A_TRY)) return 'unknown'
    const [demand, ...rest] = demands
    if (demand === undefined) return solve(constraints)
    const { view, region, depth } = demand
    const asked: Constraint[] = [...constraints]
    const upstream: { element: DrgElement; path: readonly string[]; column: number; set: IndexSet }[] = []
    for (const [column, { origin, column: own }] of view.columns.entries()) {
      const set = region[column] as IndexSet
      // Of a table further up: how inputs lie to each other is not carried along.
      if (view.columns[column]?.relation !== undefined || !own.isScalar) {
        // Nothing is known of lists and contexts: whatever they are, `-` holds.
        if (size(set) < own.size) this.assumed = true
        continue
      }
      const element = origin.kind === 'name' ? origin.known.element : null
      if (
        origin.kind !== 'name' ||
        element === null ||
        !(element.kind === 'input data' || element.kind === 'decision')
      ) {
        this.assumed = true
        continue
      }
      const { path } = origin
      if (element.kind === 'input data') asked.push({ element, path, view, column, set })
      else upstream.push({ element, path, column, set })
    }
    if (asked.length > constraints.length) {
      const quick = solve(asked)
      if (quick === 'impossible') return quick
    }
    return this.#choose(view, upstream, rest, asked, chosen, depth)
  }

  #choose(
    view: TableView,
    upstream: readonly { element: DrgElement; path: readonly string[]; column: number; set: IndexSet }[],
    rest: readonly Demand[],
    constraints: readonly Constraint[],
    chosen: ReadonlyMap<DrgElement, { rule: number; box: Box }>,
    depth: number,
  ): ReadonlyMap<string, InputValue> | 'impossible' | 'unknown' {
    const [wanted, ...others] = upstream
    if (wanted === undefined) return this.run(rest, constraints, chosen)
    const { element, path, column, set } = wanted
    const producer = depth >= MAX_DEPTH ? undefined : this.#producerOf(element)
    const owner = view.columns[column]?.column
    if (producer === undefined || owner === undefined) {
      this.assumed = true
      return this.#choose(view, others, rest, constraints, chosen, depth)
    }
    const fixed = chosen.get(element)
    let unknown = false
    for (const [rule, boxes] of producer.winning.entries()) {
      if (fixed && fixed.rule !== rule) continue
      const value = producer.outputOf(rule, path)
      if (value === undefined) {
        // An output that is no constant may be anything.
        unknown = true
        continue
      }
      const at = owner.locate(value)
      if (at < 0 || !has(set, at)) continue
      for (const box of fixed ? [fixed.box] : boxes) {
        if (isEmptyBox(box)) continue
        const demands = fixed ? rest : [...rest, { view: producer.view, region: box, depth: depth + 1 }]
        const found = this.#choose(
          view,
          others,
          demands,
          constraints,
          new Map(chosen).set(element, { rule, box }),
          depth,
        )
        if (found === 'impossible') continue
        if (found === 'unknown') {
          unknown = true
          if (this.#tries > MAX_TRIES) return found
          continue
        }
        const values = this.topValues.get(view) ?? new Map<number, FeelValue>()
        this.topValues.set(view, values.set(column, value))
        return found
      }
    }
    return unknown ? 'unknown' : 'impossible'
  }
}

/** A value for every input that meets all that is asked of it. */
function solve(constraints: readonly Constraint[]): ReadonlyMap<string, InputValue> | 'impossible' {
  const byInput = new Map<string, Constraint[]>()
  for (const constraint of constraints) {
    const key = keyOf(constraint)
    byInput.set(key, [...(byInput.get(key) ?? []), constraint])
  }
  const out = new Map<string, InputValue>()
  for (const [key, own] of byInput) {
    const [first] = own as [Constraint]
    const { element, path } = first
    const value = commonValue(own)
    if (value === undefined) return 'impossible'
    out.set(key, { element, path, value })
  }
  return out
}

/** A key of an input, or a component of it. */
export const keyOf = ({ element, path }: Pick<Constraint, 'element' | 'path'>) =>
  [element.name, ...path].join('\u0000')

const columnOf = ({ view, column }: Constraint) =>
  (view.columns[column] as TableView['columns'][number]).column

/** Every column cuts the input at its own constants: cut at all of them, each piece is asked once. */
function commonValue(constraints: readonly Constraint[]): FeelValue | undefined {
  for (const value of piecesOf(constraints.map(columnOf))) {
    const meetsAll = constraints.every((other) => {
      const at = columnOf(other).locate(value)
      return at >= 0 && has(other.set, at)
    })
    if (meetsAll) return value
  }
  return undefined
}

/** All points of several columns over one input, then a value of every piece between them. */
export function* piecesOf(columns: readonly Column[]): Generator<FeelValue> {
  const ordered = columns.some((column) => column.ordered)
  const all = columns.flatMap((column) => column.points)
  yield* all
  yield null
  if (all.length === 0) yield anyOf(columns[0]?.kind ?? 'Any')
  if (ordered) {
    const scale = columns.find((column) => column.scale !== undefined)?.scale
    const sorted = all.sort((a, b) => compare(a, b) ?? 0)
    for (let i = 0; i <= sorted.length; i++) {
      const value = between(sorted[i - 1] ?? null, sorted[i] ?? null, scale)
      if (value !== undefined) yield value
    }
  } else if (columns[0]?.kind === 'string') {
    let text = '…'
    while (all.includes(text)) text += '…'
    yield text
  }
}

/** Whether two columns that the region restricts are computed from the same names. */
function dependent({ columns }: TableView, region: Box): boolean {
  const seen = new Set<string>()
  for (const [d, { origin, column }] of columns.entries()) {
    if ((region[d] as IndexSet).length === 2 && region[d]?.[1] === column.size && region[d]?.[0] === 0)
      continue
    const names = sourcesOf(origin)
    if (names.some((name) => seen.has(name)) && columns.some(({ origin: o }) => o.kind === 'computed'))
      return true
    for (const name of names) seen.add(name)
  }
  return false
}

function sourcesOf(origin: Origin): readonly string[] {
  return origin.kind === 'computed' ? origin.reads : [[origin.name, ...origin.path].join('.')]
}
