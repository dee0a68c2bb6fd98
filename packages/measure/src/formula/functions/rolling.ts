import { arity, type Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { place } from '../pointwise.ts'
import { acrossColumns, setAggregate, typeOfAggregate } from '../set.ts'
import { shifted } from './previous.ts'

/** `rolling(x, 3, "mean")`: over this period and those before it, n in all; missing ones are skipped. */
export function rolling(call: Call): Expr {
  arity(call, 3)
  const { lowering, span } = call
  const x = lowering.number(call.args[0]!)
  const n = lowering.whole(call.args[1], span, 1, 10_000)
  const how = setAggregate(call, call.args[2], ['first', 'last'])
  return {
    ...place(span),
    operation: 'rolling',
    type: typeOfAggregate(how, x),
    args: [x],
    detail: { kind: 'set', aggregate: how },
    inner: () => null,
    evaluate(frame) {
      const last = Math.min(frame.period, frame.cube.periods.length - 1)
      const first = Math.max(0, frame.period - n + 1)
      const columns = []
      for (let p = first; p <= last; p++) columns.push(x.evaluate(shifted(frame, p - frame.period)))
      return acrossColumns(how, columns, frame.cube.units.length, n - columns.length)
    },
    sql(relation) {
      const cell = relation.cell(x)
      const list = relation.name('l')
      const over = `OVER (PARTITION BY t.unit${relation.part('t.')} ORDER BY t.ordinal ROWS BETWEEN ${n - 1} PRECEDING AND CURRENT ROW)`
      const level = relation.columns([cell], [[list, `list({s: ${cell.s}, v: ${cell.v}}) ${over}`]])
      return relation.list({ ...cell, level }, list, how)
    },
  }
}
