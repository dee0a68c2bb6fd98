import { addDays, type CivilDate } from '@nhip/calendar/civil-date'
import { isPeriod, periodOf } from '@nhip/calendar/period'

/**
 * The last day of a date, month or year: what "published in 2024" means when it is compared.
 * An instant counts as its day. Null when the text is none of them.
 */
export function lastDay(text: string): CivilDate | null {
  const day = /^(\d{4}-\d\d-\d\d)T/.exec(text)?.[1] ?? text
  return isPeriod(day) ? addDays(periodOf(day).end, -1) : null
}

/** Orders ISO periods by first day, then last day, then text; data without a period comes first. */
export function comparePeriods(a: string | null, b: string | null): number {
  if (a === b) return 0
  if (a === null || b === null) return a === null ? -1 : 1
  const p = periodOf(a)
  const q = periodOf(b)
  if (p.start !== q.start) return p.start < q.start ? -1 : 1
  if (p.end !== q.end) return p.end < q.end ? -1 : 1
  return a < b ? -1 : 1
}
