import { civilDay } from '@nhip/calendar/instant'
import type { Catalogue } from '../catalogue/catalogue.ts'
import { refuse } from '../http/problem.ts'
import type { Units } from '../identity/units.ts'

interface Places {
  catalogue: Pick<Catalogue, 'entity' | 'entities'>
  units: Units
}

/** An entity by its id, or an administrative unit by the code it bears today. */
export function entityOf({ catalogue, units }: Places, text: string, now: number): string {
  if (catalogue.entity(text)) return text
  const unit = text.startsWith('urn:') ? undefined : units.territory().resolve(text, civilDay(now)).unit
  if (!unit) throw refuse(404, 'unknown-entity', { params: { entity: text } })
  return unit.id
}

/** The entities that a question narrows itself down to; undefined when it asks for all. */
export function entityFilter(
  { catalogue, units }: Places,
  query: { entity?: string; unit?: string; bbox?: string },
  now: number,
): string[] | undefined {
  if (query.entity === undefined && query.unit === undefined && query.bbox === undefined) return undefined
  let ids: string[] | undefined
  const narrow = (to: readonly string[]) => {
    if (ids === undefined) ids = [...to]
    else {
      const kept = new Set(to)
      ids = ids.filter((id) => kept.has(id))
    }
  }
  if (query.entity !== undefined) narrow([entityOf({ catalogue, units }, query.entity, now)])
  const territory = units.territory()
  const today = civilDay(now)
  if (query.unit !== undefined) {
    const unit = territory.resolve(query.unit, today).unit
    if (!unit) throw refuse(404, 'unknown-unit', { params: { unit: query.unit } })
    const below = new Set(territory.subtreeAt(unit.id, today).map(({ id }) => id))
    below.add(unit.id)
    narrow([
      ...below,
      ...catalogue
        .entities({})
        .filter((entity) => entity.unit !== null && below.has(entity.unit))
        .map(({ id }) => id),
    ])
  }
  if (query.bbox !== undefined) {
    const [west, south, east, north] = boxOf(query.bbox)
    const inside = (place: { lon?: number | null; lat?: number | null }) =>
      place.lon != null &&
      place.lat != null &&
      place.lon >= west &&
      place.lon <= east &&
      place.lat >= south &&
      place.lat <= north
    narrow([
      ...territory
        .units({ at: today })
        .filter(inside)
        .map(({ id }) => id),
      ...catalogue
        .entities({})
        .filter(inside)
        .map(({ id }) => id),
    ])
  }
  return ids
}

function boxOf(text: string): [number, number, number, number] {
  const numbers = text.split(',').map(Number)
  if (numbers.length !== 4 || numbers.some((x) => !Number.isFinite(x)))
    throw refuse(400, 'invalid-bbox', {
      message: {
        vi: `bbox "${text}" phải là bốn số: tây,nam,đông,bắc.`,
        en: `bbox "${text}" must be four numbers: west,south,east,north.`,
      },
    })
  return numbers as [number, number, number, number]
}

/** Ids of the entities of a kind: a type of the catalogue, `unit` for every unit there is today, or `unit:<level>`. */
export function entitiesOfKind({ catalogue, units }: Places, kind: string, now: number): string[] {
  const [type, level] = kind.split(':')
  if (type !== 'unit') return catalogue.entities({ type: kind }).map(({ id }) => id)
  return units
    .territory()
    .units({ at: civilDay(now) })
    .filter((unit) => level === undefined || unit.level === level)
    .map(({ id }) => id)
}
