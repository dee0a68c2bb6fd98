import { dayNumber } from '@nhip/calendar/civil-date'
import type { BundleModel } from '../bundle/model.ts'
import { ETERNITY } from '../interpret/situation.ts'
import type { ColumnData, Population, PopulationColumn } from '../population/population.ts'
import { groupOf } from './request.ts'

/** The shape of `Witness.situation`: entities by their plural, members by role. */
export type Situation = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>

/**
 * A population of the one household that a finding states, in the columns of another population, in which it need not be. What
 * `witnessOf` has left out is nought, and null where there is no nought: a day, a word.
 */
export function statedHousehold(
  situation: Situation,
  id: number,
  model: BundleModel,
  { manifest }: Population,
): Population {
  const group = groupOf(model)
  const members = Object.entries(situation[model.person.plural] ?? {})
  const own = Object.values(situation[group.plural] ?? {})[0] ?? {}
  const roleOf = (member: string): string | undefined =>
    group.roles.find(({ plural }) => (own[plural] as readonly string[] | undefined)?.includes(member))?.key
  const columns: Record<string, ColumnData> = {}
  for (const column of manifest.columns) {
    const { name, entity } = column
    const nullable = column.nullable && (column.type === 'date' || column.enum !== undefined)
    const said =
      name === manifest.weight?.column
        ? [1]
        : entity === 'household'
          ? [own[name]]
          : members.map(([member, values]) => (name === 'role' ? roleOf(member) : values[name]))
    columns[name] = {
      data: Float64Array.from(said, (value) => codeOf(value, column)),
      ...(nullable ? { valid: Uint8Array.from(said, (value) => (value === undefined ? 0 : 1)) } : {}),
    }
  }
  return {
    manifest: { ...manifest, households: 1, persons: members.length },
    households: 1,
    persons: members.length,
    first: Int32Array.of(0, members.length),
    ids: Float64Array.of(id),
    columns,
  }
}

function codeOf(said: unknown, { enum: words, type, scale = 0 }: PopulationColumn): number {
  const value = typeof said === 'object' && said !== null ? (said as Record<string, unknown>)[ETERNITY] : said
  if (value === undefined || value === null) return 0
  if (words) return Math.max(0, words.indexOf(String(value)))
  if (type === 'date') return dayNumber(String(value))
  return Math.round(Number(value) * 10 ** scale)
}
