import { Num } from '@nhip/feel/number'
import { DaysTime, LocalDate, YearsMonths } from '@nhip/feel/temporal'
import { Context, type FeelValue, isList, kindOf, Range } from '@nhip/feel/values'
import { type Scale, scaleOf } from '../bundle/scale.ts'
import type { Arithmetic } from './arithmetic.ts'
import { codeType, DATE, type Graph, NotLowered } from './graph.ts'

/** What an expression is while it is lowered: nodes, and what exists only then (lists of members, ranges, tuples). */
export type Value =
  | { readonly kind: 'node'; readonly id: number }
  | { readonly kind: 'null' }
  /** A quotient that is not yet worked out: compared and rounded exactly, without ever being a number. */
  | { readonly kind: 'quotient'; readonly numerator: number; readonly denominator: number }
  | { readonly kind: 'duration'; readonly unit: 'months' | 'seconds'; readonly id: number }
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  /** The members of a group for whom `keep` is true; `map` is what is taken of each, null for the member itself. */
  | { readonly kind: 'members'; readonly keep: number | null; readonly map: Value | null }
  /** One member: the one that a condition speaks of, or the first of those kept. */
  | { readonly kind: 'member'; readonly firstOf: { readonly keep: number | null } | null }
  | { readonly kind: 'tuple'; readonly entries: ReadonlyMap<string, Value>; readonly absent: number | null }
  | {
      readonly kind: 'range'
      readonly low: Value | null
      readonly high: Value | null
      readonly lowIncluded: boolean
      readonly highIncluded: boolean
      readonly form: Range['form']
    }
  | { readonly kind: 'scales'; readonly key: number | null; readonly scales: readonly (Scale | null)[] }
  | { readonly kind: 'folder'; readonly entries: ReadonlyMap<string, FeelValue> }
  | {
      readonly kind: 'function'
      readonly call: (args: readonly Value[], names: readonly string[] | null) => Value
    }

export const NULL: Value = { kind: 'null' }
export const ofNode = (id: number): Value => ({ kind: 'node', id })

const refuse = (what: string) => new NotLowered(`chưa biên dịch được: ${what}`, `cannot be lowered: ${what}`)

/** A value known beforehand, as the graph holds it. */
export function ofFeel(value: FeelValue, graph: Graph): Value {
  if (value === null) return NULL
  if (typeof value === 'boolean') return ofNode(graph.boolean(value))
  if (typeof value === 'string') return ofNode(graph.constant(0, codeType([value])))
  if (isList(value)) return { kind: 'list', items: value.map((item) => ofFeel(item, graph)) }
  if (value instanceof Num) return ofNode(graph.number(value))
  if (value instanceof LocalDate) return ofNode(graph.constant(value.epochDay, DATE))
  if (value instanceof YearsMonths)
    return { kind: 'duration', unit: 'months', id: graph.integer(BigInt(value.months)) }
  if (value instanceof DaysTime) {
    if (value.nanos % 1_000_000_000n !== 0n) throw refuse(value.toString())
    return { kind: 'duration', unit: 'seconds', id: graph.integer(value.nanos / 1_000_000_000n) }
  }
  if (value instanceof Context) {
    const scale = scaleOf(value)
    if (scale !== undefined) return { kind: 'scales', key: null, scales: [scale] }
    const entries = [...value.entries].map(([name, item]) => [name, ofFeel(item, graph)] as const)
    return { kind: 'tuple', entries: new Map(entries), absent: null }
  }
  if (value instanceof Range) {
    return {
      kind: 'range',
      low: value.start === null ? null : ofFeel(value.start, graph),
      high: value.end === null ? null : ofFeel(value.end, graph),
      lowIncluded: value.startIncluded,
      highIncluded: value.endIncluded,
      form: value.form,
    }
  }
  throw refuse(kindOf(value))
}

/** Values as nodes, and the choice between two of them. */
export class Values {
  readonly #graph: Graph
  readonly #arithmetic: Arithmetic

  constructor(graph: Graph, arithmetic: Arithmetic) {
    this.#graph = graph
    this.#arithmetic = arithmetic
  }

  /** The node of a scalar. Quotients are worked out; a bare null has no type of its own and stays undefined. */
  scalar(value: Value): number | undefined {
    if (value.kind === 'node') return value.id
    if (value.kind === 'quotient') return this.#arithmetic.divide(value.numerator, value.denominator)
    if (value.kind === 'null') return undefined
    if (value.kind === 'list' && value.items.length === 1) return this.scalar(value.items[0] as Value)
    throw refuse(NAMES[value.kind] ?? value.kind)
  }

  number(value: Value): number {
    const id = this.scalar(value)
    if (id === undefined) return this.#arithmetic.null()
    this.#arithmetic.type(id)
    return id
  }

  boolean(value: Value): number {
    const id = this.scalar(value)
    if (id === undefined) return this.#graph.constant(null, { kind: 'boolean' })
    if (this.#graph.type(id).kind !== 'boolean')
      throw refuse('một giá trị không phải đúng/sai (not a boolean)')
    return id
  }

  date(value: Value): number {
    const id = this.scalar(value)
    if (id === undefined) return this.#graph.constant(null, DATE)
    if (this.#graph.type(id).kind !== 'date') throw refuse('một giá trị không phải ngày (not a date)')
    return id
  }

  /** Whether a value is null: never itself null. */
  isNull(value: Value): number {
    const graph = this.#graph
    switch (value.kind) {
      case 'null':
        return graph.boolean(true)
      case 'node':
      case 'duration':
        return graph.isNull(value.id)
      case 'quotient': {
        const { numerator, denominator } = value
        const zero = this.#arithmetic.compare('=', denominator, graph.integer(0n))
        return graph.or(graph.or(graph.isNull(numerator), graph.isNull(denominator)), zero)
      }
      case 'tuple':
        return value.absent ?? graph.boolean(false)
      default:
        return graph.boolean(false)
    }
  }

  /** `a` where the condition is true, else `b`. */
  select(condition: number, a: Value, b: Value): Value {
    const graph = this.#graph
    if (graph.isTrue(condition)) return a
    if (graph.neverTrue(condition)) return b
    if (a.kind === 'null' && b.kind === 'null') return NULL
    if (a.kind === 'tuple' || b.kind === 'tuple') return this.#selectTuple(condition, a, b)
    if (a.kind === 'duration' || b.kind === 'duration') {
      const unit = a.kind === 'duration' ? a.unit : b.kind === 'duration' ? b.unit : 'months'
      const idOf = (value: Value) => {
        if (value.kind === 'null') return this.#arithmetic.null()
        if (value.kind !== 'duration' || value.unit !== unit) throw refuse('hai kiểu khác nhau (two types)')
        return value.id
      }
      return { kind: 'duration', unit, id: this.#arithmetic.select(condition, idOf(a), idOf(b)) }
    }
    const [x, y] = [this.scalar(a), this.scalar(b)]
    const some = x ?? y
    if (some === undefined) return NULL
    const type = graph.type(some)
    const absent = () => graph.constant(null, type)
    const [then, otherwise] = [x ?? absent(), y ?? absent()]
    if (type.kind === 'number') return ofNode(this.#arithmetic.select(condition, then, otherwise))
    const [t, o] = [graph.type(then), graph.type(otherwise)]
    if (t.kind !== o.kind) throw refuse('hai nhánh khác kiểu (branches of two types)')
    if (t.kind === 'code' && o.kind === 'code' && t.values !== o.values) {
      const values = [...t.values, ...o.values.filter((value) => !t.values.includes(value))]
      return ofNode(
        graph.select(
          condition,
          graph.recode(then, values),
          graph.recode(otherwise, values),
          codeType(values),
        ),
      )
    }
    return ofNode(graph.select(condition, then, otherwise, type))
  }

  /** The first of several choices whose condition is true; words get one list of values, so that nothing is translated. */
  choose(choices: readonly (readonly [condition: number, value: Value])[], otherwise: Value): Value {
    const graph = this.#graph
    const all = [...choices.map(([, value]) => value), otherwise]
    const lists = all.map((value) => (value.kind === 'node' ? graph.type(value.id) : undefined))
    const isText = lists.some((type) => type?.kind === 'code')
    const words = [...new Set(lists.flatMap((type) => (type?.kind === 'code' ? type.values : [])))]
    const inOne = (value: Value): Value =>
      isText && value.kind === 'node' ? ofNode(graph.recode(value.id, words)) : value
    return choices.reduceRight<Value>(
      (rest, [condition, value]) => this.select(condition, inOne(value), rest),
      inOne(otherwise),
    )
  }

  #selectTuple(condition: number, a: Value, b: Value): Value {
    const graph = this.#graph
    const empty = { kind: 'tuple', entries: new Map<string, Value>(), absent: graph.boolean(true) } as const
    const asTuple = (value: Value) => {
      if (value.kind === 'null') return empty
      if (value.kind !== 'tuple') throw refuse('hai nhánh khác kiểu (branches of two types)')
      return value
    }
    const [x, y] = [asTuple(a), asTuple(b)]
    const names = new Set([...x.entries.keys(), ...y.entries.keys()])
    const entries = [...names].map(
      (name) =>
        [name, this.select(condition, x.entries.get(name) ?? NULL, y.entries.get(name) ?? NULL)] as const,
    )
    const none = graph.boolean(false)
    return {
      kind: 'tuple',
      entries: new Map(entries),
      absent: graph.select(condition, x.absent ?? none, y.absent ?? none),
    }
  }
}

const NAMES: Partial<Record<Value['kind'], string>> = {
  list: 'một danh sách (a list)',
  members: 'danh sách thành viên (a list of members)',
  member: 'một thành viên (a member)',
  tuple: 'một ngữ cảnh (a context)',
  range: 'một khoảng (a range)',
  duration: 'một khoảng thời gian (a duration)',
  scales: 'một biểu (a scale)',
  folder: 'một thư mục tham số (a folder of parameters)',
  function: 'một hàm (a function)',
}
