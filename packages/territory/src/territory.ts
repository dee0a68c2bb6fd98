import type { CivilDate } from '@nhip/calendar/civil-date'
import type { Problem } from '@nhip/canonical/problem'
import { checkTerritory } from './check.ts'
import {
  type Alias,
  type Edge,
  holds,
  type Interval,
  type Level,
  parseUnitId,
  type Unit,
  type UnitId,
} from './unit.ts'

export interface TerritoryData {
  units: readonly Unit[]
  edges: readonly Edge[]
  aliases?: readonly Alias[]
}

/** Either the unit meant, or why none (or more than one) can be meant. */
export type Resolved = { unit: Unit; problem?: Problem } | { unit?: undefined; problem: Problem }

/** Units of administration over time: who existed when, under whom, and what became of them. Immutable. */
export class Territory {
  readonly edges: readonly Edge[]
  readonly aliases: readonly Alias[]
  readonly #byId = new Map<UnitId, Unit>()
  readonly #byCode = new Map<string, Unit[]>()
  readonly #children = new Map<UnitId, Unit[]>()
  readonly #successors = new Map<UnitId, Edge[]>()
  readonly #predecessors = new Map<UnitId, Edge[]>()
  readonly #codeAliases = new Map<string, Alias[]>()
  readonly #changes: CivilDate[]
  #bounds: CivilDate[] | undefined

  /** Prefer {@link buildTerritory}, which also checks the data. */
  constructor(data: TerritoryData) {
    this.edges = data.edges
    this.aliases = data.aliases ?? []
    for (const unit of data.units) {
      this.#byId.set(unit.id, unit)
      push(this.#byCode, unit.code, unit)
      for (const parent of new Set(unit.parents.map((p) => p.id))) push(this.#children, parent, unit)
    }
    for (const edge of data.edges) {
      push(this.#successors, edge.from, edge)
      push(this.#predecessors, edge.to, edge)
    }
    for (const alias of this.aliases) if (alias.kind === 'code') push(this.#codeAliases, alias.alias, alias)
    this.#changes = [...new Set(data.edges.map((e) => e.on))].sort()
  }

  unit(id: UnitId): Unit | undefined {
    return this.#byId.get(id)
  }

  /** Units in the order of the data; `at` keeps those in force on that day. */
  units(want: { at?: CivilDate; level?: Level } = {}): Unit[] {
    const { at, level } = want
    return [...this.#byId.values()].filter(
      (u) => (at === undefined || holds(u.valid, at)) && (level === undefined || u.level === level),
    )
  }

  /** The days on which some unit turned into another, ascending. */
  changes(): readonly CivilDate[] {
    return this.#changes
  }

  /**
   * The first day of the map that a day belongs to: from it to that day no unit, parent or alias began or ended. What was
   * worked out for one day of a map holds for all of them. The day itself when it lies before everything known.
   */
  mapDay(day: CivilDate): CivilDate {
    this.#bounds ??= this.#boundsOfMaps()
    let low = 0
    let high = this.#bounds.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#bounds[middle]! <= day) low = middle + 1
      else high = middle
    }
    return this.#bounds[low - 1] ?? day
  }

  #boundsOfMaps(): CivilDate[] {
    const days = new Set<CivilDate>()
    const add = ({ from, to }: Interval) => {
      days.add(from)
      if (to !== null) days.add(to)
    }
    for (const unit of this.#byId.values()) {
      add(unit.valid)
      for (const { valid } of unit.parents) add(valid)
    }
    for (const { valid } of this.aliases) add(valid)
    return [...days].sort()
  }

  /** What became of a closed unit. */
  successors(id: UnitId): readonly Edge[] {
    return this.#successors.get(id) ?? []
  }

  /** What a unit was made of. */
  predecessors(id: UnitId): readonly Edge[] {
    return this.#predecessors.get(id) ?? []
  }

  parentAt(id: UnitId, at: CivilDate): Unit | undefined {
    const link = this.#byId.get(id)?.parents.find((p) => holds(p.valid, at))
    return link && this.#byId.get(link.id)
  }

  /** The unit itself or the nearest one above it that has a level, on a day. */
  ancestorAt(id: UnitId, level: Level, at: CivilDate): Unit | undefined {
    let unit = this.#byId.get(id)
    for (let steps = 0; unit && unit.level !== level && steps < 32; steps++) unit = this.parentAt(unit.id, at)
    return unit?.level === level ? unit : undefined
  }

  /** Units directly under one on a day. */
  childrenAt(id: UnitId, at: CivilDate): Unit[] {
    return (this.#children.get(id) ?? []).filter(
      (u) => holds(u.valid, at) && this.parentAt(u.id, at)?.id === id,
    )
  }

  /** The unit and all below it on a day, parents before children. Empty when the unit is not in force that day. */
  subtreeAt(id: UnitId, at: CivilDate): Unit[] {
    const root = this.#byId.get(id)
    if (!root || !holds(root.valid, at)) return []
    const found = [root]
    for (const unit of found) found.push(...this.childrenAt(unit.id, at))
    return found
  }

  /**
   * The unit that a code means on a day. Takes a bare code or an alias of one (which must be in force that day), or a whole
   * entity id: an id says by itself which map is meant, so figures recomputed for a map of another time are accepted, with the
   * notice `unit-outside-its-time`. A unit whose beginning is only a convention comes with the notice `unit-not-attested`
   * for days before its first listing.
   */
  resolve(code: string, at: CivilDate, want: { level?: Level } = {}): Resolved {
    if (parseUnitId(code)) {
      const unit = this.#byId.get(code)
      if (!unit) return { problem: unknown(code, at) }
      return holds(unit.valid, at) ? attested(unit, at) : { unit, problem: outside(unit, at) }
    }
    const bearers = (this.#byCode.get(code) ?? []).filter(
      (u) => want.level === undefined || u.level === want.level,
    )
    let open = bearers.filter((u) => holds(u.valid, at))
    if (open.length === 0) {
      const meant = (this.#codeAliases.get(code) ?? []).filter((a) => holds(a.valid, at)).map((a) => a.unit)
      open = meant.flatMap((c) => this.#byCode.get(c) ?? []).filter((u) => holds(u.valid, at))
    }
    if (open.length > 1) return { problem: ambiguous(code, at, open) }
    if (open[0]) return attested(open[0], at)
    return { problem: bearers.length > 0 ? closed(code, at, bearers) : unknown(code, at) }
  }
}

/**
 * Checks units, edges and aliases and joins them. Problems of severity `error` mean that answers about the units named
 * in them cannot be trusted; the territory is still returned so that a caller can show the rest.
 */
export function buildTerritory(data: TerritoryData): { territory: Territory; problems: Problem[] } {
  const territory = new Territory(data)
  return { territory, problems: checkTerritory(data, territory) }
}

function attested(unit: Unit, at: CivilDate): Resolved {
  if (unit.attested === undefined || at >= unit.attested) return { unit }
  return {
    unit,
    problem: {
      severity: 'info',
      code: 'unit-not-attested',
      value: unit.code,
      message: {
        vi: `đơn vị "${unit.code}" (${unit.name.vi}) chỉ được nguồn ghi nhận từ ${unit.attested}; ngày ${at} có thể thuộc một địa giới khác`,
        en: `unit "${unit.code}" (${unit.name.en}) is listed by a source only from ${unit.attested}; on ${at} its boundary may have been another`,
      },
    },
  }
}

function outside(unit: Unit, at: CivilDate): Problem {
  const life = `${unit.valid.from} – ${unit.valid.to ?? '…'}`
  return {
    severity: 'info',
    code: 'unit-outside-its-time',
    value: unit.id,
    message: {
      vi: `ngày ${at} nằm ngoài thời gian hiệu lực (${life}) của ${unit.name.vi}; số liệu được hiểu là theo địa giới của đơn vị này`,
      en: `${at} lies outside the life (${life}) of ${unit.name.en}; the figure is taken to be on that unit's boundary`,
    },
  }
}

function unknown(code: string, at: CivilDate): Problem {
  return {
    severity: 'error',
    code: 'unit-unknown',
    value: code,
    message: {
      vi: `không có đơn vị nào mang mã "${code}" (ngày ${at})`,
      en: `no unit bears the code "${code}" (on ${at})`,
    },
  }
}

function closed(code: string, at: CivilDate, bearers: Unit[]): Problem {
  const lives = bearers.map((u) => `${u.name.vi} ${u.valid.from} – ${u.valid.to ?? '…'}`).join('; ')
  return {
    severity: 'error',
    code: 'unit-closed',
    value: code,
    message: {
      vi: `mã "${code}" không có hiệu lực ngày ${at}; mã này thuộc về: ${lives}`,
      en: `code "${code}" is not in force on ${at}; it belongs to: ${lives}`,
    },
  }
}

function ambiguous(code: string, at: CivilDate, open: Unit[]): Problem {
  const names = open.map((u) => `${u.name.vi} (${u.id})`).join('; ')
  return {
    severity: 'error',
    code: 'unit-ambiguous',
    value: code,
    message: {
      vi: `ngày ${at} có ${open.length} đơn vị mang mã "${code}": ${names}`,
      en: `${open.length} units bear the code "${code}" on ${at}: ${names}`,
    },
    hint: {
      vi: 'ghi mã định danh đầy đủ urn:nhip:unit:<mã>@<ngày>',
      en: 'write the full id urn:nhip:unit:<code>@<date>',
    },
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
