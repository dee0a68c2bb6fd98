import { toBase, uomOfExpr } from '../align.ts'
import { arity, type Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { pointwise } from '../pointwise.ts'
import { noUnit } from './power.ts'

/** `exp(x)` of a number without unit; missing (`domain`) when it overflows. */
export function exp(call: Call): Expr {
  arity(call, 1)
  const x = toBase(call.lowering.number(call.args[0]!))
  const uom = uomOfExpr(x)
  if (uom !== null && Object.keys(uom.dimension).length > 0) throw noUnit(x, uom)
  return pointwise({
    operation: 'exp',
    span: call.span,
    type: { kind: 'number', uom },
    args: [x],
    js: ([v]) => Math.exp(v!),
    sql: ([v]) => `exp(${v})`,
  })
}
