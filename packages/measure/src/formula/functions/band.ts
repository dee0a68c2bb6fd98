import type { Node } from '@nhip/feel/ast'
import { arity, type Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { pointwise } from '../pointwise.ts'
import { Refused } from '../refused.ts'
import { double } from '../relation.ts'

/**
 * `band(x, [0, 0], [0.5, 5], [0.9, 10])`: the score of the band in which x lies; a band begins at its bound and ends
 * before the next one. Below the first bound there is no score: missing (`domain`). Bounds are in the unit of x.
 */
export function band(call: Call): Expr {
  arity(call, 2, Number.POSITIVE_INFINITY)
  const { lowering, span } = call
  const x = lowering.number(call.args[0]!)
  const bands = call.args.slice(1).map((node) => pairOf(node, call))
  bands.forEach(([bound], i) => {
    if (i > 0 && bound <= bands[i - 1]![0]) {
      throw new Refused('formula-type', call.args[i + 1]!, {
        vi: `ngưỡng ${bound} phải lớn hơn ngưỡng trước nó (${bands[i - 1]![0]})`,
        en: `the bound ${bound} must be above the one before it (${bands[i - 1]![0]})`,
      })
    }
  })
  return pointwise({
    operation: 'band',
    span,
    type: { kind: 'number', uom: null },
    args: [x],
    detail: { kind: 'bands', bands },
    js: ([v]) => bands.findLast(([bound]) => v! >= bound)?.[1] ?? Number.NaN,
    sql: ([v]) =>
      `CASE ${[...bands]
        .reverse()
        .map(([bound, score]) => `WHEN ${v} >= ${double(bound)} THEN ${double(score)}`)
        .join(' ')} ELSE 'NaN'::DOUBLE END`,
  })
}

function pairOf(node: Node, { lowering, span }: Call): [number, number] {
  if (node.kind === 'list' && node.items.length === 2) {
    return [lowering.literal(node.items[0], span), lowering.literal(node.items[1], span)]
  }
  throw new Refused('formula-type', node, {
    vi: 'mỗi bậc điểm viết là [ngưỡng, điểm]',
    en: 'a band is written [bound, score]',
  })
}
