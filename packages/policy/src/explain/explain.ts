import type { Period } from '@nhip/calendar/period'
import { periodOf } from '@nhip/calendar/period'
import type { Message } from '@nhip/canonical/problem'
import { Runtime, type TraceNode } from '@nhip/feel/runtime'
import type { FeelValue } from '@nhip/feel/values'
import { toText } from '@nhip/feel/values'
import type { Certainty, Entity, Reference, Variable } from '../bundle/model.ts'
import { type Case, periodsOf, type Result, type Subject } from '../interpret/case.ts'
import { type CompiledText, traced } from '../interpret/compile-formula.ts'
import { lookups } from '../interpret/library.ts'
import { type InForce, isUnverified, type ParameterValue } from '../interpret/parameters.ts'
import type { Access } from '../interpret/rewrite.ts'
import { ETERNITY } from '../interpret/situation.ts'

/** One step of an explanation: a value, how it came about, the article it rests on, and the values below it. */
export interface Explanation {
  readonly label: Message
  readonly name: string
  readonly value: FeelValue
  readonly uom: string | null
  readonly period: string
  readonly entity: string | null
  readonly of: string | null
  readonly how: 'input' | 'default' | 'formula' | 'decision' | 'parameter' | 'aggregate'
  readonly expression: string | null
  readonly rule: { readonly table: string; readonly number: number } | null
  readonly parameter: {
    readonly path: string
    readonly from: string
    readonly enacted: string | null
    readonly certainty: Certainty | null
  } | null
  readonly reference: Reference | null
  readonly basis: 'identity' | null
  /** Rests on figures of secondary or no sources: "chưa kiểm chứng". */
  readonly unverified: boolean
  readonly children: readonly Explanation[]
}

/** Explanations are trees of a graph: what is needed often is shown often, up to this many steps. */
const MAX_STEPS = 20_000

/**
 * Explains one value of a case down to what was given, to articles of law, or to the arithmetic of such. Only what the
 * value really rests on is shown: the branch taken, the rule that fired, the entry looked up.
 */
export function explain(one: Case, variable: string, id: string, period: string): Explanation {
  return new Explainer(one).variable(variable, id, period === ETERNITY ? null : periodOf(period))
}

class Explainer {
  readonly #case: Case
  #steps = 0

  constructor(one: Case) {
    this.#case = one
  }

  variable(name: string, id: string, period: Period | null): Explanation {
    this.#steps++
    const { variables } = this.#case.policy.program
    const compiled = variables.get(name)
    const result = this.#case.value(name, id, period ?? this.#case.situation.period)
    if (compiled === undefined) throw new RangeError(`there is no variable "${name}"`)
    const { variable, entity } = compiled
    const formula = result.formula?.formula ?? null
    return {
      label: variable.title,
      name,
      value: result.value,
      uom: variable.uom,
      period: period?.text ?? ETERNITY,
      entity: entity.key,
      of: id,
      how: result.how,
      expression:
        formula?.feel?.text ??
        (formula?.decision ? `${formula.decision.file}#${formula.decision.decision}` : null),
      rule: ruleOf(result),
      parameter: null,
      reference: formula?.reference ?? null,
      basis: formula?.basis ?? null,
      unverified: result.unverified.size > 0,
      children: this.#steps > MAX_STEPS ? [] : this.#below(result, { entity, id }, period),
    }
  }

  #below(result: Result, subject: Subject, period: Period | null): Explanation[] {
    const { formula } = result
    if (formula === null) return []
    if (formula.feel !== null) return this.#code(formula.feel, subject, period)
    return formula.decision?.inputs.flatMap((input) => this.#code(input.code, subject, period)) ?? []
  }

  /** What one expression read, in the order of its text. */
  #code(code: CompiledText, subject: Subject, period: Period | null): Explanation[] {
    const root: TraceNode = { span: code.ast, kind: 'root', value: null, children: [] }
    const runtime = new Runtime()
    runtime.trace = root
    const keys: string[] = []
    lookups.set(runtime, (key) => keys.push(key))
    this.#case.run(code, subject, period, runtime, new Set(), traced(code))
    const seen = new Set<string>()
    collect(root, seen)
    return [...code.accesses.values()]
      .filter((access) => access.spans.some(({ start, end }) => seen.has(`${start} ${end}`)))
      .sort((a, b) => a.span.start - b.span.start)
      .flatMap((access) => this.#access(access, subject, period, keys))
  }

  #access(access: Access, subject: Subject, period: Period | null, keys: readonly string[]): Explanation[] {
    switch (access.from) {
      case 'own':
        return [this.#read(access, subject.id, period)]
      case 'group': {
        const id = this.#case.groupOf(access.group, subject.id)
        return id === undefined ? [] : [this.#read(access, id, period)]
      }
      case 'member':
        return [this.#members(access, subject, period)]
      case 'parameter':
        return [this.#parameter(access.path, period)]
      case 'folder': {
        const children = this.#case.policy.program.folder(access.path)
        return [...new Set(keys)].flatMap((key) => {
          const path = children?.get(key)
          return path === undefined ? [] : [this.#parameter(path, period)]
        })
      }
      default:
        return []
    }
  }

  #read(access: Extract<Access, { variable: unknown }>, id: string, period: Period | null): Explanation {
    const { variable, how } = access
    const periods = periodsOf(variable, how, period)
    const [only] = periods
    if (periods.length === 1 && how.kind !== 'per month')
      return this.variable(variable.name, id, only ?? null)
    const children = periods.map((each) => this.variable(variable.name, id, each))
    return this.#aggregate(access.name, variable, this.#case.read(access, id, period), period, children, id)
  }

  #members(
    access: Extract<Access, { variable: unknown }>,
    subject: Subject,
    period: Period | null,
  ): Explanation {
    const members = this.#case.members(subject.entity, subject.id)
    const children = members.map(({ person }) => this.#read(access, person, period))
    const value = children.map((child) => child.value)
    return this.#aggregate(
      `members.${access.name}`,
      access.variable,
      value,
      period,
      children,
      subject.id,
      subject.entity,
    )
  }

  #aggregate(
    name: string,
    variable: Variable,
    value: FeelValue,
    period: Period | null,
    children: readonly Explanation[],
    of: string,
    entity?: Entity,
  ): Explanation {
    this.#steps++
    return {
      label: variable.title,
      name,
      value,
      uom: variable.uom,
      period: period?.text ?? ETERNITY,
      entity: entity?.key ?? variable.entity,
      of,
      how: 'aggregate',
      expression: name,
      rule: null,
      parameter: null,
      reference: null,
      basis: 'identity',
      unverified: children.some((child) => child.unverified),
      children,
    }
  }

  #parameter(path: string, period: Period | null): Explanation {
    this.#steps++
    const { model } = this.#case.policy.program
    const day = (period ?? this.#case.situation.period).start
    const found = this.#case.policy.parameters.at(path, day)
    const parameter = model.parameters.get(path)
    const common = {
      uom: parameter?.uom ?? null,
      period: day,
      entity: null,
      of: null,
      how: 'parameter' as const,
      rule: null,
      basis: null,
      unverified: found.unverified.length > 0,
    }
    const label = parameter?.title ?? { vi: path, en: path }
    const [entry] = found.entries
    const lines = found.scale === null ? [] : this.#brackets(found, common, label)
    return {
      ...common,
      label,
      name: `parameters.${path}`,
      value: found.scale === null ? found.value : found.scale.kind,
      expression: found.read.length === 0 ? null : computedText(parameter?.values ?? [], entry),
      parameter: entry
        ? { path, from: entry.from, enacted: entry.enacted, certainty: entry.certainty }
        : null,
      reference: entry?.reference ?? null,
      children: [...lines, ...found.read.map((other) => this.#parameter(other, period))],
    }
  }

  /** A scale's lines: threshold and amount of each bracket with the articles they stand in. */
  #brackets(
    { path, scale, entries }: ParameterValue,
    common: Pick<Explanation, 'uom' | 'period' | 'entity' | 'of' | 'how' | 'rule' | 'basis'>,
    label: Message,
  ): Explanation[] {
    return (scale?.thresholds ?? []).map((threshold, i) => {
      // Entries come in pairs: of the threshold, then of its rate or amount.
      const [entry, amount] = [entries[2 * i], entries[2 * i + 1]]
      const value = scale?.amounts[i] ?? null
      return {
        ...common,
        label: { vi: `${label.vi}: bậc ${i + 1}`, en: `${label.en}: bracket ${i + 1}` },
        name: `parameters.${path}.brackets[${i + 1}]`,
        uom: null,
        value,
        expression: `> ${toText(threshold)}`,
        parameter: amount
          ? { path, from: amount.from, enacted: amount.enacted, certainty: amount.certainty }
          : null,
        reference: amount?.reference ?? entry?.reference ?? null,
        unverified: isUnverified(amount?.certainty ?? null) || isUnverified(entry?.certainty ?? null),
        children: [],
      }
    })
  }
}

function collect(node: TraceNode, seen: Set<string>): void {
  const todo = [node]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    seen.add(`${next.span.start} ${next.span.end}`)
    todo.push(...next.children)
  }
}

function ruleOf({ hits }: Result): Explanation['rule'] {
  const last = hits.at(-1)
  const number = last?.rules[0]
  return last && number !== undefined ? { table: last.decision, number } : null
}

function computedText(
  values: readonly { readonly from: string; readonly value: unknown }[],
  entry: InForce | undefined,
): string | null {
  const value = values.find(({ from }) => from === entry?.from)?.value as
    | { feel?: { text: string } }
    | undefined
  return value?.feel?.text ?? null
}
