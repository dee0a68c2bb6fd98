import { dateOfDayNumber } from '@nhip/calendar/civil-date'
import { explain } from '@nhip/policy/explain/explain'
import { explanationJson } from '@nhip/policy/explain/text'
import type { Policy } from '@nhip/policy/interpret/policy'
import { ETERNITY, readSituation } from '@nhip/policy/interpret/situation'
import { chunkOf, gather, type Population } from '@nhip/policy/population/population'
import type { OutputColumn } from '@nhip/policy/simulate/evaluator'
import { groupOf } from '@nhip/policy/simulate/request'
import type { HouseholdMember, HouseholdView, ShownExplanation } from './lab-messages.ts'
import type { LabRunner } from './lab-runner.ts'

/** Points of a curve: enough that a step is seen as one. */
const POINTS = 241
type Model = Policy['program']['model']

/**
 * One household of the sample: who lives there, what it has under either law, what it would have if one member earned more or less,
 * and why.
 * @throws {RangeError} when there is no such household
 */
export function householdView(
  runner: LabRunner,
  asked: { household: number; person: string | null; language: 'vi' | 'en' },
): HouseholdView {
  const { population, period, income } = runner.setup
  const row = population.ids.indexOf(asked.household)
  if (row < 0) throw new RangeError(`there is no household ${asked.household} in the sample`)
  const base = runner.policy('base')
  const reform = runner.policy(runner.setup.reform ? 'reform' : 'base')
  const { model } = reform.program
  const { members, own } = membersOf(population, model, row)
  const why = (policy: Policy): ShownExplanation => {
    const said = situationOf(model, members, own)
    const situation = readSituation(policy.program.model, said, { period, report: () => {} })
    const root = explain(policy.case(situation), income, 'h', period)
    return (JSON.parse(explanationJson(root, asked.language)) as { root: ShownExplanation }).root
  }
  const [now] = incomesOf(runner, row, null, [0])
  return {
    household: asked.household,
    members,
    own,
    income: { variable: income, base: now?.base ?? 0, reform: now?.reform ?? 0 },
    curve: curveOf(runner, model, row, asked.person),
    explanation: { base: why(base), reform: why(reform) },
  }
}

function membersOf(population: Population, model: Model, row: number) {
  const group = groupOf(model)
  const begin = population.first[row] as number
  const end = population.first[row + 1] as number
  const members: (HouseholdMember & { plural: string })[] = []
  const own: { variable: string; value: unknown }[] = []
  const roles = population.columns.role?.data
  for (let p = begin; p < end; p++) {
    const role = group.roles[roles?.[p] ?? 0]
    members.push({
      id: `p${p - begin + 1}`,
      role: role?.title ?? { vi: '', en: '' },
      plural: role?.plural ?? '',
      values: [],
    })
  }
  for (const { name, entity } of population.manifest.columns) {
    const variable = model.variables.get(name)
    const column = population.columns[name]
    if (!variable || !column) continue
    const value = (at: number): unknown => {
      if (column.valid?.[at] === 0) return null
      const code = column.data[at] as number
      if (variable.type === 'number') return code / 10 ** (variable.scale ?? 0)
      if (variable.type === 'boolean') return code === 1
      if (variable.type === 'date') return dateOfDayNumber(code)
      return model.enums.get(variable.type)?.[code] ?? null
    }
    if (entity === 'household') own.push({ variable: name, value: value(row) })
    else
      for (const [i, member] of members.entries())
        members[i] = {
          ...member,
          values: [...(members[i]?.values ?? []), { variable: name, value: value(begin + i) }],
        }
  }
  return { members, own }
}

/** The household as a situation in OpenFisca's shape. */
function situationOf(
  model: Model,
  members: readonly (HouseholdMember & { plural: string })[],
  own: HouseholdMember['values'],
): unknown {
  const group = groupOf(model)
  const given = (values: HouseholdMember['values']): Record<string, unknown> =>
    Object.fromEntries(
      values
        .filter(({ value }) => value !== null)
        .map(({ variable, value }) => [
          variable,
          model.variables.get(variable)?.period === ETERNITY ? { [ETERNITY]: value } : value,
        ]),
    )
  const roles: Record<string, string[]> = {}
  for (const { id, plural } of members) roles[plural] = [...(roles[plural] ?? []), id]
  return {
    [model.person.plural]: Object.fromEntries(members.map(({ id, values }) => [id, given(values)])),
    [group.plural]: { h: { ...given(own), ...roles } },
  }
}

/** Income of one household under both laws for each of some values of a member's input. */
function incomesOf(
  runner: LabRunner,
  row: number,
  change: { variable: string; member: number } | null,
  values: readonly number[],
): { base: number; reform: number }[] {
  const { population, income, reform } = runner.setup
  const scale = runner.policy('base').program.model.variables.get(income)?.scale ?? 0
  const many = gather(chunkOf(population, row, row + 1), runner.entities, new Int32Array(values.length))
  const column = change && many.columns[change.variable]
  if (change && column) {
    for (const [i, value] of values.entries()) column.data[(many.first[i] as number) + change.member] = value
  }
  const out = runner.evaluator('both', [income]).run(many)
  const under = (name: string, i: number): number => {
    const found = out[name] as OutputColumn
    return found.valid?.[i] === 0 ? 0 : (found.data[i] as number) / 10 ** scale
  }
  return values.map((_, i) => ({
    base: under(income, i),
    reform: under(reform ? `reform:${income}` : income, i),
  }))
}

function curveOf(
  runner: LabRunner,
  model: Model,
  row: number,
  person: string | null,
): HouseholdView['curve'] {
  const { population } = runner.setup
  const variable = model.invariants.find(({ increasing }) => increasing)?.increasing?.[0]
  const column = variable === undefined ? undefined : population.columns[variable]
  if (variable === undefined || !column || runner.entities.get(variable) !== 'person') return null
  const begin = population.first[row] as number
  const end = population.first[row + 1] as number
  let member = person === null ? 0 : Number(person.slice(1)) - 1
  if (person === null)
    for (let p = begin; p < end; p++)
      if ((column.data[p] as number) > (column.data[begin + member] as number)) member = p - begin
  const now = column.data[begin + member] as number
  const unit = 10 ** (model.variables.get(variable)?.scale ?? 0)
  const step = Math.max(1, Math.round(Math.max(2 * now, 60_000_000 * unit) / (POINTS - 1) / unit)) * unit
  const values = Array.from({ length: POINTS }, (_, i) => i * step)
  const incomes = incomesOf(runner, row, { variable, member }, values)
  return {
    person: `p${member + 1}`,
    variable,
    now: now / unit,
    points: incomes.map(({ base, reform }, i) => ({ at: (values[i] as number) / unit, base, reform })),
  }
}
