import type { CivilDate } from '@nhip/calendar/civil-date'

/** `urn:nhip:unit:<code>@<valid_from>`: codes are used again for other territories, so a code alone names nothing. */
export type UnitId = string

/** The tiers of administration of Viet Nam; other organisations may bring levels of their own. */
export type Level = 'nation' | 'province' | 'district' | 'commune' | (string & {})

/** Half-open: `from` is the first day, `to` the first day no longer in it; `to: null` = still in force. */
export interface Interval {
  from: CivilDate
  to: CivilDate | null
}

/**
 * One unit on one territory, under one code, kind and name. A change of any of these closes the unit and opens another;
 * what became of it is an {@link Edge}. A change of parent alone keeps the unit.
 */
export interface Unit {
  id: UnitId
  /** Text with leading zeros, as the issuing list writes it. */
  code: string
  level: Level
  /** `ward`, `commune`, `special-zone` …: see unit-kind.ts. */
  kind: string
  /** Without the type word: "Ba Đình", not "Phường Ba Đình". */
  name: { vi: string; en: string }
  valid: Interval
  /** In order of time, without overlap. Empty for a root. */
  parents: { id: UnitId; valid: Interval }[]
  /** First day for which a source lists the unit, when its real beginning is unknown and `valid.from` only a convention. */
  attested?: CivilDate
  /** km². */
  area?: number
  /** Residents. */
  population?: number
  lat?: number
  lon?: number
  /** Doubts about area and population, e.g. `namesake-figures`. */
  flags: string[]
  /** Number of the legal act that made the unit. */
  act?: string
  source?: string
}

export type EdgeKind = 'rename' | 'merge' | 'split' | 'transfer'

/**
 * What a closed unit became on a day. Over all edges of one `from` on one day the shares sum to 1;
 * `share: null` = the division is not published, and who asks must choose how to estimate it.
 */
export interface Edge {
  from: UnitId
  to: UnitId
  on: CivilDate
  kind: EdgeKind
  /** Exact decimal in (0, 1]. */
  share: string | null
  /** What a share below 1 was measured by. */
  basis?: 'population' | 'area' | 'count' | 'equal'
  act?: string
}

/** Another code or spelling in use for the unit that bears `unit` as its code, while `valid` lasts. */
export interface Alias {
  alias: string
  kind: 'code' | 'name'
  /** Bare code. */
  unit: string
  valid: Interval
  source?: string
}

const prefix = 'urn:nhip:unit:'

/** The entity id of the unit that took a code on a day. */
export function unitId(code: string, validFrom: CivilDate): UnitId {
  return `${prefix}${code}@${validFrom}`
}

/** The code and first day inside an entity id, or null when the text is not the id of a unit. */
export function parseUnitId(text: string): { code: string; validFrom: CivilDate } | null {
  const at = text.lastIndexOf('@')
  if (!text.startsWith(prefix) || at <= prefix.length || !/^\d{4}-\d{2}-\d{2}$/.test(text.slice(at + 1)))
    return null
  return { code: text.slice(prefix.length, at), validFrom: text.slice(at + 1) }
}

/** Whether a day lies in an interval. ISO dates compare as text. */
export function holds(interval: Interval, day: CivilDate): boolean {
  return interval.from <= day && (interval.to === null || day < interval.to)
}

/** The common part of two intervals, or null when they do not meet. */
export function meet(a: Interval, b: Interval): Interval | null {
  const from = a.from > b.from ? a.from : b.from
  const to = a.to === null ? b.to : b.to === null || a.to < b.to ? a.to : b.to
  return to !== null && to <= from ? null : { from, to }
}
