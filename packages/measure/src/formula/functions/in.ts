import type { Node } from '@nhip/feel/ast'
import type { Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { kleene } from '../kleene.ts'
import { comparison } from './compare.ts'

/** `x in (1, 2)`, `x in [0..100]`, `x in (< 5, > 10)`: the `or` of comparisons. */
export function isIn({ args: nodes, span, lowering }: Call): Expr {
  const [operand, ...tests] = nodes as [Node, ...Node[]]
  const x = lowering.expr(operand)
  const flat = tests.flatMap((test) => (test.kind === 'list' ? test.items : [test]))
  const all = flat.map((test) => {
    if (test.kind === 'range') {
      const low = comparison(test.lowIncluded ? '>=' : '>', [x, lowering.number(test.low)], test)
      const high = comparison(test.highIncluded ? '<=' : '<', [x, lowering.number(test.high)], test)
      return kleene('and', [low, high], test)
    }
    if (test.kind === 'unary') return comparison(test.operator, [x, lowering.expr(test.operand)], test)
    return comparison('=', [x, lowering.expr(test)], test)
  })
  return all.length === 1 ? all[0]! : kleene('or', all, span)
}
