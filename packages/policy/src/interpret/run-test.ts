import { isPeriod, periodOf } from '@nhip/calendar/period'
import type { Problem } from '@nhip/canonical/problem'
import * as number from '@nhip/feel/number'
import { Num } from '@nhip/feel/number'
import { equal, type FeelValue, toText } from '@nhip/feel/values'
import type { Bundle } from '../bundle/bundle.ts'
import type { Entity, Variable } from '../bundle/model.ts'
import { suggestion } from '../bundle/nearest.ts'
import type { PolicyTest } from '../bundle/policy-test.ts'
import { step, type YamlFile } from '../bundle/yaml-file.ts'
import { idsOf } from './answer.ts'
import type { Case } from './case.ts'
import { ETERNITY, periodsIn, readSituation, type Situation } from './situation.ts'

export interface Difference {
  readonly entity: string
  readonly of: string
  readonly variable: string
  readonly period: string
  readonly expected: FeelValue
  readonly actual: FeelValue
  readonly tolerance: Num | null
}

export interface TestOutcome {
  readonly file: string
  readonly name: string
  readonly ok: boolean
  readonly differences: readonly Difference[]
  /** What kept the test from running: unknown names, wrong values, a broken reform. */
  readonly problems: readonly Problem[]
  /** Warnings of the evaluation: a right value with a warning is still worth a look. */
  readonly warnings: readonly Problem[]
  readonly run: Case | null
}

type Data = Record<string, unknown>

/** Runs one golden case against the bundle: equal to the last digit unless the case grants a tolerance. */
export function runTest(bundle: Bundle, test: PolicyTest): TestOutcome {
  const problems: Problem[] = []
  const { bundle: reformed, problems: misfits } = bundle.withReforms(test.reforms)
  for (const problem of misfits) {
    const { file, line, column } = test.place
    problems.push(problem.file === undefined ? { ...problem, file, line, column } : problem)
  }
  for (const path of test.parameters.keys()) {
    if (reformed.model.parameters.has(path)) continue
    problems.push(
      test.yaml.problem(
        test.input.replace(/input$/, `parameters${step(path)}`),
        'name.unknown',
        path,
        { vi: `không có tham số "${path}"`, en: `there is no parameter "${path}"` },
        suggestion(path, reformed.model.parameters.keys()),
      ),
    )
  }
  const { model } = reformed
  const input = expand(at(test.yaml, test.input), model.person, model.variables, [
    model.person,
    ...model.groups,
  ])
  const situation = readSituation(model, input.data, {
    period: test.period,
    numberAt: (pointer) => test.yaml.number(test.input + input.pointer(pointer)),
    report: (pointer, code, value, message, hint) =>
      problems.push(test.yaml.problem(test.input + input.pointer(pointer), code, value, message, hint)),
  })
  const done = (differences: Difference[], run: Case | null): TestOutcome => ({
    file: test.file,
    name: test.name,
    ok: differences.length === 0 && problems.every((p) => p.severity !== 'error'),
    differences,
    problems,
    warnings: run?.warnings ?? [],
    run,
  })
  if (problems.some((p) => p.severity === 'error')) return done([], null)
  const policy = reformed.at({
    asKnown: test.asKnown,
    ...(test.parameters.size > 0 ? { parameters: test.parameters } : {}),
  })
  const run = policy.case(situation)
  const differences: Difference[] = []
  for (const wanted of wantedOf(bundleEntities(reformed), situation, test, problems, model.variables)) {
    const { entity, id, variable, period, expected } = wanted
    const actual = valueIn(run, variable, id, period)
    if (matches(expected, actual, test.tolerance)) continue
    differences.push({
      entity: entity.key,
      of: id,
      variable: variable.name,
      period,
      expected,
      actual,
      tolerance: test.tolerance,
    })
  }
  return done(differences, run)
}

interface Wanted {
  readonly entity: Entity
  readonly id: string
  readonly variable: Variable
  readonly period: string
  readonly expected: FeelValue
}

const bundleEntities = ({ model }: Bundle) => [model.person, ...model.groups]

/** What a test's `output` asks: by entity and id, or flat where there is one of the variable's entity. */
function wantedOf(
  entities: readonly Entity[],
  situation: Situation,
  test: PolicyTest,
  problems: Problem[],
  variables: ReadonlyMap<string, Variable>,
): Wanted[] {
  const wanted: Wanted[] = []
  const person = entities[0] as Entity
  const unknown = (pointer: string, value: string, vi: string, en: string, known: Iterable<string>) =>
    problems.push(
      test.yaml.problem(pointer, 'name.unknown', value, { vi, en }, suggestion(value, known), 'key'),
    )
  const read = (entity: Entity, id: string, name: string, data: unknown, pointer: string) => {
    const variable = variables.get(name)
    if (variable === undefined || variable.entity !== entity.key) {
      unknown(
        pointer,
        name,
        `không có biến "${name}" của ${entity.key}`,
        `${entity.key} has no variable "${name}"`,
        variables.keys(),
      )
      return
    }
    const values = isData(data) ? Object.entries(data) : [[test.period, data] as const]
    for (const [period, value] of values) {
      const below = isData(data) ? pointer + step(period) : pointer
      if (period.toLowerCase() !== ETERNITY && !isPeriod(period)) {
        unknown(below, period, `"${period}" không phải là một kỳ`, `"${period}" is not a period`, [])
        continue
      }
      wanted.push({ entity, id, variable, period, expected: expectedOf(variable, value, below, test.yaml) })
    }
  }
  for (const [key, block] of Object.entries(at(test.yaml, test.output) as Data)) {
    const pointer = test.output + step(key)
    const entity = entities.find((e) => e.plural === key || e.key === key)
    if (entity !== undefined && isData(block)) {
      const ids = idsOf(entity, situation, person)
      for (const [id, item] of Object.entries(block)) {
        if (!ids.includes(id)) {
          // `person: {tax: 5}` speaks of the only one.
          const [only] = ids
          if (ids.length === 1 && only !== undefined && variables.has(id))
            read(entity, only, id, item, pointer + step(id))
          else
            unknown(
              pointer + step(id),
              id,
              `không có "${id}" trong ${key}`,
              `there is no "${id}" in ${key}`,
              ids,
            )
        } else if (isData(item)) {
          for (const [name, data] of Object.entries(item))
            read(entity, id, name, data, pointer + step(id) + step(name))
        }
      }
      continue
    }
    const variable = variables.get(key)
    const own = variable && entities.find((e) => e.key === variable.entity)
    const ids = own ? idsOf(own, situation, person) : []
    const [only] = ids
    if (own && ids.length === 1 && only !== undefined) read(own, only, key, block, pointer)
    else
      unknown(
        pointer,
        key,
        `không rõ "${key}" là của ai`,
        `it is not clear whose "${key}" is meant`,
        variables.keys(),
      )
  }
  return wanted
}

/** A year's figure of a monthly variable is the sum of its months. */
export function valueIn(run: Case, variable: Variable, id: string, period: string): FeelValue {
  if (variable.period === ETERNITY) return run.value(variable.name, id, run.situation.period).value
  const periods = periodsIn(periodOf(period), variable.period)
  const values = periods.map((one) => run.value(variable.name, id, one).value)
  if (values.length === 1) return values[0] ?? null
  let total: Num | null = number.ZERO
  for (const value of values) total = value instanceof Num && total !== null ? number.add(total, value) : null
  return total
}

function expectedOf(variable: Variable, data: unknown, pointer: string, yaml: YamlFile): FeelValue {
  if (typeof data === 'number') return yaml.number(pointer)
  if (typeof data === 'string' && variable.type === 'number') return number.parseNumber(data) ?? data
  return typeof data === 'string' || typeof data === 'boolean' ? data : null
}

/** Equal, or within the tolerance; a date is compared by its text. */
export function matches(expected: FeelValue, actual: FeelValue, tolerance: Num | null): boolean {
  if (expected instanceof Num && actual instanceof Num && tolerance !== null) {
    const distance = number.subtract(expected, actual)
    return distance !== null && number.compare(number.abs(distance), tolerance) <= 0
  }
  if (typeof expected === 'string' && actual !== null && typeof actual === 'object')
    return toText(actual) === expected
  return equal(expected, actual) === true
}

/** A flat input is that of one person: it is put in its place, and pointers find their way back. */
function expand(
  data: unknown,
  person: Entity,
  variables: ReadonlyMap<string, Variable>,
  entities: readonly Entity[],
): { data: unknown; pointer: (p: string) => string } {
  const flat =
    isData(data) &&
    Object.keys(data).some((key) => variables.has(key)) &&
    !Object.keys(data).some((key) => entities.some((e) => e.plural === key || e.key === key))
  if (!flat) return { data, pointer: (p) => p }
  const blocks: Record<string, Record<string, Data>> = {}
  for (const [name, value] of Object.entries(data)) {
    const entity = entities.find((e) => e.key === variables.get(name)?.entity) ?? person
    const id = entity === person ? person.key : entity.key
    blocks[entity.plural] = { [id]: { ...blocks[entity.plural]?.[id], [name]: value } }
  }
  blocks[person.plural] ??= { [person.key]: {} }
  for (const entity of entities) {
    const [role] = entity.roles
    const group = blocks[entity.plural]?.[entity.key]
    if (role && group) group[role.plural] = [person.key]
  }
  return { data: blocks, pointer: (p) => p.replace(/^\/[^/]+\/[^/]+/, '') }
}

function at(yaml: YamlFile, pointer: string): unknown {
  let data = yaml.data
  for (const part of pointer.split('/').slice(1)) data = (data as Record<string, unknown>)[part]
  return data
}

function isData(data: unknown): data is Data {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
}
