import { align, VERBS } from '../align.ts'
import { arity, type Call } from '../call.ts'
import { compareCodePoints } from '../code-points.ts'
import { columnsOf, type Expr } from '../expression.ts'
import { place } from '../pointwise.ts'
import { Refused } from '../refused.ts'
import { acrossColumns } from '../set.ts'

/** `sum of("DTI-1.")`: the sum of all items whose code begins so and that carry numbers; missing ones are skipped. */
export function sumOf(call: Call): Expr {
  arity(call, 1)
  const { lowering, span } = call
  const prefix = lowering.text(call.args[0], span)
  const codes = [...lowering.scope.items.values()]
    .filter(({ code, type }) => code.startsWith(prefix) && type !== 'text' && type !== 'yesno')
    .map(({ code }) => code)
    .sort(compareCodePoints)
  if (codes.length === 0) {
    throw new Refused('unknown-item', call.args[0]!, {
      vi: `không có chỉ tiêu nào có mã bắt đầu bằng "${prefix}"`,
      en: `there is no item whose code begins with "${prefix}"`,
    })
  }
  const { args, uom } = align(
    codes.map((name) => lowering.number({ kind: 'name', name, binding: 'scope', ...place(span) })),
    VERBS['+'],
  )
  return {
    ...place(span),
    operation: 'sum of',
    type: { kind: 'number', uom },
    args,
    detail: { kind: 'set', aggregate: 'sum' },
    evaluate: (frame) => acrossColumns('sum', columnsOf(args, frame), frame.cube.units.length),
    sql(relation) {
      const cells = args.map((arg) => relation.cell(arg))
      const list = relation.name('l')
      const level = relation.columns(cells, [
        [list, `[${cells.map(({ s, v }) => `{s: ${s}::INTEGER, v: ${v}::DOUBLE}`).join(', ')}]`],
      ])
      return relation.list({ s: list, v: list, level }, list, 'sum')
    },
  }
}
