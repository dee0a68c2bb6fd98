import { align, VERBS } from '../align.ts'
import { arity, type Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { pointwise } from '../pointwise.ts'

/** `min(a, b, …)` and `max(a, b, …)`: missing when one of them is; to skip what is missing use `coalesce`. */
export function extreme(call: Call): Expr {
  arity(call, 1, Number.POSITIVE_INFINITY)
  const { args, uom } = align(
    call.args.map((node) => call.lowering.number(node)),
    VERBS.combine,
  )
  const least = call.name === 'min'
  return pointwise({
    operation: call.name,
    span: call.span,
    type: { kind: 'number', uom },
    args,
    js: (values) => (least ? Math.min(...values) : Math.max(...values)),
    sql: (values) => `${least ? 'least' : 'greatest'}(${values.join(', ')})`,
  })
}
