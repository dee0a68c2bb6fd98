import type { Framework, FrameworkNode } from '../framework/framework.ts'
import { type MeasureProblem, say } from '../problem.ts'
import { formulaColumn } from './formula-column.ts'
import type { ItemColumns } from './item-columns.ts'
import { scoreLevels } from './score-rule.ts'

/** Why a leaf has no number for a unit. */
export const ABSENT = {
  no: 0,
  missing: 1,
  /** The data say that it cannot exist. */
  notApplicable: 2,
  /** The node is not among those of the unit's group. */
  otherGroup: 3,
} as const

export interface RawColumn {
  /** After formula and division; NaN where absent. */
  values: Float64Array
  /** {@link ABSENT} of each unit. */
  absent: Uint8Array
}

/** Labels of the units' groups that decide which nodes apply; null when the framework has no groups. */
export function groupLabels(framework: Framework, columns: ItemColumns): readonly (string | null)[] | null {
  return framework.groupBy === null ? null : columns.labels(framework.groupBy)
}

/** The input of a leaf: its item or formula, divided by its denominator. */
export function rawColumn(
  framework: Framework,
  node: FrameworkNode,
  columns: ItemColumns,
  warnings: MeasureProblem[] | null,
): RawColumn {
  const n = columns.units.length
  const { values, notApplicable } = readInput(framework, node, columns, warnings)
  const absent = new Uint8Array(n)
  const labels = groupLabels(framework, columns)
  const groups = groupsOf(framework, node)
  const divisor = node.denominator === null ? null : columns.column(node.denominator).values
  for (let u = 0; u < n; u += 1) {
    if (divisor && !Number.isNaN(values[u]!)) {
      const quotient = values[u]! / divisor[u]!
      if (divisor[u] === 0) {
        warnings?.push({
          severity: 'warning',
          code: 'zero-denominator',
          unit: columns.units[u]!,
          item: node.code,
          message: say(
            `Mẫu số "${node.denominator}" của "${columns.units[u]}" bằng 0`,
            `The denominator "${node.denominator}" of "${columns.units[u]}" is 0`,
          ),
        })
      }
      values[u] = Number.isFinite(quotient) ? quotient : Number.NaN
    }
    if (groups.some((g) => !g.includes(labels?.[u] ?? ''))) {
      absent[u] = ABSENT.otherGroup
      values[u] = Number.NaN
    } else if (notApplicable[u]) absent[u] = ABSENT.notApplicable
    else if (Number.isNaN(values[u]!)) absent[u] = ABSENT.missing
  }
  return { values, absent }
}

function readInput(
  framework: Framework,
  node: FrameworkNode,
  columns: ItemColumns,
  warnings: MeasureProblem[] | null,
): { values: Float64Array; notApplicable: Uint8Array } {
  if (node.formula !== null) return formulaColumn(framework, node, columns)
  if (node.score?.kind !== 'levels') {
    const { values, notApplicable } = columns.column(node.code)
    return { values, notApplicable }
  }
  const { notApplicable } = columns.column(node.code)
  // Levels written as numbers may have been read as such.
  const texts =
    columns.labels(node.code) ??
    Array.from(columns.column(node.code).values, (x) => (Number.isNaN(x) ? null : String(x)))
  const read = texts.map((t) => (t === 'not_applicable' ? null : t))
  const { column, unknown } = scoreLevels(read, node.score.levels)
  texts.forEach((t, u) => {
    if (t === 'not_applicable') notApplicable[u] = 1
  })
  for (const u of unknown) {
    warnings?.push({
      severity: 'error',
      code: 'unknown-level',
      unit: columns.units[u]!,
      item: node.code,
      value: texts[u]!,
      message: say(
        `"${texts[u]}" không phải là một mức của "${node.code}"`,
        `"${texts[u]}" is no level of "${node.code}"`,
      ),
    })
  }
  return { values: column, notApplicable }
}

/** The group lists of a node and of all above it: a unit must be in each of them. */
function groupsOf(framework: Framework, node: FrameworkNode): string[][] {
  const lists: string[][] = []
  for (let at: FrameworkNode | undefined = node; at; at = framework.nodes[at.parent])
    if (at.groups) lists.push(at.groups)
  return lists
}
