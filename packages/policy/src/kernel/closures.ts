import { argsOf, type IrNode, type NumberType } from '../ir/node.ts'
import { Binder, type Bound } from './bind.ts'
import type { Chunk, Columns, Kernel } from './contract.ts'
import { type KernelSpec, type Plan, planOf } from './merge.ts'
import * as operations from './operations.ts'
import { type Schedule, scheduleOf } from './schedule.ts'

/** A row of work: the place of each node's value, the person and the household that are being worked out. */
interface Frame {
  /** Null is null; booleans are true and false; numbers doubles or decimals. */
  readonly values: unknown[]
  person: number
  household: number
  bound: Bound
}
type Step = (frame: Frame) => unknown
type Cell = ArrayLike<number> | null

/**
 * The same plan without making code: closures over a row of values. Slower than `compileKernel`; for places where
 * `new Function` is forbidden, and as a second witness of the printed kernels.
 *
 * @throws {RangeError} when an output is not one of the forms'
 */
export function compileClosures(spec: KernelSpec): Kernel {
  const plan = planOf(spec)
  const binder = new Binder(plan)
  const machine = new Machine(plan)
  return {
    source: '',
    inputs: binder.inputs,
    outputs: binder.outputs,
    columns: (persons, households) => binder.columns(persons, households),
    run(chunk: Chunk, out: Columns) {
      machine.run(chunk, binder.bind(chunk, out))
    },
  }
}

class Machine {
  readonly #plan: Plan
  readonly #schedule: Schedule
  readonly #steps = new Map<number, Step>()
  readonly #frame: Frame
  /** Values of all members of a household, by node. */
  readonly #members = new Map<number, unknown[]>()

  constructor(plan: Plan) {
    this.#plan = plan
    this.#schedule = scheduleOf(plan)
    this.#frame = {
      values: Array.from({ length: plan.nodes.length }, (): unknown => null),
      person: 0,
      household: 0,
      bound: { columns: [], outputs: [], sums: [] },
    }
    const places = new Map(plan.inputs.map(({ node }, k) => [node, 2 * k]))
    for (const node of plan.nodes) {
      if (node.op === 'constant') this.#frame.values[node.id] = constantOf(node)
      else if (node.op !== 'aggregate')
        this.#steps.set(node.id, stepOf(node, plan, places.get(node.id) ?? -1))
    }
  }

  run({ households, first }: Chunk, bound: Bound): void {
    const frame = this.#frame
    frame.bound = bound
    const { person, group } = this.#schedule
    const { outputs, accumulators } = this.#plan
    for (let h = 0; h < households; h++) {
      frame.household = h
      const [b, e] = [first[h] as number, first[h + 1] as number]
      for (let stage = 0; stage < group.length; stage++) {
        if (stage > 0) this.#pass(person, stage, b, e)
        for (const node of group[stage] ?? []) {
          frame.values[node.id] =
            node.op === 'aggregate' ? this.#aggregate(node, b, e) : (this.#steps.get(node.id) as Step)(frame)
        }
      }
      for (let i = b; i < e; i++) {
        for (const [k, { node, level }] of outputs.entries())
          if (level === 'person')
            store(bound, k, i, this.#memberValue(node, i - b), this.#plan.nodes[node] as IrNode)
      }
      for (const [k, { node, level }] of outputs.entries())
        if (level === 'group') store(bound, k, h, frame.values[node], this.#plan.nodes[node] as IrNode)
      for (const [k, one] of accumulators.entries()) {
        const rows = isOfPersons(this.#plan, k) ? Array.from({ length: e - b }, (_, i) => b + i) : [h]
        for (const row of rows) {
          const value = isOfPersons(this.#plan, k)
            ? this.#memberValue(one.node, row - b)
            : frame.values[one.node]
          accumulate(bound, k, one, value, this.#plan.nodes[one.node] as IrNode, row, h)
        }
      }
    }
  }

  /** One pass over the members: whatever can be known of them after this stage. */
  #pass(person: Schedule['person'], stage: number, b: number, e: number): void {
    const frame = this.#frame
    for (let i = b; i < e; i++) {
      frame.person = i
      for (let s = 0; s < stage; s++)
        for (const node of person[s] ?? []) frame.values[node.id] = this.#memberValue(node.id, i - b)
      for (const node of person[stage] ?? []) {
        const value = (this.#steps.get(node.id) as Step)(frame)
        frame.values[node.id] = value
        let kept = this.#members.get(node.id)
        if (kept === undefined) {
          kept = []
          this.#members.set(node.id, kept)
        }
        kept[i - b] = value
      }
    }
  }

  #memberValue(id: number, member: number): unknown {
    const node = this.#plan.nodes[id] as IrNode
    return node.level === 'person' ? (this.#members.get(id) as unknown[])[member] : this.#frame.values[id]
  }

  #aggregate(node: Extract<IrNode, { op: 'aggregate' }>, b: number, e: number): unknown {
    const { kind, args, type } = node
    const [a, keep] = kind === 'count' ? [undefined, args[0]] : [args[0], args[1]]
    const kept: unknown[] = []
    for (let member = 0; member < e - b; member++) {
      if (keep !== undefined && this.#memberValue(keep, member) !== true) continue
      kept.push(a === undefined ? true : this.#memberValue(a, member))
    }
    const decimal = type.kind === 'number' && type.form === 'decimal'
    switch (kind) {
      case 'count':
        return kept.length
      case 'sum':
        if (kept.includes(null)) return null
        return decimal
          ? kept.reduce((x, y) => operations.add(x as never, y as never), operations.constant('0'))
          : kept.reduce((x: number, y) => x + (y as number), 0)
      case 'any':
        return kept.includes(true) ? true : kept.includes(null) ? null : false
      case 'all':
        return kept.includes(false) ? false : kept.includes(null) ? null : true
      case 'first':
        return kept[0] ?? null
      default: {
        if (kept.length === 0 || kept.includes(null)) return null
        if (!decimal) return Math[kind](...(kept as number[]))
        const better = kind === 'min' ? operations.minimum : operations.maximum
        return kept.reduce((x, y) => better(x as never, y as never))
      }
    }
  }
}

function isOfPersons({ accumulators, outputs, nodes }: Plan, k: number): boolean {
  const one = accumulators[k] as Plan['accumulators'][number]
  const name = one.of.replace(/^(reform|change):/, '')
  const output = outputs.find((o) => o.name === name)
  return output === undefined ? nodes[one.node]?.level !== 'group' : output.level === 'person'
}

function constantOf({ value, type }: Extract<IrNode, { op: 'constant' }>): unknown {
  if (value === null) return null
  if (type.kind === 'boolean') return value === 1
  if (type.kind === 'number' && type.form === 'decimal') return operations.constant(String(value))
  return Number(value)
}

/** Null for NaN, which the longer steps give where there is no result. */
const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value)

function stepOf(node: IrNode, plan: Plan, place: number): Step {
  const args = argsOf(node)
  const [a = 0, b = 0, c = 0] = args
  const decimal = node.type.kind === 'number' && node.type.form === 'decimal'
  const typeOf = (id: number) => (plan.nodes[id] as IrNode).type
  const scaleOf = (id: number) => (typeOf(id) as NumberType).scale
  const of = (work: (...values: never[]) => unknown): Step => {
    // Null as soon as one argument is.
    return ({ values }) => {
      const given = args.map((arg) => values[arg])
      if (given.includes(null)) return null
      const result = work(...(given as never[]))
      return typeof result === 'number' ? orNull(result) : result
    }
  }
  switch (node.op) {
    case 'input': {
      const isPerson = node.level === 'person'
      return ({ bound, person, household }) => {
        const row = isPerson ? person : household
        const valid = bound.columns[place + 1] as Cell
        if (valid !== null && valid[row] === 0) return null
        const value = (bound.columns[place] as ArrayLike<number>)[row] as number
        return node.type.kind === 'boolean' ? value !== 0 : value
      }
    }
    case 'project':
    case 'constant':
    case 'aggregate':
      return ({ values }) => values[a]
    case 'add':
      return decimal ? of(operations.add) : of((x: number, y: number) => x + y)
    case 'subtract':
      return decimal ? of(operations.subtract) : of((x: number, y: number) => x - y)
    case 'multiply':
      return decimal ? of(operations.multiply) : of((x: number, y: number) => x * y)
    case 'divide':
      return decimal ? of(operations.divide) : of(operations.inexact.divide)
    case 'modulo':
      return decimal ? of(operations.modulus) : of(operations.modulo)
    case 'minimum':
      return decimal ? of(operations.minimum) : of((x: number, y: number) => Math.min(x, y))
    case 'maximum':
      return decimal ? of(operations.maximum) : of((x: number, y: number) => Math.max(x, y))
    case 'negate':
      return decimal ? of(operations.negate) : of((x: number) => 0 - x)
    case 'absolute':
      return decimal ? of(operations.absolute) : of((x: number) => Math.abs(x))
    case 'rescale':
      return of((x: number) => x * node.factor)
    case 'to-decimal':
      return of((x: number) => operations.decimal(x, scaleOf(a)))
    case 'to-integer':
      return of((x: never) => operations.integer(x, (node.type as NumberType).scale))
    case 'to-double': {
      const from = typeOf(a) as NumberType
      return from.form === 'decimal' ? of(operations.toDouble) : of((x: number) => x / 10 ** from.scale)
    }
    case 'quotient':
      return of((x: number, y: number) => operations.quotient(x, y, node.rounding))
    case 'round':
      return of((x: never) => operations.round(x, node.digits, node.rounding))
    case 'function':
      return of(operations.inexact[node.name] as (...values: never[]) => unknown)
    case 'compare': {
      const isDecimal = typeOf(a).kind === 'number' && (typeOf(a) as NumberType).form === 'decimal'
      const orderOf = (x: unknown, y: unknown): number =>
        isDecimal ? operations.order(x as never, y as never) : Number(x) - Number(y)
      const { test } = node
      return ({ values }) => {
        const [x, y] = [values[a], values[b]]
        if (x === null || y === null) return test === '=' ? x === y : null
        const order = orderOf(x, y)
        return test === '='
          ? order === 0
          : test === '<'
            ? order < 0
            : test === '<='
              ? order <= 0
              : test === '>'
                ? order > 0
                : order >= 0
      }
    }
    case 'and':
      return ({ values }) => three(values[a], values[b], false)
    case 'or':
      return ({ values }) => three(values[a], values[b], true)
    case 'not':
      return ({ values }) => (values[a] === null ? null : values[a] !== true)
    case 'is-null':
      return ({ values }) => values[a] === null
    case 'select':
      return ({ values }) => (values[a] === true ? values[b] : values[c])
    case 'pick':
      return of((x: number) => node.table[x] ?? null)
    case 'piecewise':
      return of((x: number) => piecewise(node, x))
    case 'date-part':
      return node.part === 'epoch' ? of((x: number) => x) : of(PARTS[node.part])
    case 'add-months':
      return of(operations.addMonths)
    case 'months-between':
      return of(operations.monthsBetween)
    case 'age':
      return of((birth: number, on: number) => operations.age(birth, on, node.late))
    case 'memo': {
      const memo = plan.memos[node.memo]
      return ({ values }) => {
        const result = memo?.run(
          args.map((arg) => (typeof values[arg] === 'boolean' ? Number(values[arg]) : values[arg])),
        )
        return node.type.kind === 'boolean' && typeof result === 'number' ? result === 1 : (result ?? null)
      }
    }
  }
}

const PARTS = {
  year: operations.year,
  month: operations.month,
  day: operations.day,
  weekday: operations.weekday,
} as const

/** `and` with the decisive value false, `or` with true. */
function three(x: unknown, y: unknown, decisive: boolean): boolean | null {
  if (x === decisive || y === decisive) return decisive
  return x === null || y === null ? null : !decisive
}

function piecewise(
  { thresholds, bases, slopes, reached }: Extract<IrNode, { op: 'piecewise' }>,
  x: number,
): number {
  let at = -1
  while (
    at + 1 < thresholds.length &&
    (reached ? x >= (thresholds[at + 1] as number) : x > (thresholds[at + 1] as number))
  )
    at++
  return at < 0 ? 0 : (bases[at] as number) + (slopes[at] as number) * (x - (thresholds[at] as number))
}

function plain(value: unknown, { type }: IrNode): number {
  if (typeof value === 'boolean') return value ? 1 : 0
  return type.kind === 'number' && type.form === 'decimal'
    ? operations.toDouble(value as never)
    : (value as number) + 0
}

function store(bound: Bound, k: number, row: number, value: unknown, node: IrNode): void {
  const [data, valid] = [bound.outputs[2 * k], bound.outputs[2 * k + 1]]
  if (!data) return
  data[row] = value === null ? 0 : plain(value, node)
  if (valid) valid[row] = value === null ? 0 : 1
}

const LIMB = 2 ** 40
const LIMIT = 2 ** 52
const [BITS, HALVES] = (() => {
  const bits = new Float64Array(1)
  return [bits, new Uint32Array(bits.buffer)] as const
})()

function accumulate(
  bound: Bound,
  k: number,
  one: Plan['accumulators'][number],
  value: unknown,
  node: IrNode,
  row: number,
  household: number,
): void {
  if (value === null) return
  const [to, weights, classes] = [0, 1, 2].map((j) => bound.sums[3 * k + j] ?? null) as [
    Float64Array,
    Cell,
    Cell,
  ]
  const weight = weights === null ? 1 : (weights[household] as number)
  const group = classes === null ? 0 : (classes[one.by?.level === 'person' ? row : household] as number)
  const x = plain(value, node)
  const addTo = (place: number, amount: number) => {
    const low = (to[place + 1] as number) + amount
    const carried = low > LIMIT || low < -LIMIT ? Math.floor(low / LIMB) : 0
    to[place] = (to[place] as number) + carried
    to[place + 1] = low - carried * LIMB
  }
  if (one.kind === 'sum') addTo(2 * group, x * weight)
  else if (one.kind === 'movement') {
    const limit = one.threshold ?? 0
    const gain = limit === 0 ? x > 0 : x >= limit
    const lose = limit === 0 ? x < 0 : x <= -limit
    addTo(6 * group + (gain ? 0 : lose ? 2 : 4), weight)
  } else {
    const { type } = node
    BITS[0] = (type.kind === 'number' && type.form === 'integer' ? x / 10 ** type.scale : x) + 0
    addTo(2 * ((HALVES[1] as number) >>> 16), weight)
  }
}
