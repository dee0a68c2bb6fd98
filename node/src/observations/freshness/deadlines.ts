import { addDays, type CivilDate } from '@nhip/calendar/civil-date'
import type { HolidayCalendar } from '@nhip/calendar/holiday-calendar'
import { civilDay, startOfDay } from '@nhip/calendar/instant'
import { containing, lastDay, next, type Period } from '@nhip/calendar/period'
import { addWorkingDays, workingDayOnOrAfter } from '@nhip/calendar/working-days'
import type { FreshnessPromise } from '../../catalogue/contract.ts'
import type { FreshnessState } from '../contract.ts'

/** Valid time of the newest value: epoch milliseconds, `to` null for a reading at an instant. */
export interface ValidTime {
  from: number
  to: number | null
}

/** When the value after the newest one is promised for, and from when on its absence is late, then stale. */
export interface Deadlines {
  dueAt: number
  lateAt: number
  staleAt: number
}

/** Without a wish of its own a promise by interval is late after two of them and stale after five. */
const lateIntervals = 2
const staleIntervals = 5

/** The deadlines that follow from a promise and the newest value. */
export function deadlinesOf(
  promise: FreshnessPromise,
  newest: ValidTime,
  calendar: HolidayCalendar,
): Deadlines {
  if (promise.kind === 'calendar') return calendarDeadlines(promise, awaited(promise, newest), calendar)
  const { everyS, lateAfterS = lateIntervals * everyS, staleAfterS = staleIntervals * everyS } = promise
  const end = newest.to ?? newest.from
  return {
    dueAt: end + everyS * 1000,
    lateAt: end + lateAfterS * 1000,
    staleAt: end + staleAfterS * 1000,
  }
}

/** Whether what was promised is there at `now`; the instant of a deadline itself is still in time. */
export function stateAt({ lateAt, staleAt }: Deadlines, now: number): FreshnessState {
  return now <= lateAt ? 'fresh' : now <= staleAt ? 'late' : 'stale'
}

type CalendarPromise = Extract<FreshnessPromise, { kind: 'calendar' }>

/** The first period whose figure is not there yet. A value over a part of a period does not stand for it. */
function awaited({ period: kind }: CalendarPromise, { from, to }: ValidTime): Period {
  const last = containing(civilDay(to === null ? from : to - 1), kind)
  return to !== null && to < startOfDay(last.end) ? last : next(last)
}

/** When the figure of a period is promised for, and from when on its absence is stale. */
export function calendarDeadlines(
  promise: CalendarPromise,
  period: Period,
  calendar: HolidayCalendar,
): Deadlines {
  const dueAt = endOfDay(dueDay(promise, promise.dueIn, period, calendar))
  const staleDay =
    promise.staleIn === undefined
      ? dueDay(promise, promise.dueIn, next(period), calendar)
      : dueDay(promise, promise.staleIn, period, calendar)
  return { dueAt, lateAt: dueAt, staleAt: endOfDay(staleDay) }
}

function dueDay(
  { count }: CalendarPromise,
  days: number,
  period: Period,
  calendar: HolidayCalendar,
): CivilDate {
  const closed = lastDay(period)
  return count === 'working-days'
    ? addWorkingDays(closed, days, calendar)
    : workingDayOnOrAfter(addDays(closed, days), calendar)
}

/** 24:00 of a civil day at +07:00. */
function endOfDay(day: CivilDate): number {
  return startOfDay(addDays(day, 1))
}
