import { arity, type Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { pointwise } from '../pointwise.ts'
import { Refused } from '../refused.ts'
import { double } from '../relation.ts'

/**
 * `linear(x, from, to)`: 0 at `from`, 1 at `to`, in between in proportion, never outside [0, 1]. `from` may be above
 * `to`, where less is better. The posts are in the unit of x.
 */
export function linear(call: Call): Expr {
  arity(call, 3)
  const { lowering, span } = call
  const x = lowering.number(call.args[0]!)
  const from = lowering.literal(call.args[1], span)
  const to = lowering.literal(call.args[2], span)
  if (from === to) {
    throw new Refused('formula-type', call.args[2]!, {
      vi: 'hai mốc phải khác nhau',
      en: 'the two posts must differ',
    })
  }
  return pointwise({
    operation: 'linear',
    span,
    type: { kind: 'number', uom: null },
    args: [x],
    detail: { kind: 'line', from, to },
    js: ([v]) => Math.min(Math.max((v! - from) / (to - from), 0), 1),
    sql: ([v]) => `least(greatest((${v} - ${double(from)}) / ${double(to - from)}, 0::DOUBLE), 1::DOUBLE)`,
  })
}
