import { containing, type TilingKind } from '@nhip/calendar/period'
import type { Problem } from '@nhip/canonical/problem'
import { Bundle } from '../bundle/bundle.ts'
import type { BundleModel, DecisionFile, Formula, PeriodSize, Variable } from '../bundle/model.ts'
import type { Decision, DrgElement, LiteralExpression } from '../dmn/model.ts'
import { periodFrom } from '../interpret/period-text.ts'
import { compileProgram } from '../interpret/program.ts'
import { ETERNITY } from '../interpret/situation.ts'
import { chunkOf, type Population, weightsOf } from '../population/population.ts'
import { makeEvaluator } from '../simulate/backend.ts'
import { bindPopulation } from '../simulate/bind.ts'
import type { Evaluator } from '../simulate/evaluator.ts'
import type { Finding } from './finding.ts'

/** On whom the findings of a bundle are counted. */
export interface PeopleOptions {
  readonly population: Population
  /** A text such as `2026-07`; of variables of another length the period that holds its first day is meant. Default: the month of the population's reference date. */
  readonly period?: string
  readonly asKnown?: string | null
}

const CHUNK = 16_384
/** The interpreter is asked where no kernel can be made: only of so many households, or the answer would take minutes. */
const MOST_INTERPRETED = 20_000

/** A truth value that a finding's region has become, under each variable that calls the table. */
interface Question {
  readonly finding: number
  readonly variable: Variable
}

/**
 * How many people a finding meets: those, by weight, for whom a variable asks the table with values of the finding's region; of a
 * household's variable, all its members. Null stays where a finding has no region, where no formula asks the table, or where the
 * region cannot be worked out over a population.
 */
export function countPeople(
  bundle: Bundle,
  findings: readonly Finding[],
  { population, period: asked, asKnown = null }: PeopleOptions,
): { findings: readonly Finding[]; problems: Problem[] } {
  const { bound, problems } = bindPopulation(population, bundle.model)
  if (bound === undefined) return { findings, problems }
  const { model, questions } = withQuestions(bundle.model, findings)
  if (questions.length === 0) return { findings, problems }
  const { start } = periodFrom(asked ?? containing(population.manifest.reference_date, 'month').text)
  const { program, problems: wrong } = compileProgram(model)
  const broken = new Set(wrong.filter(({ severity }) => severity === 'error').map(({ file }) => file))
  const policy = new Bundle(model, program, bundle.reforms, bundle.tests).at({ asKnown })
  const marks = new Map<number, Uint8Array>()
  let maxMembers = 1
  const { first, households } = population
  for (let h = 0; h < households; h++)
    maxMembers = Math.max(maxMembers, (first[h + 1] as number) - (first[h] as number))
  for (const { finding, variable } of questions) {
    if (broken.has(placeOf(finding).file)) continue
    const kind = variable.period as TilingKind | typeof ETERNITY
    const options = {
      period: containing(start, kind === ETERNITY ? 'month' : kind).text,
      outputs: [variable.name],
      available: new Set(bound.used),
      maxMembers,
    }
    const evaluator =
      makeEvaluator('kernel', policy, null, options).evaluator ??
      (households <= MOST_INTERPRETED ? makeEvaluator('interpreter', policy, null, options).evaluator : null)
    if (evaluator === null) continue
    const own = marks.get(finding) ?? new Uint8Array(population.persons)
    marks.set(finding, own)
    mark(evaluator, variable.name, bound.population, own)
  }
  return {
    findings: findings.map((one, i) => {
      const own = marks.get(i)
      return own ? { ...one, people: weighed(own, population) } : one
    }),
    problems,
  }
}

/** Sets the bytes of all persons for whom an output is true. */
function mark(evaluator: Evaluator, output: string, population: Population, marks: Uint8Array): void {
  const { first, households } = population
  for (let from = 0; from < households; from += CHUNK) {
    const chunk = chunkOf(population, from, Math.min(households, from + CHUNK))
    const column = evaluator.run(chunk)[output]
    if (column === undefined) return
    const offset = first[from] as number
    const isTrue = (row: number): boolean => column.data[row] === 1 && column.valid?.[row] !== 0
    for (let h = 0; h < chunk.households; h++) {
      for (let p = chunk.first[h] as number; p < (chunk.first[h + 1] as number); p++)
        if (isTrue(column.level === 'person' ? p : h)) marks[offset + p] = 1
    }
  }
}

function weighed(marks: Uint8Array, population: Population): number {
  const { weights, scale } = weightsOf(population)
  const { first, households } = population
  let sum = 0n
  for (let h = 0; h < households; h++) {
    let members = 0
    for (let p = first[h] as number; p < (first[h + 1] as number); p++) members += marks[p] as number
    if (members > 0) sum += BigInt(weights[h] as number) * BigInt(members)
  }
  return Number(sum) / 10 ** scale
}

/** The model with a decision for each region, and a variable beside each that calls the region's table. */
function withQuestions(
  model: BundleModel,
  findings: readonly Finding[],
): { model: BundleModel; questions: Question[] } {
  const decisions = new Map(model.decisions)
  const variables = new Map(model.variables)
  const questions: Question[] = []
  for (const [i, finding] of findings.entries()) {
    const file = [...decisions.values()].find(({ definitions }) => definitions.file === finding.file)
    const table = file?.definitions.elements.find(({ name }) => name === finding.decision)
    if (!file || finding.region === null || table?.kind !== 'decision') continue
    const inputs = inputsBehind(table, file)
    if (table.expression?.kind !== 'table' || inputs === undefined) continue
    const asks = (formula: Formula): boolean =>
      formula.decision?.file === file.path && inputs.every((name) => formula.decision?.inputs.has(name))
    const callers = [...model.variables.values()].filter(({ formulas }) => formulas.some(asks))
    if (callers.length === 0) continue
    const region: Decision = {
      ...table,
      id: `region-${i}`,
      name: `region ${i}`,
      variable: { name: `region ${i}`, typeRef: 'boolean' },
      expression: { kind: 'literal', text: conditionOf(finding.region), ...placeOf(i) } as LiteralExpression,
    }
    decisions.set(file.path, {
      ...file,
      definitions: { ...file.definitions, elements: [...file.definitions.elements, region] },
    })
    for (const caller of callers) {
      const variable: Variable = {
        ...caller,
        name: `region_${i}_of_${caller.name}`,
        type: 'boolean',
        scale: null,
        min: null,
        max: null,
        nullable: true,
        default: undefined,
        neutralised: false,
        period: caller.period as PeriodSize,
        place: placeOf(i),
        formulas: caller.formulas.map((formula) =>
          formula.decision && asks(formula)
            ? {
                ...formula,
                decision: {
                  ...formula.decision,
                  decision: region.name,
                  inputs: new Map([...formula.decision.inputs].filter(([name]) => inputs.includes(name))),
                },
              }
            : { ...formula, decision: null, feel: { text: 'false', place: placeOf(i) } },
        ),
      }
      variables.set(variable.name, variable)
      questions.push({ finding: i, variable })
    }
  }
  return { model: { ...model, decisions, variables }, questions }
}

/** Where a made-up text stands: nothing else has a file of this name, so its problems are known by it. */
const placeOf = (i: number) => ({ file: `region-${i}`, line: 1, column: 1 })

/** The names of the input data that a decision rests on; undefined where it reads another file. */
function inputsBehind(decision: Decision, { definitions }: DecisionFile): string[] | undefined {
  const names = new Set<string>()
  const seen = new Set<DrgElement>()
  const visit = (element: DrgElement): boolean => {
    if (seen.has(element)) return true
    seen.add(element)
    if (element.kind === 'input data') names.add(element.name)
    if (element.kind !== 'decision' && element.kind !== 'business knowledge model') return true
    const needs =
      element.kind === 'decision'
        ? [...element.requiredInputs, ...element.requiredDecisions, ...element.requiredKnowledge]
        : element.requiredKnowledge
    return needs.every(({ namespace, id }) => {
      if (namespace !== '' && namespace !== definitions.namespace) return false
      const found = definitions.elements.find((one) => one.id === id)
      return found !== undefined && visit(found)
    })
  }
  return visit(decision) ? [...names] : undefined
}

/** A region as one condition: each of its tests put to the column it is about. */
function conditionOf(region: Readonly<Record<string, string>>): string {
  const parts = Object.entries(region).map(([column, test]) => {
    const value = `(${column})`
    if (test === 'null') return `${value} = null`
    const withNull = test.endsWith(', null')
    const own = withNull ? test.slice(0, -', null'.length) : test
    const negated = /^not\((.*)\)$/s.exec(own)?.[1]
    const holds =
      negated === undefined
        ? `${value} in (${own})`
        : negated === 'null'
          ? `${value} != null`
          : `${value} != null and not(${value} in (${negated}))`
    return withNull ? `(${value} = null or (${holds}))` : `(${holds})`
  })
  return parts.length === 0 ? 'true' : parts.join(' and ')
}
