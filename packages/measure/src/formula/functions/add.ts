import { align, uomOfExpr, VERBS } from '../align.ts'
import type { Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { pointwise } from '../pointwise.ts'

/** `a + b` and `a - b`, in one unit. */
export function add({ name, args: nodes, span, lowering }: Call): Expr {
  const minus = name === '-'
  const operands = nodes.map((node) => lowering.number(node))
  const { args, uom } = align(operands, VERBS[minus ? '-' : '+'], minus ? 'subtract' : 'add')
  return pointwise({
    operation: name,
    span,
    type: { kind: 'number', uom },
    args,
    js: ([a, b]) => (minus ? (a as number) - (b as number) : (a as number) + (b as number)),
    sql: ([a, b]) => `${a} ${name} ${b}`,
  })
}

/** `-x`. */
export function negation({ args: nodes, span, lowering }: Call): Expr {
  const args = nodes.map((node) => lowering.number(node))
  return pointwise({
    operation: 'negation',
    span,
    type: { kind: 'number', uom: uomOfExpr(args[0]!) },
    args,
    js: ([x]) => -(x as number),
    sql: ([x]) => `-${x}`,
  })
}
