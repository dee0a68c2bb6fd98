import { align, VERBS } from '../align.ts'
import { arity, type Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { pointwise } from '../pointwise.ts'

/** `clamp(x, a, b)`: x, but not below a nor above b; missing (`domain`) where a is above b. */
export function clamp(call: Call): Expr {
  arity(call, 3)
  const { args, uom } = align(
    call.args.map((node) => call.lowering.number(node)),
    VERBS.combine,
  )
  return pointwise({
    operation: 'clamp',
    span: call.span,
    type: { kind: 'number', uom },
    args,
    js: ([x, a, b]) => (a! > b! ? Number.NaN : Math.min(Math.max(x!, a!), b!)),
    sql: ([x, a, b]) => `CASE WHEN ${a} > ${b} THEN 'NaN'::DOUBLE ELSE least(greatest(${x}, ${a}), ${b}) END`,
  })
}
