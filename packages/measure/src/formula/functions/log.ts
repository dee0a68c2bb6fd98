import { uomOf } from '@nhip/quantity/uom-text'
import { toBase, uomOfExpr } from '../align.ts'
import { arity, type Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { pointwise } from '../pointwise.ts'

/** `log(x)`, natural; of a quantity, of its number in the base unit. Of 0 and less it is missing (`domain`). */
export function log(call: Call): Expr {
  arity(call, 1)
  const x = call.lowering.number(call.args[0]!)
  return pointwise({
    operation: 'log',
    span: call.span,
    type: { kind: 'number', uom: uomOfExpr(x) === null ? null : uomOf('1') },
    args: [toBase(x)],
    js: ([v]) => (v! > 0 ? Math.log(v!) : Number.NaN),
    // ln of 0 and less would end the whole query.
    sql: ([v]) => `CASE WHEN ${v} > 0 THEN ln(${v}) ELSE 'NaN'::DOUBLE END`,
  })
}
