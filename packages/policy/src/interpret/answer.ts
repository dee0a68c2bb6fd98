import { containing, lengthInDays, type Period, periodOf } from '@nhip/calendar/period'
import type { Problem } from '@nhip/canonical/problem'
import { Num, toText as numberText } from '@nhip/feel/number'
import { type FeelValue, isList, toText } from '@nhip/feel/values'
import type { Entity, PeriodSize } from '../bundle/model.ts'
import type { Case } from './case.ts'
import { ETERNITY, periodsIn, type Situation } from './situation.ts'

/** One computed value of an answer. */
export interface Answer {
  readonly entity: Entity
  readonly id: string
  readonly variable: string
  readonly period: string
  readonly value: FeelValue
  /** Parameters of secondary or no sources on which the value rests: it is "chưa kiểm chứng". */
  readonly unverified: readonly string[]
}

/**
 * What is asked of a case: the named outputs; else what the situation left null; else every variable with a formula. A
 * variable of shorter periods than the run's is worked out for each of them.
 * @param report is told of names that are no variables
 */
export function answer(
  one: Case,
  outputs: readonly string[] = [],
  report: (problem: Problem) => void = () => {},
): Answer[] {
  const { situation, policy } = one
  const { model, variables } = policy.program
  const answers: Answer[] = []
  const ask = (entity: Entity, id: string, name: string, period: string) => {
    const { value, unverified } = one.value(name, id, period)
    answers.push({ entity, id, variable: name, period, value, unverified: [...unverified].sort() })
  }
  if (outputs.length === 0 && situation.requests.length > 0) {
    for (const { entity, id, variable, period } of situation.requests) ask(entity, id, variable.name, period)
    return answers
  }
  const names =
    outputs.length > 0
      ? outputs
      : [...variables.values()]
          .filter((v) => v.formulas.length > 0 && !isLonger(v.variable.period, situation.period))
          .map(({ variable }) => variable.name)
  for (const name of names) {
    const compiled = variables.get(name)
    if (compiled === undefined) {
      report({
        severity: 'error',
        code: 'name.unknown',
        value: name,
        message: { vi: `không có biến "${name}"`, en: `there is no variable "${name}"` },
      })
      continue
    }
    const { entity, variable } = compiled
    const periods = variable.period === ETERNITY ? [ETERNITY] : periodsIn(situation.period, variable.period)
    for (const id of idsOf(entity, situation, model.person))
      for (const period of periods) ask(entity, id, name, period)
  }
  return answers
}

/** Whether periods of a size hold more days than the run's: a month's run does not answer for the year. */
function isLonger(size: PeriodSize, run: Period): boolean {
  return size !== ETERNITY && lengthInDays(containing(run.start, size)) > lengthInDays(run)
}

/** Whoever there is of an entity. */
export function idsOf(entity: Entity, situation: Situation, person: Entity): readonly string[] {
  if (entity === person) return situation.persons
  return (situation.groups.get(entity.key) ?? []).map((group) => group.id)
}

/** The answers in the shape of a situation, as JSON text: numbers with all their digits, which doubles would lose. */
export function answersJson(answers: readonly Answer[]): string {
  const tree = new Map<string, Map<string, Map<string, Map<string, string>>>>()
  for (const { entity, id, variable, period, value } of answers) {
    const persons = child(tree, entity.plural)
    child(child(persons, id), variable).set(period, valueJson(value))
  }
  return mapJson(tree, (persons) =>
    mapJson(persons, (variables) => mapJson(variables, (periods) => mapJson(periods, String))),
  )
}

function child<T extends Map<string, unknown>>(map: Map<string, T>, key: string): T {
  let found = map.get(key)
  if (found === undefined) {
    found = new Map() as T
    map.set(key, found)
  }
  return found
}

function mapJson<T>(map: ReadonlyMap<string, T>, inner: (value: T) => string): string {
  return `{${[...map].map(([key, value]) => `${JSON.stringify(key)}:${inner(value)}`).join(',')}}`
}

/** A value as JSON: numbers as plain decimals, dates and durations as text in FEEL's form. */
export function valueJson(value: FeelValue): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (value instanceof Num) return numberText(value)
  if (isList(value)) return `[${value.map(valueJson).join(',')}]`
  if (typeof value === 'object' && value.kind === 'context') return mapJson(value.entries, valueJson)
  return JSON.stringify(toText(value))
}

/** The variable's period that holds a date or period of the run; for naming one value. */
export function periodFor(size: string, period: string): string {
  if (size === ETERNITY) return ETERNITY
  return periodsIn(periodOf(period), size as Exclude<Parameters<typeof periodsIn>[1], undefined>)[0] as string
}
