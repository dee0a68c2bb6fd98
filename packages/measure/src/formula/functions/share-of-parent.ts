import { arity, type Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { quotient } from './divide.ts'
import { ofParent } from './parent.ts'

/** `share of parent(x)`: x ÷ x of the unit above, a share of 1. */
export function shareOfParent(call: Call): Expr {
  arity(call, 1)
  const x = call.lowering.number(call.args[0]!)
  return quotient('share of parent', [x, ofParent(x, call.span)], call.span)
}
