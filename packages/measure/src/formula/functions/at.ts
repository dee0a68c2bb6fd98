import type { TilingKind } from '@nhip/calendar/period'
import type { Node } from '@nhip/feel/ast'
import { arity, type Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { place } from '../pointwise.ts'
import { Refused } from '../refused.ts'
import { emptyColumn, STATE } from '../value.ts'
import { evaluateIn, shifted, shiftedSql } from './previous.ts'

const DURATION = /^(-?)P(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?$/
const MONTHS: Partial<Record<TilingKind, number>> = { year: 12, half: 6, quarter: 3, month: 1 }
const DAYS: Partial<Record<TilingKind, number>> = { week: 7, day: 1 }

/**
 * `at(x, @"-P1Y")`: x a duration later or, with a minus, earlier. The duration must be a whole number of the periods of
 * the data: years and months for years, halves, quarters and months; weeks and days for weeks and days.
 */
export function at(call: Call): Expr {
  arity(call, 2)
  const { lowering, span } = call
  const x = lowering.expr(call.args[0]!)
  const node = call.args[1] as Node
  const text = node.kind === 'at' ? node.value : lowering.text(node, span)
  const found = DURATION.exec(text)
  if (found === null || text.endsWith('P')) throw refusal(node, text)
  const [years, months, weeks, days] = found.slice(2).map((digits) => Number(digits ?? 0)) as [
    number,
    number,
    number,
    number,
  ]
  const sign = found[1] === '-' ? -1 : 1
  const periodsOf = (kind: TilingKind | null): number | null => {
    const unit = kind === null ? undefined : years * 12 + months > 0 ? MONTHS[kind] : DAYS[kind]
    const size = years * 12 + months > 0 ? years * 12 + months : weeks * 7 + days
    const mixed = years * 12 + months > 0 && weeks * 7 + days > 0
    return unit === undefined || mixed || size % unit !== 0 ? null : (sign * size) / unit
  }
  const { kind = null } = lowering.scope
  const known = periodsOf(kind)
  if (kind !== null && known === null) throw refusal(node, text)
  return {
    ...place(span),
    operation: 'at',
    type: x.type,
    args: [x],
    detail: { kind: 'shift', periods: known ?? 0 },
    inner(frame) {
      const periods = periodsOf(frame.cube.kind)
      return periods === null ? null : shifted(frame, periods)
    },
    evaluate(frame) {
      const periods = periodsOf(frame.cube.kind)
      return periods === null
        ? emptyColumn(frame.cube.units.length, STATE.domain)
        : evaluateIn(shifted(frame, periods), x)
    },
    sql(relation) {
      const periods = periodsOf(relation.source.kind ?? kind)
      return periods === null ? relation.add([], `${STATE.domain}`, 'NULL') : shiftedSql(relation, x, periods)
    },
  }
}

function refusal(node: Node, text: string): Refused {
  return new Refused('formula-type', node, {
    vi: `"${text}" không phải là một số nguyên kỳ của dữ liệu, ví dụ @"-P1Y"`,
    en: `"${text}" is no whole number of periods of the data, such as @"-P1Y"`,
  })
}
