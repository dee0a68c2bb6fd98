import { power } from '@nhip/quantity/algebra'
import type { Uom } from '@nhip/quantity/uom'
import { plainShare, uomOfExpr } from '../align.ts'
import { arity, type Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { pointwise } from '../pointwise.ts'
import { Refused } from '../refused.ts'

/** `sqrt(x)`: missing (`domain`) below 0. The root of km² is km; of what is no square it is refused. */
export function sqrt(call: Call): Expr {
  arity(call, 1)
  const x = plainShare(call.lowering.number(call.args[0]!))
  return pointwise({
    operation: 'sqrt',
    span: call.span,
    type: { kind: 'number', uom: root(uomOfExpr(x), x) },
    args: [x],
    js: ([v]) => (v! < 0 ? Number.NaN : Math.sqrt(v!)),
    // sqrt of less than 0 would end the whole query.
    sql: ([v]) => `CASE WHEN ${v} >= 0 THEN sqrt(${v}) ELSE 'NaN'::DOUBLE END`,
  })
}

function root(uom: Uom | null, at: Expr): Uom | null {
  if (uom === null || Object.keys(uom.dimension).length === 0) return uom
  try {
    return power(uom, 0.5)
  } catch {
    throw new Refused('uom-mismatch', at, {
      vi: `"${uom.symbol.vi}" không khai căn được`,
      en: `"${uom.symbol.en}" has no square root`,
    })
  }
}
