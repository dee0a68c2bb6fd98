import type { Cube } from './cube.ts'
import type { ItemDefinition } from './definition.ts'
import { groupsOf } from './groups.ts'
import { item } from './item.ts'
import type { FormulaScope } from './scope.ts'
import { STATE } from './value.ts'

/** A value stored above the level that reports its item, beside what the reporting units give. */
export interface ControlTotal {
  readonly unit: string
  readonly period: string
  readonly item: string
  readonly stored: number
  /** Null when the aggregate is missing. */
  readonly aggregated: number | null
  /** Reporting ÷ expected units below. */
  readonly coverage: number
}

/** Control totals of an item, by period and unit: what a quality rule compares; no aggregate ever reads them. */
export function controlTotals(definition: ItemDefinition, scope: FormulaScope, cube: Cube): ControlTotal[] {
  const { code, reportedAt } = definition
  const cells = cube.items.get(code)?.get('*')
  if (reportedAt === undefined || cells === undefined) return []
  const start = { start: 0, end: 0, line: 1, column: 1 }
  const expr = item(start, {
    definition,
    scope,
    type: { kind: 'number', uom: null },
    where: null,
    of: 'value',
  })
  const { below } = groupsOf(cube.units)
  const found: ControlTotal[] = []
  cube.periods.forEach((period, p) => {
    const column = expr.evaluate({ cube, period: p, part: null, derived: new Map() })
    cube.units.forEach((unit, u) => {
      const at = p * cube.units.length + u
      const above = unit.level !== reportedAt && below[u]!.some((x) => cube.units[x]!.level === reportedAt)
      if (!above || cells.state[at] !== STATE.ok) return
      found.push({
        unit: unit.code,
        period,
        item: code,
        stored: cells.value[at]!,
        aggregated: column.state[u] === STATE.ok ? column.value[u]! : null,
        coverage: column.coverage?.[u] ?? Number.NaN,
      })
    })
  })
  return found
}
