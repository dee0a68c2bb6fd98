import { type Period, periodOf } from '@nhip/calendar/period'

const LIMIT = 1_000
const known = new Map<string, Period>()

/**
 * The period of a text, remembered: an evaluation names the same few months again and again. Bounded, since texts come
 * from outside.
 * @throws {CalendarError} when the text is no period
 */
export function periodFrom(text: Period | string): Period {
  if (typeof text !== 'string') return text
  const found = known.get(text)
  if (found !== undefined) return found
  const period = periodOf(text)
  if (known.size >= LIMIT) known.clear()
  known.set(text, period)
  return period
}

/** Whether a text is a period. */
export function isPeriodText(text: string): boolean {
  try {
    periodFrom(text)
    return true
  } catch {
    return false
  }
}
