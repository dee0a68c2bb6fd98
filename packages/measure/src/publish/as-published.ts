import { lastDay } from '../data/last-day.ts'

/** What identifies a fact, and when it was said. */
export interface Vintage {
  unit: string
  item: string
  period: string | null
  breakdown: string | null
  /** Date, month or year of publication; null = from the beginning. */
  published: string | null
}

/**
 * What had been said by the end of a day: of each fact the newest vintage published on or before it; of two of the same day the later row.
 * A year or month alone means its last day. Without a day, the newest of all. Rows keep their order; a withdrawal is a vintage like any
 * other.
 *
 * @throws {RangeError} when `day` is no date, month or year
 */
export function asPublished<Row extends Vintage>(rows: readonly Row[], day?: string): Row[] {
  const limit = day === undefined ? null : lastDay(day)
  if (day !== undefined && limit === null) throw new RangeError(`invalid date: "${day}"`)
  const newest = new Map<string, { at: number; said: string }>()
  rows.forEach(({ unit, item, period, breakdown, published }, at) => {
    const said = published === null ? '' : (lastDay(published) ?? '')
    if (limit !== null && said > limit) return
    const key = JSON.stringify([unit, item, period, breakdown])
    const known = newest.get(key)
    if (!known || said >= known.said) newest.set(key, { at, said })
  })
  return [...newest.values()]
    .map(({ at }) => at)
    .sort((a, b) => a - b)
    .map((at) => rows[at] as Row)
}
