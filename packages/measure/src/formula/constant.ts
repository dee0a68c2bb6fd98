import type { Span } from '@nhip/feel/ast'
import type { Expr } from './expression.ts'
import { place } from './pointwise.ts'
import { double, quoted } from './relation.ts'
import { emptyColumn, STATE } from './value.ts'

/** A literal. A number takes the unit it is used with. */
export function constant(span: Span, value: number | string | boolean): Expr {
  const kind = typeof value === 'string' ? 'text' : typeof value
  // A literal beyond the range of doubles is no number here.
  const state = typeof value === 'number' && !Number.isFinite(value) ? STATE.domain : STATE.ok
  return {
    ...place(span),
    operation: 'constant',
    type: kind === 'number' ? { kind, uom: null } : { kind: kind as 'text' | 'boolean' },
    args: [],
    detail: { kind: 'constant', value },
    evaluate({ cube }) {
      const column = emptyColumn(cube.units.length, state)
      if (typeof value === 'string')
        return { ...column, text: Array.from({ length: cube.units.length }, (): string => value) }
      if (state === STATE.ok) column.value.fill(Number(value))
      return column
    },
    sql: () => ({
      s: `${state}`,
      v:
        state !== STATE.ok
          ? 'NULL::DOUBLE'
          : typeof value === 'number'
            ? double(value)
            : typeof value === 'string'
              ? quoted(value)
              : `${value}`,
      level: 0,
    }),
  }
}

/** `null`: missing, not reported. */
export function missingConstant(span: Span): Expr {
  return {
    ...place(span),
    operation: 'constant',
    type: { kind: 'nothing' },
    args: [],
    detail: { kind: 'constant', value: null },
    evaluate: ({ cube }) => emptyColumn(cube.units.length, STATE.notReported),
    sql: () => ({ s: `${STATE.notReported}`, v: 'NULL', level: 0 }),
  }
}
