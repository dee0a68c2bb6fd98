import { arity, type Call } from '../call.ts'
import type { Expr, Frame } from '../expression.ts'
import { place } from '../pointwise.ts'
import type { Relation, SqlCell } from '../relation.ts'
import { type Column, emptyColumn, STATE } from '../value.ts'

/** `previous(x, n)`: x as it was n periods before (1 when not said). */
export function previous(call: Call): Expr {
  arity(call, 1, 2)
  const { lowering, span } = call
  const x = lowering.expr(call.args[0]!)
  const n = call.args.length === 1 ? 1 : lowering.whole(call.args[1], span, 0, 10_000)
  const inner = (frame: Frame): Frame => shifted(frame, -n)
  return {
    ...place(span),
    operation: 'previous',
    type: x.type,
    args: [x],
    detail: { kind: 'shift', periods: -n },
    inner,
    evaluate: (frame) => evaluateIn(inner(frame), x),
    sql: (relation) => shiftedSql(relation, x, -n),
  }
}

/** The column of an expression in a frame; outside of the data's periods everything is missing, literals too. */
export function evaluateIn(frame: Frame, x: Expr): Column {
  const { units, periods } = frame.cube
  return frame.period < 0 || frame.period >= periods.length
    ? emptyColumn(units.length, STATE.notReported)
    : x.evaluate(frame)
}

/** The same frame some periods later. */
export const shifted = (frame: Frame, periods: number): Frame => ({
  ...frame,
  period: frame.period + periods,
  derived: new Map(),
})

/** The columns of an expression some periods later; periods have no gaps, so they are rows of a window. */
export function shiftedSql(relation: Relation, x: Expr, periods: number): SqlCell {
  const cell = relation.cell(x)
  const over = `OVER (PARTITION BY t.unit${relation.part('t.')} ORDER BY t.ordinal)`
  const step = periods <= 0 ? `lag` : `lead`
  return relation.add(
    [cell],
    `coalesce(${step}(${cell.s}, ${Math.abs(periods)}) ${over}, 2)`,
    `${step}(${cell.v}, ${Math.abs(periods)}) ${over}`,
  )
}
