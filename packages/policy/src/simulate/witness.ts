import { dateOfDayNumber } from '@nhip/calendar/civil-date'
import type { BundleModel } from '../bundle/model.ts'
import { ETERNITY } from '../interpret/situation.ts'
import type { Population } from '../population/population.ts'
import { groupOf } from './request.ts'
import type { Witness } from './result.ts'

/**
 * One household of a population as a situation in OpenFisca's shape, for `nhip policy explain`; a member may be given another value.
 * Values that are the variable's default are left out.
 */
export function witnessOf(
  population: Population,
  model: BundleModel,
  household: number,
  member: number,
  change?: { readonly variable: string; readonly value: number },
): Witness {
  const group = groupOf(model)
  const begin = population.first[household] as number
  const end = population.first[household + 1] as number
  const persons: Record<string, Record<string, unknown>> = {}
  const own: Record<string, unknown> = {}
  const roles = population.columns.role?.data
  for (let p = begin; p < end; p++) {
    const id = `p${p - begin + 1}`
    persons[id] = {}
    const role = group.roles[roles?.[p] ?? 0]
    if (role) own[role.plural] = [...((own[role.plural] as string[] | undefined) ?? []), id]
  }
  for (const { name, entity } of population.manifest.columns) {
    const variable = model.variables.get(name)
    const column = population.columns[name]
    if (variable === undefined || column === undefined) continue
    const value = (row: number): unknown => {
      if (column.valid?.[row] === 0) return null
      const code = column.data[row] as number
      switch (variable.type) {
        case 'number':
          return code / 10 ** (variable.scale ?? 0)
        case 'boolean':
          return code === 1
        case 'date':
          return dateOfDayNumber(code)
        default:
          return model.enums.get(variable.type)?.[code] ?? null
      }
    }
    const wrap = (v: unknown): unknown => (variable.period === ETERNITY && v !== null ? { [ETERNITY]: v } : v)
    const usual = (v: unknown): boolean => v === 0 || v === false || v === null
    if (entity === 'household') {
      if (!usual(value(household))) own[name] = wrap(value(household))
      continue
    }
    for (let p = begin; p < end; p++) {
      const changed = change?.variable === name && p - begin === member
      const v = changed ? change.value / 10 ** (variable.scale ?? 0) : value(p)
      if (!usual(v)) (persons[`p${p - begin + 1}`] as Record<string, unknown>)[name] = wrap(v)
    }
  }
  return {
    household: population.ids[household] as number,
    person: `p${member + 1}`,
    situation: { [model.person.plural]: persons, [group.plural]: { h: own } },
  }
}
