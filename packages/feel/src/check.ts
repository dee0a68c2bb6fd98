import type { Message } from '@nhip/canonical/problem'
import type { BinaryNode, BinaryOperator, CallNode, Iterator, NameNode, Node, Span } from './ast.ts'
import type { BuiltIn } from './builtins/signature.ts'
import { BUILT_INS } from './builtins.ts'
import { chooseSignature, fits, resultType } from './check-call.ts'
import { componentsOf } from './components.ts'
import { arithmetic, decided, narrowed, negated, nonNull, typeOfConstant } from './facets.ts'
import { parseNumber } from './number.ts'
import { print } from './print.ts'
import type { FeelProblem } from './problem.ts'
import { parseTemporal } from './temporal.ts'
import {
  ANY,
  BOOLEAN,
  type FeelType,
  functionOf,
  listOf,
  NULL,
  rangeOf,
  STRING,
  typeText,
  union,
} from './types.ts'

/** What the checker knows of the world outside the expression. */
export interface TypeScope {
  /** The type of a variable, with its facets; undefined when there is none of that name. `?` is a unary test's input. */
  readonly typeOf: (name: string) => FeelType | undefined
  /** The signatures of a function; default the built-ins. */
  readonly functionOf?: (name: string) => BuiltIn | undefined
}

/**
 * `lenient`: as DMN models are, whose mistakes are null at run time: findings are warnings. `strict`: for rules that
 * must hold: findings are errors, and so is everything whose type cannot be known.
 */
export type Mode = 'lenient' | 'strict'

export interface Checked {
  readonly type: FeelType
  /** The type of every node. */
  readonly types: ReadonlyMap<Node, FeelType>
  readonly problems: readonly FeelProblem[]
}

/** Static types with facets: null or not, interval, scale, values. */
export function check(ast: Node, scope: TypeScope, mode: Mode): Checked {
  const checker = new Checker(scope, mode)
  const type = checker.type(ast)
  return { type, types: checker.types, problems: checker.problems }
}

/** Beyond these a reader needs none more, and texts from strangers must not cost more than they are worth. */
const MAX_PROBLEMS = 100
const NON_NULL_BOOLEAN: FeelType = { kind: 'boolean', nullable: false }

class Checker {
  readonly types = new Map<Node, FeelType>()
  readonly problems: FeelProblem[] = []
  readonly #scope: TypeScope
  readonly #mode: Mode
  /** Names bound inside, innermost last; a filter's item brings its components. */
  readonly #bindings: ({ name: string; type: FeelType } | { item: FeelType })[] = []

  constructor(scope: TypeScope, mode: Mode) {
    this.#scope = scope
    this.#mode = mode
  }

  type(node: Node): FeelType {
    const type = this.#of(node)
    this.types.set(node, type)
    return type
  }

  #report(code: string, node: Node, message: Message, span: Span = node): void {
    if (this.problems.length >= MAX_PROBLEMS) return
    const { start, end, line, column } = span
    const value = print(node)
    this.problems.push({
      severity: this.#mode === 'strict' ? 'error' : 'warning',
      code,
      start,
      end,
      line,
      column,
      value: value.length > 80 ? `${value.slice(0, 79)}…` : value,
      message,
    })
  }

  /** In strict mode nothing may stay unknown; said where the unknown enters, not where it is used. */
  #unknown(node: Node): FeelType {
    if (this.#mode === 'strict') {
      this.#report('feel.type', node, {
        vi: 'không xác định được kiểu của phần này',
        en: 'the type of this part cannot be known',
      })
    }
    return ANY
  }

  #mismatch(node: Node, message: Message): FeelType {
    this.#report('feel.type', node, message)
    return NULL
  }

  #scoped<T>(read: () => T): T {
    const { length } = this.#bindings
    const result = read()
    this.#bindings.length = length
    return result
  }

  #of(node: Node): FeelType {
    switch (node.kind) {
      case 'number':
        return typeOfConstant(parseNumber(node.text))
      case 'string':
      case 'boolean':
        return typeOfConstant(node.value)
      case 'null':
        return NULL
      case 'at': {
        const value = parseTemporal(node.value)
        if (value !== null) return typeOfConstant(value)
        return this.#mismatch(node, {
          vi: `"${node.value}" không phải ngày, giờ hay khoảng thời gian`,
          en: `"${node.value}" is no date, time or duration`,
        })
      }
      case 'error':
        return ANY
      case 'input':
        return this.#scope.typeOf('?') ?? this.#unknown(node)
      case 'name':
        return this.#name(node)
      case 'path':
        return this.#path(node)
      case 'filter':
        return this.#filter(node)
      case 'call':
        return this.#call(node)
      case 'binary':
        return this.#binary(node)
      case 'negation': {
        const operand = this.type(node.operand)
        if (operand.kind === 'number') return negated(operand)
        if (['Any', 'Null', 'days and time duration', 'years and months duration'].includes(operand.kind))
          return operand
        return this.#mismatch(node, {
          vi: `không đổi dấu được ${typeText(operand)}`,
          en: `${typeText(operand)} cannot be negated`,
        })
      }
      case 'between': {
        const [operand, low, high] = [node.operand, node.low, node.high].map((n) => this.type(n)) as [
          FeelType,
          FeelType,
          FeelType,
        ]
        this.#comparable(node, operand, low)
        this.#comparable(node, operand, high)
        return BOOLEAN
      }
      case 'in': {
        const operand = this.type(node.operand)
        for (const test of node.tests) this.#testable(test, operand, this.type(test))
        return BOOLEAN
      }
      case 'instance of':
        this.type(node.operand)
        if (node.type.type === undefined) this.#unknownType(node, node.type.text)
        return NON_NULL_BOOLEAN
      case 'if':
        return this.#if(node)
      case 'for':
        return this.#scoped(() => {
          this.#iterators(node.iterators)
          this.#bindings.push({ name: 'partial', type: listOf(ANY) })
          return { ...listOf(this.type(node.body)), nullable: false }
        })
      case 'quantified':
        return this.#scoped(() => {
          this.#iterators(node.iterators)
          this.#boolean(node.body, this.type(node.body))
          return BOOLEAN
        })
      case 'list': {
        const item = node.items.map((n) => this.type(n)).reduce((a, b) => union(a, b), NULL)
        return { ...listOf(item), nullable: false }
      }
      case 'range': {
        const [low, high] = [this.type(node.low), this.type(node.high)]
        this.#comparable(node, low, high)
        return { ...rangeOf(union(low, high)), nullable: false }
      }
      case 'unary':
        return { ...rangeOf(this.type(node.operand)), nullable: false }
      case 'context':
        return this.#scoped(() => {
          const members = new Map<string, FeelType>()
          for (const entry of node.entries) {
            const type = this.type(entry.value)
            members.set(entry.name, type)
            this.#bindings.push({ name: entry.name, type })
          }
          return { kind: 'context', members, nullable: false }
        })
      case 'function':
        return this.#scoped(() => {
          const parameters = node.parameters.map((p) => {
            if (p.type !== null && p.type.type === undefined) this.#unknownType(node, p.type.text)
            return { name: p.name, type: p.type?.type ?? ANY }
          })
          this.#bindings.push(...parameters)
          const result = this.type(node.body)
          return { ...functionOf(parameters, node.external ? ANY : result), nullable: false }
        })
      case 'tests': {
        const input = this.#scope.typeOf('?') ?? ANY
        for (const test of node.tests) {
          const type = this.type(test)
          if (type.kind !== 'boolean') this.#testable(test, input, type)
        }
        return BOOLEAN
      }
    }
  }

  #unknownType(node: Node, text: string): void {
    this.#report('name.unknown', node, { vi: `không có kiểu "${text}"`, en: `there is no type "${text}"` })
  }

  // ── names and paths ──────────────────────────────────────────────────────────────────────────────────────────

  #name(node: NameNode): FeelType {
    let open = false
    for (let i = this.#bindings.length - 1; i >= 0; i--) {
      const binding = this.#bindings[i] as { name: string; type: FeelType } | { item: FeelType }
      if ('name' in binding) {
        if (binding.name === node.name) return binding.type
        continue
      }
      const component = componentsOf(binding.item)?.get(node.name)
      if (component !== undefined && binding.item.kind === 'context') return component
      if (binding.item.kind === 'Any' || (binding.item.kind === 'context' && binding.item.open)) open = true
    }
    const builtIn = node.binding === 'function' ? this.#builtIn(node.name) : undefined
    if (builtIn !== undefined) return { ...functionOf(null, builtIn.result), nullable: false }
    const type = this.#scope.typeOf(node.name)
    if (type !== undefined) return type.kind === 'Any' ? this.#unknown(node) : type
    if (open) return this.#unknown(node)
    this.#report('name.unknown', node, {
      vi: `không có tên "${node.name}" trong phạm vi này`,
      en: `there is no name "${node.name}" in this scope`,
    })
    return ANY
  }

  #builtIn(name: string): BuiltIn | undefined {
    return (this.#scope.functionOf ?? ((n: string) => BUILT_INS.get(n)))(name)
  }

  #path(node: Extract<Node, { kind: 'path' }>): FeelType {
    const source = this.type(node.source)
    return this.#component(node, source)
  }

  #component(node: Extract<Node, { kind: 'path' }>, source: FeelType): FeelType {
    if (source.kind === 'Any') return ANY
    if (source.kind === 'list') return listOf(this.#component(node, source.item))
    const found = componentsOf(source)?.get(node.name)
    if (found !== undefined)
      return source.nullable === false || found.nullable === undefined
        ? found
        : { ...found, nullable: undefined }
    if (source.kind === 'context' && source.open) return this.#unknown(node)
    return this.#mismatch(node, {
      vi: `${typeText(source)} không có thành phần "${node.name}"`,
      en: `${typeText(source)} has no component "${node.name}"`,
    })
  }

  #filter(node: Extract<Node, { kind: 'filter' }>): FeelType {
    const source = this.type(node.source)
    const item = source.kind === 'list' ? source.item : source
    const condition = this.#scoped(() => {
      this.#bindings.push({ name: 'item', type: item }, { item })
      return this.type(node.condition)
    })
    if (condition.kind === 'number') return item.nullable === false ? { ...item, nullable: undefined } : item
    this.#boolean(node.condition, condition)
    return condition.kind === 'Any' ? ANY : listOf(item)
  }

  // ── calls ────────────────────────────────────────────────────────────────────────────────────────────────────

  #call(node: CallNode): FeelType {
    const args = node.args.map((arg) => this.type(arg))
    const shadowed = this.#bindings.some(
      (b) => 'name' in b && node.callee.kind === 'name' && b.name === node.callee.name,
    )
    if (node.callee.kind === 'name' && node.callee.binding === 'function' && !shadowed) {
      const builtIn = this.#builtIn(node.callee.name)
      if (builtIn !== undefined) return this.#callBuiltIn(node, builtIn, args)
    }
    const callee = this.type(node.callee)
    if (callee.kind === 'Any') return ANY
    if (callee.kind !== 'function') {
      return this.#mismatch(node, {
        vi: `${typeText(callee)} không phải là hàm`,
        en: `${typeText(callee)} is not a function`,
      })
    }
    if (callee.parameters !== null) this.#callFunction(node, callee.parameters, args)
    return callee.result.kind === 'Any' ? this.#unknown(node) : callee.result
  }

  #callBuiltIn(node: CallNode, builtIn: BuiltIn, args: readonly FeelType[]): FeelType {
    const chosen = chooseSignature(builtIn, node, args)
    if ('code' in chosen) {
      const { code, parameter, given, wanted } = chosen
      const { name } = builtIn
      if (code === 'argument') {
        this.#argument(node, name, parameter ?? '', given ?? ANY, wanted ?? ANY)
      } else if (code === 'arity') {
        this.#mismatch(node, {
          vi: `hàm ${name} không nhận ${args.length} tham số`,
          en: `function ${name} does not take ${args.length} arguments`,
        })
      } else {
        const names = (node.names ?? []).join(', ')
        this.#mismatch(node, {
          vi: `hàm ${name} không có bộ tham số (${names})`,
          en: `function ${name} has no parameters (${names})`,
        })
      }
      return builtIn.result
    }
    const result = resultType(builtIn, node, args)
    return result.kind === 'Any' ? this.#unknown(node) : result
  }

  #callFunction(
    node: CallNode,
    parameters: readonly { name: string; type: FeelType }[],
    args: readonly FeelType[],
  ): void {
    if (parameters.length !== args.length) {
      this.#mismatch(node, {
        vi: `hàm nhận ${parameters.length} tham số, ở đây có ${args.length}`,
        en: `the function takes ${parameters.length} arguments, here are ${args.length}`,
      })
      return
    }
    for (const [i, parameter] of parameters.entries()) {
      const at = node.names === null ? i : node.names.indexOf(parameter.name)
      const given = args[at]
      if (given === undefined) {
        this.#mismatch(node, {
          vi: `thiếu tham số "${parameter.name}"`,
          en: `parameter "${parameter.name}" is missing`,
        })
      } else if (!fits(given, parameter.type))
        this.#argument(node, print(node.callee), parameter.name, given, parameter.type)
    }
  }

  #argument(node: CallNode, name: string, parameter: string, given: FeelType, wanted: FeelType): void {
    this.#report('feel.type', node, {
      vi: `hàm ${name}: tham số "${parameter}" cần ${typeText(wanted)}, ở đây là ${typeText(given)}`,
      en: `function ${name}: parameter "${parameter}" wants ${typeText(wanted)}, here is ${typeText(given)}`,
    })
  }

  // ── operators and conditions ─────────────────────────────────────────────────────────────────────────────────

  #binary(node: BinaryNode): FeelType {
    const { operator } = node
    if (operator === 'and' || operator === 'or') {
      const left = this.type(node.left)
      // The right side of `and` is read only where the left is true.
      const right =
        operator === 'and'
          ? this.#scoped(() => this.#given(node.left, true, node.right))
          : this.type(node.right)
      this.#boolean(node.left, left)
      this.#boolean(node.right, right)
      return left.nullable === false && right.nullable === false ? NON_NULL_BOOLEAN : BOOLEAN
    }
    const [left, right] = [this.type(node.left), this.type(node.right)]
    if (['=', '!=', '<', '<=', '>', '>='].includes(operator))
      return this.#comparison(node, operator, left, right)
    if (left.kind === 'number' && right.kind === 'number') return arithmetic(operator, left, right)
    if (operator === '+' && left.kind === 'string' && right.kind === 'string') {
      return left.nullable === false && right.nullable === false ? nonNull(STRING) : STRING
    }
    if (left.kind === 'Any' || right.kind === 'Any') return ANY
    if (left.kind === 'Null' || right.kind === 'Null') return NULL
    const result = temporalResult(operator, left.kind, right.kind)
    if (result !== undefined) return { kind: result } as FeelType
    return this.#mismatch(node, {
      vi: `phép toán ${operator} không áp dụng được cho ${typeText(left)} và ${typeText(right)}`,
      en: `operator ${operator} does not apply to ${typeText(left)} and ${typeText(right)}`,
    })
  }

  #comparison(node: BinaryNode, operator: BinaryOperator, left: FeelType, right: FeelType): FeelType {
    const equality = operator === '=' || operator === '!='
    if (equality && (left.kind === 'Null' || right.kind === 'Null')) return NON_NULL_BOOLEAN
    if (!this.#comparable(node, left, right, equality)) return NULL
    const fixed = decided(operator, left, right)
    if (fixed !== null) return typeOfConstant(fixed)
    return left.nullable === false && right.nullable === false && left.kind === right.kind
      ? NON_NULL_BOOLEAN
      : BOOLEAN
  }

  #comparable(node: Node, a: FeelType, b: FeelType, equality = false): boolean {
    if (a.kind === 'Any' || b.kind === 'Any' || a.kind === 'Null' || b.kind === 'Null') return true
    const ordered = !['boolean', 'list', 'context', 'function', 'range'].includes(a.kind)
    if (a.kind === b.kind && (equality || ordered)) return true
    this.#mismatch(node, {
      vi: `không so sánh được ${typeText(a)} với ${typeText(b)}`,
      en: `${typeText(a)} cannot be compared with ${typeText(b)}`,
    })
    return false
  }

  #testable(test: Node, input: FeelType, type: FeelType): void {
    if (input.kind === 'Any' || fits(type, input)) return
    const inside = type.kind === 'list' || type.kind === 'range' ? type.item : type
    if (fits(inside, input) || (inside.kind === 'range' && fits(inside.item, input))) return
    if (input.kind === 'list' && fits(inside, input.item)) return
    this.#comparable(test, input, type)
  }

  #boolean(node: Node, type: FeelType): void {
    if (['Any', 'Null', 'boolean'].includes(type.kind)) return
    this.#mismatch(node, {
      vi: `điều kiện phải là đúng/sai, đây là ${typeText(type)}`,
      en: `a condition must be boolean, this is ${typeText(type)}`,
    })
  }

  #if(node: Extract<Node, { kind: 'if' }>): FeelType {
    const condition = this.type(node.condition)
    this.#boolean(node.condition, condition)
    const then = this.#scoped(() => this.#given(node.condition, true, node.then))
    const otherwise = this.#scoped(() => this.#given(node.condition, false, node.else))
    return union(then, otherwise)
  }

  /** The type of a node where a condition is known to be true, or not to be. */
  #given(condition: Node, holds: boolean, node: Node): FeelType {
    this.#assume(condition, holds)
    return this.type(node)
  }

  #assume(condition: Node, holds: boolean): void {
    if (condition.kind !== 'binary') return
    const { operator, left, right } = condition
    if (holds && operator === 'and') {
      this.#assume(left, true)
      this.#assume(right, true)
      return
    }
    const [a, b] = [this.types.get(left) ?? ANY, this.types.get(right) ?? ANY]
    // "Not true" is false or null: only where neither side can be null does it say the contrary.
    const negatable = a.nullable === false && b.nullable === false
    const isNull = operator === '=' && (a.kind === 'Null' || b.kind === 'Null')
    const seen = holds ? operator : isNull ? '!=' : negatable ? CONTRARY[operator] : undefined
    if (seen === undefined) return
    if (left.kind === 'name') this.#bindings.push({ name: left.name, type: narrowed(a, seen, b) })
    if (right.kind === 'name')
      this.#bindings.push({ name: right.name, type: narrowed(b, MIRROR[seen] ?? seen, a) })
  }

  #iterators(iterators: readonly Iterator[]): void {
    for (const { name, source, to } of iterators) {
      const type = this.type(source)
      const end = to === null ? null : this.type(to)
      const item =
        end !== null ? union(type, end) : type.kind === 'list' || type.kind === 'range' ? type.item : type
      if ((end !== null || type.kind === 'range') && !['number', 'date', 'Any', 'Null'].includes(item.kind)) {
        this.#mismatch(source, {
          vi: `không lặp qua được ${typeText(type)}`,
          en: `cannot iterate over ${typeText(type)}`,
        })
      }
      this.#bindings.push({ name, type: item })
    }
  }
}

const CONTRARY: Partial<Record<BinaryOperator, BinaryOperator>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '!=': '=',
}
const MIRROR: Partial<Record<BinaryOperator, BinaryOperator>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

const DAYS = 'days and time duration'
const MONTHS = 'years and months duration'

/** The kind of a date or duration computation; undefined when there is no such. */
function temporalResult(
  operator: BinaryOperator,
  a: FeelType['kind'],
  b: FeelType['kind'],
): FeelType['kind'] | undefined {
  const isDuration = (kind: string) => kind === DAYS || kind === MONTHS
  const isMoment = (kind: string) => kind === 'date' || kind === 'date and time'
  if (operator === '+' || operator === '-') {
    if (isDuration(a) && a === b) return a
    if ((isMoment(a) && isDuration(b)) || (a === 'time' && b === DAYS)) return a
    if (operator === '+' && ((isDuration(a) && isMoment(b)) || (a === DAYS && b === 'time'))) return b
    if (operator === '-' && ((isMoment(a) && isMoment(b)) || (a === 'time' && b === 'time'))) return DAYS
  }
  if (operator === '*' && ((isDuration(a) && b === 'number') || (a === 'number' && isDuration(b))))
    return isDuration(a) ? a : b
  if (operator === '/' && isDuration(a)) return b === 'number' ? a : a === b ? 'number' : undefined
  return undefined
}
