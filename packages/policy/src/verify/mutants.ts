import type { Node } from '@nhip/feel/ast'
import { walk } from '@nhip/feel/ast'
import * as number from '@nhip/feel/number'
import { Num } from '@nhip/feel/number'
import { toText } from '@nhip/feel/values'
import { RandomStream } from '@nhip/random/stream'
import { Bundle } from '../bundle/bundle.ts'
import type {
  BundleModel,
  DatedValue,
  DecisionFile,
  Formula,
  FormulaText,
  Parameter,
} from '../bundle/model.ts'
import { isComputed } from '../bundle/model.ts'
import type { DecisionTable, DrgElement, FeelText, Place } from '../dmn/model.ts'
import type { CompiledText } from '../interpret/compile-formula.ts'
import { compileProgram } from '../interpret/program.ts'
import { runTest } from '../interpret/run-test.ts'
import { readCell } from './read-cell.ts'

/** One small change to a bundle, such as a slip of the pen would make. */
export interface Mutant {
  readonly kind: 'parameter' | 'formula' | 'rule' | 'cell' | 'output'
  readonly path: string
  readonly place: Place
  readonly before: string
  readonly after: string
  readonly apply: (model: BundleModel) => BundleModel
}

export type Survivor = Omit<Mutant, 'apply'>

export interface Mutation {
  /** Mutants that some test failed on. */
  readonly killed: number
  /** Mutants that were run: those that do not load are not counted. */
  readonly total: number
  /** What the tests did not notice. */
  readonly survivors: readonly Survivor[]
}

/**
 * Changes the bundle in up to `count` places, one at a time, and runs its own tests on each: a change that no test notices
 * is a rule that no test holds. The choice is the same every time. The bundle's tests must pass unchanged.
 */
export function mutationOf(
  bundle: Bundle,
  count: number,
  onProgress: (done: number) => void = () => {},
): Mutation {
  const survivors: Survivor[] = []
  let killed = 0
  for (const mutant of shuffled(mutantsOf(bundle))) {
    if (killed + survivors.length >= count) break
    const { apply, ...told } = mutant
    const verdict = isKilled(bundle, apply(bundle.model))
    if (verdict === undefined) continue
    if (verdict) killed++
    else survivors.push(told)
    onProgress(killed + survivors.length)
  }
  return { killed, total: killed + survivors.length, survivors }
}

/** Whether a test fails on the changed bundle; undefined when the change does not load. */
function isKilled({ reforms, tests }: Bundle, model: BundleModel): boolean | undefined {
  const { program, problems } = compileProgram(model)
  if (problems.some(({ severity }) => severity === 'error')) return undefined
  const changed = new Bundle(model, program, reforms, tests)
  return tests.some((test) => !runTest(changed, test).ok)
}

function shuffled(mutants: readonly Mutant[]): Mutant[] {
  const stream = new RandomStream('mutants')
  const out = [...mutants]
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(stream.uniform() * (i + 1))
    ;[out[i], out[j]] = [out[j] as Mutant, out[i] as Mutant]
  }
  return out
}

/** Every mutant of a bundle: parameters, formulas, and the rules of its tables. */
export function mutantsOf({ model, program }: Pick<Bundle, 'model' | 'program'>): Mutant[] {
  const mutants: Mutant[] = []
  for (const parameter of model.parameters.values()) mutants.push(...parameterMutants(parameter))
  for (const { variable, formulas } of program.variables.values()) {
    for (const { formula, feel, decision } of formulas) {
      const change = (made: Formula) => (whole: BundleModel) =>
        withFormula(whole, variable.name, formula, made)
      if (feel)
        for (const text of textMutants(feel.ast, feel.text.text))
          mutants.push(
            formulaMutant(variable.name, feel, text, change({ ...formula, feel: { ...feel.text, text } })),
          )
      for (const { name, code } of decision?.inputs ?? []) {
        for (const text of textMutants(code.ast, code.text.text)) {
          const call = formula.decision
          if (!call) continue
          const inputs = new Map<string, FormulaText>(call.inputs).set(name, { ...code.text, text })
          mutants.push(
            formulaMutant(variable.name, code, text, change({ ...formula, decision: { ...call, inputs } })),
          )
        }
      }
    }
  }
  for (const file of model.decisions.values())
    for (const element of file.definitions.elements) mutants.push(...tableMutants(file, element))
  return mutants
}

// ── parameters ─────────────────────────────────────────────────────────────────────────────────────────────────

function parameterMutants(parameter: Parameter): Mutant[] {
  const { path, values, brackets } = parameter
  const set = (made: Parameter) => (model: BundleModel) => ({
    ...model,
    parameters: new Map(model.parameters).set(path, made),
  })
  const lists: [string, readonly DatedValue[], (list: DatedValue[]) => Parameter][] = [
    [path, values, (list) => ({ ...parameter, values: list })],
    ...brackets.flatMap((bracket, i): [string, readonly DatedValue[], (list: DatedValue[]) => Parameter][] =>
      (['threshold', 'amount'] as const).map((key) => [
        `${path}.brackets[${i + 1}].${key}`,
        bracket[key],
        (list) => ({ ...parameter, brackets: brackets.with(i, { ...bracket, [key]: list }) }),
      ]),
    ),
  ]
  return lists.flatMap(([at, list, put]) =>
    list.flatMap((entry, i) => {
      if (isComputed(entry.value) || !(entry.value instanceof Num)) return []
      const value = changedNumber(entry.value)
      if (value === null) return []
      return [
        {
          kind: 'parameter' as const,
          path: `${at} ${entry.from}`,
          place: entry.place,
          before: toText(entry.value),
          after: toText(value),
          apply: set(put([...list.slice(0, i), { ...entry, value }, ...list.slice(i + 1)])),
        },
      ]
    }),
  )
}

/** A tenth more; nothing becomes one. */
function changedNumber(value: Num): Num | null {
  if (value.sign === 0) return number.ONE
  const factor = number.parseNumber('1.1')
  return factor && number.multiply(value, factor)
}

// ── formulas ───────────────────────────────────────────────────────────────────────────────────────────────────

const OPPOSITE: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '=': '!=',
  '!=': '=',
  '+': '-',
  '-': '+',
  '*': '+',
  '/': '*',
  and: 'or',
  or: 'and',
}

/** The text with one operator, number or condition changed, once for each. */
function textMutants(ast: Node, text: string): string[] {
  const out: string[] = []
  const replace = (start: number, end: number, by: string): void => {
    out.push(text.slice(0, start) + by + text.slice(end))
  }
  walk(ast, (node) => {
    if (node.kind === 'binary') {
      const by = OPPOSITE[node.operator]
      const at = text.slice(node.left.end, node.right.start).indexOf(node.operator)
      if (by !== undefined && at >= 0) {
        const start = node.left.end + at
        replace(start, start + node.operator.length, by)
      }
    } else if (node.kind === 'unary') {
      const by = OPPOSITE[node.operator]
      if (by !== undefined && text.startsWith(node.operator, node.start))
        replace(node.start, node.start + node.operator.length, by)
    } else if (node.kind === 'range') {
      const first = text[node.start]
      if (first === '[' || first === '(') replace(node.start, node.start + 1, first === '[' ? '(' : '[')
      const last = text[node.end - 1]
      if (last === ']' || last === ')') replace(node.end - 1, node.end, last === ']' ? ')' : ']')
    } else if (node.kind === 'number') {
      const value = number.parseNumber(node.text)
      const more = value && number.add(value, number.ONE)
      if (more && text.slice(node.start, node.end) === node.text) replace(node.start, node.end, toText(more))
    } else if (node.kind === 'if') {
      const { start, end } = node.condition
      replace(start, end, `not(${text.slice(start, end)})`)
    }
  })
  return out
}

function formulaMutant(
  name: string,
  { text }: CompiledText,
  after: string,
  apply: (model: BundleModel) => BundleModel,
): Mutant {
  return { kind: 'formula', path: `variables.${name}`, place: text.place, before: text.text, after, apply }
}

function withFormula(model: BundleModel, name: string, old: Formula, made: Formula): BundleModel {
  const variable = model.variables.get(name)
  if (variable === undefined) return model
  const formulas = variable.formulas.map((formula) => (formula === old ? made : formula))
  return { ...model, variables: new Map(model.variables).set(name, { ...variable, formulas }) }
}

// ── tables ─────────────────────────────────────────────────────────────────────────────────────────────────────

function tableMutants(file: DecisionFile, element: DrgElement): Mutant[] {
  if (element.kind !== 'decision' || element.expression?.kind !== 'table') return []
  const table = element.expression
  const put = (rules: DecisionTable['rules']) => (model: BundleModel) => {
    const elements = file.definitions.elements.map((one) =>
      one === element ? { ...element, expression: { ...table, rules } } : one,
    )
    const definitions = { ...file.definitions, elements }
    return { ...model, decisions: new Map(model.decisions).set(file.path, { ...file, definitions }) }
  }
  const mutants: Mutant[] = []
  for (const [r, rule] of table.rules.entries()) {
    const path = `${file.path}#${element.name} rule ${r + 1}`
    const place = { file: table.file, line: rule.line, column: 1 }
    const text = [...rule.inputs, ...rule.outputs].map((cell) => cell.text.trim()).join(' | ')
    const without = table.rules.filter((_, i) => i !== r)
    mutants.push({ kind: 'rule', path, place, before: text, after: '', apply: put(without) })
    const withRule = (made: Partial<typeof rule>) => put(table.rules.with(r, { ...rule, ...made }))
    for (const [c, cell] of rule.inputs.entries()) {
      for (const after of textMutants(readCell(cell.text, []).ast, cell.text)) {
        const apply = withRule({ inputs: rule.inputs.with(c, { ...cell, text: after }) })
        mutants.push({ kind: 'cell', path, place: placeOf(cell), before: cell.text, after, apply })
      }
    }
    for (const [c, cell] of rule.outputs.entries()) {
      const other = table.rules.find(
        (one) => one.outputs[c] && one.outputs[c].text.trim() !== cell.text.trim(),
      )
      const after = other?.outputs[c]?.text
      if (after === undefined) continue
      const apply = withRule({ outputs: rule.outputs.with(c, { ...cell, text: after }) })
      mutants.push({ kind: 'output', path, place: placeOf(cell), before: cell.text, after, apply })
    }
  }
  return mutants
}

const placeOf = ({ file, line, column }: FeelText): Place => ({ file, line, column })
