import type { FeelType } from './types.ts'

/** Where a node stands: `[start, end)` in UTF-16 units of the text, line and column of its start from 1. */
export interface Span {
  readonly start: number
  readonly end: number
  readonly line: number
  readonly column: number
}

export type BinaryOperator =
  | 'or'
  | 'and'
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | '**'
export type UnaryOperator = '<' | '<=' | '>' | '>=' | '=' | '!='

export interface NumberNode extends Span {
  readonly kind: 'number'
  /** As written: read it with `parseNumber`. */
  readonly text: string
}
export interface StringNode extends Span {
  readonly kind: 'string'
  readonly value: string
}
export interface BooleanNode extends Span {
  readonly kind: 'boolean'
  readonly value: boolean
}
export interface NullNode extends Span {
  readonly kind: 'null'
}
/** `@"2026-07-01"`: a date, time, date and time or duration. */
export interface AtNode extends Span {
  readonly kind: 'at'
  readonly value: string
}
/** The input of a unary test. */
export interface InputNode extends Span {
  readonly kind: 'input'
}
export interface NameNode extends Span {
  readonly kind: 'name'
  /** Normalised: as declared when it is known, else its parts joined by single spaces. */
  readonly name: string
  /**
   * What the parser took it for: bound inside the expression, declared by the host, a component of the item in a
   * filter, a function of the host's list, or not declared anywhere.
   */
  readonly binding: 'local' | 'scope' | 'component' | 'function' | 'unknown'
}
export interface PathNode extends Span {
  readonly kind: 'path'
  readonly source: Node
  readonly name: string
}
export interface FilterNode extends Span {
  readonly kind: 'filter'
  readonly source: Node
  readonly condition: Node
}
export interface CallNode extends Span {
  readonly kind: 'call'
  readonly callee: Node
  readonly args: readonly Node[]
  /** Null for positional arguments, else one name an argument. */
  readonly names: readonly string[] | null
}
export interface BinaryNode extends Span {
  readonly kind: 'binary'
  readonly operator: BinaryOperator
  readonly left: Node
  readonly right: Node
}
export interface NegationNode extends Span {
  readonly kind: 'negation'
  readonly operand: Node
}
export interface BetweenNode extends Span {
  readonly kind: 'between'
  readonly operand: Node
  readonly low: Node
  readonly high: Node
}
/** `x in test` or `x in (test, test)`. */
export interface InNode extends Span {
  readonly kind: 'in'
  readonly operand: Node
  readonly tests: readonly Node[]
}
export interface InstanceNode extends Span {
  readonly kind: 'instance of'
  readonly operand: Node
  readonly type: TypeNode
}
export interface IfNode extends Span {
  readonly kind: 'if'
  readonly condition: Node
  readonly then: Node
  readonly else: Node
}
export interface Iterator extends Span {
  readonly name: string
  /** A list (or any value); when `to` is there, the start of `source..to`. */
  readonly source: Node
  readonly to: Node | null
}
export interface ForNode extends Span {
  readonly kind: 'for'
  readonly iterators: readonly Iterator[]
  readonly body: Node
}
export interface QuantifiedNode extends Span {
  readonly kind: 'quantified'
  readonly quantifier: 'some' | 'every'
  readonly iterators: readonly Iterator[]
  readonly body: Node
}
export interface ListNode extends Span {
  readonly kind: 'list'
  readonly items: readonly Node[]
}
export interface RangeNode extends Span {
  readonly kind: 'range'
  readonly low: Node
  readonly high: Node
  readonly lowIncluded: boolean
  readonly highIncluded: boolean
}
/** `< 10` where a value is expected: a range without the other end. */
export interface UnaryNode extends Span {
  readonly kind: 'unary'
  readonly operator: UnaryOperator
  readonly operand: Node
}
export interface ContextEntry extends Span {
  readonly name: string
  readonly value: Node
}
export interface ContextNode extends Span {
  readonly kind: 'context'
  readonly entries: readonly ContextEntry[]
}
export interface FunctionParameter extends Span {
  readonly name: string
  readonly type: TypeNode | null
}
export interface FunctionNode extends Span {
  readonly kind: 'function'
  readonly parameters: readonly FunctionParameter[]
  /** `external`: the body is a context that describes a function outside FEEL. */
  readonly external: boolean
  readonly body: Node
}
/** What stands where the text could not be read; a problem says why. Evaluates to null. */
export interface ErrorNode extends Span {
  readonly kind: 'error'
}
/** A whole unary-tests text: `-`, a list of tests, or `not(` tests `)`. */
export interface TestsNode extends Span {
  readonly kind: 'tests'
  readonly any: boolean
  readonly negated: boolean
  readonly tests: readonly Node[]
}

export type Node =
  | NumberNode
  | StringNode
  | BooleanNode
  | NullNode
  | AtNode
  | InputNode
  | NameNode
  | PathNode
  | FilterNode
  | CallNode
  | BinaryNode
  | NegationNode
  | BetweenNode
  | InNode
  | InstanceNode
  | IfNode
  | ForNode
  | QuantifiedNode
  | ListNode
  | RangeNode
  | UnaryNode
  | ContextNode
  | FunctionNode
  | ErrorNode
  | TestsNode

/** A type as written, with what it names; `type` is undefined when a name in it is not known. */
export interface TypeNode extends Span {
  readonly text: string
  readonly type: FeelType | undefined
}

/** The direct children of a node in the order of the text. */
export function children(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'path':
      return [node.source]
    case 'filter':
      return [node.source, node.condition]
    case 'call':
      return [node.callee, ...node.args]
    case 'binary':
      return [node.left, node.right]
    case 'negation':
    case 'unary':
    case 'instance of':
      return [node.operand]
    case 'between':
      return [node.operand, node.low, node.high]
    case 'in':
      return [node.operand, ...node.tests]
    case 'if':
      return [node.condition, node.then, node.else]
    case 'for':
    case 'quantified':
      return [...node.iterators.flatMap((i) => (i.to === null ? [i.source] : [i.source, i.to])), node.body]
    case 'list':
      return node.items
    case 'range':
      return [node.low, node.high]
    case 'context':
      return node.entries.map((entry) => entry.value)
    case 'function':
      return [node.body]
    case 'tests':
      return node.tests
    default:
      return []
  }
}

/** Visits a node and everything below it, parents first; return false to skip what lies below. */
export function walk(node: Node, visit: (node: Node) => unknown): void {
  const todo: Node[] = [node]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (visit(next) === false) continue
    const below = children(next)
    for (let i = below.length - 1; i >= 0; i--) todo.push(below[i] as Node)
  }
}
