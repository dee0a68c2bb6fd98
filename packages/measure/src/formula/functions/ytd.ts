import { uomOfExpr } from '../align.ts'
import { arity, type Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { place } from '../pointwise.ts'
import { acrossColumns } from '../set.ts'
import { shifted } from './previous.ts'

/** `ytd(x)`: the sum of x from the first period of the year that the data have to this one; missing periods are skipped. */
export function ytd(call: Call): Expr {
  arity(call, 1)
  const x = call.lowering.number(call.args[0]!)
  return {
    ...place(call.span),
    operation: 'ytd',
    type: { kind: 'number', uom: uomOfExpr(x) },
    args: [x],
    detail: { kind: 'set', aggregate: 'sum' },
    inner: () => null,
    evaluate(frame) {
      const { periods } = frame.cube
      const year = periods[frame.period]?.slice(0, 4)
      const columns = []
      let back = 0
      while (periods[frame.period - back]?.slice(0, 4) === year && frame.period - back >= 0) back++
      for (let n = back - 1; n >= 0; n--) columns.push(x.evaluate(shifted(frame, -n)))
      return acrossColumns('sum', columns, frame.cube.units.length)
    },
    sql(relation) {
      const cell = relation.cell(x)
      const list = relation.name('l')
      const over = `OVER (PARTITION BY t.unit, t.year${relation.part('t.')} ORDER BY t.ordinal ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`
      const level = relation.columns([cell], [[list, `list({s: ${cell.s}, v: ${cell.v}}) ${over}`]])
      return relation.list({ ...cell, level }, list, 'sum')
    },
  }
}
