import { CalendarError } from '@nhip/calendar/calendar-error'
import { civilDay, epochMilliseconds, formatInstant, startOfDay } from '@nhip/calendar/instant'
import { isPeriod, periodOf, spanning } from '@nhip/calendar/period'
import { refuse } from '../http/problem.ts'

/** Texts of times in the query string, and times in answers. */

export interface Span {
  from: number
  to: number
}

/** An instant with offset, or the first instant of an ISO period. */
export function startTime(path: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  return isPeriod(text) ? startOfDay(periodOf(text).start) : instantOf(path, text)
}

/** An instant with offset, or the last millisecond of an ISO period: what had been said by its end. */
export function endTime(path: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  return isPeriod(text) ? startOfDay(periodOf(text).end) - 1 : instantOf(path, text)
}

/** The half-open span of an ISO period, or null when the text is no period. */
export function spanOf(text: string): Span | null {
  if (!isPeriod(text)) return null
  const period = periodOf(text)
  return { from: startOfDay(period.start), to: startOfDay(period.end) }
}

export function instantOf(path: string, text: string): number {
  try {
    return epochMilliseconds(text)
  } catch (error) {
    if (!(error instanceof CalendarError)) throw error
    const message = {
      vi: `"${path}": "${text}" không phải thời điểm có múi giờ (2026-07-01T08:00:00+07:00) hay kỳ (2026-Q3).`,
      en: `"${path}": "${text}" is neither an instant with an offset (2026-07-01T08:00:00+07:00) nor a period (2026-Q3).`,
    }
    throw refuse(400, 'invalid-time', {
      message,
      errors: [{ severity: 'error', code: 'invalid-time', path, value: text, message }],
    })
  }
}

export function instantText(time: number): string {
  return formatInstant(time)
}

export function instantOrNull(time: number | null | undefined): string | null {
  return time === null || time === undefined ? null : formatInstant(time)
}

/** The ISO period that is exactly this interval where whole civil days make one, else its instants. */
export function labelOf(from: number, to: number | null): string {
  if (to === null) return formatInstant(from)
  const first = civilDay(from)
  const end = civilDay(to)
  if (startOfDay(first) === from && startOfDay(end) === to) return spanning(first, end).text
  return `${formatInstant(from)}/${formatInstant(to)}`
}
