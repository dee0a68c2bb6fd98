import { arity, type Call } from '../call.ts'
import { columnsOf, type Expr } from '../expression.ts'
import { place } from '../pointwise.ts'
import { STATE } from '../value.ts'
import { choose, oneType } from './if.ts'

/** `coalesce(x, y, …)`: the first that is not missing; one that is not applicable is taken as it is. */
export function coalesce(call: Call): Expr {
  arity(call, 1, Number.POSITIVE_INFINITY)
  const { args, type } = oneType(call.args.map((node) => call.lowering.expr(node)))
  return firstThere(call, args, type)
}

/** The first argument that is there or not applicable, else the last one as it is. */
export function firstThere(call: Call, args: readonly Expr[], type: Expr['type']): Expr {
  return {
    ...place(call.span),
    operation: call.name,
    type,
    args,
    evaluate(frame) {
      const columns = columnsOf(args, frame)
      const last = columns.at(-1)!
      return choose(
        frame.cube.units.length,
        type,
        (i) => columns.find((c) => c.state[i] === STATE.ok || c.state[i] === STATE.notApplicable) ?? last,
      )
    },
    sql(relation) {
      const cells = args.map((arg) => relation.cell(arg))
      const last = cells.at(-1)!
      const pick = (of: 's' | 'v'): string =>
        `CASE ${cells.map((cell) => `WHEN ${cell.s} IN (0, 6) THEN ${cell[of]}`).join(' ')} ELSE ${last[of]} END`
      return relation.add(cells, pick('s'), pick('v'))
    },
  }
}
