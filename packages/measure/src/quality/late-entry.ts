/** A time at which somebody entered or changed a value. */
export interface Entry {
  unit: string
  /** ISO date or instant with offset; all of one kind. */
  at: string
}

/** A unit that entered nearly everything in one go at the end. */
export interface LateEntry {
  unit: string
  /** Entries on its last day, or in its last hour when instants are given. */
  late: number
  all: number
}

/**
 * Units of which at least `share` of the entries (and no fewer than `atLeast`) fall on the last day of all entries, while other units had
 * begun before; with instants, in the last hour.
 */
export function lateEntries(entries: readonly Entry[], share = 0.8, atLeast = 10): LateEntry[] {
  const instants = entries.length > 0 && entries.every(({ at }) => at.includes('T'))
  const number = ({ at }: Entry): number => Date.parse(instants ? at : `${at.slice(0, 10)}T00:00:00Z`)
  let last = -Infinity
  for (const entry of entries) last = Math.max(last, number(entry))
  const since = instants ? last - 3_600_000 : last
  const counts = new Map<string, { late: number; all: number }>()
  let lateOfAll = 0
  for (const entry of entries) {
    const count = counts.get(entry.unit) ?? { late: 0, all: 0 }
    counts.set(entry.unit, count)
    count.all++
    if (number(entry) >= since) {
      count.late++
      lateOfAll++
    }
  }
  // When everybody enters on that day it is the calendar, not the unit.
  if (lateOfAll > entries.length * 0.5) return []
  return [...counts]
    .filter(([, { late, all }]) => late >= atLeast && late >= share * all)
    .map(([unit, count]) => ({ unit, ...count }))
}
