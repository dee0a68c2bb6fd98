import type { Node } from '@nhip/feel/ast'
import { type Aggregate, aggregate } from './aggregate.ts'
import { uomOfExpr } from './align.ts'
import type { Call } from './call.ts'
import type { Expr, FormulaType } from './expression.ts'
import { Refused } from './refused.ts'
import type { Column } from './value.ts'

/** How a formula may put values together. */
export type SetAggregate = 'sum' | 'mean' | 'min' | 'max' | 'count' | 'first' | 'last'

const OF_UNITS: readonly SetAggregate[] = ['sum', 'mean', 'min', 'max', 'count']

/** Reads `"sum"`, `"mean"` … */
export function setAggregate(
  { lowering, span }: Call,
  node: Node | undefined,
  more: readonly SetAggregate[] = [],
): SetAggregate {
  const text = lowering.text(node, span)
  const known = [...OF_UNITS, ...more]
  const found = known.find((name) => name === text)
  if (found !== undefined) return found
  throw new Refused('formula-type', node ?? span, {
    vi: `không có cách gộp "${text}"; có: ${known.join(', ')}`,
    en: `there is no aggregate "${text}"; there are: ${known.join(', ')}`,
  })
}

/** The type of an aggregate: a count is a pure number, the rest has the unit of its members. */
export function typeOfAggregate(how: SetAggregate, member: Expr): FormulaType {
  return { kind: 'number', uom: how === 'count' ? null : uomOfExpr(member) }
}

/** A column of one aggregate a unit. */
export function aggregated(
  rows: number,
  of: (unit: number) => Pick<Aggregate, 'state' | 'value' | 'coverage'>,
): Column {
  const state = new Uint8Array(rows)
  const value = new Float64Array(rows)
  const coverage = new Float64Array(rows)
  for (let u = 0; u < rows; u++) {
    const result = of(u)
    state[u] = result.state
    value[u] = result.value
    coverage[u] = result.coverage
  }
  return { state, value, text: null, coverage }
}

/** The aggregate, unit by unit, of several columns in their order; `absent` more were expected. */
export function acrossColumns(
  how: SetAggregate,
  columns: readonly Column[],
  rows: number,
  absent = 0,
): Column {
  const order = columns.map((_, i) => i)
  return aggregated(rows, (u) => {
    const result = aggregate(
      how,
      { state: columns.map((c) => c.state[u] as number), value: columns.map((c) => c.value[u] as number) },
      order,
    )
    const expected = result.expected + absent
    return { ...result, coverage: expected === 0 ? Number.NaN : result.reporting / expected }
  })
}
