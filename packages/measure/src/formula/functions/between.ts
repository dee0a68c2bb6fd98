import type { Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { kleene } from '../kleene.ts'
import { comparison } from './compare.ts'

/** `x between a and b`, both ends included. */
export function between({ args: nodes, span, lowering }: Call): Expr {
  const [x, low, high] = nodes.map((node) => lowering.number(node)) as [Expr, Expr, Expr]
  return kleene('and', [comparison('>=', [x, low], span), comparison('<=', [x, high], span)], span)
}
