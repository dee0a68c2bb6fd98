import type { Message } from '@nhip/canonical/problem'
import { Runtime } from '@nhip/feel/runtime'
import { type FeelValue, kindOf, toText } from '@nhip/feel/values'
import { ANYTHING, conform, type ItemTypes, tests } from '../dmn/item-type.ts'
import type { FeelText } from '../dmn/model.ts'
import type { Column } from './column.ts'
import { finding } from './finding.ts'
import { isSingle, type OutputEntry } from './outputs.ts'
import { literalOf } from './point.ts'
import { placeOf, type TableCheck } from './table-check.ts'
import type { TestForm } from './test-form.ts'

const shorten = (text: string) => (text.length > 80 ? `${text.slice(0, 79)}…` : text)

/** Cells that can never hold, or that compare with values the input never has; columns that decide nothing. */
export function checkInputs({ view, findings }: TableCheck): void {
  const { table, cells, columns, decision } = view
  for (const { column: narrowed, declared, inputs } of columns) {
    // What upstream decisions never give is no fault of the cell: the graph's checks say that.
    const column = declared ?? narrowed
    for (const c of inputs) {
      if (table.rules.length > 0 && cells.every((row) => row[c]?.form.op === 'all')) {
        const place = table.inputs[c]?.expression
        findings.push(
          finding({
            severity: 'info',
            code: 'table.unused-column',
            place: place ? { file: place.file, line: place.line, column: place.column } : placeOf(view),
            decision,
            value: column.name,
            message: {
              vi: `cột "${column.name}" của bảng "${decision}" để trống ở mọi dòng`,
              en: `column "${column.name}" of table "${decision}" is "-" in every rule`,
            },
          }),
        )
      }
      for (const [rule, row] of cells.entries()) {
        const cell = row[c]
        if (cell === undefined || cell.form.op === 'all' || !column.isScalar) continue
        const report = (code: string, value: string, message: Message, hint?: Message) =>
          findings.push(
            finding({
              severity: 'error',
              code,
              place: cell.source ?? placeOf(view, rule + 1),
              decision,
              rules: [rule + 1],
              value: shorten(value),
              message,
              ...(hint ? { hint } : {}),
            }),
          )
        const text = cell.source?.text.trim() ?? ''
        const empty = partsOf(cell.form).find((part) => !column.satisfiable(part))
        if (empty !== undefined && kindsFit(empty, column.kind)) {
          report('table.unsatisfiable', text, {
            vi: `ô "${shorten(text)}" ở dòng ${rule + 1} không giá trị nào thỏa được`,
            en: `no value can meet the cell "${shorten(text)}" of rule ${rule + 1}`,
          })
          continue
        }
        const outside = column.outside(cell.form)
        const [first] = outside
        const may = column.sets(cell.ast, cell.form).may
        if (first !== undefined) {
          report(
            'table.domain',
            literalOf(first),
            {
              vi: `${literalOf(first)} ở dòng ${rule + 1} nằm ngoài các giá trị của "${column.name}"`,
              en: `${literalOf(first)} in rule ${rule + 1} is outside the values of "${column.name}"`,
            },
            domainHint(column),
          )
        } else if (may.length === 0) {
          report('table.unsatisfiable', text, {
            vi: `ô "${shorten(text)}" ở dòng ${rule + 1} không giá trị nào của "${column.name}" thỏa được`,
            en: `no value of "${column.name}" meets the cell "${shorten(text)}" of rule ${rule + 1}`,
          })
        }
      }
    }
  }
}

function domainHint(column: Column): Message {
  return column.isLimited
    ? {
        vi: `các giá trị cho phép: ${shorten(column.list())}`,
        en: `allowed values: ${shorten(column.list())}`,
      }
    : { vi: `giá trị thuộc kiểu ${column.kind}`, en: `its values are of type ${column.kind}` }
}

/** The tests of a cell that stand beside each other: each must be able to hold. */
function partsOf(form: TestForm): readonly TestForm[] {
  switch (form.op) {
    case 'or':
      return form.tests.flatMap(partsOf)
    case 'not':
      return [form, ...partsOf(form.test)]
    case 'interval':
    case 'and':
    case 'none':
      return [form]
    default:
      return []
  }
}

function kindsFit(form: TestForm, kind: string): boolean {
  switch (form.op) {
    case 'point':
      return kindOf(form.value) === kind
    case 'interval':
      return [form.low, form.high].every((end) => end === null || kindOf(end.value) === kind)
    case 'not':
      return kindsFit(form.test, kind)
    case 'or':
    case 'and':
      return form.tests.every((test) => kindsFit(test, kind))
    default:
      return true
  }
}

/** Outputs that are not of the declared type or not among the output values. */
export function checkOutputs({ view, findings }: TableCheck, types: ItemTypes): void {
  const { table, outputs, found, decision } = view
  const definitions = found.owner.definitions
  const allows = new Map<FeelText, ReturnType<typeof tests>>()
  const whole = isSingle(table) && table.outputs.length === 1 && found.whole
  const report = (entry: OutputEntry, column: number, rule: number | null): void => {
    if (!entry.constant || entry.constant.value === null) return
    const { value } = entry.constant
    const runtime = new Runtime()
    const output = table.outputs[column]
    const item = types.resolve(definitions, output?.typeRef) ?? ANYTHING
    const fitted = conform(value, item, runtime)
    const result = whole
      ? conform(fitted, types.resolve(definitions, found.owner.element.variable.typeRef) ?? ANYTHING, runtime)
      : fitted
    const refused = (outputs.columns[column]?.allowed ?? []).find((text) => {
      let test = allows.get(text)
      if (test === undefined) {
        test = tests(text)
        allows.set(text, test)
      }
      return fitted !== null && !test(fitted, runtime)
    })
    if (result !== null && refused === undefined) return
    const shown = shorten(toText(value as FeelValue))
    const where =
      rule === null
        ? { vi: 'kết quả mặc định', en: 'the default output' }
        : { vi: `dòng ${rule}`, en: `rule ${rule}` }
    findings.push(
      finding({
        severity: 'error',
        code: 'table.output',
        place: entry.source ?? placeOf(view, rule ?? undefined),
        decision,
        rules: rule === null ? [] : [rule],
        value: shown,
        message: {
          vi: `${where.vi} của bảng "${decision}" cho ${shown}, ngoài kiểu hay các giá trị đã khai báo`,
          en: `${where.en} of table "${decision}" gives ${shown}, outside the declared type or values`,
        },
        ...(refused
          ? {
              hint: {
                vi: `các giá trị cho phép: ${shorten(refused.text)}`,
                en: `allowed values: ${shorten(refused.text)}`,
              },
            }
          : {}),
      }),
    )
  }
  for (const [rule, row] of outputs.rules.entries())
    for (const [column, entry] of row.entries()) report(entry, column, rule + 1)
  for (const [column, entry] of (outputs.otherwise ?? []).entries()) report(entry, column, null)
}
