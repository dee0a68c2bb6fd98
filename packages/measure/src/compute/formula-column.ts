import { type Cube, type CubeRow, cubeOf } from '../formula/cube.ts'
import { compileFormula, type Formula } from '../formula/formula.ts'
import { scopeOf } from '../formula/scope.ts'
import { STATE } from '../formula/value.ts'
import { formulaScope } from '../framework/formula-scope.ts'
import type { Framework, FrameworkNode } from '../framework/framework.ts'
import { CELL, type Panel } from '../panel.ts'
import { MeasureError } from '../problem.ts'
import type { ItemColumns } from './item-columns.ts'

const cubes = new WeakMap<readonly Panel[], Cube>()
const formulas = new WeakMap<FrameworkNode, Formula>()

/** The values of a leaf's formula for every unit, over the items of this and the other periods. */
export function formulaColumn(
  framework: Framework,
  node: FrameworkNode,
  columns: ItemColumns,
): { values: Float64Array; notApplicable: Uint8Array } {
  let formula = formulas.get(node)
  if (!formula) {
    formula = compiled(node, () => compileFormula(node.formula!, formulaScope(framework)))
    formulas.set(node, formula)
  }
  let cube = cubes.get(columns.around)
  if (!cube) {
    cube = cubeOf(columns.around.flatMap(rowsOf))
    cubes.set(columns.around, cube)
  }
  return evaluated(formula, cube, columns.panel.period, columns.units)
}

/** The value of an inner node by its formula over the values of its children. */
export function childFormula(
  node: FrameworkNode,
  kids: readonly FrameworkNode[],
  entered: readonly Float64Array[],
  units: readonly string[],
): Float64Array {
  const formula = compiled(node, () => compileFormula(node.formula!, scopeOf(kids.map((kid) => kid.code))))
  const rows = kids.flatMap((kid, k) =>
    units.map((unit, u): CubeRow => {
      const value = entered[k]![u]!
      return { unit, item: kid.code, value: Number.isNaN(value) ? null : value }
    }),
  )
  return evaluated(formula, cubeOf(rows), null, units).values
}

function compiled(node: FrameworkNode, compile: () => ReturnType<typeof compileFormula>): Formula {
  const { formula, problems } = compile()
  if (formula) return formula
  const { code, message } = problems[0]!
  throw new MeasureError({ code, item: node.code, value: node.formula!, message })
}

function rowsOf(panel: Panel): CubeRow[] {
  const { period, units, items, state, value, parts } = panel
  const rows: CubeRow[] = []
  items.forEach((item, i) => {
    units.forEach((unit, u) => {
      const at = i * units.length + u
      const [numerator, denominator] = [
        parts?.numerator[at] ?? Number.NaN,
        parts?.denominator[at] ?? Number.NaN,
      ]
      rows.push({
        unit,
        item,
        period,
        value: state[at] === CELL.ok ? value[at]! : null,
        numerator: Number.isNaN(numerator) ? null : numerator,
        denominator: Number.isNaN(denominator) ? null : denominator,
        status: state[at] === CELL.notApplicable ? 'M' : null,
      })
    })
  })
  for (const [item, texts] of panel.attributes) {
    units.forEach((unit, u) => {
      rows.push({ unit, item, period, value: null, text: texts[u]! })
    })
  }
  for (const row of panel.breakdowns ?? []) rows.push({ ...row, period })
  return rows
}

function evaluated(
  formula: Formula,
  cube: Cube,
  period: string | null,
  units: readonly string[],
): { values: Float64Array; notApplicable: Uint8Array } {
  const values = new Float64Array(units.length).fill(Number.NaN)
  const notApplicable = new Uint8Array(units.length)
  const column = formula.evaluate(cube, Math.max(0, cube.periods.indexOf(period ?? '')))
  const at = new Map(cube.units.map((unit, i) => [unit.code, i]))
  units.forEach((unit, u) => {
    const row = at.get(unit)
    if (row === undefined) return
    if (column.state[row] === STATE.ok) values[u] = column.value[row]!
    else if (column.state[row] === STATE.notApplicable) notApplicable[u] = 1
  })
  return { values, notApplicable }
}
