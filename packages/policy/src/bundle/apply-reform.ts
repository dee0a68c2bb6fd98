import { compareDates } from '@nhip/calendar/civil-date'
import type { Message, Problem } from '@nhip/canonical/problem'
import * as number from '@nhip/feel/number'
import { Num } from '@nhip/feel/number'
import type { DecisionTable, DrgElement, Expression, FeelText } from '../dmn/model.ts'
import { entryAt } from '../interpret/parameters.ts'
import type {
  Bracket,
  BundleModel,
  DatedValue,
  DecisionFile,
  FormulaText,
  Parameter,
  Variable,
} from './model.ts'
import { IN_SCALE, isComputed } from './model.ts'
import { suggestion } from './nearest.ts'
import type { Patch, ReformFile } from './reform.ts'

/** A draft of a model: maps that may be changed, of parts that may not. */
interface Draft {
  readonly parameters: Map<string, Parameter>
  readonly variables: Map<string, Variable>
  readonly decisions: Map<string, DecisionFile>
}

/** Lays one reform on a model. The model given is not changed. */
export function applyReform(model: BundleModel, reform: ReformFile, problems: Problem[]): BundleModel {
  const draft: Draft = {
    parameters: new Map(model.parameters),
    variables: new Map(model.variables),
    decisions: new Map(model.decisions),
  }
  for (const patch of reform.patches) {
    const miss = apply(draft, patch, reform)
    if (miss === null) continue
    problems.push({
      severity: 'error',
      code: 'patch.no-target',
      ...patch.place,
      value: miss.value,
      message: miss.message,
      ...(miss.hint ? { hint: miss.hint } : {}),
    })
  }
  return { ...model, ...draft, sources: new Map([...model.sources, ...reform.sources]) }
}

interface Miss {
  readonly value: string
  readonly message: Message
  readonly hint?: Message | undefined
}

function apply(draft: Draft, patch: Patch, reform: ReformFile): Miss | null {
  switch (patch.kind) {
    case 'set-parameter':
      return changeValues(draft, patch.path, (values) => {
        const first = [...patch.values].sort((a, b) => compareDates(a.from, b.from))[0]
        const kept =
          first === undefined ? values : values.filter(({ from }) => compareDates(from, first.from) < 0)
        return [...kept, ...patch.values]
      })
    case 'adjust-parameter':
      return changeValues(draft, patch.path, (values) => adjusted(values, patch, reform))
    case 'add-bracket':
      return changeScale(draft, patch.path, (brackets) => {
        const made = patch.bracket
        if (made === null) return null
        const at = thresholdOf(made, reform.from)
        const after = brackets.findIndex((bracket) => {
          const threshold = thresholdOf(bracket, reform.from)
          return at !== null && threshold !== null && number.compare(threshold, at) > 0
        })
        return after < 0 ? [...brackets, made] : [...brackets.slice(0, after), made, ...brackets.slice(after)]
      })
    case 'remove-bracket':
      return changeScale(draft, patch.path, (brackets) => {
        const bracket = brackets[patch.bracket - 1]
        if (bracket === undefined) return null
        const last = entryAt(bracket.threshold, reform.from, null) ?? bracket.threshold[0]
        if (last === undefined) return null
        const kept = bracket.threshold.filter(({ from }) => compareDates(from, reform.from) < 0)
        const end: DatedValue = { ...last, from: reform.from, value: null, place: patch.place }
        return brackets.with(patch.bracket - 1, { ...bracket, threshold: [...kept, end] })
      })
    case 'add-variable':
      if (draft.variables.has(patch.variable.name)) {
        return {
          value: patch.variable.name,
          message: {
            vi: `đã có biến "${patch.variable.name}"`,
            en: `there already is a variable "${patch.variable.name}"`,
          },
        }
      }
      draft.variables.set(patch.variable.name, patch.variable)
      return null
    case 'replace-formula':
      return changeVariable(draft, patch.variable, (variable) => {
        const from = patch.formula.from ?? reform.from
        const kept = variable.formulas.filter((f) => f.from === null || compareDates(f.from, from) < 0)
        return { ...variable, formulas: [...kept, { ...patch.formula, from }] }
      })
    case 'neutralise':
      return changeVariable(draft, patch.variable, (variable) => ({ ...variable, neutralised: true }))
    case 'replace-decision':
      return changeElement(draft, patch.decision, (element) => replaced(element, literal(patch.with)))
    case 'replace-rule':
      return changeTable(draft, patch.table, (table) => {
        const rule = table.rules[patch.rule - 1]
        const cells = cellsOf(table, patch.cells)
        return rule && cells
          ? { ...table, rules: table.rules.with(patch.rule - 1, { ...rule, ...cells }) }
          : null
      })
    case 'add-rule':
      return changeTable(draft, patch.table, (table) => {
        const cells = cellsOf(table, patch.cells)
        const at = patch.at === null ? table.rules.length : patch.at - 1
        if (!cells || at > table.rules.length) return null
        const made = { id: `${reform.id}-${at + 1}`, line: patch.place.line, ...cells }
        return { ...table, rules: [...table.rules.slice(0, at), made, ...table.rules.slice(at)] }
      })
    case 'remove-rule':
      return changeTable(draft, patch.table, (table) =>
        table.rules[patch.rule - 1]
          ? { ...table, rules: table.rules.filter((_, i) => i !== patch.rule - 1) }
          : null,
      )
  }
}

// ── parameters ─────────────────────────────────────────────────────────────────────────────────────────────────

/** Changes the values of a parameter, or of one line of a scale: `tax.scale.brackets[2].rate`, counted from 1. */
function changeValues(
  draft: Draft,
  path: string,
  change: (values: readonly DatedValue[]) => readonly DatedValue[],
): Miss | null {
  const inside = IN_SCALE.exec(path)
  if (inside) {
    const [, scale = '', nth, line] = inside
    const key = line === 'threshold' ? 'threshold' : 'amount'
    return changeScale(draft, scale, (brackets) => {
      const at = Number(nth) - 1
      const bracket = brackets[at]
      return bracket ? brackets.with(at, { ...bracket, [key]: change(bracket[key]) }) : null
    })
  }
  const parameter = draft.parameters.get(path)
  if (parameter === undefined || parameter.kind !== 'value') {
    const lines = parameter && {
      vi: `đó là một biểu: viết ${path}.brackets[1].rate, hoặc add-bracket, remove-bracket`,
      en: `that is a scale: write ${path}.brackets[1].rate, or add-bracket, remove-bracket`,
    }
    return noParameter(draft, path, lines)
  }
  draft.parameters.set(path, { ...parameter, values: change(parameter.values) })
  return null
}

function changeScale(
  draft: Draft,
  path: string,
  change: (brackets: readonly Bracket[]) => readonly Bracket[] | null,
): Miss | null {
  const parameter = draft.parameters.get(path)
  if (parameter === undefined || parameter.kind === 'value') return noParameter(draft, path)
  const brackets = change(parameter.brackets)
  if (brackets === null) {
    return {
      value: path,
      message: {
        vi: `biểu "${path}" không có bậc đó (có ${parameter.brackets.length} bậc)`,
        en: `the scale "${path}" has no such bracket (it has ${parameter.brackets.length})`,
      },
    }
  }
  draft.parameters.set(path, { ...parameter, brackets })
  return null
}

function noParameter(draft: Draft, path: string, hint?: Message): Miss {
  return {
    value: path,
    message: { vi: `không có tham số "${path}" để sửa`, en: `there is no parameter "${path}" to change` },
    hint: hint ?? suggestion(path, draft.parameters.keys()),
  }
}

/** From the reform's day on every value is raised or multiplied; the one in force that day gets a new line. */
function adjusted(
  values: readonly DatedValue[],
  { add, multiply, place }: Extract<Patch, { kind: 'adjust-parameter' }>,
  { from }: ReformFile,
): DatedValue[] {
  const change = (entry: DatedValue): DatedValue => {
    const { value } = entry
    if (isComputed(value)) {
      const { text } = value.feel
      const by = add === null ? `* ${number.toText(multiply as Num)}` : `+ ${number.toText(add)}`
      return { ...entry, place, value: { feel: { text: `(${text}) ${by}`, place: value.feel.place } } }
    }
    if (!(value instanceof Num)) return entry
    const result = add === null ? number.multiply(value, multiply as Num) : number.add(value, add)
    return { ...entry, place, value: result }
  }
  const current = entryAt(values, from, null)
  const earlier = values.filter((entry) => compareDates(entry.from, from) < 0)
  const later = values.filter((entry) => compareDates(entry.from, from) > 0 || entry === current)
  const begins = current && compareDates(current.from, from) < 0 ? [change({ ...current, from })] : []
  return [...earlier, ...begins, ...later.filter((entry) => compareDates(entry.from, from) >= 0).map(change)]
}

function thresholdOf(bracket: Bracket, day: string): Num | null {
  const entry = entryAt(bracket.threshold, day, null) ?? bracket.threshold[0]
  return entry?.value instanceof Num ? entry.value : null
}

function changeVariable(draft: Draft, name: string, change: (variable: Variable) => Variable): Miss | null {
  const variable = draft.variables.get(name)
  if (variable === undefined) {
    return {
      value: name,
      message: { vi: `không có biến "${name}" để sửa`, en: `there is no variable "${name}" to change` },
      hint: suggestion(name, draft.variables.keys()),
    }
  }
  draft.variables.set(name, change(variable))
  return null
}

// ── decisions ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Changes one element of a DMN file, found by its id or name in `file#element`. */
function changeElement(
  draft: Draft,
  target: string,
  change: (element: DrgElement) => DrgElement | null,
): Miss | null {
  const hash = target.indexOf('#')
  const [path, name] = [target.slice(0, hash), target.slice(hash + 1)]
  const file = draft.decisions.get(path)
  const elements = file?.definitions.elements ?? []
  const at = elements.findIndex((element) => element.id === name || element.name === name)
  const made = at < 0 ? null : change(elements[at] as DrgElement)
  if (file === undefined || made === null) {
    return {
      value: target,
      message: { vi: `không có "${target}" để sửa`, en: `there is no "${target}" to change` },
      hint: suggestion(
        file ? name : path,
        file
          ? elements.filter(({ kind }) => kind !== 'input data').map((e) => e.name)
          : draft.decisions.keys(),
      ),
    }
  }
  const definitions = { ...file.definitions, elements: elements.with(at, made) }
  draft.decisions.set(path, { ...file, definitions })
  return null
}

function changeTable(
  draft: Draft,
  target: string,
  change: (table: DecisionTable) => DecisionTable | null,
): Miss | null {
  return changeElement(draft, target, (element) => {
    const table = tableOf(element)
    const made = table && change(table)
    return made ? replaced(element, made) : null
  })
}

function tableOf(element: DrgElement): DecisionTable | null {
  const expression =
    element.kind === 'decision'
      ? element.expression
      : element.kind === 'business knowledge model'
        ? element.logic?.body
        : undefined
  return expression?.kind === 'table' ? expression : null
}

function replaced(element: DrgElement, expression: Expression): DrgElement | null {
  if (element.kind === 'decision') return { ...element, expression }
  if (element.kind !== 'business knowledge model' || !element.logic) return null
  return { ...element, logic: { ...element.logic, body: expression } }
}

const literal = ({ text, place }: FormulaText): Expression => ({ kind: 'literal', text, ...place })
const feelText = ({ text, place }: FormulaText): FeelText => ({ text, ...place })

function cellsOf(
  table: DecisionTable,
  cells: readonly FormulaText[],
): { inputs: FeelText[]; outputs: FeelText[] } | null {
  const width = table.inputs.length
  if (cells.length !== width + table.outputs.length) return null
  return { inputs: cells.slice(0, width).map(feelText), outputs: cells.slice(width).map(feelText) }
}
