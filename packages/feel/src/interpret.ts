import type {
  CallNode,
  FilterNode,
  ForNode,
  FunctionNode,
  InNode,
  Iterator,
  NameNode,
  Node,
  QuantifiedNode,
  Span,
  TestsNode,
} from './ast.ts'
import { children, walk } from './ast.ts'
import { makeFunction } from './function.ts'
import { iterate } from './iterate.ts'
import { Num, negate as negateNumber, parseNumber, toInteger } from './number.ts'
import { between, negate, OPERATIONS, satisfies } from './operators.ts'
import { property } from './property.ts'
import type { Runtime } from './runtime.ts'
import { parseTemporal } from './temporal.ts'
import { ANY, isInstance } from './types.ts'
import { Context, compare, equal, type FeelValue, Func, isList, kindOf, Range, unaryRange } from './values.ts'

/** What a closure runs on: local slots, the program's inputs, and the evaluation. */
export interface Frame {
  readonly slots: FeelValue[]
  readonly inputs: readonly (FeelValue | undefined)[]
  readonly runtime: Runtime
}

export type Code = (frame: Frame) => FeelValue

/** How a host provides functions and what lies outside FEEL. */
export interface Environment {
  /** A built-in or host function by name. */
  readonly functionOf: (name: string) => Func | undefined
  /** The function an `external` body describes (evaluated, a context); null when the host does not support it. */
  readonly external?: (body: FeelValue, node: FunctionNode) => Func | null
  readonly trace: boolean
}

type Binding = { readonly name: string; readonly slot: number } | { readonly item: number }

const INPUT = '?'

/** Turns a tree into closures over numbered slots: no name is looked up while it runs. */
export class Interpreter {
  readonly #environment: Environment
  readonly #inputs: string[] = []
  readonly #inputOf = new Map<string, number>()
  readonly #bindings: Binding[] = []
  #slots = 0
  #maxSlots = 0

  constructor(environment: Environment) {
    this.#environment = environment
  }

  /** The names the program reads from outside, in the order of their input slots. */
  get inputs(): readonly string[] {
    return this.#inputs
  }

  get slots(): number {
    return this.#maxSlots
  }

  compile(node: Node): Code {
    const code = this.#node(node)
    if (!this.#environment.trace || node.kind === 'tests') return code
    return (frame) => {
      const { runtime } = frame
      const parent = runtime.trace
      const own = runtime.open(node, node.kind)
      if (own === null) return code(frame)
      runtime.trace = own
      own.value = code(frame)
      runtime.trace = parent
      return own.value
    }
  }

  #allocate(): number {
    const slot = this.#slots++
    if (this.#slots > this.#maxSlots) this.#maxSlots = this.#slots
    return slot
  }

  /** Compiles with further bindings that end with it. */
  #scoped<T>(read: () => T): T {
    const [bindings, slots] = [this.#bindings.length, this.#slots]
    const result = read()
    this.#bindings.length = bindings
    this.#slots = slots
    return result
  }

  #bind(name: string): number {
    const slot = this.#allocate()
    this.#bindings.push({ name, slot })
    return slot
  }

  #input(name: string): number {
    let index = this.#inputOf.get(name)
    if (index === undefined) {
      index = this.#inputs.push(name) - 1
      this.#inputOf.set(name, index)
    }
    return index
  }

  #node(node: Node): Code {
    switch (node.kind) {
      case 'number': {
        const value = parseNumber(node.text)
        return value === null ? (f) => f.runtime.warnAt(node, 'number.range', node.text) : () => value
      }
      case 'string':
      case 'boolean': {
        const { value } = node
        return () => value
      }
      case 'null':
        return () => null
      case 'at': {
        const value = parseTemporal(node.value)
        return value === null ? (f) => f.runtime.warnAt(node, 'literal.invalid', node.value) : () => value
      }
      case 'error':
        return (f) => f.runtime.warnAt(node, 'expression.broken')
      case 'input':
        return this.#name({ ...node, kind: 'name', name: INPUT, binding: 'scope' })
      case 'name':
        return this.#name(node)
      case 'path': {
        const source = this.compile(node.source)
        const { name } = node
        return (f) => property(source(f), name, f.runtime, node)
      }
      case 'filter':
        return this.#filter(node)
      case 'call':
        return this.#call(node)
      case 'binary':
        return this.#binary(node)
      case 'negation': {
        const operand = this.compile(node.operand)
        if (node.operand.kind === 'number') {
          const value = parseNumber(node.operand.text)
          if (value !== null) {
            const negative = negateNumber(value)
            return () => negative
          }
        }
        return (f) => negate(operand(f), f.runtime, node)
      }
      case 'between': {
        const [operand, low, high] = [node.operand, node.low, node.high].map((n) => this.compile(n)) as [
          Code,
          Code,
          Code,
        ]
        return (f) => between(operand(f), low(f), high(f), f.runtime, node)
      }
      case 'in':
        return this.#in(node)
      case 'instance of': {
        const operand = this.compile(node.operand)
        const { type, text } = node.type
        if (type === undefined) return (f) => f.runtime.warnAt(node.type, 'type.unknown', text)
        return (f) => isInstance(operand(f), type)
      }
      case 'if': {
        const [condition, then, otherwise] = [node.condition, node.then, node.else].map((n) =>
          this.compile(n),
        ) as [Code, Code, Code]
        return (f) => (condition(f) === true ? then(f) : otherwise(f))
      }
      case 'for':
        return this.#for(node)
      case 'quantified':
        return this.#quantified(node)
      case 'list': {
        const items = node.items.map((item) => this.compile(item))
        return (f) => items.map((item) => item(f))
      }
      case 'range': {
        const [low, high] = [this.compile(node.low), this.compile(node.high)]
        return (f) => makeRange(low(f), high(f), node.lowIncluded, node.highIncluded, f.runtime, node)
      }
      case 'unary': {
        const operand = this.compile(node.operand)
        const { operator } = node
        return (f) => unaryRange(operator, operand(f))
      }
      case 'context':
        return this.#context(node)
      case 'function':
        return this.#function(node)
      case 'tests':
        return this.#tests(node)
    }
  }

  // ── names ────────────────────────────────────────────────────────────────────────────────────────────────────

  #name(node: NameNode): Code {
    const { name } = node
    // Filters between the name and what it would otherwise mean: their item's entries come first.
    const items: number[] = []
    for (let i = this.#bindings.length - 1; i >= 0; i--) {
      const binding = this.#bindings[i] as Binding
      if ('item' in binding) items.push(binding.item)
      else if (binding.name === name) {
        const { slot } = binding
        return entryOr(name, items, (f) => f.slots[slot] as FeelValue)
      }
    }
    if (node.binding === 'function') {
      const builtIn = this.#environment.functionOf(name)
      if (builtIn !== undefined) return entryOr(name, items, () => builtIn)
    }
    const index = this.#input(name)
    return entryOr(name, items, (f) => {
      const value = f.inputs[index]
      return value === undefined ? f.runtime.warnAt(node, 'name.unknown', name) : value
    })
  }

  #isFunctionName(node: Node): Func | undefined {
    if (node.kind !== 'name' || node.binding !== 'function') return undefined
    for (const binding of this.#bindings)
      if (!('item' in binding) && binding.name === node.name) return undefined
    return this.#environment.functionOf(node.name)
  }

  // ── operators ────────────────────────────────────────────────────────────────────────────────────────────────

  #binary(node: Extract<Node, { kind: 'binary' }>): Code {
    const [left, right] = [this.compile(node.left), this.compile(node.right)]
    if (node.operator === 'and') {
      return (f) => {
        const a = left(f)
        if (a === false) return false
        const b = right(f)
        return b === false ? false : a === true && b === true ? true : null
      }
    }
    if (node.operator === 'or') {
      return (f) => {
        const a = left(f)
        if (a === true) return true
        const b = right(f)
        return b === true ? true : a === false && b === false ? false : null
      }
    }
    const operation = OPERATIONS[node.operator]
    return (f) => operation(left(f), right(f), f.runtime, node)
  }

  #in(node: InNode): Code {
    const operand = this.compile(node.operand)
    const tests = node.tests.map((test) => this.compile(test))
    return (f) => {
      const value = operand(f)
      let result: boolean | null = false
      for (const test of tests) {
        const one = satisfies(value, test(f), f.runtime, node)
        if (one === true) return true
        if (one === null) result = null
      }
      return result
    }
  }

  /**
   * A cell of a decision table. A test that uses `?` is a condition; any other gives what the input is compared with.
   */
  #tests(node: TestsNode): Code {
    if (node.any) return () => true
    const input = this.#name({ ...node, kind: 'name', name: INPUT, binding: 'scope' })
    const tests = node.tests.map((test) => ({ code: this.compile(test), condition: usesInput(test) }))
    return (f) => {
      const value = input(f)
      let result: boolean | null = false
      for (const { code, condition } of tests) {
        const one = meets(value, code(f), condition, f.runtime, node)
        if (one === true) return !node.negated
        if (one === null) result = null
      }
      return node.negated && result !== null ? !result : result
    }
  }

  // ── paths, filters, calls ────────────────────────────────────────────────────────────────────────────────────

  #filter(node: FilterNode): Code {
    const source = this.compile(node.source)
    return this.#scoped(() => {
      const slot = this.#allocate()
      // An entry of the item that is itself called "item" is nearer than the item.
      this.#bindings.push({ name: 'item', slot }, { item: slot })
      const condition = this.compile(node.condition)
      return (f) => {
        const value = source(f)
        const list = isList(value) ? value : value === null ? [] : [value]
        if (value === null) return null
        const { runtime } = f
        const before = f.slots[slot] as FeelValue
        const kept: FeelValue[] = []
        const mark = runtime.warnings.length
        if (list.length === 0) {
          f.slots[slot] = null
          const index = condition(f)
          runtime.forgetSince(mark)
          return index instanceof Num ? null : []
        }
        for (let i = 0; i < list.length; i++) {
          runtime.spend(1)
          f.slots[slot] = list[i] as FeelValue
          const keep = condition(f)
          if (keep === true) kept.push(list[i] as FeelValue)
          else if (keep !== false && keep !== null) {
            f.slots[slot] = before
            return keep instanceof Num ? at(list, keep) : runtime.warnAt(node, 'filter.type', kindOf(keep))
          }
        }
        f.slots[slot] = before
        return kept
      }
    })
  }

  #call(node: CallNode): Code {
    const args = node.args.map((arg) => this.compile(arg))
    const { names } = node
    const fixed = this.#isFunctionName(node.callee)
    if (fixed !== undefined) {
      const { call } = fixed
      return (f) => {
        const values = args.map((arg) => arg(f))
        f.runtime.place = node
        return call(values, names, f.runtime)
      }
    }
    const unknown = node.callee.kind === 'name' && node.callee.binding === 'unknown' ? node.callee.name : null
    const callee = this.compile(node.callee)
    return (f) => {
      const target = callee(f)
      if (!(target instanceof Func)) {
        return unknown === null
          ? f.runtime.warnAt(node, 'call.target', kindOf(target))
          : f.runtime.warnAt(node, 'call.unknown', unknown)
      }
      const values = args.map((arg) => arg(f))
      f.runtime.place = node
      return target.call(values, names, f.runtime)
    }
  }

  // ── loops ────────────────────────────────────────────────────────────────────────────────────────────────────

  #iterators(
    iterators: readonly Iterator[],
  ): { slot: number; items: (frame: Frame) => readonly FeelValue[] | null }[] {
    return iterators.map((iterator) => {
      const source = this.compile(iterator.source)
      const end = iterator.to === null ? null : this.compile(iterator.to)
      const slot = this.#bind(iterator.name)
      return {
        slot,
        items: (f) => iterate(source(f), end === null ? undefined : end(f), f.runtime, iterator),
      }
    })
  }

  #for(node: ForNode): Code {
    return this.#scoped(() => {
      const loops = this.#iterators(node.iterators)
      const partial = this.#bind('partial')
      const usesPartial = mentions(node.body, 'partial')
      const body = this.compile(node.body)
      return (f) => {
        const results: FeelValue[] = []
        const complete = nest(loops, 0, f, () => {
          if (usesPartial) {
            f.runtime.spend(results.length)
            f.slots[partial] = results.slice()
          }
          results.push(body(f))
          return true
        })
        return complete ? results : null
      }
    })
  }

  #quantified(node: QuantifiedNode): Code {
    const every = node.quantifier === 'every'
    return this.#scoped(() => {
      const loops = this.#iterators(node.iterators)
      const body = this.compile(node.body)
      return (f) => {
        let result: boolean | null = every
        const complete = nest(loops, 0, f, () => {
          const one = body(f)
          if (one === !every) result = one
          else if (one === null) result = null
          else if (typeof one !== 'boolean') result = f.runtime.warnAt(node, 'quantified.type', kindOf(one))
          return one === every || one === null
        })
        return complete || result === !every ? result : null
      }
    })
  }

  // ── contexts and functions ───────────────────────────────────────────────────────────────────────────────────

  #context(node: Extract<Node, { kind: 'context' }>): Code {
    const seen = new Set<string>()
    for (const entry of node.entries) {
      if (seen.has(entry.name)) return (f) => f.runtime.warnAt(entry, 'context.duplicate', entry.name)
      seen.add(entry.name)
    }
    return this.#scoped(() => {
      const entries = node.entries.map((entry) => {
        const code = this.compile(entry.value)
        return { name: entry.name, code, slot: this.#bind(entry.name) }
      })
      return (f) => {
        const values = new Map<string, FeelValue>()
        for (const { name, code, slot } of entries) {
          const value = code(f)
          f.slots[slot] = value
          values.set(name, value)
        }
        return new Context(values)
      }
    })
  }

  #function(node: FunctionNode): Code {
    const parameters = node.parameters.map((p) => ({
      name: p.name,
      type: p.type === null ? ANY : p.type.type,
    }))
    const unknown = node.parameters.find((p) => p.type !== null && p.type.type === undefined)
    if (unknown !== undefined) {
      return (f) => f.runtime.warnAt(unknown, 'type.unknown', unknown.type?.text ?? '')
    }
    const typed = parameters.map((p) => ({ name: p.name, type: p.type ?? ANY }))
    if (node.external) {
      const spec = this.compile(node.body)
      const { external } = this.#environment
      return (f) => external?.(spec(f), node) ?? f.runtime.warnAt(node, 'call.external', 'external')
    }
    return this.#scoped(() => {
      const base = this.#slots
      // The body runs later, on a frame of its own: its slots must not be reused by what follows here.
      const outerMax = this.#maxSlots
      this.#maxSlots = base
      for (const parameter of typed) this.#bind(parameter.name)
      const body = this.compile(node.body)
      const size = this.#maxSlots
      this.#maxSlots = Math.max(outerMax, base)
      const height = heightOf(node.body)
      return (f) => {
        const captured = f.slots.slice(0, base)
        const { inputs } = f
        return makeFunction(
          '',
          typed,
          ANY,
          (args, runtime) => {
            const slots = captured.slice()
            for (const arg of args) slots.push(arg)
            while (slots.length < size) slots.push(null)
            return body({ slots, inputs, runtime })
          },
          height,
        )
      }
    })
  }
}

function entryOr(name: string, items: readonly number[], otherwise: Code): Code {
  if (items.length === 0) return otherwise
  return (f) => {
    for (const slot of items) {
      const item = f.slots[slot]
      if (item instanceof Context) {
        const value = item.get(name)
        if (value !== undefined) return value
      }
    }
    return otherwise(f)
  }
}

/** Positions count from 1, negative ones from the end; null without a warning when there is none. */
function at(list: readonly FeelValue[], position: Num): FeelValue {
  const index = toInteger(position)
  return list[index > 0 ? index - 1 : index < 0 ? list.length + index : -1] ?? null
}

function nest(
  loops: readonly { slot: number; items: (frame: Frame) => readonly FeelValue[] | null }[],
  depth: number,
  frame: Frame,
  turn: () => boolean,
): boolean {
  const loop = loops[depth]
  if (loop === undefined) {
    frame.runtime.spend(1)
    return turn()
  }
  const items = loop.items(frame)
  if (items === null) return false
  for (const item of items) {
    frame.slots[loop.slot] = item
    if (!nest(loops, depth + 1, frame, turn)) return false
  }
  return true
}

function mentions(node: Node, name: string): boolean {
  let found = false
  walk(node, (n) => {
    if (n.kind === 'name' && n.name === name) found = true
    return !found
  })
  return found
}

function usesInput(node: Node): boolean {
  let found = false
  walk(node, (n) => {
    if (n.kind === 'input') found = true
    return !found
  })
  return found
}

function heightOf(node: Node): number {
  let height = 0
  for (const child of children(node)) height = Math.max(height, heightOf(child))
  return height + 1
}

/** The ends must be of one ordered kind; null ends are allowed and make membership null. */
export function makeRange(
  low: FeelValue,
  high: FeelValue,
  lowIncluded: boolean,
  highIncluded: boolean,
  runtime: Runtime,
  node: Span,
): FeelValue {
  const fits = low === null || high === null || compare(low, high) !== null
  if (!fits) return runtime.warnAt(node, 'range.ends', kindOf(low), kindOf(high))
  return new Range(low, high, lowIncluded, highIncluded)
}

/** Whether an input meets one test of a decision table cell. */
export function meets(
  value: FeelValue,
  test: FeelValue,
  condition: boolean,
  runtime: Runtime,
  node: Span,
): boolean | null {
  if (condition && (typeof test === 'boolean' || test === null)) return test
  if (test === null) return value === null
  if (typeof test === 'boolean' && typeof value !== 'boolean') return test
  if (isList(test) && isList(value)) {
    return equal(value, test) === true || test.some((item) => equal(value, item) === true)
  }
  // Unlike `in`, a cell is silent about an input that is missing.
  if (value === null) return test instanceof Range ? null : false
  return satisfies(value, test, runtime, node)
}
