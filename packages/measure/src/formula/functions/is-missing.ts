import { arity, type Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { place } from '../pointwise.ts'
import { STATE } from '../value.ts'

/** `is missing(x)`: true or false, never missing itself; what cannot exist is not missing. */
export function isMissing(call: Call): Expr {
  return stateTest(
    call,
    (s) => s !== STATE.ok && s !== STATE.notApplicable,
    (s) => `${s} BETWEEN 1 AND 5`,
  )
}

/** `is not applicable(x)`: true or false, never missing itself. */
export function isNotApplicable(call: Call): Expr {
  return stateTest(
    call,
    (s) => s === STATE.notApplicable,
    (s) => `${s} = 6`,
  )
}

function stateTest(call: Call, test: (state: number) => boolean, sql: (s: string) => string): Expr {
  arity(call, 1)
  const x = call.lowering.expr(call.args[0]!)
  return {
    ...place(call.span),
    operation: call.name,
    type: { kind: 'boolean' },
    args: [x],
    evaluate(frame) {
      const column = x.evaluate(frame)
      return {
        state: new Uint8Array(column.state.length),
        value: Float64Array.from(column.state, (s) => Number(test(s))),
        text: null,
        coverage: column.coverage,
      }
    },
    sql(relation) {
      const cell = relation.cell(x)
      return relation.add([cell], '0', sql(cell.s))
    },
  }
}
