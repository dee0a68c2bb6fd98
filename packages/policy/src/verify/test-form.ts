import type { Node, TestsNode } from '@nhip/feel/ast'
import { walk } from '@nhip/feel/ast'
import { compile } from '@nhip/feel/compile'
import { print } from '@nhip/feel/print'
import { type FeelValue, isList, kindOf, Range } from '@nhip/feel/values'

/** An end of an interval; null where it has none on that side. */
export type End = { readonly value: FeelValue; readonly included: boolean } | null

/**
 * What a cell of a decision table asks of its input, as sets: points, intervals and their combinations. `unknown` is a
 * test that reads other values or calls functions: it may or may not hold.
 */
export type TestForm =
  | { readonly op: 'all' }
  | { readonly op: 'none' }
  | { readonly op: 'unknown'; readonly text: string; readonly relation?: Relation }
  | { readonly op: 'null' }
  | { readonly op: 'point'; readonly value: FeelValue }
  | { readonly op: 'interval'; readonly low: End; readonly high: End }
  | { readonly op: 'not'; readonly test: TestForm }
  | { readonly op: 'or' | 'and'; readonly tests: readonly TestForm[] }

/** A comparison of the input with another value: `< Limit`. */
export interface Relation {
  readonly operand: Node
  /** The operand in one spelling. */
  readonly text: string
  /** On which sides of the operand the input may lie. */
  readonly sides: readonly Side[]
}
export type Side = '<' | '=' | '>'
export const SIDES: readonly Side[] = ['<', '=', '>']

export const ALL: TestForm = { op: 'all' }
export const NONE: TestForm = { op: 'none' }

/** The form of a whole cell. */
export function formOfCell(cell: TestsNode): TestForm {
  if (cell.any) return ALL
  const tests = cell.tests.map(formOfTest)
  const any = tests.length === 1 && tests[0] ? tests[0] : ({ op: 'or', tests } as const)
  return cell.negated ? { op: 'not', test: any } : any
}

/** One test of a cell: a condition where it names the input, else what the input is compared with. */
export function formOfTest(test: Node): TestForm {
  if (mentionsInput(test)) return condition(test)
  const constant = constantOf(test)
  if (constant !== undefined) return comparedWith(constant.value)
  if (test.kind === 'unary') return compared(test.operator, test.operand, test)
  if (test.kind === 'range') {
    const tests = [
      compared(test.lowIncluded ? '>=' : '>', test.low, test),
      compared(test.highIncluded ? '<=' : '<', test.high, test),
    ]
    return { op: 'and', tests }
  }
  return unknown(test)
}

/** Every constant that a form compares with. */
export function constantsOf(form: TestForm): FeelValue[] {
  switch (form.op) {
    case 'point':
      return [form.value]
    case 'interval':
      return [form.low, form.high].flatMap((end) => (end === null ? [] : [end.value]))
    case 'not':
      return constantsOf(form.test)
    case 'or':
    case 'and':
      return form.tests.flatMap(constantsOf)
    default:
      return []
  }
}

/** Whether the form holds a part that cannot be told from the input alone. */
export function isOpaque(form: TestForm): boolean {
  switch (form.op) {
    case 'unknown':
      return true
    case 'not':
      return isOpaque(form.test)
    case 'or':
    case 'and':
      return form.tests.some(isOpaque)
    default:
      return false
  }
}

/** Whether a form asks for null in so many words. */
export function asksForNull(form: TestForm): boolean {
  switch (form.op) {
    case 'null':
      return true
    case 'not':
      return asksForNull(form.test)
    case 'or':
    case 'and':
      return form.tests.some(asksForNull)
    default:
      return false
  }
}

const unknown = (node: Node): TestForm => ({ op: 'unknown', text: print(node) })

function mentionsInput(node: Node): boolean {
  let found = false
  walk(node, (n) => {
    if (n.kind === 'input' || (n.kind === 'name' && n.name === '?')) found = true
    return !found
  })
  return found
}

/** The value of an expression that reads nothing; undefined where it does, or where it fails. */
export function constantOf(node: Node): { value: FeelValue } | undefined {
  const program = compile(node)
  if (program.inputs.length > 0) return undefined
  const { value, warnings } = program.evaluate({}, { limits: { steps: 100_000 } })
  // `now()` has no clock here, and a broken cell is reported where it is read: neither is a constant.
  return warnings.length > 0 ? undefined : { value }
}

/** The values that meet a test which is itself a value. */
export function comparedWith(value: FeelValue): TestForm {
  if (value === null) return { op: 'null' }
  if (value instanceof Range) return formOfRange(value)
  if (isList(value)) return { op: 'or', tests: value.map(comparedWith) }
  const kind = kindOf(value)
  if (kind === 'context' || kind === 'function') return NONE
  return { op: 'point', value }
}

function formOfRange({ form, start, end, startIncluded, endIncluded }: Range): TestForm {
  switch (form) {
    case '=':
      return comparedWith(start)
    case '!=':
      return { op: 'not', test: comparedWith(start) }
    case '<':
    case '<=':
      return end === null ? NONE : { op: 'interval', low: null, high: { value: end, included: endIncluded } }
    case '>':
    case '>=':
      return start === null
        ? NONE
        : { op: 'interval', low: { value: start, included: startIncluded }, high: null }
    case 'interval':
      // Membership in a range with an end of null is never true.
      if (start === null || end === null) return NONE
      return {
        op: 'interval',
        low: { value: start, included: startIncluded },
        high: { value: end, included: endIncluded },
      }
  }
}

const isInput = (node: Node) => node.kind === 'input' || (node.kind === 'name' && node.name === '?')
const MIRROR = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '=': '=', '!=': '!=' } as const
type Comparison = keyof typeof MIRROR
const SIDES_OF: Readonly<Record<Comparison, readonly Side[]>> = {
  '<': ['<'],
  '<=': ['<', '='],
  '=': ['='],
  '!=': ['<', '>'],
  '>=': ['=', '>'],
  '>': ['>'],
}

/** A condition on `?`: comparisons with constants joined by and, or, not; anything else is unknown. */
function condition(node: Node): TestForm {
  if (isInput(node)) return { op: 'point', value: true }
  switch (node.kind) {
    case 'binary': {
      const { operator, left, right } = node
      if (operator === 'and' || operator === 'or') return { op: operator, tests: [part(left), part(right)] }
      if (!(operator in MIRROR)) return unknown(node)
      if (isInput(left)) return compared(operator as Comparison, right, node)
      return isInput(right) ? compared(MIRROR[operator as Comparison], left, node) : unknown(node)
    }
    case 'in':
      if (!isInput(node.operand) || node.tests.some(mentionsInput)) return unknown(node)
      return { op: 'or', tests: node.tests.map(formOfTest) }
    case 'between': {
      if (!isInput(node.operand)) return unknown(node)
      const tests = [compared('>=', node.low, node), compared('<=', node.high, node)]
      return { op: 'and', tests }
    }
    case 'call': {
      const [first, second] = node.args
      const name = node.callee.kind === 'name' && node.callee.binding === 'function' ? node.callee.name : ''
      if (name === 'not' && first && node.args.length === 1 && node.names === null)
        return { op: 'not', test: part(first) }
      if (name === 'list contains' && first && second && node.names === null && isInput(second)) {
        const list = constantOf(first)
        if (list && isList(list.value)) {
          const items = list.value
          if (items.every((item) => item === null || !(item instanceof Range || isList(item))))
            return { op: 'or', tests: items.map(comparedWith) }
        }
      }
      return unknown(node)
    }
    default:
      return unknown(node)
  }
}

/** An operand of and, or, not: here a constant is a truth value, not something to compare with. */
function part(node: Node): TestForm {
  if (mentionsInput(node)) return condition(node)
  const constant = constantOf(node)
  if (constant === undefined) return unknown(node)
  return constant.value === true ? ALL : constant.value === false ? NONE : unknown(node)
}

function compared(operator: Comparison, operand: Node, whole: Node): TestForm {
  if (mentionsInput(operand)) return unknown(whole)
  const constant = constantOf(operand)
  if (constant === undefined) {
    const relation = { operand, text: print(operand), sides: SIDES_OF[operator] }
    return { op: 'unknown', text: print(whole), relation }
  }
  const { value } = constant
  if (value === null) {
    if (operator === '=') return { op: 'null' }
    return operator === '!=' ? { op: 'not', test: { op: 'null' } } : NONE
  }
  if (isList(value) || value instanceof Range || kindOf(value) === 'context') return unknown(whole)
  switch (operator) {
    case '=':
      return { op: 'point', value }
    case '!=':
      return { op: 'not', test: { op: 'point', value } }
    case '<':
    case '<=':
      return { op: 'interval', low: null, high: { value, included: operator === '<=' } }
    default:
      return { op: 'interval', low: { value, included: operator === '>=' }, high: null }
  }
}
