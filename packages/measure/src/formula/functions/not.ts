import { arity, type Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { pointwise } from '../pointwise.ts'

/** `not(x)`: missing when x is. */
export function not(call: Call): Expr {
  arity(call, 1)
  return pointwise({
    operation: 'not',
    span: call.span,
    type: { kind: 'boolean' },
    args: [call.lowering.boolean(call.args[0]!)],
    js: ([x]) => 1 - (x as number),
    sql: ([x]) => `NOT ${x}::BOOLEAN`,
  })
}
