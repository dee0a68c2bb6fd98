import { addDays, addMonths, type CivilDate } from '@nhip/calendar/civil-date'
import { containing, lastDay, lengthInDays, type Period, partsOf, previous } from '@nhip/calendar/period'
import type { Message, Problem } from '@nhip/canonical/problem'
import { type Program as FeelProgram, guarded } from '@nhip/feel/compile'
import { fit } from '@nhip/feel/function'
import * as number from '@nhip/feel/number'
import { int, Num, ZERO } from '@nhip/feel/number'
import { Runtime, type Warning } from '@nhip/feel/runtime'
import { type LocalDate, parseDate } from '@nhip/feel/temporal'
import { Context, type FeelValue, toText } from '@nhip/feel/values'
import type { Entity, Variable } from '../bundle/model.ts'
import type { TableHits } from '../dmn/evaluate.ts'
import { type CompiledText, placed } from './compile-formula.ts'
import { lookups } from './library.ts'
import { periodFrom } from './period-text.ts'
import type { Policy } from './policy.ts'
import type { CompiledDecision, CompiledFormula, CompiledVariable } from './program.ts'
import type { Access, How } from './rewrite.ts'
import { ETERNITY, type Group, keyOf, type Member, type Situation } from './situation.ts'
import { typeOfVariable } from './types.ts'

/** One value of one variable, and what it rests on. */
export interface Result {
  readonly value: FeelValue
  readonly how: 'input' | 'default' | 'formula' | 'decision'
  readonly formula: CompiledFormula | null
  /** Parameters below it whose figures rest on secondary or no sources. */
  readonly unverified: ReadonlySet<string>
  readonly hits: readonly TableHits[]
}

const NONE: ReadonlySet<string> = new Set()
const NO_HITS: readonly TableHits[] = []

/** Who a value is of. */
export interface Subject {
  readonly entity: Entity
  readonly id: string
}

/** The evaluation of one situation: lazy, each value once. */
export class Case {
  readonly policy: Policy
  readonly situation: Situation
  readonly warnings: Problem[] = []
  readonly #memo = new Map<string, Result>()
  readonly #running = new Set<string>()
  readonly #groupOf = new Map<string, Map<string, { group: Group; member: Member }>>()
  readonly #byId = new Map<string, Map<string, Group>>()

  constructor(policy: Policy, situation: Situation) {
    this.policy = policy
    this.situation = situation
    for (const [key, groups] of situation.groups) {
      const of = new Map<string, { group: Group; member: Member }>()
      for (const group of groups) for (const member of group.members) of.set(member.person, { group, member })
      this.#groupOf.set(key, of)
      this.#byId.set(key, new Map(groups.map((group) => [group.id, group])))
    }
  }

  /**
   * The value of a variable of a person or group in a period (of the variable's own size).
   * @throws {RangeError} when there is no such variable, or the period is not of its size
   */
  value(name: string, id: string, period: Period | string): Result {
    const variable = this.policy.program.variables.get(name)
    if (variable === undefined) throw new RangeError(`there is no variable "${name}"`)
    if (variable.variable.period === ETERNITY) return this.#value(variable, id, null)
    const own = periodFrom(period)
    if (own.kind !== variable.variable.period)
      throw new RangeError(`"${name}" is by ${variable.variable.period}, not ${own.text}`)
    return this.#value(variable, id, own)
  }

  /** Everything worked out so far, by variable. */
  *computed(): Iterable<{ readonly name: string; readonly result: Result }> {
    for (const [key, result] of this.#memo) yield { name: key.slice(0, key.indexOf('|')), result }
  }

  /** The members of a group, in the order of its roles. */
  members(group: Entity, id: string): readonly Member[] {
    return this.#byId.get(group.key)?.get(id)?.members ?? []
  }

  /** The id of the group to which a person belongs. */
  groupOf(group: Entity, person: string): string | undefined {
    return this.#groupOf.get(group.key)?.get(person)?.group.id
  }

  #value(compiled: CompiledVariable, id: string, period: Period | null): Result {
    const { variable } = compiled
    const key = keyOf(variable.name, id, period?.text ?? ETERNITY)
    const known = this.#memo.get(key)
    if (known !== undefined) return known
    const result = this.#work(compiled, id, period, key)
    this.#memo.set(key, result)
    return result
  }

  #work(compiled: CompiledVariable, id: string, period: Period | null, key: string): Result {
    const { variable } = compiled
    const plain = (how: Result['how'], value: FeelValue): Result => ({
      value,
      how,
      formula: null,
      unverified: NONE,
      hits: NO_HITS,
    })
    if (variable.neutralised) return plain('default', compiled.default)
    const given = this.situation.given.get(key)
    if (given !== undefined) return plain('input', given)
    const before = period !== null && compiled.recursive && period.start < this.situation.start
    const formula = before ? null : this.policy.formulaOf(compiled, period?.start ?? null)
    if (formula === null) return plain('default', compiled.default)
    // The loader refuses circles; what remains would be a fault of ours, and must not hang.
    if (this.#running.has(key)) throw new Error(`circle at ${key}`)
    this.#running.add(key)
    const subject = { entity: compiled.entity, id }
    const unverified = new Set<string>()
    if (formula.formula.certainty === 'secondary' || formula.formula.certainty === 'unsourced')
      unverified.add(variable.name)
    const runtime = new Runtime()
    let hits = NO_HITS
    let value: FeelValue = null
    if (formula.feel !== null) value = this.run(formula.feel, subject, period, runtime, unverified)
    else if (formula.decision !== null) {
      const decided = this.#decide(formula.decision, subject, period, runtime, unverified, variable)
      value = decided.value
      hits = decided.hits
    }
    value = this.#conform(variable, value, runtime)
    for (const warning of runtime.warnings) this.#warn(variable, id, period, warning, formula)
    this.#running.delete(key)
    return {
      value,
      how: formula.decision === null ? 'formula' : 'decision',
      formula,
      unverified: unverified.size === 0 ? NONE : unverified,
      hits,
    }
  }

  /** Runs one compiled expression for somebody in a period. */
  run(
    code: CompiledText,
    subject: Subject,
    period: Period | null,
    runtime: Runtime,
    unverified: Set<string> = new Set(),
    program: FeelProgram = code.program,
  ): FeelValue {
    const values = code.inputs.map(
      (access) => access && this.#input(access, code, subject, period, unverified),
    )
    this.#watch(code, period, runtime, unverified)
    return guarded(runtime, () => program.run(values, runtime))
  }

  /** Marks the parameters that the code looks up by a key. */
  #watch(code: CompiledText, period: Period | null, runtime: Runtime, unverified: Set<string>): void {
    const { folders } = code
    if (folders.length === 0) return
    const outer = lookups.get(runtime)
    lookups.set(runtime, (key) => {
      outer?.(key)
      for (const folder of folders) {
        const path = this.policy.program.folder(folder)?.get(key)
        if (path === undefined) continue
        const found = this.policy.parameters.at(path, dayOf(period, this.situation))
        for (const name of found.unverified) unverified.add(name)
      }
    })
  }

  /** Evaluates a decision with inputs from the case's variables. */
  #decide(
    decision: CompiledDecision,
    subject: Subject,
    period: Period | null,
    runtime: Runtime,
    unverified: Set<string>,
    variable: Variable,
  ): { value: FeelValue; hits: readonly TableHits[] } {
    const entries = decision.inputs.map(
      ({ name, code }) => [name, this.run(code, subject, period, runtime, unverified)] as const,
    )
    const result = decision.engine.evaluate(decision.name, new Context(new Map(entries)))
    for (const { message, code, place } of result.warnings) {
      this.warnings.push({ severity: 'warning', code, ...place, message, path: variable.name })
    }
    return result
  }

  #input(
    access: Access,
    code: CompiledText,
    subject: Subject,
    period: Period | null,
    unverified: Set<string>,
  ): FeelValue {
    switch (access.from) {
      case 'own':
        return this.read(access, subject.id, period, unverified)
      case 'group': {
        const id = this.groupOf(access.group, subject.id)
        return id === undefined ? null : this.read(access, id, period, unverified)
      }
      case 'members':
        return this.#members(code, subject, period, unverified)
      case 'parameter': {
        const found = this.policy.parameters.at(access.path, dayOf(period, this.situation))
        for (const path of found.unverified) unverified.add(path)
        if (found.value === null) this.#missing(access.path, period)
        return found.value
      }
      case 'folder': {
        const children = this.policy.program.folder(access.path) ?? new Map<string, string>()
        const day = dayOf(period, this.situation)
        return this.policy.parameters.folder(children, day)
      }
      case 'period':
        return period && periodValue(period)
      case 'role':
      case 'position': {
        const [group] = this.policy.program.model.groups
        const found = group && this.#groupOf.get(group.key)?.get(subject.id)
        if (!found) return null
        return access.from === 'role' ? found.member.role : int(found.member.position)
      }
      case 'member':
        throw new Error('a member is read through the list of members')
    }
  }

  /** A parameter without a value on a day makes null of all that reads it: said once, at the root. */
  #missing(path: string, period: Period | null): void {
    const day = dayOf(period, this.situation)
    const code = 'parameter.missing'
    if (this.warnings.some((w) => w.code === code && w.path === path && w.value === day)) return
    const place = this.policy.program.model.parameters.get(path)?.place
    this.warnings.push({
      severity: 'warning',
      code,
      ...place,
      path,
      value: day,
      message: {
        vi: `tham số "${path}" không có giá trị ngày ${day}`,
        en: `parameter "${path}" has no value on ${day}`,
      },
    })
  }

  #members(
    code: CompiledText,
    { entity, id }: Subject,
    period: Period | null,
    unverified: Set<string>,
  ): FeelValue {
    const read = [...code.accesses.values()].flatMap((access) => (access.from === 'member' ? [access] : []))
    return this.members(entity, id).map(({ person, role, position }) => {
      const entries = new Map<string, FeelValue>([
        ['key', person],
        ['role', role],
        ['position', int(position)],
      ])
      for (const access of read) entries.set(access.name, this.read(access, person, period, unverified))
      return new Context(entries)
    })
  }

  /** A variable as an access wants it: of the same period, another, or several. */
  read(
    { variable, how }: Extract<Access, { variable: unknown }>,
    id: string,
    period: Period | null,
    unverified: Set<string> = new Set(),
  ): FeelValue {
    const results = this.results(variable, how, id, period)
    for (const result of results) for (const path of result.unverified) unverified.add(path)
    if (how.kind === 'month total' || how.kind === 'month mean') {
      let total: Num | null = ZERO
      for (const { value } of results)
        total = value instanceof Num && total !== null ? number.add(total, value) : null
      return how.kind === 'month total' || total === null ? total : number.divide(total, int(results.length))
    }
    const value = results[0]?.value ?? null
    if (how.kind !== 'per month' || !(value instanceof Num)) return value
    return number.divide(value, int(variable.period === 'quarter' ? 3 : 12))
  }

  /** The results behind an access: one, or one a month. */
  results(variable: Variable, how: How, id: string, period: Period | null): Result[] {
    const compiled = this.policy.program.variables.get(variable.name) as CompiledVariable
    return periodsOf(variable, how, period).map((one) => this.#value(compiled, id, one))
  }

  /** Holds a computed value against its declaration: a misfit is a warning, and null where the type is another. */
  #conform(variable: Variable, value: FeelValue, runtime: Runtime): FeelValue {
    if (value === null) {
      if (!variable.nullable)
        runtime.warnHost('host.null', {
          vi: `"${variable.name}" không tính được (null)`,
          en: `"${variable.name}" could not be worked out (null)`,
        })
      return null
    }
    const fitted = fit(value, typeOfVariable(variable, this.policy.program.model), runtime)
    if (!(fitted instanceof Num)) return fitted
    const { scale, min, max } = variable
    const decimals = fitted.isInteger ? 0 : fitted.decimal.decimalPlaces()
    const warn = (code: `host.${string}`, message: Message) =>
      runtime.warnHost(code, message, [toText(fitted)])
    if (scale !== null && decimals > scale) {
      warn('host.scale', {
        vi: `"${variable.name}" = ${toText(fitted)} có nhiều hơn ${scale} chữ số thập phân: luật phải nói cách làm tròn`,
        en: `"${variable.name}" = ${toText(fitted)} has more than ${scale} decimals: the law must say how to round`,
      })
    }
    if (
      (min !== null && number.compare(fitted, min) < 0) ||
      (max !== null && number.compare(fitted, max) > 0)
    ) {
      warn('host.bounds', {
        vi: `"${variable.name}" = ${toText(fitted)} nằm ngoài khoảng đã khai báo`,
        en: `"${variable.name}" = ${toText(fitted)} is outside its declared bounds`,
      })
    }
    return fitted
  }

  #warn(
    variable: Variable,
    id: string,
    period: Period | null,
    warning: Warning,
    { formula, feel }: CompiledFormula,
  ): void {
    const place = feel
      ? placed(feel.text, warning.span, { severity: 'warning', code: '', message: warning.message })
      : null
    const { file, line, column } = place ?? formula.place
    this.warnings.push({
      severity: 'warning',
      code: warning.code,
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
      ...(column === undefined ? {} : { column }),
      path: `${variable.name} ${id} ${period?.text ?? ETERNITY}`,
      message: warning.message,
    })
  }
}

/** The day whose law holds for a period: its first. */
export function dayOf(period: Period | null, situation: Situation): CivilDate {
  return (period ?? situation.period).start
}

/** Which periods of a variable an access reads. */
export function periodsOf(variable: Variable, how: How, period: Period | null): (Period | null)[] {
  const size = variable.period
  if (size === ETERNITY || period === null) return [null]
  switch (how.kind) {
    case 'previous':
      return [previous(period)]
    case 'at': {
      const start = addDays(addMonths(period.start, how.months), how.days)
      return [containing(start, size)]
    }
    case 'held':
    case 'per month':
      return [containing(period.start, size)]
    case 'month total':
    case 'month mean':
      return partsOf(period, 'month')
    default:
      return [period]
  }
}

const periodValues = new Map<string, Context>()

function periodValue(period: Period): Context {
  let value = periodValues.get(period.text)
  if (value === undefined) {
    value = Context.of({
      start: parseDate(period.start) as LocalDate,
      end: parseDate(lastDay(period)) as LocalDate,
      days: int(lengthInDays(period)),
    })
    // A memo of pure values; bounded, since texts of periods come from outside.
    if (periodValues.size > 1_000) periodValues.clear()
    periodValues.set(period.text, value)
  }
  return value
}
