import { uomOfExpr } from '../align.ts'
import { arity, type Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { pointwise } from '../pointwise.ts'

/** `abs(x)`. */
export function abs(call: Call): Expr {
  arity(call, 1)
  const x = call.lowering.number(call.args[0]!)
  return pointwise({
    operation: 'abs',
    span: call.span,
    type: { kind: 'number', uom: uomOfExpr(x) },
    args: [x],
    js: ([v]) => Math.abs(v as number),
    sql: ([v]) => `abs(${v})`,
  })
}
