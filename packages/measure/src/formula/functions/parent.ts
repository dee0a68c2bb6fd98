import { arity, type Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { place } from '../pointwise.ts'
import { emptyColumn, STATE } from '../value.ts'
import { choose } from './if.ts'

/** `parent(x)`: x of the unit above; missing where there is none. */
export function parent(call: Call): Expr {
  arity(call, 1)
  return ofParent(call.lowering.expr(call.args[0]!), call.span)
}

/** An expression as it is of the unit above. */
export function ofParent(x: Expr, span: Call['span']): Expr {
  return {
    ...place(span),
    operation: 'parent',
    type: x.type,
    args: [x],
    inner: () => null,
    evaluate(frame) {
      const { units } = frame.cube
      const column = x.evaluate(frame)
      const none = emptyColumn(units.length, STATE.notReported)
      const above = {
        state: Uint8Array.from(units, (unit) => column.state[unit.parent] ?? STATE.notReported),
        value: Float64Array.from(units, (unit) => column.value[unit.parent] ?? 0),
        text: column.text && units.map((unit) => column.text?.[unit.parent] ?? null),
        coverage:
          column.coverage && Float64Array.from(units, (unit) => column.coverage?.[unit.parent] ?? Number.NaN),
      }
      return choose(units.length, x.type, (u) => (units[u]!.parent < 0 ? none : above))
    },
    sql(relation) {
      const cell = relation.cell(x)
      const [s, v] = [relation.name('s'), relation.name('v')]
      const level = relation.join(
        [cell],
        (step) => `SELECT unit, period${relation.part()}, ${cell.s} AS s, ${cell.v} AS v FROM ${step}`,
        (j) => relation.same(j, 'parent'),
        (j) => [
          [s, `coalesce(${j}.s, 2)`],
          [v, `${j}.v`],
        ],
      )
      return { s, v, level }
    },
  }
}
