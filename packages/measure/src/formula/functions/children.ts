import { aggregate } from '../aggregate.ts'
import { arity, type Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { groupsOf, openUnits } from '../groups.ts'
import { place } from '../pointwise.ts'
import { aggregated, setAggregate, typeOfAggregate } from '../set.ts'

/** `children(x, "sum")`: over the units directly below that exist in the period. */
export function children(call: Call): Expr {
  arity(call, 2)
  const { lowering, span } = call
  const x = lowering.number(call.args[0]!)
  const how = setAggregate(call, call.args[1])
  return {
    ...place(span),
    operation: 'children',
    type: typeOfAggregate(how, x),
    args: [x],
    detail: { kind: 'set', aggregate: how },
    inner: () => null,
    evaluate(frame) {
      const column = x.evaluate(frame)
      const isOpen = openUnits(frame.cube, frame.period)
      const groups = groupsOf(frame.cube.units).children
      return aggregated(groups.length, (u) => aggregate(how, column, groups[u]!.filter(isOpen)))
    },
    sql(relation) {
      const cell = relation.cell(x)
      const list = relation.name('l')
      const level = relation.join(
        [cell],
        (step) =>
          `SELECT m.parent AS unit, m.period${relation.part('m.')}, list({s: ${cell.s}, v: ${cell.v}} ORDER BY m.unit) AS l FROM ${step} m WHERE m.parent IS NOT NULL AND m.is_open GROUP BY 1, 2${relation.dimension === null ? '' : ', 3'}`,
        (j) => relation.same(j),
        (j) => [[list, `${j}.l`]],
      )
      return relation.list({ ...cell, level }, list, how)
    },
  }
}
