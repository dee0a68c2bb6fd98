import type { CivilDate } from '@nhip/calendar/civil-date'
import type { Message } from '@nhip/canonical/problem'
import { type FeelValue, toText } from '@nhip/feel/values'
import type { BundleModel, DatedValue, Formula, Parameter, Reference, Variable } from '../bundle/model.ts'
import { isComputed } from '../bundle/model.ts'
import type { DecisionTable, DrgElement, Expression } from '../dmn/model.ts'
import { partsOf } from '../verify/known-names.ts'

export type LineKind =
  | 'bundle'
  | 'source'
  | 'entity'
  | 'enum'
  | 'parameter'
  | 'variable'
  | 'formula'
  | 'rule'
  | 'decision'
  | 'invariant'

/** One thing that a bundle lays down, as a line that can be compared with another bundle's. */
export interface Line {
  readonly kind: LineKind
  /** Where it stands: `parameters.tax.scale.brackets[2].rate`, `variables.tax`, `decisions/a.dmn#Grade`. */
  readonly path: string
  /** From when it holds; null for what has no date. */
  readonly from: CivilDate | null
  readonly title: Message | null
  readonly text: string
  readonly reference: Reference | null
}

/** A bundle as lines in the order of its files. Rules of tables come in the order of the table, under one path. */
export function linesOf(model: BundleModel): Line[] {
  const lines: Line[] = []
  const add = (
    kind: LineKind,
    path: string,
    text: string,
    more: { from?: CivilDate | null; title?: Message | null; reference?: Reference | null } = {},
  ): void => {
    lines.push({
      kind,
      path,
      text,
      from: more.from ?? null,
      title: more.title ?? null,
      reference: more.reference ?? null,
    })
  }
  add('bundle', 'id', model.id)
  add('bundle', 'version', model.version)
  for (const { id, title, number, enacted, published, repealed } of model.sources.values()) {
    const text = [
      number,
      title.vi,
      enacted && `enacted ${enacted}`,
      published && `published ${published}`,
      repealed && `repealed ${repealed}`,
    ]
    add('source', `sources.${id}`, text.filter(Boolean).join('; '), { title })
  }
  for (const { key, plural, roles, title } of [model.person, ...model.groups]) {
    const written = roles.map(
      (role) => `${role.key} ${role.min}..${Number.isFinite(role.max) ? role.max : '*'}`,
    )
    add('entity', `entities.${key}`, [plural, ...written].join('; '), { title })
  }
  for (const [name, values] of model.enums) add('enum', `enums.${name}`, values.join(', '))
  for (const parameter of model.parameters.values()) parameterLines(parameter, add)
  for (const variable of model.variables.values()) variableLines(variable, add)
  for (const { path, definitions } of model.decisions.values()) {
    for (const element of definitions.elements) decisionLines(`${path}#${element.name}`, element, add)
  }
  for (const { id, increasing, feel, severity } of model.invariants)
    add(
      'invariant',
      `invariants.${id}`,
      `${increasing ? `increasing ${increasing.join(' → ')}` : (feel?.text ?? '')}; ${severity}`,
    )
  return lines
}

type Add = (
  kind: LineKind,
  path: string,
  text: string,
  more?: { from?: CivilDate | null; title?: Message | null; reference?: Reference | null },
) => void

function parameterLines({ path, title, uom, kind, values, brackets }: Parameter, add: Add): void {
  const root = `parameters.${path}`
  add('parameter', root, [kind, uom].filter(Boolean).join('; '), { title })
  const dated = (at: string, list: readonly DatedValue[]): void => {
    for (const { from, enacted, value, certainty, reference } of list) {
      const sameDay = list.filter((other) => other.from === from).length > 1
      const shown = isComputed(value) ? `= ${value.feel.text}` : valueText(value)
      const sure = certainty === 'secondary' || certainty === 'unsourced' ? ` (${certainty})` : ''
      add('parameter', sameDay ? `${at} (enacted ${enacted ?? '–'})` : at, `${shown}${sure}`, {
        from,
        title,
        reference,
      })
    }
  }
  dated(root, values)
  const amount = {
    value: 'value',
    'marginal-rate': 'rate',
    'average-rate': 'average_rate',
    'marginal-amount': 'amount',
    'single-amount': 'amount',
  }[kind]
  for (const [i, bracket] of brackets.entries()) {
    dated(`${root}.brackets[${i + 1}].threshold`, bracket.threshold)
    dated(`${root}.brackets[${i + 1}].${amount}`, bracket.amount)
  }
}

const valueText = (value: FeelValue) => (value === null ? '(ends)' : toText(value))

function variableLines(variable: Variable, add: Add): void {
  const { name, title, entity, type, uom, scale, min, max, nullable, period, approximate, neutralised } =
    variable
  const text = [
    `${type} of ${entity} by ${period}`,
    uom,
    scale === null ? null : `${scale} decimals`,
    min === null ? null : `>= ${toText(min)}`,
    max === null ? null : `<= ${toText(max)}`,
    nullable ? 'nullable' : null,
    variable.default === undefined ? null : `default ${toText(variable.default)}`,
    approximate ? 'approximate' : null,
    neutralised ? 'neutralised: always its default' : null,
  ]
  add('variable', `variables.${name}`, text.filter(Boolean).join('; '), { title })
  for (const formula of variable.formulas) {
    const { from, to, reference } = formula
    const until = to === null ? '' : `; to ${to}`
    add('formula', `variables.${name}`, `${formulaText(formula)}${until}`, { from, title, reference })
  }
}

function formulaText({ feel, decision, basis }: Formula): string {
  const inputs = decision && [...decision.inputs].map(([name, { text }]) => `${name}: ${text}`).join(', ')
  const text = decision ? `${decision.file}#${decision.decision}(${inputs})` : (feel?.text ?? '')
  return basis === null ? text : `${text} [${basis}]`
}

function decisionLines(path: string, element: DrgElement, add: Add): void {
  if (element.kind === 'input data') {
    add('decision', path, `input ${element.variable.typeRef ?? 'Any'}`)
    return
  }
  if (element.kind === 'decision service') {
    add('decision', path, `service of ${element.outputDecisions.map(({ id }) => id).join(', ')}`)
    return
  }
  const logic = element.kind === 'decision' ? element.expression : element.logic?.body
  if (logic) expressionLines(path, logic, add)
}

function expressionLines(path: string, expression: Expression, add: Add): void {
  if (expression.kind === 'literal') {
    add('decision', path, expression.text)
    return
  }
  if (expression.kind !== 'table') {
    const texts = partsOf(expression).map((part) => (part.kind === 'literal' ? part.text : part.kind))
    add('decision', path, `${expression.kind}: ${texts.join('; ')}`)
    for (const part of partsOf(expression)) if (part.kind === 'table') expressionLines(path, part, add)
    return
  }
  add('decision', path, headText(expression))
  for (const rule of expression.rules) {
    const cells = (entries: readonly { text: string }[]) =>
      entries.map(({ text }) => text.trim() || '-').join(' | ')
    add('rule', path, `${cells(rule.inputs)} → ${cells(rule.outputs)}`)
  }
}

function headText({ hitPolicy, aggregation, inputs, outputs }: DecisionTable): string {
  const left = inputs.map(
    ({ expression, values }) => `${expression.text.trim()}${values ? ` in (${values.text})` : ''}`,
  )
  const right = outputs.map(
    ({ name, values, defaultEntry }) =>
      `${name ?? ''}${values ? ` in (${values.text})` : ''}${defaultEntry ? ` default ${defaultEntry.text}` : ''}`,
  )
  return `table ${[hitPolicy, aggregation].filter(Boolean).join(' ')}: ${left.join(' | ')} → ${right.join(' | ')}`
}
