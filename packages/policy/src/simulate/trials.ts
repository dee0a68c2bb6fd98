import { addYears, type CivilDate } from '@nhip/calendar/civil-date'
import type { BundleModel } from '../bundle/model.ts'
import { periodFrom } from '../interpret/period-text.ts'
import { dependenciesOf } from './dependencies.ts'
import { type Adjustable, adjustables, changeDates } from './nudges.ts'
import type { OpenLaw } from './request.ts'

// What is tried out on a whole population, one after the other: each of these is a pass over it, or two.

/** What a law's outcomes rest on in a period. */
export interface Trials {
  readonly law: OpenLaw
  /** Income and budget lines. */
  readonly wanted: readonly string[]
  readonly period: string
  readonly asKnown: string | null
}

/** Numbers that are moved up and down, one at a time. */
export function adjustableTrials({ law, wanted, period, asKnown }: Trials): Adjustable[] {
  const { parameters } = dependenciesOf(law.policy, wanted, period)
  return adjustables(law.bundle.model, parameters, periodFrom(period).start, asKnown)
}

/** Rules of decision tables that are left out, one at a time: `{table: "file.dmn#id", rule: 3}`. */
export function ruleTrials({ law, wanted, period }: Trials): { table: string; rule: number }[] {
  const { policy, bundle } = law
  const { start } = periodFrom(period)
  const rules: { table: string; rule: number }[] = []
  const seen = new Set<string>()
  for (const name of dependenciesOf(policy, wanted, period).computed) {
    const compiled = policy.program.variables.get(name)
    const call = compiled && policy.formulaOf(compiled, start)?.formula.decision
    if (!call || seen.has(`${call.file}#${call.decision}`)) continue
    const table = `${call.file}#${call.decision}`
    seen.add(table)
    const element = bundle.model.decisions
      .get(call.file)
      ?.definitions.elements.find((e) => e.name === call.decision || e.id === call.decision)
    const logic = element?.kind === 'decision' ? element.expression : undefined
    const count = logic?.kind === 'table' ? logic.rules.length : 0
    for (let rule = 1; rule <= count; rule++) rules.push({ table, rule })
  }
  return rules
}

/** Days within two years at which what the law rests on changes: the periods before and after are compared. */
export function dateTrials({ law, wanted, period }: Trials): CivilDate[] {
  const { parameters, computed } = dependenciesOf(law.policy, wanted, period)
  const { start } = periodFrom(period)
  return changeDates(law.bundle.model, parameters, computed, addYears(start, -2), addYears(start, 2))
}

/** Words and truth values that the law does not declare relevant, each turned to the next, with their number of codes. */
export function flipTrials(
  model: BundleModel,
  columns: Iterable<string>,
): { column: string; size: number }[] {
  return [...columns].flatMap((column) => {
    const variable = model.variables.get(column)
    if (variable === undefined || model.outcomes.relevant.includes(column)) return []
    const size = variable.type === 'boolean' ? 2 : (model.enums.get(variable.type)?.length ?? 0)
    return size > 1 ? [{ column, size }] : []
  })
}
