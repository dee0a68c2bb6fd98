import type { Span } from '@nhip/feel/ast'
import { columnsOf, type Expr, type FormulaType } from './expression.ts'
import { worst } from './relation.ts'
import { type Column, leastCoverage, STATE } from './value.ts'

/** An operation on single values: missing when an operand is, `domain` when the result is no finite number. */
export interface Pointwise {
  readonly operation: string
  readonly span: Span
  readonly type: FormulaType
  readonly args: readonly Expr[]
  /** The result for values that are there; a boolean as 1 or 0; NaN or an infinity is missing(`domain`). */
  js(values: readonly number[]): number
  /** The same on SQL columns. */
  sql(values: readonly string[]): string
  /** The argument that may not be zero: the result is then missing(`zero_denominator`). */
  readonly divisor?: number
  readonly detail?: Expr['detail']
}

/** Makes the expression of an operation on single values. */
export function pointwise(of: Pointwise): Expr {
  const { operation, span, type, args, divisor } = of
  return {
    ...place(span),
    operation,
    type,
    args,
    ...(of.detail === undefined ? {} : { detail: of.detail }),
    evaluate(frame) {
      const columns = columnsOf(args, frame)
      const rows = frame.cube.units.length
      const state = new Uint8Array(rows)
      const value = new Float64Array(rows)
      const values = Array.from({ length: columns.length }, (): number => 0)
      for (let i = 0; i < rows; i++) {
        const s = worstState(columns, i)
        if (s !== STATE.ok) {
          state[i] = s
          continue
        }
        for (let a = 0; a < columns.length; a++) values[a] = columns[a]!.value[i] as number
        if (divisor !== undefined && values[divisor] === 0) state[i] = STATE.zeroDenominator
        else {
          const x = of.js(values)
          if (Number.isFinite(x)) value[i] = x
          else state[i] = STATE.domain
        }
      }
      return { state, value, text: null, coverage: leastCoverage(columns) }
    },
    sql(relation) {
      const cells = args.map((arg) => relation.cell(arg))
      const s = worst(cells)
      const raw = `CASE WHEN ${s} = 0${divisor === undefined ? '' : ` AND ${cells[divisor]!.v} <> 0`} THEN ${of.sql(cells.map((cell) => cell.v))} END`
      if (type.kind !== 'number') return relation.add(cells, s, raw)
      const [x, sx, vx] = [relation.name('x'), relation.name('s'), relation.name('v')]
      const level = relation.columns(cells, [
        [x, raw],
        [
          sx,
          `CASE WHEN ${s} > 0 THEN ${s}${divisor === undefined ? '' : ` WHEN ${cells[divisor]!.v} = 0 THEN 3`} WHEN isfinite(${x}) THEN 0 ELSE 4 END`,
        ],
        [vx, `CASE WHEN isfinite(${x}) THEN ${x} END`],
      ])
      return { s: sx, v: vx, level }
    },
  }
}

/** The state that several columns give together in a row. */
export function worstState(columns: readonly Column[], row: number): number {
  let worstYet = 0
  for (const { state } of columns) {
    const s = state[row] as number
    if (s > worstYet) worstYet = s
  }
  return worstYet
}

/** The place alone of a node that holds more. */
export const place = ({ start, end, line, column }: Span): Span => ({ start, end, line, column })
