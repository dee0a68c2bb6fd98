import type { Cube } from './cube.ts'
import type { Expr } from './expression.ts'
import type { Column } from './value.ts'

/**
 * An expression as a function over the typed columns of a cube: its values for all units in one period, the last of the
 * cube when none is named. No NaN and no infinity leave it.
 */
export function toJs(expr: Expr): (cube: Cube, period?: number) => Column {
  return (cube, period = cube.periods.length - 1) =>
    expr.evaluate({ cube, period, part: null, derived: new Map() })
}
