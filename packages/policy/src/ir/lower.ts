import { dayNumber } from '@nhip/calendar/civil-date'
import { lastDay, lengthInDays, type Period } from '@nhip/calendar/period'
import type { Problem } from '@nhip/canonical/problem'
import type { Span } from '@nhip/feel/ast'
import { parseDate } from '@nhip/feel/temporal'
import type { FeelValue } from '@nhip/feel/values'
import type { Entity, Variable } from '../bundle/model.ts'
import { periodsOf } from '../interpret/case.ts'
import type { CompiledText } from '../interpret/compile-formula.ts'
import { placed } from '../interpret/compile-formula.ts'
import { functionValue } from '../interpret/library.ts'
import { periodFrom } from '../interpret/period-text.ts'
import type { Policy } from '../interpret/policy.ts'
import type { CompiledFormula, CompiledVariable } from '../interpret/program.ts'
import type { Access, How } from '../interpret/rewrite.ts'
import { Arithmetic, DOUBLE_TYPE } from './arithmetic.ts'
import { DecisionLowering } from './decision.ts'
import { At, Expressions, type Scope } from './expression.ts'
import { BOOLEAN, codeType, DATE, Graph, NotLowered, scaled } from './graph.ts'
import { numberType } from './interval.ts'
import { memoOf } from './memo.ts'
import type { Ir, IrInput, IrOutput, IrType, Memo } from './node.ts'
import { NULL, ofFeel, ofNode, type Value } from './value.ts'

export interface LowerOptions {
  /** The period of the outputs, of which the population's columns speak. */
  readonly period: Period | string
  /** The first day of the run, before which a rule that reads its own past stands at its default. Default: the period's own first day. */
  readonly start?: string
  /** Variables with formulas that the population brings as columns all the same. */
  readonly given?: ReadonlySet<string>
  /** Columns that there are; other inputs take their defaults. Default: all. */
  readonly available?: ReadonlySet<string>
  /** How many members a group may have. Default 100. */
  readonly maxMembers?: number
  /** Let the interpreter work out, once for each distinct tuple of inputs, what cannot be lowered. */
  readonly memo?: boolean
}

export interface Lowered {
  /** Null when there is a problem. */
  readonly ir: Ir | null
  readonly problems: Problem[]
}

/**
 * The law of a policy for one period as a graph of typed steps over whole populations. Problems are collected: `number.unproved`
 * names the variable whose bound is missing, `not-lowered` the expression and its place.
 *
 * @throws {RangeError} when an output is no variable of the policy, or of a third kind of entity
 */
export function lower(policy: Policy, outputs: readonly string[], options: LowerOptions): Lowered {
  const lowering = new PolicyLowering(policy, options)
  const found = outputs.flatMap((name) => lowering.output(name) ?? [])
  const { problems } = lowering
  return { ir: problems.length > 0 ? null : lowering.ir(found), problems }
}

/** A variable that another problem has been said of. */
class Failed extends Error {}

class PolicyLowering {
  readonly problems: Problem[] = []
  readonly #policy: Policy
  readonly #options: LowerOptions
  readonly #period: Period
  readonly #start: string
  readonly #graph = new Graph()
  readonly #expressions: Expressions
  readonly #inputs = new Map<string, IrInput>()
  readonly #known = new Map<string, number | null>()
  readonly #memos: Memo[] = []
  readonly #group: Entity | undefined
  readonly #decisions: DecisionLowering

  constructor(policy: Policy, options: LowerOptions) {
    this.#policy = policy
    this.#options = options
    this.#period = periodFrom(options.period)
    this.#start = options.start ?? this.#period.start
    this.#expressions = new Expressions(this.#graph, new Arithmetic(this.#graph))
    this.#group = policy.program.model.groups[0]
    this.#decisions = new DecisionLowering(policy.program.model.decisions, this.#expressions)
  }

  get #maxMembers(): number {
    return this.#options.maxMembers ?? 100
  }

  ir(outputs: readonly IrOutput[]): Ir {
    return {
      period: this.#period.text,
      nodes: this.#graph.nodes,
      inputs: [...this.#inputs.values()],
      outputs,
      memos: this.#memos,
      maxMembers: this.#maxMembers,
      roles: this.#group?.roles.map(({ key }) => key) ?? [],
    }
  }

  output(name: string): IrOutput | undefined {
    const compiled = this.#policy.program.variables.get(name)
    if (compiled === undefined) throw new RangeError(`there is no variable "${name}"`)
    const { variable, entity } = compiled
    const isPerson = entity === this.#policy.program.model.person
    if (!isPerson && entity !== this.#group) throw new RangeError(`"${name}" is of a second kind of group`)
    const [period] = periodsOf(variable, variable.period === this.#period.kind ? SAME : HELD, this.#period)
    try {
      const id = this.#variable(compiled, period ?? null)
      const node = this.#asDeclared(isPerson ? this.#graph.project(id) : id, variable)
      return { name, level: isPerson ? 'person' : 'group', node, place: variable.place }
    } catch (error) {
      if (error instanceof Failed) return undefined
      throw error
    }
  }

  /** Enumerations in the order in which the bundle declares them. */
  #asDeclared(id: number, variable: Variable): number {
    const type = this.#graph.type(id)
    const declared = this.#policy.program.model.enums.get(variable.type)
    if (type.kind !== 'code' || declared === undefined) return id
    const strange = type.values.filter((value) => !declared.includes(value))
    return this.#graph.recode(id, strange.length === 0 ? declared : [...declared, ...strange])
  }

  /** The node of a variable in a period. */
  #variable(compiled: CompiledVariable, period: Period | null): number {
    const { variable } = compiled
    const key = `${variable.name}|${period?.text ?? ''}`
    const known = this.#known.get(key)
    if (known === null) throw new Failed(key)
    if (known !== undefined) return known
    this.#known.set(key, null)
    const id = this.#work(compiled, period)
    this.#known.set(key, id)
    return id
  }

  #work(compiled: CompiledVariable, period: Period | null): number {
    const { variable } = compiled
    if (variable.neutralised) return this.#default(compiled)
    if (this.#options.given?.has(variable.name)) return this.#input(compiled, period)
    const before = period !== null && compiled.recursive && period.start < this.#start
    const formula = before ? null : this.#policy.formulaOf(compiled, period?.start ?? null)
    if (formula === null)
      return variable.formulas.length === 0 ? this.#input(compiled, period) : this.#default(compiled)
    const { feel, decision } = formula
    try {
      const value =
        feel !== null
          ? this.#expressions.lower(feel.ast, this.#scope(feel, compiled, period))
          : decision !== null
            ? this.#decisions.lower(
                formula.formula.decision as NonNullable<typeof formula.formula.decision>,
                decision.inputs.map(({ name, code }) => [
                  name,
                  this.#expressions.lower(code.ast, this.#scope(code, compiled, period)),
                ]),
                this.#maxMembers,
              )
            : NULL
      return this.#conform(variable, value)
    } catch (error) {
      return this.#failed(error, compiled, formula, period)
    }
  }

  #failed(
    error: unknown,
    compiled: CompiledVariable,
    formula: CompiledFormula,
    period: Period | null,
  ): number {
    const { variable } = compiled
    if (error instanceof Failed) throw error
    const reason = error instanceof At ? error.reason : error
    if (!(reason instanceof NotLowered)) throw error
    if (this.#options.memo && reason.code === 'not-lowered') {
      const memo = this.#memo(compiled, formula, period)
      if (memo !== undefined) return memo
    }
    const problem: Problem = {
      severity: 'error',
      code: reason.code,
      path: variable.name,
      ...(reason.value === undefined ? {} : { value: reason.value }),
      message: {
        vi: `biến "${variable.name}": ${reason.vi}`,
        en: `variable "${variable.name}": ${reason.message}`,
      },
    }
    this.problems.push(
      error instanceof At && formula.feel !== null
        ? placed(formula.feel.text, error.span, problem)
        : { ...problem, ...formula.formula.place },
    )
    throw new Failed(variable.name)
  }

  #memo(compiled: CompiledVariable, formula: CompiledFormula, period: Period | null): number | undefined {
    const read = (access: Access, code: CompiledText) => this.#access(access, code, compiled, period)
    const made = memoOf(compiled.variable, formula, this.#policy, read, this.#expressions, {
      number: this.#memos.length,
      day: (period ?? this.#period).start,
      period,
    })
    if (made === undefined) return undefined
    this.#memos.push(made.memo)
    return made.node
  }

  #default(compiled: CompiledVariable): number {
    return this.#conform(
      compiled.variable,
      ofFeel(this.#typed(compiled.default, compiled.variable), this.#graph),
    )
  }

  /** Defaults of dates stand in the file as text. */
  #typed(value: FeelValue, variable: Variable): FeelValue {
    return variable.type === 'date' && typeof value === 'string' ? parseDate(value) : value
  }

  /** A computed value as one of the variable's type. */
  #conform(variable: Variable, value: Value): number {
    const graph = this.#graph
    const id = this.#expressions.values.scalar(value)
    const type = this.#typeOf(variable)
    if (id === undefined) return graph.constant(null, type)
    const own = graph.type(id)
    if (own.kind !== type.kind)
      throw new NotLowered(`không phải kiểu ${variable.type}`, `not of type ${variable.type}`)
    return id
  }

  #typeOf(variable: Variable): IrType {
    switch (variable.type) {
      case 'number':
        return numberType({ min: 0n, max: 0n, scale: variable.scale ?? 0, finite: true })
      case 'boolean':
        return BOOLEAN
      case 'date':
        return DATE
      default:
        return codeType(this.#policy.program.model.enums.get(variable.type) ?? [])
    }
  }

  // ── inputs ───────────────────────────────────────────────────────────────────────────────────────────────────

  #input(compiled: CompiledVariable, period: Period | null): number {
    const { variable, entity } = compiled
    const own = period === null || period.text === this.#period.text || periodsHold(period, this.#period)
    const column = own ? variable.name : `${variable.name}@${period.text}`
    if (this.#options.available?.has(column) === false) return this.#default(compiled)
    const level = entity === this.#policy.program.model.person ? ('person' as const) : ('group' as const)
    return this.#column(
      column,
      variable.name,
      period?.text ?? null,
      level,
      this.#inputType(variable),
      variable.nullable,
    )
  }

  #column(
    column: string,
    variable: string,
    period: string | null,
    level: 'person' | 'group',
    type: IrType,
    nullable: boolean,
  ): number {
    const node = this.#graph.add({ op: 'input', column }, type, nullable, level)
    this.#inputs.set(column, { column, variable, period, level, type, nullable, node })
    return node
  }

  #inputType(variable: Variable): IrType {
    const { type, min, max, scale, name } = variable
    if (type === 'number') {
      if (variable.approximate) return DOUBLE_TYPE
      const missing = [min === null && 'min', max === null && 'max', scale === null && 'scale'].filter(
        Boolean,
      )
      if (min === null || max === null || scale === null) {
        throw this.#unproved(
          variable,
          `biến vào "${name}" thiếu ${missing.join(', ')}: không chứng minh được phép tính chính xác`,
          `input "${name}" has no ${missing.join(', ')}: exactness cannot be proved`,
        )
      }
      const bounds = { min: scaled(min, scale), max: scaled(max, scale), scale, finite: true }
      const own = numberType(bounds)
      if (own.form === 'integer') return own
      throw this.#unproved(
        variable,
        `biến vào "${name}" có thể lớn hơn 2^53 đơn vị`,
        `input "${name}" may exceed 2^53 units`,
      )
    }
    if (type === 'boolean') return BOOLEAN
    if (type === 'date') return DATE
    const values = this.#policy.program.model.enums.get(type)
    if (values !== undefined) return codeType(values)
    throw new NotLowered(
      `biến vào "${name}" kiểu ${type}: khai báo một danh mục (enums)`,
      `input "${name}" is of type ${type}: declare an enumeration`,
      'not-lowered',
      name,
    )
  }

  #unproved(variable: Variable, vi: string, en: string): Failed {
    const known = this.problems.some((p) => p.code === 'number.unproved' && p.value === variable.name)
    if (!known) {
      this.problems.push({
        severity: 'error',
        code: 'number.unproved',
        ...variable.place,
        value: variable.name,
        message: { vi, en },
        hint: {
          vi: 'khai báo min, max và scale của biến, hoặc approximate: true nếu chấp nhận gần đúng',
          en: 'declare min, max and scale of the variable, or approximate: true where that will do',
        },
      })
    }
    return new Failed(variable.name)
  }

  // ── what formulas read ───────────────────────────────────────────────────────────────────────────────────────

  #scope(code: CompiledText, compiled: CompiledVariable, period: Period | null): Scope {
    const by = new Map<string, Access>()
    for (const [key, access] of code.accesses) by.set(key, access)
    return {
      read: (name, _span: Span) => {
        const access = by.get(name)
        if (access === undefined) throw new NotLowered(`không biết "${name}"`, `"${name}" is not known`)
        return this.#access(access, code, compiled, period)
      },
      member: (name) => {
        if (name === 'role' || name === 'position') return ofNode(this.#place(name))
        const access = by.get(`members.${name}`)
        return access && this.#access(access, code, compiled, period)
      },
      functionOf: functionValue,
      emptySum: 'zero',
      maxMembers: this.#maxMembers,
      approximate: compiled.variable.approximate,
    }
  }

  #access(access: Access, _code: CompiledText, compiled: CompiledVariable, period: Period | null): Value {
    const day = (period ?? this.#period).start
    switch (access.from) {
      case 'own':
      case 'member':
        return this.#read(access.variable, access.how, period)
      case 'group':
        if (access.group !== this.#group)
          throw new NotLowered('chỉ đọc được một loại nhóm', 'only one kind of group can be read')
        return this.#read(access.variable, access.how, period)
      case 'members':
        if (compiled.entity !== this.#group)
          throw new NotLowered('chỉ đọc được một loại nhóm', 'only one kind of group can be read')
        return { kind: 'members', keep: null, map: null }
      case 'parameter':
        return ofFeel(this.#policy.parameters.at(access.path, day).value, this.#graph)
      case 'folder': {
        const children = this.#policy.program.folder(access.path) ?? new Map<string, string>()
        return { kind: 'folder', entries: this.#policy.parameters.folder(children, day).entries }
      }
      case 'period':
        return this.#periodValue(period ?? this.#period)
      case 'role':
      case 'position':
        return ofNode(this.#place(access.from))
    }
  }

  #place(which: 'role' | 'position'): number {
    const roles = this.#group?.roles.map(({ key }) => key) ?? []
    const type =
      which === 'role'
        ? codeType(roles)
        : numberType({ min: 1n, max: BigInt(this.#maxMembers), scale: 0, finite: true })
    return this.#column(which, which, null, 'person', type, false)
  }

  #periodValue(period: Period): Value {
    const date = (text: string) => ofNode(this.#graph.constant(dayNumber(text), DATE))
    return {
      kind: 'tuple',
      absent: null,
      entries: new Map<string, Value>([
        ['start', date(period.start)],
        ['end', date(lastDay(period))],
        ['days', ofNode(this.#graph.integer(BigInt(lengthInDays(period))))],
      ]),
    }
  }

  /** A variable as an access wants it: of the same period, another, or several. */
  #read(variable: Variable, how: How, period: Period | null): Value {
    const { arithmetic } = this.#expressions
    const compiled = this.#policy.program.variables.get(variable.name) as CompiledVariable
    const ids = periodsOf(variable, how, period).map((one) => this.#variable(compiled, one))
    const [first] = ids
    if (first === undefined) return NULL
    switch (how.kind) {
      case 'month total':
        return ofNode(ids.reduce((a, b) => arithmetic.add(a, b)))
      case 'month mean':
        return this.#share(
          ids.reduce((a, b) => arithmetic.add(a, b)),
          ids.length,
        )
      case 'per month':
        return this.#share(first, variable.period === 'quarter' ? 3 : 12)
      default:
        return ofNode(first)
    }
  }

  #share(id: number, parts: number): Value {
    const known = this.#expressions.arithmetic.divide(id, this.#graph.integer(BigInt(parts)))
    if (this.#expressions.arithmetic.type(known).finite) return ofNode(known)
    return { kind: 'quotient', numerator: id, denominator: this.#graph.integer(BigInt(parts)) }
  }
}

const SAME: How = { kind: 'same' }
const HELD: How = { kind: 'held' }

/** Whether the run's period lies in a longer one: then the population's column speaks of both. */
function periodsHold(longer: Period, run: Period): boolean {
  return longer.start <= run.start && lastDay(longer) >= lastDay(run)
}
