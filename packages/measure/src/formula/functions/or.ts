import type { Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { kleene } from '../kleene.ts'

/** `or`: true as soon as a side is true, whatever the other; else missing when one is. */
export function or({ args: nodes, span, lowering }: Call): Expr {
  return kleene(
    'or',
    nodes.map((node) => lowering.boolean(node)),
    span,
  )
}
