import type { Call } from './call.ts'
import { columnsOf, type Expr } from './expression.ts'
import { place, worstState } from './pointwise.ts'
import { worst } from './relation.ts'
import { leastCoverage, STATE } from './value.ts'

/** Logic of three values (Kleene) over any number of booleans. */
export function kleene(operation: 'and' | 'or', args: readonly Expr[], span: Call['span']): Expr {
  const decisive = operation === 'or' ? 1 : 0
  return {
    ...place(span),
    operation,
    type: { kind: 'boolean' },
    args,
    evaluate(frame) {
      const columns = columnsOf(args, frame)
      const rows = frame.cube.units.length
      const state = new Uint8Array(rows)
      const value = new Float64Array(rows)
      for (let i = 0; i < rows; i++) {
        const decided = columns.some((c) => c.state[i] === STATE.ok && c.value[i] === decisive)
        const s = decided ? STATE.ok : worstState(columns, i)
        state[i] = s
        if (s === STATE.ok) value[i] = decided ? decisive : 1 - decisive
      }
      return { state, value, text: null, coverage: leastCoverage(columns) }
    },
    sql(relation) {
      const cells = args.map((arg) => relation.cell(arg))
      const decided = cells
        .map(({ s, v }) => `(${s} = 0 AND ${decisive === 1 ? '' : 'NOT '}${v}::BOOLEAN)`)
        .join(' OR ')
      return relation.add(
        cells,
        `CASE WHEN ${decided} THEN 0 ELSE ${worst(cells)} END`,
        `CASE WHEN ${decided} THEN ${decisive === 1} WHEN ${worst(cells)} = 0 THEN ${decisive === 0} END`,
      )
    },
  }
}
