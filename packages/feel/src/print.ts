import type { Node } from './ast.ts'
import { atomEnd } from './names.ts'
import { startsWord } from './scan.ts'
import { quote } from './values.ts'

/** The precedence of a node where it stands inside another one; higher binds tighter. */
const LEVELS: Partial<Record<Node['kind'], number>> = {
  if: 0,
  for: 0,
  quantified: 0,
  function: 0,
  unary: 0,
  between: 3,
  in: 3,
  negation: 7,
  'instance of': 8,
}
const OPERATORS = {
  or: 1,
  and: 2,
  '=': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '**': 6,
}

function levelOf(node: Node): number {
  return node.kind === 'binary' ? OPERATORS[node.operator] : (LEVELS[node.kind] ?? 9)
}

function inside(node: Node, level: number): string {
  return levelOf(node) < level ? `(${print(node)})` : print(node)
}

const list = (nodes: readonly Node[]) => nodes.map(print).join(', ')

/** Canonical FEEL text of a tree: reading it again in the same scope gives the same tree. */
export function print(node: Node): string {
  switch (node.kind) {
    case 'number':
      return node.text
    case 'string':
      return quote(node.value)
    case 'boolean':
      return String(node.value)
    case 'null':
      return 'null'
    case 'at':
      return `@${quote(node.value)}`
    case 'input':
      return '?'
    case 'name':
      return node.name
    case 'path':
      // A number would take the dot as its own.
      return node.source.kind === 'number'
        ? `(${node.source.text}).${node.name}`
        : `${inside(node.source, 9)}.${node.name}`
    case 'filter':
      return `${inside(node.source, 9)}[${print(node.condition)}]`
    case 'call':
      return `${inside(node.callee, 9)}(${node.args.map((arg, i) => (node.names === null ? print(arg) : `${node.names[i]}: ${print(arg)}`)).join(', ')})`
    case 'binary': {
      const level = OPERATORS[node.operator]
      return `${inside(node.left, level)} ${node.operator} ${inside(node.right, level + 1)}`
    }
    case 'negation':
      return `-${inside(node.operand, 7)}`
    case 'between':
      return `${inside(node.operand, 3)} between ${inside(node.low, 4)} and ${inside(node.high, 4)}`
    case 'in':
      return `${inside(node.operand, 3)} in ${node.tests.length === 1 && node.tests[0]?.kind !== 'unary' ? inside(node.tests[0] as Node, 4) : `(${list(node.tests)})`}`
    case 'instance of':
      return `${inside(node.operand, 8)} instance of ${node.type.text}`
    case 'if':
      return `if ${print(node.condition)} then ${print(node.then)} else ${print(node.else)}`
    case 'for':
    case 'quantified': {
      const iterators = node.iterators
        .map((i) => `${i.name} in ${print(i.source)}${i.to === null ? '' : `..${print(i.to)}`}`)
        .join(', ')
      return node.kind === 'for'
        ? `for ${iterators} return ${print(node.body)}`
        : `${node.quantifier} ${iterators} satisfies ${print(node.body)}`
    }
    case 'list':
      return `[${list(node.items)}]`
    case 'range':
      return `${node.lowIncluded ? '[' : '('}${inside(node.low, 4)}..${inside(node.high, 4)}${node.highIncluded ? ']' : ')'}`
    case 'unary':
      return `${node.operator} ${inside(node.operand, 4)}`
    case 'context':
      return `{${node.entries.map((entry) => `${keyText(entry.name)}: ${print(entry.value)}`).join(', ')}}`
    case 'function': {
      const parameters = node.parameters
        .map((p) => (p.type === null ? p.name : `${p.name}: ${p.type.text}`))
        .join(', ')
      return `function(${parameters}) ${node.external ? 'external ' : ''}${print(node.body)}`
    }
    case 'error':
      return 'null'
    case 'tests':
      return node.any ? '-' : node.negated ? `not(${list(node.tests)})` : list(node.tests)
  }
}

function keyText(name: string): string {
  let at = 0
  if (!startsWord(name, 0)) return quote(name)
  while (at < name.length) {
    const end = name[at] === ' ' ? at + 1 : atomEnd(name, at)
    if (end === at) return quote(name)
    at = end
  }
  return name
}
