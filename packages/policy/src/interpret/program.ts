import type { CivilDate } from '@nhip/calendar/civil-date'
import { compareDates } from '@nhip/calendar/civil-date'
import type { Problem } from '@nhip/canonical/problem'
import { Num } from '@nhip/feel/number'
import { Runtime } from '@nhip/feel/runtime'
import { conforms, type FeelType, NUMBER, typeText } from '@nhip/feel/types'
import type { FeelValue } from '@nhip/feel/values'
import type {
  BundleModel,
  DatedValue,
  Entity,
  Formula,
  FormulaText,
  Parameter,
  Variable,
} from '../bundle/model.ts'
import { isComputed } from '../bundle/model.ts'
import { suggestion } from '../bundle/nearest.ts'
import { unordered } from '../bundle/scale.ts'
import { DmnEngine } from '../dmn/evaluate.ts'
import { LinkedModel } from '../dmn/link.ts'
import { type CompiledText, compileText, type FormulaScope, namesOf } from './compile-formula.ts'
import { cyclesOf } from './cycles.ts'
import { SCALE_TYPE } from './library.ts'
import { type Compute, entryAt } from './parameters.ts'
import type { Surroundings } from './rewrite.ts'
import { defaultOf, isKnownType, typeOfVariable } from './types.ts'

export interface CompiledFormula {
  readonly formula: Formula
  readonly feel: CompiledText | null
  readonly decision: CompiledDecision | null
}

export interface CompiledDecision {
  readonly engine: DmnEngine
  readonly name: string
  readonly inputs: readonly { readonly name: string; readonly code: CompiledText }[]
}

export interface CompiledVariable {
  readonly variable: Variable
  readonly entity: Entity
  /** Latest `from` first. */
  readonly formulas: readonly CompiledFormula[]
  readonly default: FeelValue
  /** Whether the variable comes back to itself through earlier periods: then the run's start ends the way back. */
  recursive: boolean
}

/** A bundle whose expressions are compiled: what evaluations run on. Immutable once made. */
export interface Program {
  readonly model: BundleModel
  readonly variables: ReadonlyMap<string, CompiledVariable>
  readonly compute: Compute
  /** Children of a folder of parameters by their last name. */
  readonly folder: (path: string) => ReadonlyMap<string, string> | undefined
}

/** Compiles a model and finds everything wrong with its formulas, decisions, scales and cycles. */
export function compileProgram(model: BundleModel): { program: Program; problems: Problem[] } {
  const compiler = new Compiler(model)
  return { program: compiler.program(), problems: compiler.problems }
}

class Compiler {
  readonly problems: Problem[] = []
  readonly #model: BundleModel
  readonly #byEntity = new Map<string, Map<string, Variable>>()
  readonly #folders: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly #parameterTypes: FeelType
  readonly #scopes = new Map<string, FormulaScope>()
  readonly #engines = new Map<string, DmnEngine>()

  constructor(model: BundleModel) {
    this.#model = model
    for (const entity of [model.person, ...model.groups]) this.#byEntity.set(entity.key, new Map())
    for (const variable of model.variables.values())
      this.#byEntity.get(variable.entity)?.set(variable.name, variable)
    this.#folders = foldersOf(model.parameters)
    this.#parameterTypes = treeType(model, this.#folders)
  }

  program(): Program {
    const { parameters } = this.#model
    const computed = new Map<DatedValue, CompiledText>()
    for (const parameter of parameters.values()) this.#parameter(parameter, computed)
    this.#parameterCycles(computed)
    for (const parameter of parameters.values()) this.#scaleOrder(parameter, computed)
    const variables = new Map<string, CompiledVariable>()
    for (const variable of this.#model.variables.values()) {
      const entity = [this.#model.person, ...this.#model.groups].find(({ key }) => key === variable.entity)
      if (entity !== undefined) variables.set(variable.name, this.#variable(variable, entity))
    }
    const { cycles, recursive } = cyclesOf(variables)
    for (const name of recursive) (variables.get(name) as CompiledVariable).recursive = true
    for (const cycle of cycles)
      this.#cycle(cycle.map((name) => (variables.get(name) as CompiledVariable).variable))
    for (const line of this.#model.outcomes.povertyLines)
      compileText(line.feel, this.#parameterScope(), this.problems)
    return {
      model: this.#model,
      variables,
      compute: computeWith(computed),
      folder: (path) => this.#folders.get(path),
    }
  }

  #surroundings(entity: Entity | null): Surroundings {
    return {
      model: this.#model,
      entity,
      variablesOf: ({ key }) => this.#byEntity.get(key) ?? new Map(),
      folder: (path) => this.#folders.get(path),
    }
  }

  #scope(variable: Variable, entity: Entity): FormulaScope {
    const key = `${entity.key} ${variable.period}`
    let scope = this.#scopes.get(key)
    if (scope === undefined) {
      const around = this.#surroundings(entity)
      scope = { ...around, period: variable.period, names: namesOf(around, this.#parameterTypes) }
      this.#scopes.set(key, scope)
    }
    return scope
  }

  #parameterScope(): FormulaScope {
    const around = this.#surroundings(null)
    return { ...around, period: null, names: namesOf(around, this.#parameterTypes) }
  }

  // ── variables ────────────────────────────────────────────────────────────────────────────────────────────────

  #variable(variable: Variable, entity: Entity): CompiledVariable {
    const scope = this.#scope(variable, entity)
    const formulas = variable.formulas.map((formula) => ({
      formula,
      feel: formula.feel && this.#feel(formula.feel, variable, scope),
      decision: formula.decision && this.#decision(formula, variable, scope),
    }))
    this.#overlaps(variable)
    return {
      variable,
      entity,
      formulas: formulas.sort((a, b) => compareFrom(b.formula.from, a.formula.from)),
      default: defaultOf(variable, this.#model),
      recursive: false,
    }
  }

  #feel(text: FormulaText, variable: Variable, scope: FormulaScope): CompiledText | null {
    const compiled = compileText(text, scope, this.problems)
    if (compiled === undefined) return null
    this.#result(text, compiled.type, variable)
    return compiled
  }

  /** The formula's type must be the variable's. */
  #result(text: FormulaText, type: FeelType, variable: Variable): void {
    // A type that is not known has been reported where it is declared.
    if (!isKnownType(variable.type, this.#model)) return
    const wanted = typeOfVariable(variable, this.#model)
    if (type.kind !== 'Any' && !conforms(type, wanted)) {
      this.problems.push({
        severity: 'error',
        code: 'type.mismatch',
        ...text.place,
        value: typeText(type),
        message: {
          vi: `biến "${variable.name}" khai báo kiểu ${variable.type}, công thức cho ${typeText(type)}`,
          en: `variable "${variable.name}" is declared ${variable.type}, the formula gives ${typeText(type)}`,
        },
      })
      return
    }
    const known = this.#model.enums.get(variable.type)
    const strange = known && type.values?.find((value) => !known.includes(String(value)))
    if (!known || strange === undefined) return
    const hint = suggestion(String(strange), known)
    this.problems.push({
      severity: 'error',
      code: 'enum.unknown',
      ...text.place,
      value: String(strange),
      message: {
        vi: `công thức cho "${strange}", không có trong danh mục ${variable.type} (${known.join(', ')})`,
        en: `the formula gives "${strange}", which is not in the enumeration ${variable.type} (${known.join(', ')})`,
      },
      ...(hint ? { hint } : {}),
    })
  }

  #overlaps({ name, formulas }: Variable): void {
    const seen = new Set<CivilDate | null>()
    for (const { from, place } of formulas) {
      if (seen.has(from)) {
        this.problems.push({
          severity: 'error',
          code: 'value.overlap',
          ...place,
          value: from ?? name,
          message: {
            vi: `hai công thức của "${name}" cùng bắt đầu ${from === null ? 'từ đầu' : `từ ${from}`}`,
            en: `two formulas of "${name}" begin ${from === null ? 'at the start' : `on ${from}`}`,
          },
          hint: {
            vi: 'ghi from: ngày có hiệu lực của công thức mới',
            en: 'give the new formula its date (from)',
          },
        })
      }
      seen.add(from)
    }
  }

  #decision(
    { decision, reference }: Formula,
    variable: Variable,
    scope: FormulaScope,
  ): CompiledDecision | null {
    if (decision === null) return null
    void reference
    const { file, decision: name, place } = decision
    const unknown = (value: string, vi: string, en: string, all: Iterable<string>) => {
      const hint = suggestion(value, all)
      this.problems.push({
        severity: 'error',
        code: 'decision.unknown',
        ...place,
        value,
        message: { vi, en },
        ...(hint ? { hint } : {}),
      })
      return null
    }
    const engine = this.#engine(file)
    if (engine === undefined)
      return unknown(
        file,
        `không có tệp "${file}"`,
        `there is no file "${file}"`,
        this.#model.decisions.keys(),
      )
    const names = [
      ...engine.names('decision'),
      ...engine.names('decision service'),
      ...engine.names('business knowledge model'),
    ]
    if (!names.includes(name))
      return unknown(
        name,
        `"${file}" không có quyết định "${name}"`,
        `"${file}" has no decision "${name}"`,
        names,
      )
    const known = engine.inputsOf(name)
    const inputs = [...decision.inputs].flatMap(([key, text]) => {
      if (!known.includes(key)) {
        this.problems.push({
          severity: 'error',
          code: 'name.unknown',
          ...text.place,
          value: key,
          message: {
            vi: `quyết định "${name}" không có dữ liệu vào "${key}"`,
            en: `decision "${name}" has no input "${key}"`,
          },
          ...(suggestion(key, known) ? { hint: suggestion(key, known) as Problem['hint'] & object } : {}),
        })
      }
      const code = compileText(text, scope, this.problems)
      return code ? [{ name: key, code }] : []
    })
    const missing = known.filter((key) => !decision.inputs.has(key))
    if (missing.length > 0) {
      this.problems.push({
        severity: 'error',
        code: 'decision.input',
        ...place,
        value: missing.join(', '),
        message: {
          vi: `thiếu dữ liệu vào của quyết định "${name}": ${missing.join(', ')}`,
          en: `inputs of decision "${name}" are missing: ${missing.join(', ')}`,
        },
      })
    }
    const type = engine.typeOf(name)
    this.#result({ text: name, place }, type, variable)
    return { engine, name, inputs }
  }

  #engine(path: string): DmnEngine | undefined {
    const known = this.#engines.get(path)
    if (known) return known
    const file = this.#model.decisions.get(path)
    if (!file) return undefined
    const others = [...this.#model.decisions.values()]
      .filter((other) => other !== file)
      .map((other) => other.definitions)
    const engine = new DmnEngine(new LinkedModel(file.definitions, others)).compileAll()
    this.problems.push(...engine.problems)
    this.#engines.set(path, engine)
    return engine
  }

  // ── parameters ───────────────────────────────────────────────────────────────────────────────────────────────

  #parameter(parameter: Parameter, computed: Map<DatedValue, CompiledText>): void {
    const lists = [parameter.values, ...parameter.brackets.flatMap((b) => [b.threshold, b.amount])]
    for (const entry of lists.flat()) {
      if (isComputed(entry.value)) {
        const code = compileText(entry.value.feel, this.#parameterScope(), this.problems)
        if (code) computed.set(entry, code)
      } else if (parameter.kind !== 'value' && !(entry.value instanceof Num) && entry.value !== null) {
        this.problems.push({
          severity: 'error',
          code: 'type.mismatch',
          ...entry.place,
          value: String(entry.value),
          message: {
            vi: 'ngưỡng và mức của biểu phải là số',
            en: 'thresholds and amounts of a scale are numbers',
          },
        })
      }
    }
  }

  #parameterCycles(computed: ReadonlyMap<DatedValue, CompiledText>): void {
    const reads = new Map<string, Set<string>>()
    for (const { path, values, brackets } of this.#model.parameters.values()) {
      const to = new Set<string>()
      for (const entry of [values, ...brackets.flatMap((b) => [b.threshold, b.amount])].flat()) {
        for (const access of computed.get(entry)?.accesses.values() ?? [])
          if (access.from === 'parameter') to.add(access.path)
      }
      reads.set(path, to)
    }
    const done = new Set<string>()
    const visit = (path: string, way: readonly string[]): void => {
      const at = way.indexOf(path)
      if (at >= 0) {
        const cycle = [...way.slice(at), path].join(' → ')
        const place = this.#model.parameters.get(path)?.place
        this.problems.push({
          severity: 'error',
          code: 'cycle',
          ...place,
          value: path,
          message: {
            vi: `các tham số tính lẫn nhau theo vòng: ${cycle}`,
            en: `parameters depend on each other: ${cycle}`,
          },
        })
        for (const name of way.slice(at)) {
          const values = this.#model.parameters.get(name)?.values ?? []
          for (const entry of values) (computed as Map<DatedValue, CompiledText>).delete(entry)
        }
        return
      }
      if (done.has(path)) return
      for (const next of reads.get(path) ?? []) visit(next, [...way, path])
      done.add(path)
    }
    for (const path of reads.keys()) visit(path, [])
  }

  /** On every day on which anything of a scale changes, and for every state of knowledge, thresholds must rise. */
  #scaleOrder(parameter: Parameter, computed: ReadonlyMap<DatedValue, CompiledText>): void {
    if (parameter.kind === 'value') return
    const entries = parameter.brackets.flatMap((b) => [...b.threshold, ...b.amount])
    const days = [...new Set(entries.map((entry) => entry.from))].sort(compareDates)
    const known = [null, ...new Set(entries.flatMap((entry) => entry.enacted ?? []))]
    const reported = new Set<string>()
    const compute = computeWith(computed)
    for (const asKnown of known) {
      for (const day of days) {
        const rows = parameter.brackets.flatMap((bracket, i) => {
          const entry = entryAt(bracket.threshold, day, asKnown)
          if (entry === undefined || entry.value === null) return []
          const value = isComputed(entry.value) ? this.#constant(entry, day, compute) : entry.value
          if (!(value instanceof Num)) return []
          const amount = entryAt(bracket.amount, day, asKnown)
          if (asKnown === null && (amount === undefined || amount.value === null))
            this.#noAmount(parameter, i + 1, day, entry)
          return [{ value, entry, bracket: i + 1 }]
        })
        const wrong = unordered(rows.map((row) => row.value))
        const row = wrong === undefined ? undefined : rows[wrong - 1]
        if (row === undefined || reported.has(`${row.bracket}|${day}`)) continue
        reported.add(`${row.bracket}|${day}`)
        const shown = String(row.value)
        this.problems.push({
          severity: 'error',
          code: 'scale.order',
          ...row.entry.place,
          path: parameter.path,
          value: shown,
          message: {
            vi: `biểu "${parameter.path}" ngày ${day}: ngưỡng bậc ${row.bracket} không lớn hơn ngưỡng bậc trước`,
            en: `scale "${parameter.path}" on ${day}: the threshold of bracket ${row.bracket} is not above the one before`,
          },
        })
      }
    }
  }

  #noAmount({ path }: Parameter, bracket: number, day: CivilDate, { place }: DatedValue): void {
    this.problems.push({
      severity: 'error',
      code: 'parameter.gap',
      ...place,
      path,
      value: day,
      message: {
        vi: `biểu "${path}" ngày ${day}: bậc ${bracket} có ngưỡng nhưng chưa có mức`,
        en: `scale "${path}" on ${day}: bracket ${bracket} has a threshold but no rate or amount`,
      },
    })
  }

  #constant(entry: DatedValue, day: CivilDate, compute: Compute): FeelValue {
    const read = (path: string): FeelValue => {
      const other = entryAt(this.#model.parameters.get(path)?.values ?? [], day, null)
      if (other === undefined || other.value === null) return null
      return isComputed(other.value) ? compute(other, day, read) : other.value
    }
    return compute(entry, day, read)
  }

  #cycle(cycle: readonly Variable[]): void {
    const [first] = cycle
    if (first === undefined) return
    const text = [...cycle, first].map(({ name }) => name).join(' → ')
    this.problems.push({
      severity: 'error',
      code: 'cycle',
      ...first.place,
      value: first.name,
      message: {
        vi: `các biến tính lẫn nhau theo vòng: ${text}`,
        en: `variables depend on each other in a circle: ${text}`,
      },
      hint: {
        vi: 'nếu luật lấy số kỳ trước, viết previous(biến) tại một chỗ trong vòng',
        en: 'where the law takes the figure of the period before, write previous(variable) at one place of the circle',
      },
    })
  }
}

const compareFrom = (a: CivilDate | null, b: CivilDate | null) =>
  a === null || b === null ? Number(a !== null) - Number(b !== null) : compareDates(a, b)

function computeWith(computed: ReadonlyMap<DatedValue, CompiledText>): Compute {
  return (entry, _day, read) => {
    const code = computed.get(entry)
    if (code === undefined) return null
    const values = code.inputs.map((access) => (access?.from === 'parameter' ? read(access.path) : null))
    return code.program.run(values, new Runtime())
  }
}

/** Every folder of parameters with its direct children that are parameters. */
function foldersOf(parameters: ReadonlyMap<string, Parameter>): Map<string, Map<string, string>> {
  const folders = new Map<string, Map<string, string>>()
  for (const path of parameters.keys()) {
    const dot = path.lastIndexOf('.')
    if (dot < 0) continue
    const folder = path.slice(0, dot)
    const children = folders.get(folder) ?? new Map<string, string>()
    folders.set(folder, children.set(path.slice(dot + 1), path))
  }
  return folders
}

/** The tree of parameters as a type, so that the parser knows names with signs in them. */
function treeType(model: BundleModel, folders: ReadonlyMap<string, ReadonlyMap<string, string>>): FeelType {
  interface Tree {
    readonly below: Map<string, Tree>
    leaf: boolean
  }
  const root: Tree = { below: new Map(), leaf: false }
  for (const path of [...model.parameters.keys(), ...folders.keys()]) {
    let at = root
    for (const name of path.split('.')) {
      let next = at.below.get(name)
      if (next === undefined) {
        next = { below: new Map(), leaf: false }
        at.below.set(name, next)
      }
      at = next
    }
    at.leaf = model.parameters.has(path)
  }
  const typeOf = (tree: Tree, path: string): FeelType => {
    if (tree.leaf) return model.parameters.get(path)?.kind === 'value' ? NUMBER : SCALE_TYPE
    return {
      kind: 'context',
      members: new Map(
        [...tree.below].map(([name, below]) => [name, typeOf(below, path === '' ? name : `${path}.${name}`)]),
      ),
    }
  }
  return typeOf(root, '')
}
