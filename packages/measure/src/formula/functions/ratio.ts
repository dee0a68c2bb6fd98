import { uomOf } from '@nhip/quantity/uom-text'
import { align, VERBS } from '../align.ts'
import { arity, type Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { pointwise } from '../pointwise.ts'
import { quotient } from './divide.ts'

/** `ratio(a, b)`: a ÷ b, a share of 1 when both count the same. */
export function ratio(call: Call): Expr {
  arity(call, 2)
  return quotient(
    'ratio',
    call.args.map((node) => call.lowering.number(node)),
    call.span,
  )
}

/** `percent(a, b)`: 100 × a ÷ b, in %; of quantities of two dimensions it is refused. */
export function percent(call: Call): Expr {
  arity(call, 2)
  const operands = call.args.map((node) => call.lowering.number(node))
  const { args } = align(operands, VERBS.combine)
  return pointwise({
    operation: 'percent',
    span: call.span,
    type: { kind: 'number', uom: uomOf('%') },
    args,
    divisor: 1,
    js: ([p, q]) => (p! / q!) * 100,
    sql: ([p, q]) => `(${p} / ${q}) * 100::DOUBLE`,
  })
}
