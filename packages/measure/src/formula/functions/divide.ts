import { commensurable, divide as quotientOf } from '@nhip/quantity/algebra'
import { uomOf } from '@nhip/quantity/uom-text'
import { align, plainShare, uomOfExpr, VERBS } from '../align.ts'
import type { Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { pointwise } from '../pointwise.ts'

/** `a / b`: units divide; by zero it is missing (`zero_denominator`). */
export function divide({ args: nodes, span, lowering }: Call): Expr {
  const operands = nodes.map((node) => lowering.number(node))
  return quotient('/', operands, span)
}

/** The quotient of two expressions. Quantities of one dimension are brought to one scale, so the result is a share. */
export function quotient(operation: string, operands: readonly Expr[], span: Call['span']): Expr {
  const units = operands.map(uomOfExpr)
  const [x, y] = units
  const oneDimension = x && y && commensurable(x, y)
  const args = oneDimension
    ? align(operands, VERBS.combine).args
    : x && y
      ? operands.map(plainShare)
      : operands
  const [a, b] = args.map(uomOfExpr)
  const uom = oneDimension
    ? uomOf('1')
    : a && b
      ? quotientOf(a, b)
      : b
        ? quotientOf(uomOf('1'), b)
        : (a ?? null)
  return pointwise({
    operation,
    span,
    type: { kind: 'number', uom },
    args,
    divisor: 1,
    js: ([p, q]) => (p as number) / (q as number),
    sql: ([p, q]) => `${p} / ${q}`,
  })
}
