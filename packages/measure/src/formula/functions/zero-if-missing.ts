import { uomOfExpr } from '../align.ts'
import { arity, type Call } from '../call.ts'
import { constant } from '../constant.ts'
import type { Expr } from '../expression.ts'
import { firstThere } from './coalesce.ts'

/** `zero if missing(x)`: says aloud that a missing number counts as 0; one that is not applicable stays so. */
export function zeroIfMissing(call: Call): Expr {
  arity(call, 1)
  const x = call.lowering.number(call.args[0]!)
  return firstThere(call, [x, constant(call.span, 0)], { kind: 'number', uom: uomOfExpr(x) })
}
