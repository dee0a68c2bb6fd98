import { plain } from '../aggregate.ts'
import { arity, type Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { groupsOf, openUnits } from '../groups.ts'
import { place } from '../pointwise.ts'
import { aggregated, setAggregate, typeOfAggregate } from '../set.ts'

/** `peers(x, "mean")`: over the other units of the same level under the same parent that exist in the period. */
export function peers(call: Call): Expr {
  arity(call, 2)
  const { lowering, span } = call
  const x = lowering.number(call.args[0]!)
  const how = setAggregate(call, call.args[1])
  return {
    ...place(span),
    operation: 'peers',
    type: typeOfAggregate(how, x),
    args: [x],
    detail: { kind: 'set', aggregate: how },
    inner: () => null,
    evaluate(frame) {
      const column = x.evaluate(frame)
      const isOpen = openUnits(frame.cube, frame.period)
      const groups = groupsOf(frame.cube.units).peers
      const open = new Map(groups.map((family) => [family, family]))
      for (const family of open.keys()) open.set(family, family.filter(isOpen))
      return aggregated(groups.length, (u) => plain(how, column, open.get(groups[u]!)!, 0, u))
    },
    sql(relation) {
      const cell = relation.cell(x)
      const list = relation.name('l')
      const over = `OVER (PARTITION BY t.period, t.parent, t.level${relation.part('t.')} ORDER BY t.unit ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW)`
      const level = relation.columns(
        [cell],
        [[list, `list({s: ${cell.s}, v: ${cell.v}}) FILTER (WHERE t.is_open) ${over}`]],
      )
      return relation.list({ ...cell, level }, list, how)
    },
  }
}
