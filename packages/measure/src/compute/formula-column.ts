import type { Framework, FrameworkNode } from '../framework/framework.ts'
import { MeasureError, say } from '../problem.ts'
import type { ItemColumns } from './item-columns.ts'

/** The values of a node's formula for every unit. */
export function formulaColumn(
  _framework: Framework,
  node: FrameworkNode,
  _columns: ItemColumns,
): { values: Float64Array; notApplicable: Uint8Array } {
  throw new MeasureError({
    code: 'formula-syntax',
    item: node.code,
    message: say(
      'Công thức của nút chưa được hỗ trợ trong bản này',
      'Formulas of nodes are not supported in this version',
    ),
  })
}
