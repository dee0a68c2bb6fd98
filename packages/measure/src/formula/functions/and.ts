import type { Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { kleene } from '../kleene.ts'

/** `and`: false as soon as a side is false, whatever the other; else missing when one is. */
export function and({ args: nodes, span, lowering }: Call): Expr {
  return kleene(
    'and',
    nodes.map((node) => lowering.boolean(node)),
    span,
  )
}
