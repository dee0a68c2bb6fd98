import { type CivilDate, dateOfDayNumber, dayNumber } from './civil-date.ts'
import type { HolidayCalendar } from './holiday-calendar.ts'

/** Whether people work on the day: no day of rest, no day off, or a day of rest that was swapped. */
export function isWorkingDay(date: CivilDate, calendar: HolidayCalendar): boolean {
  return calendar.working(dayNumber(date))
}

/** The day itself if it is a working day, else the next one. */
export function workingDayOnOrAfter(date: CivilDate, calendar: HolidayCalendar): CivilDate {
  let n = dayNumber(date)
  while (!calendar.working(n)) n++
  return dateOfDayNumber(n)
}

/** The day itself if it is a working day, else the one before. */
export function workingDayOnOrBefore(date: CivilDate, calendar: HolidayCalendar): CivilDate {
  let n = dayNumber(date)
  while (!calendar.working(n)) n--
  return dateOfDayNumber(n)
}

/**
 * The `count`-th working day after a day, which itself is not counted (before it when negative). 0 is the day itself,
 * whatever it is.
 * @throws {RangeError} when the count is not a whole number.
 */
export function addWorkingDays(date: CivilDate, count: number, calendar: HolidayCalendar): CivilDate {
  return dateOfDayNumber(stepWorkingDays(dayNumber(date), count, calendar))
}

/** As {@link addWorkingDays}, on day numbers: what recomputing many due dates uses. */
export function stepWorkingDays(day: number, count: number, calendar: HolidayCalendar): number {
  if (!Number.isSafeInteger(count))
    throw new RangeError(`invalid number of working days: ${count} is not a whole number`)
  const step = count < 0 ? -1 : 1
  let n = day
  for (let left = Math.abs(count); left > 0; ) {
    n += step
    if (calendar.working(n)) left--
  }
  return n
}

/** Working days after `from` up to and including `to`; negative when `to` is earlier. */
export function countWorkingDays(from: CivilDate, to: CivilDate, calendar: HolidayCalendar): number {
  const a = dayNumber(from)
  const b = dayNumber(to)
  let count = 0
  for (let n = Math.min(a, b) + 1; n <= Math.max(a, b); n++) if (calendar.working(n)) count++
  // Zero has no sign: counting backwards over a weekend is 0 too.
  return b < a && count > 0 ? -count : count
}
