import { type CivilDate, compareDates } from '@nhip/calendar/civil-date'
import { civilDay } from '@nhip/calendar/instant'
import { mapSeries, missingReasons, type SeriesValue, semanticsOf } from '@nhip/territory/map-series'
import type { Territory } from '@nhip/territory/territory'
import type { Shares } from '@nhip/territory/transition'
import { holds, parseUnitId, type Unit } from '@nhip/territory/unit'
import { fullName } from '@nhip/territory/unit-kind'
import type { Catalogue, Property } from '../catalogue/catalogue.ts'
import type { SnapshotAnswer, Status } from './contract.ts'
import { countsAsValue, exactToScaled, scaledToExact } from './fact.ts'
import type { StoredObservation } from './observations.ts'
import { qualityCodes } from './quality.ts'
import { instantText } from './read-times.ts'

type Item = SnapshotAnswer['items'][number]

export interface Drawing {
  view: 'as_then' | 'as_now' | CivilDate
  shares: Shares
  /** Today's civil day, which `as_now` means. */
  today: CivilDate
  now: number
  lang: 'vi' | 'en'
  level?: string | undefined
  period: { from: number; to: number | null }
}

/** Items of a snapshot on the map that was asked for, the day of that map, and the shares that had to be chosen. */
export function drawSnapshot(
  rows: readonly StoredObservation[],
  property: Property,
  rooms: { territory: Territory; catalogue: Catalogue },
  drawing: Drawing,
): Pick<SnapshotAnswer, 'items' | 'mapDate' | 'shares' | 'total'> {
  const { territory } = rooms
  const level = drawing.level
  const ofLevel = (unit: Unit | undefined) => level === undefined || unit?.level === level
  const onUnits = rows.filter((row) => parseUnitId(row.entity) && ofLevel(territory.unit(row.entity)))
  const elsewhere = rows.filter((row) => !parseUnitId(row.entity))
  const then = mapDay(
    onUnits.map((row) => territory.unit(row.entity)).filter((unit) => unit !== undefined),
    drawing.period,
    territory,
    drawing.today,
  )
  const mapDate = drawing.view === 'as_then' ? then : drawing.view === 'as_now' ? drawing.today : drawing.view
  const carried =
    drawing.view === 'as_then'
      ? { items: onUnits.map((row) => plainItem(row, rooms, drawing)), shares: null }
      : carry(onUnits, property, territory, mapDate, drawing)
  const items = [...carried.items, ...elsewhere.map((row) => plainItem(row, rooms, drawing))]
  const additive = property.overUnits === 'sum' || property.overUnits === 'count'
  // Provinces and their communes together would count everybody twice.
  const oneLevel = new Set(onUnits.map((row) => territory.unit(row.entity)?.level)).size <= 1
  return {
    items,
    mapDate,
    shares: carried.shares,
    total: additive && oneLevel ? exactTotal(items) : null,
  }
}

/** A value as it was observed. */
function plainItem(
  row: StoredObservation,
  rooms: { territory: Territory; catalogue: Catalogue },
  drawing: Drawing,
): Item {
  const usable = countsAsValue(row.quality, row.from, drawing.now)
  const item: Item = {
    ...placeOf(row.entity, rooms.territory, rooms.catalogue, drawing.lang),
    t: instantText(row.from),
    value: usable ? row.value : null,
    status: row.status,
    quality: qualityCodes(row.quality),
  }
  if (usable && row.num !== undefined) item.num = row.num
  if (usable && row.den !== undefined) item.den = row.den
  if (row.text !== undefined) item.text = row.text
  return item
}

/** Carries values over the changes of units; what had to be divided is marked E by the territory. */
function carry(
  rows: readonly StoredObservation[],
  property: Property,
  territory: Territory,
  day: CivilDate,
  drawing: Drawing,
): { items: Item[]; shares: string | null } {
  const byUnit = new Map(rows.map((row) => [row.entity, row]))
  const values: SeriesValue[] = rows.map((row) => {
    const usable = countsAsValue(row.quality, row.from, drawing.now)
    return {
      unit: row.entity,
      value: usable ? (row.exact ?? row.value) : null,
      num: usable ? row.num : null,
      den: usable ? row.den : null,
      text: row.text,
      // A value kept out for its quality is missing, whatever it says of itself.
      status: usable ? row.status : 'O',
    }
  })
  const { values: mapped } = mapSeries(territory, values, {
    view: day,
    shares: drawing.shares,
    semantics: property.kind === 'text' ? 'text' : semanticsOf(property.overUnits),
    ...(property.decimals === null ? {} : { decimals: property.decimals }),
  })
  let shares: string | null = null
  const items = mapped.map((value) => {
    if (value.methods.some((method) => method !== 'published')) shares = drawing.shares
    const quality = value.from.reduce((bits, unit) => bits | (byUnit.get(unit)?.quality ?? 0), 0)
    const item: Item = {
      ...placeOf(value.unit, territory, undefined, drawing.lang),
      value: value.value,
      status: value.status as Status,
      quality: qualityCodes(quality),
      from: [...value.from],
    }
    if (value.num !== undefined) item.num = value.num
    if (value.den !== undefined) item.den = value.den
    const text = value.text ?? (value.reason && missingReasons[value.reason][drawing.lang])
    if (text !== undefined) item.text = text
    return item
  })
  return { items, shares }
}

function placeOf(
  id: string,
  territory: Territory,
  catalogue: Catalogue | undefined,
  lang: 'vi' | 'en',
): Pick<Item, 'entity' | 'code' | 'name' | 'lon' | 'lat'> {
  const unit = parseUnitId(id) ? territory.unit(id) : undefined
  if (unit)
    return {
      entity: id,
      code: unit.code,
      name: fullName(unit)[lang],
      ...(unit.lon === undefined ? {} : { lon: unit.lon }),
      ...(unit.lat === undefined ? {} : { lat: unit.lat }),
    }
  const entity = catalogue?.entity(id)
  return {
    entity: id,
    name: (entity && (entity.name[lang] || entity.name.vi)) ?? id,
    ...(entity?.lon == null ? {} : { lon: entity.lon }),
    ...(entity?.lat == null ? {} : { lat: entity.lat }),
  }
}

/**
 * The day whose map most of the units belong to: the last day of the period, its first day, or, when figures were
 * recomputed for the map of another time, a day on which units changed.
 */
function mapDay(
  units: readonly Unit[],
  period: { from: number; to: number | null },
  territory: Territory,
  today: CivilDate,
): CivilDate {
  const last = civilDay(period.to === null ? period.from : period.to - 1)
  const candidates = [last, civilDay(period.from), ...territory.changes(), today]
  let best = compareDates(last, today) > 0 ? today : last
  let most = 0
  for (const day of candidates) {
    const count = units.filter((unit) => holds(unit.valid, day)).length
    if (count > most) {
      most = count
      best = day
    }
  }
  return best
}

/** The sum over the items, exact as long as the values are decimals of at most six places. */
function exactTotal(items: readonly Item[]): number | null {
  let sum = 0n
  let some = false
  for (const { value } of items) {
    if (value === null) continue
    some = true
    const scaled = exactToScaled(String(value))
    if (scaled === undefined) return items.reduce((total, item) => total + (item.value ?? 0), 0)
    sum += scaled
  }
  return some ? Number(scaledToExact(sum)) : null
}
