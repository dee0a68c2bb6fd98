import type { BinaryNode, FilterNode, NameNode, Node, Span, TestsNode } from '@nhip/feel/ast'
import { walk } from '@nhip/feel/ast'
import { compile } from '@nhip/feel/compile'
import type { Func } from '@nhip/feel/values'
import type { Arithmetic } from './arithmetic.ts'
import { Calls } from './calls.ts'
import { Comparison } from './comparison.ts'
import { BOOLEAN, DATE, type Graph, NotLowered } from './graph.ts'
import { NULL, ofFeel, ofNode, type Value, Values } from './value.ts'

/** What an expression may read where it stands. */
export interface Scope {
  /** A name of the host: a variable, a parameter, an input of a decision. */
  readonly read: (name: string, span: Span) => Value
  /** A component of a member, inside `members`; undefined when members have none of that name. */
  readonly member: (name: string, span: Span) => Value | undefined
  readonly functionOf: (name: string) => Func | undefined
  /** Whether nothing adds up to 0, as in policies, or to null, as in FEEL. */
  readonly emptySum: 'zero' | 'null'
  readonly maxMembers: number
  /** Whether inexact functions may be used. */
  readonly approximate: boolean
}

type Binding = { readonly name: string; readonly value: Value } | { readonly item: Value }

/** Says at which part of an expression lowering ended. */
export class At extends Error {
  readonly span: Span
  readonly reason: NotLowered

  constructor(span: Span, reason: NotLowered) {
    super(reason.message)
    this.span = span
    this.reason = reason
  }
}

const MAX_ITEMS = 1_000

/** FEEL to the intermediate form: functions inlined, loops over lists of fixed length unrolled, loops over members aggregates. */
export class Expressions {
  readonly graph: Graph
  readonly arithmetic: Arithmetic
  readonly values: Values
  readonly comparison: Comparison
  readonly #calls: Calls

  constructor(graph: Graph, arithmetic: Arithmetic) {
    this.graph = graph
    this.arithmetic = arithmetic
    this.values = new Values(graph, arithmetic)
    this.comparison = new Comparison(graph, arithmetic, this.values)
    this.#calls = new Calls(this)
  }

  /** @throws {At} where a part cannot be lowered */
  lower(node: Node, scope: Scope, input: Value | null = null): Value {
    const bindings: Binding[] = input === null ? [] : [{ name: '?', value: input }]
    return new Lowering(this, this.#calls, scope, bindings).node(node)
  }
}

export class Lowering {
  readonly owner: Expressions
  readonly scope: Scope
  readonly #calls: Calls
  readonly #bindings: Binding[]

  constructor(owner: Expressions, calls: Calls, scope: Scope, bindings: Binding[]) {
    this.owner = owner
    this.scope = scope
    this.#calls = calls
    this.#bindings = bindings
  }

  node(node: Node): Value {
    try {
      return this.#constant(node) ?? this.#node(node)
    } catch (error) {
      if (error instanceof NotLowered) throw new At(node, error)
      throw error
    }
  }

  /** Calls and literals that read nothing are worked out by the interpreter itself. */
  #constant(node: Node): Value | undefined {
    if (node.kind !== 'call' && node.kind !== 'at' && node.kind !== 'list') return undefined
    let constant = true
    walk(node, (n) => {
      if ((n.kind === 'name' && n.binding !== 'function') || n.kind === 'input') constant = false
      if (n.kind === 'function' || n.kind === 'for' || n.kind === 'quantified') constant = false
      return constant
    })
    if (!constant || this.#bindings.some((b) => 'name' in b && b.name !== '?')) return undefined
    const { value, warnings } = compile(node, { functionOf: this.scope.functionOf }).evaluate()
    if (warnings.length > 0 && value !== null) return undefined
    return ofFeel(value, this.owner.graph)
  }

  #node(node: Node): Value {
    const { graph, arithmetic, values, comparison } = this.owner
    switch (node.kind) {
      case 'number':
      case 'string':
      case 'boolean':
      case 'null':
      case 'at': {
        const { value } = compile(node, {}).evaluate()
        return ofFeel(value, graph)
      }
      case 'input':
        return this.#name({ ...node, kind: 'name', name: '?', binding: 'scope' })
      case 'name':
        return this.#name(node)
      case 'path':
        return this.#path(this.node(node.source), node.name, node)
      case 'filter':
        return this.#filter(node)
      case 'call':
        return this.#calls.call(node, this)
      case 'binary':
        return this.#binary(node)
      case 'negation': {
        const operand = this.node(node.operand)
        if (operand.kind === 'duration') return { ...operand, id: arithmetic.negate(operand.id) }
        return ofNode(arithmetic.negate(values.number(operand)))
      }
      case 'between': {
        const [operand, low, high] = [node.operand, node.low, node.high].map((n) => this.node(n)) as [
          Value,
          Value,
          Value,
        ]
        return ofNode(
          graph.and(comparison.compare('>=', operand, low), comparison.compare('<=', operand, high)),
        )
      }
      case 'in': {
        const operand = this.node(node.operand)
        const tests = node.tests.map((test) => comparison.satisfies(operand, this.node(test)))
        return ofNode(tests.reduce((a, b) => graph.or(a, b), graph.boolean(false)))
      }
      case 'instance of': {
        const operand = this.node(node.operand)
        if (operand.kind === 'null') return ofNode(graph.boolean(false))
        const id = values.scalar(operand)
        const wanted = node.type.type?.kind
        if (id === undefined || wanted === undefined) break
        const { kind } = graph.type(id)
        const same = (kind === 'code' ? 'string' : kind) === wanted
        return ofNode(same ? graph.not(graph.isNull(id)) : graph.boolean(false))
      }
      case 'if': {
        const condition = this.node(node.condition)
        // A condition that is no boolean counts as not true.
        const id = condition.kind === 'null' ? graph.boolean(false) : values.boolean(condition)
        if (graph.isTrue(id)) return this.node(node.then)
        if (graph.neverTrue(id)) return this.node(node.else)
        return values.select(id, this.node(node.then), this.node(node.else))
      }
      case 'for':
      case 'quantified':
        return this.#loop(node)
      case 'list':
        return { kind: 'list', items: node.items.map((item) => this.node(item)) }
      case 'range':
        return {
          kind: 'range',
          low: this.node(node.low),
          high: this.node(node.high),
          lowIncluded: node.lowIncluded,
          highIncluded: node.highIncluded,
          form: 'interval',
        }
      case 'unary': {
        const operand = this.node(node.operand)
        const { operator: form } = node
        const [low, high] =
          form === '<' || form === '<='
            ? [null, operand]
            : form === '>' || form === '>='
              ? [operand, null]
              : [operand, operand]
        return { kind: 'range', low, high, lowIncluded: form === '>=', highIncluded: form === '<=', form }
      }
      case 'context': {
        const { length } = this.#bindings
        const entries = new Map<string, Value>()
        for (const entry of node.entries) {
          const value = this.node(entry.value)
          entries.set(entry.name, value)
          this.#bindings.push({ name: entry.name, value })
        }
        this.#bindings.length = length
        return { kind: 'tuple', entries, absent: null }
      }
      case 'function': {
        const bindings = [...this.#bindings]
        const { parameters, body } = node
        return {
          kind: 'function',
          call: (args, names) => {
            if (names !== null || args.length !== parameters.length)
              throw new NotLowered('lời gọi hàm có tên tham số', 'a call with named arguments')
            const inner = parameters.map(({ name }, i) => ({ name, value: args[i] as Value }))
            return new Lowering(this.owner, this.#calls, this.scope, [...bindings, ...inner]).node(body)
          },
        }
      }
      case 'tests':
        return ofNode(this.#tests(node))
      default:
        break
    }
    throw new NotLowered(
      'phần này chưa biên dịch được cho cả dân số',
      'this part cannot be lowered for a whole population',
    )
  }

  // ── names ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** What a name is bound to inside the expression; undefined when it is the host's. */
  bound(name: string, span: Span): Value | undefined {
    for (let i = this.#bindings.length - 1; i >= 0; i--) {
      const binding = this.#bindings[i] as Binding
      if ('name' in binding) {
        if (binding.name === name) return binding.value
      } else {
        const value = this.component(binding.item, name, span)
        if (value !== undefined) return value
      }
    }
    return undefined
  }

  #name(node: NameNode): Value {
    const { name } = node
    const bound = this.bound(name, node)
    if (bound !== undefined) return bound
    if (node.binding === 'function')
      return { kind: 'function', call: (args) => this.#calls.byName(name, args, this, node) }
    return this.scope.read(name, node)
  }

  /** A component of a context or a member; undefined when there is none of that name. */
  component(source: Value, name: string, span: Span): Value | undefined {
    if (source.kind === 'tuple') return source.entries.get(name)
    if (source.kind === 'member' && source.firstOf === null) return this.scope.member(name, span)
    return undefined
  }

  #path(source: Value, name: string, span: Span): Value {
    const { graph, arithmetic, values } = this.owner
    if (source.kind === 'members') {
      const of = source.map === null ? this.scope.member(name, span) : this.#path(source.map, name, span)
      if (of !== undefined) return { ...source, map: of }
    }
    if (source.kind === 'member' && source.firstOf !== null) {
      const of = this.scope.member(name, span)
      const id = of && values.scalar(of)
      if (id !== undefined) {
        const { keep } = source.firstOf
        const type = graph.type(id)
        if (type.kind === 'number') return ofNode(arithmetic.aggregate('first', id, keep, 1, true))
        const args = (keep === null ? [id] : [id, keep]).map((one) => graph.project(one))
        return ofNode(graph.add({ op: 'aggregate', kind: 'first', args }, type, true, 'group'))
      }
    }
    if (source.kind === 'list')
      return { kind: 'list', items: source.items.map((item) => this.#path(item, name, span)) }
    const component = this.component(source, name, span)
    if (component !== undefined) {
      if (source.kind !== 'tuple' || source.absent === null) return component
      return values.select(source.absent, NULL, component)
    }
    if (source.kind === 'node' && graph.type(source.id).kind === 'date') {
      const bounds = DATE_PARTS[name]
      if (bounds !== undefined) return ofNode(this.#calls.datePart(source.id, bounds, name as 'year'))
    }
    if (source.kind === 'duration') {
      const [divisor, wanted] = DURATION_PARTS[name] ?? []
      if (divisor !== undefined && wanted === source.unit) {
        const unit = graph.integer(divisor)
        const whole = arithmetic.roundQuotient(source.id, unit, 0, 'down')
        if (whole !== undefined) return ofNode(whole)
      }
    }
    throw new NotLowered(`không đọc được ".${name}" ở đây`, `".${name}" cannot be read here`)
  }

  // ── operators ────────────────────────────────────────────────────────────────────────────────────────────────

  #binary(node: BinaryNode): Value {
    const { graph, values, comparison } = this.owner
    const { operator } = node
    const [left, right] = [this.node(node.left), this.node(node.right)]
    switch (operator) {
      case 'and':
        return ofNode(graph.and(values.boolean(left), values.boolean(right)))
      case 'or':
        return ofNode(graph.or(values.boolean(left), values.boolean(right)))
      case '=':
        return ofNode(comparison.equal(left, right))
      case '!=':
        return ofNode(graph.not(comparison.equal(left, right)))
      case '<':
      case '<=':
      case '>':
      case '>=':
        return ofNode(comparison.compare(operator, left, right))
      default:
        return this.#arithmetic(operator, left, right)
    }
  }

  #arithmetic(operator: '+' | '-' | '*' | '/' | '**', left: Value, right: Value): Value {
    const { graph, arithmetic, values } = this.owner
    const temporal = this.#temporal(operator, left, right)
    if (temporal !== undefined) return temporal
    const [a, b] = [values.number(left), values.number(right)]
    switch (operator) {
      case '+':
        return ofNode(arithmetic.add(a, b))
      case '-':
        return ofNode(arithmetic.subtract(a, b))
      case '*':
        return ofNode(arithmetic.multiply(a, b))
      case '/': {
        const constant = graph.valueOf(b) !== undefined
        const double = arithmetic.type(a).form === 'double' || arithmetic.type(b).form === 'double'
        if (constant || double || graph.valueOf(a) === null) {
          const known = arithmetic.divide(a, b)
          if (double || arithmetic.type(known).finite) return ofNode(known)
        }
        return { kind: 'quotient', numerator: a, denominator: b }
      }
      default: {
        const power = graph.numberOf(b)?.int
        if (power !== undefined && power >= 1 && power <= 4) {
          let result = a
          for (let i = 1; i < power; i++) result = arithmetic.multiply(result, a)
          if (arithmetic.type(result).form === 'integer') return ofNode(result)
        }
        if (this.scope.approximate) return ofNode(arithmetic.function('power', [a, b]))
        throw new NotLowered(
          'lũy thừa này không chính xác: khai báo approximate: true cho biến nếu chấp nhận gần đúng',
          'this power is not exact: declare the variable approximate: true where that will do',
          'number.unproved',
        )
      }
    }
  }

  #temporal(operator: string, left: Value, right: Value): Value | undefined {
    const { graph, arithmetic, values } = this.owner
    const isDate = (value: Value) => value.kind === 'node' && graph.type(value.id).kind === 'date'
    if (operator !== '+' && operator !== '-') return undefined
    if (left.kind === 'duration' && right.kind === 'duration' && left.unit === right.unit) {
      const id = operator === '+' ? arithmetic.add(left.id, right.id) : arithmetic.subtract(left.id, right.id)
      return { kind: 'duration', unit: left.unit, id }
    }
    if (isDate(left) && isDate(right) && operator === '-') {
      const days = arithmetic.subtract(
        this.#calls.epoch(values.date(left)),
        this.#calls.epoch(values.date(right)),
      )
      return { kind: 'duration', unit: 'seconds', id: arithmetic.multiply(days, graph.integer(86_400n)) }
    }
    const [date, duration] = isDate(left) ? [left, right] : operator === '+' ? [right, left] : [NULL, NULL]
    if (!isDate(date) || duration.kind !== 'duration') return undefined
    const by = operator === '-' ? arithmetic.negate(duration.id) : duration.id
    const moment = values.date(date)
    const nullable = graph.nullable(moment, by)
    if (duration.unit === 'months')
      return ofNode(graph.add({ op: 'add-months', args: [moment, by] }, DATE, nullable))
    const days = arithmetic.roundQuotient(by, graph.integer(86_400n), 0, 'floor')
    if (days === undefined) return undefined
    return ofNode(graph.add({ op: 'add', args: [moment, days] }, DATE, nullable))
  }

  #tests(node: TestsNode): number {
    const { graph, comparison, values } = this.owner
    if (node.any) return graph.boolean(true)
    const input = this.#name({ ...node, kind: 'name', name: '?', binding: 'scope' })
    const verdicts = node.tests.map((test) => {
      let condition = false
      walk(test, (n) => {
        if (n.kind === 'input' || (n.kind === 'name' && n.name === '?')) condition = true
        return !condition
      })
      const value = this.node(test)
      const id = value.kind === 'node' || value.kind === 'quotient' ? values.scalar(value) : undefined
      const type = id === undefined ? undefined : graph.type(id)
      if (condition && type?.kind === 'boolean') return id as number
      if (condition && value.kind === 'null') return graph.constant(null, BOOLEAN)
      const own = input.kind === 'node' ? graph.type(input.id) : undefined
      if (type?.kind === 'boolean' && own?.kind !== 'boolean') return id as number
      const met = comparison.satisfies(input, value)
      // A cell is silent about an input that is missing: only a range leaves it open.
      if (value.kind === 'range' && (value.form === '=' || value.form === '!='))
        return graph.select(values.isNull(input), graph.constant(null, BOOLEAN), met, BOOLEAN)
      if (value.kind !== 'list') return met
      return graph.and(graph.not(values.isNull(input)), met)
    })
    const any = verdicts.reduce((a, b) => graph.or(a, b), graph.boolean(false))
    return node.negated ? graph.not(any) : any
  }

  // ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────

  #filter(node: FilterNode): Value {
    const { graph, values } = this.owner
    const source = this.node(node.source)
    const inside = (item: Value) => {
      const { length } = this.#bindings
      this.#bindings.push({ name: 'item', value: item }, { item })
      const condition = this.node(node.condition)
      this.#bindings.length = length
      return condition
    }
    if (source.kind === 'members') {
      const condition = inside(source.map ?? { kind: 'member', firstOf: null })
      const id = values.scalar(condition)
      if (id === undefined) return { ...source, keep: graph.boolean(false) }
      if (graph.type(id).kind === 'boolean') {
        const keep = graph.truth(id)
        if (graph.isTrue(keep)) return source
        return { ...source, keep: source.keep === null ? keep : graph.and(source.keep, keep) }
      }
      if (graph.numberOf(id)?.int === 1) {
        if (source.map === null) return { kind: 'member', firstOf: { keep: source.keep } }
        return this.#calls.first(source.map, source.keep)
      }
    }
    if (source.kind === 'list') {
      const conditions = source.items.map(inside)
      const position = conditions.length === 0 ? undefined : graphNumber(conditions[0], graph)
      if (position !== undefined) {
        const at = position > 0 ? position - 1 : source.items.length + position
        return source.items[at] ?? NULL
      }
      const known = conditions.map((c) => (c.kind === 'node' ? graph.valueOf(c.id) : undefined))
      if (known.every((value) => value !== undefined))
        return { kind: 'list', items: source.items.filter((_, i) => known[i] === 1) }
    }
    throw new NotLowered('bộ lọc này chưa biên dịch được', 'this filter cannot be lowered')
  }

  #loop(node: Extract<Node, { kind: 'for' | 'quantified' }>): Value {
    const [iterator, ...more] = node.iterators
    if (iterator === undefined || more.length > 0)
      throw new NotLowered('vòng lặp nhiều biến', 'a loop over several variables')
    const source = this.#iterated(iterator)
    const turn = (item: Value) => {
      const { length } = this.#bindings
      this.#bindings.push({ name: iterator.name, value: item })
      const result = this.node(node.body)
      this.#bindings.length = length
      return result
    }
    const mapped: Value =
      source.kind === 'members'
        ? { ...source, map: turn(source.map ?? { kind: 'member', firstOf: null }) }
        : { kind: 'list', items: source.items.map(turn) }
    if (node.kind === 'for') return mapped
    return this.#calls.byName(node.quantifier === 'some' ? 'any' : 'all', [mapped], this, node)
  }

  #iterated(iterator: { source: Node; to: Node | null }): Extract<Value, { kind: 'members' | 'list' }> {
    const { graph } = this.owner
    const source = this.node(iterator.source)
    if (iterator.to === null && (source.kind === 'members' || source.kind === 'list')) return source
    const from = iterator.to === null ? (source.kind === 'range' ? source.low : null) : source
    const to = iterator.to === null ? (source.kind === 'range' ? source.high : null) : this.node(iterator.to)
    const closed = source.kind !== 'range' || (source.lowIncluded && source.highIncluded)
    const [low, high] = [graphNumber(from, graph), graphNumber(to, graph)]
    if (low === undefined || high === undefined || !closed || Math.abs(high - low) > MAX_ITEMS)
      throw new NotLowered('vòng lặp không có độ dài cố định', 'a loop without a fixed length')
    const step = high >= low ? 1 : -1
    const items = Array.from({ length: Math.abs(high - low) + 1 }, (_, i) =>
      ofNode(graph.integer(BigInt(low + step * i))),
    )
    return { kind: 'list', items }
  }
}

function graphNumber(value: Value | null | undefined, graph: Graph): number | undefined {
  const int = value?.kind === 'node' ? graph.numberOf(value.id)?.int : undefined
  return int === undefined || Number.isNaN(int) ? undefined : int
}

const DATE_PARTS: Readonly<Record<string, readonly [bigint, bigint]>> = {
  year: [-6_000_000n, 6_000_000n],
  month: [1n, 12n],
  day: [1n, 31n],
  weekday: [1n, 7n],
}
const DURATION_PARTS: Readonly<Record<string, readonly [bigint, 'months' | 'seconds']>> = {
  days: [86_400n, 'seconds'],
  years: [12n, 'months'],
}
