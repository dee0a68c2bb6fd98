import { arity, type Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { place } from '../pointwise.ts'
import { Refused } from '../refused.ts'
import { double, quoted } from '../relation.ts'
import { emptyColumn, STATE } from '../value.ts'

/** `level(x, "co", 1, "mot_phan", 0.5)`: the score of a text; one that is not listed is missing (`domain`). */
export function level(call: Call): Expr {
  arity(call, 3, Number.POSITIVE_INFINITY)
  const { lowering, span } = call
  const x = lowering.typed(call.args[0]!, 'text')
  if (call.args.length % 2 === 0) {
    throw new Refused('formula-type', span, {
      vi: 'sau mỗi mức phải có điểm của nó',
      en: 'each level must be followed by its score',
    })
  }
  const levels: [string, number][] = []
  for (let i = 1; i < call.args.length; i += 2) {
    levels.push([lowering.text(call.args[i], span), lowering.literal(call.args[i + 1], span)])
  }
  const scores = new Map(levels)
  return {
    ...place(span),
    operation: 'level',
    type: { kind: 'number', uom: null },
    args: [x],
    detail: { kind: 'levels', levels },
    evaluate(frame) {
      const texts = x.evaluate(frame)
      const column = emptyColumn(frame.cube.units.length, STATE.ok)
      for (let i = 0; i < column.state.length; i++) {
        column.state[i] = texts.state[i] as number
        if (column.state[i] !== STATE.ok) continue
        const score = scores.get(texts.text?.[i] ?? '')
        if (score === undefined) column.state[i] = STATE.domain
        else column.value[i] = score
      }
      return { ...column, coverage: texts.coverage }
    },
    sql(relation) {
      const cell = relation.cell(x)
      const pick = [...scores].map(([text, score]) => `WHEN ${quoted(text)} THEN ${double(score)}`).join(' ')
      const listed = [...scores.keys()].map(quoted).join(', ')
      return relation.add(
        [cell],
        `CASE WHEN ${cell.s} > 0 THEN ${cell.s} WHEN ${cell.v} IN (${listed}) THEN 0 ELSE 4 END`,
        `CASE WHEN ${cell.s} = 0 THEN CASE ${cell.v} ${pick} END END`,
      )
    },
  }
}
