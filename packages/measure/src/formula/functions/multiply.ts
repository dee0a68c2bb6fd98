import { multiply as productOf } from '@nhip/quantity/algebra'
import { plainShare, uomOfExpr } from '../align.ts'
import type { Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { pointwise } from '../pointwise.ts'

/** `a * b`: units multiply; a percentage of something is a share of it. */
export function multiply({ args: nodes, span, lowering }: Call): Expr {
  const operands = nodes.map((node) => lowering.number(node))
  const both = operands.every((operand) => uomOfExpr(operand) !== null)
  const args = both ? operands.map(plainShare) : operands
  const [a, b] = args.map(uomOfExpr)
  return pointwise({
    operation: '*',
    span,
    type: { kind: 'number', uom: both ? productOf(a!, b!) : (a ?? b ?? null) },
    args,
    js: ([x, y]) => (x as number) * (y as number),
    sql: ([x, y]) => `${x} * ${y}`,
  })
}
