import type { Box } from './box.ts'
import { isEmptyBox } from './box.ts'
import type { Column } from './column.ts'
import { finding } from './finding.ts'
import type { IndexSet } from './index-set.ts'
import { placeOf, type TableCheck } from './table-check.ts'
import { regionText, type TableView } from './view.ts'

/** Rules that wait for what the decisions above never give, alone or together. */
export function checkReachable({ view, findings, realise }: TableCheck): void {
  const fromAbove = view.columns.some(
    ({ origin }) => origin.kind === 'name' && origin.known.element?.kind === 'decision',
  )
  if (!fromAbove) return
  for (const [rule, box] of view.may.entries()) {
    const missing = view.columns.find(
      ({ declared }, d) =>
        declared && box[d]?.length === 0 && declaredSet(view, rule, d, declared).length > 0,
    )
    if (missing !== undefined) {
      const { name } = missing.column
      findings.push(
        finding({
          severity: 'error',
          code: 'graph.unreachable',
          place: view.cells[rule]?.[missing.inputs[0] as number]?.source ?? placeOf(view, rule + 1),
          decision: view.decision,
          rules: [rule + 1],
          value: view.cells[rule]?.[missing.inputs[0] as number]?.source?.text.trim() ?? '',
          message: {
            vi: `dòng ${rule + 1} của bảng "${view.decision}" chờ một giá trị mà "${name}" không bao giờ cho`,
            en: `rule ${rule + 1} of table "${view.decision}" waits for a value that "${name}" never gives`,
          },
          hint: {
            vi: `"${name}" chỉ cho: ${missing.column.list()}`,
            en: `"${name}" gives only: ${missing.column.list()}`,
          },
        }),
      )
    } else if (!isEmptyBox(box) && realise(box).kind === 'impossible') {
      findings.push(
        finding({
          severity: 'error',
          code: 'graph.unreachable',
          place: placeOf(view, rule + 1),
          decision: view.decision,
          rules: [rule + 1],
          region: regionText(view, box as Box),
          message: {
            vi: `dòng ${rule + 1} của bảng "${view.decision}" không bao giờ khớp: các quyết định phía trước không cùng cho những giá trị này`,
            en: `rule ${rule + 1} of table "${view.decision}" never matches: the decisions above do not give these values together`,
          },
        }),
      )
    }
  }
}

/** The set of a rule in one column, as far as the declarations say. */
function declaredSet(view: TableView, rule: number, d: number, declared: Column): IndexSet {
  const { inputs } = view.columns[d] as TableView['columns'][number]
  const sets = inputs.map((c) => {
    const cell = view.cells[rule]?.[c]
    return cell ? declared.sets(cell.ast, cell.form).may : declared.full
  })
  return sets.find((set) => set.length === 0) ?? (sets[0] as IndexSet)
}
