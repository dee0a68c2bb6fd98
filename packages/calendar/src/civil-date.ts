import { CalendarError } from './calendar-error.ts'

/**
 * A day of the civil (proleptic Gregorian) calendar as ISO text: `2026-07-01`. It has no time and no zone; in Nhịp it
 * is a day as Vietnamese law means it (Asia/Ho_Chi_Minh). Years outside 0000–9999 are written as XML Schema does:
 * a minus sign, or more than four digits without a leading zero.
 */
export type CivilDate = string

/** Year, month 1–12 and day 1–31. */
export interface YearMonthDay {
  year: number
  month: number
  day: number
}

/** The widest year that the day arithmetic promises to hold exactly, on both sides of zero. */
export const MAX_YEAR = 999_999_999

const DAYS_PER_ERA = 146_097 // 400 Gregorian years
const DAYS_0000_03_01_TO_1970 = 719_468

/**
 * Days from 1970-01-01 to a date; negative before it. Years run from −999,999,999 to 999,999,999; month and day are
 * taken as given (no check), so callers that hold untrusted numbers use {@link dateOf} first.
 *
 * The era method of Howard Hinnant, "chrono-compatible low-level date algorithms": years start in March so that the
 * leap day comes last. Division is by Math.floor because the day count passes 32 bits.
 */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * DAYS_PER_ERA + dayOfEra - DAYS_0000_03_01_TO_1970
}

/** The inverse of {@link daysFromCivil}: the date that lies a whole number of days after 1970-01-01. */
export function civilFromDays(days: number): YearMonthDay {
  const z = days + DAYS_0000_03_01_TO_1970
  const era = Math.floor(z / DAYS_PER_ERA)
  const dayOfEra = z - era * DAYS_PER_ERA
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

/** Whether a year has a 29 February. */
export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

/** Days in a month of a year: 28 to 31. The month must be 1–12. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Days in a year: 365 or 366. */
export function daysInYear(year: number): number {
  return isLeapYear(year) ? 366 : 365
}

const DATE = /^(-?(?:\d{4}|[1-9]\d{4,8}))-(\d\d)-(\d\d)$/

/**
 * Reads ISO text into year, month and day.
 * @throws {CalendarError} `invalid date: "2026-02-31": …` when it is not a date that exists.
 */
export function parseDate(text: string): YearMonthDay {
  const match = DATE.exec(text)
  if (!match || text.startsWith('-0000')) {
    throw new CalendarError('date', text, {
      vi: 'ngày phải viết dạng NNNN-TT-NN, ví dụ 2026-07-01',
      en: 'a date is written YYYY-MM-DD, for example 2026-07-01',
    })
  }
  return dateParts(text, Number(match[1]), Number(match[2]), Number(match[3]))
}

/** Whether the text is a date that {@link parseDate} accepts. */
export function isDate(text: string): boolean {
  const match = DATE.exec(text)
  if (!match || text.startsWith('-0000')) return false
  const month = Number(match[2])
  const day = Number(match[3])
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(Number(match[1]), month)
}

/**
 * The date of three numbers from outside, checked.
 * @throws {CalendarError} naming the rule that fails: the year's range, the month, or how many days the month has.
 */
export function dateOf(year: number, month: number, day: number): CivilDate {
  dateParts(`${year}-${month}-${day}`, year, month, day)
  return formatDate({ year, month, day })
}

function dateParts(text: string, year: number, month: number, day: number): YearMonthDay {
  if (!Number.isInteger(year) || Math.abs(year) > MAX_YEAR) {
    throw new CalendarError('date', text, {
      vi: `năm phải là số nguyên từ -${MAX_YEAR} đến ${MAX_YEAR}`,
      en: `the year is a whole number from -${MAX_YEAR} to ${MAX_YEAR}`,
    })
  }
  if (!Number.isInteger(month) || month < 1 || month > 12) {
    throw new CalendarError('date', text, { vi: 'tháng phải từ 1 đến 12', en: 'the month is 1 to 12' })
  }
  const last = daysInMonth(year, month)
  if (!Number.isInteger(day) || day < 1 || day > last) {
    throw new CalendarError('date', text, {
      vi: `tháng ${month}/${year} có các ngày từ 1 đến ${last}`,
      en: `month ${month} of ${year} has days 1 to ${last}`,
    })
  }
  return { year, month, day }
}

/** ISO text of a date that is known to exist (no check). */
export function formatDate({ year, month, day }: YearMonthDay): CivilDate {
  return `${formatYear(year)}-${two(month)}-${two(day)}`
}

/** A year as ISO dates write it: at least four digits, a minus sign before year 0. */
export function formatYear(year: number): string {
  return year < 0 ? `-${String(-year).padStart(4, '0')}` : String(year).padStart(4, '0')
}

function two(n: number): string {
  return n < 10 ? `0${n}` : String(n)
}

/** Days from 1970-01-01 to the date: the number to compute and sort with. */
export function dayNumber(date: CivilDate): number {
  const { year, month, day } = parseDate(date)
  return daysFromCivil(year, month, day)
}

/**
 * The date of a day number; the inverse of {@link dayNumber}.
 * @throws {CalendarError} when the year passes ±{@link MAX_YEAR} or the number is not whole.
 */
export function dateOfDayNumber(days: number): CivilDate {
  const { year, month, day } = civilFromDays(days)
  if (Number.isInteger(days) && Math.abs(year) <= MAX_YEAR) return formatDate({ year, month, day })
  return dateOf(year, month, day)
}

/** The date `days` later (earlier when negative). `days` must be a whole number. */
export function addDays(date: CivilDate, days: number): CivilDate {
  return dateOfDayNumber(dayNumber(date) + whole(days))
}

/**
 * The same day `months` later, or the last day of that month when it has no such day: 31 January + 1 month =
 * 28 or 29 February. Adding is therefore not undone by subtracting.
 */
export function addMonths(date: CivilDate, months: number): CivilDate {
  const { year, month, day } = parseDate(date)
  const index = year * 12 + month - 1 + whole(months)
  const newYear = Math.floor(index / 12)
  const newMonth = index - newYear * 12 + 1
  return dateOf(newYear, newMonth, Math.min(day, daysInMonth(newYear, newMonth)))
}

/** The same day and month `years` later; 29 February becomes 28 February in a common year. */
export function addYears(date: CivilDate, years: number): CivilDate {
  return addMonths(date, whole(years) * 12)
}

function whole(n: number): number {
  if (!Number.isSafeInteger(n))
    throw new RangeError(`invalid number of days or months: ${n} is not a whole number`)
  return n
}

/** Days from `from` to `to`: 1 from a day to the next, negative when `to` is earlier. */
export function diffDays(from: CivilDate, to: CivilDate): number {
  return dayNumber(to) - dayNumber(from)
}

/**
 * Whole months from `from` to `to`, as ages are counted: the greatest n with `addMonths(from, n) <= to`
 * (the least n with `>=` when `to` is earlier).
 */
export function diffMonths(from: CivilDate, to: CivilDate): number {
  const a = parseDate(from)
  const b = parseDate(to)
  const months = (b.year - a.year) * 12 + b.month - a.month
  const reached = compareDates(addMonths(from, months), to)
  if (months > 0 && reached > 0) return months - 1
  if (months < 0 && reached < 0) return months + 1
  return months
}

/** Whole years from `from` to `to`; somebody born on 29 February completes a year on 28 February of a common year. */
export function diffYears(from: CivilDate, to: CivilDate): number {
  // "+ 0" because less than a year backwards is 0, not the -0 that truncation gives.
  return Math.trunc(diffMonths(from, to) / 12) + 0
}

/** Order of two dates for sort: negative, 0 or positive. Right for every year, where comparing the text is not. */
export function compareDates(a: CivilDate, b: CivilDate): number {
  return dayNumber(a) - dayNumber(b)
}

/** Day of the week by ISO 8601: 1 Monday … 7 Sunday. */
export function weekday(date: CivilDate): number {
  return weekdayOfDayNumber(dayNumber(date))
}

/** Day of the week of a day number: 1 Monday … 7 Sunday. 1970-01-01 was a Thursday. */
export function weekdayOfDayNumber(days: number): number {
  const r = (days + 3) % 7
  return (r < 0 ? r + 7 : r) + 1
}

/** Day of the year: 1 to 366. */
export function dayOfYear(date: CivilDate): number {
  const { year, month, day } = parseDate(date)
  return daysFromCivil(year, month, day) - daysFromCivil(year, 1, 1) + 1
}

/** ISO 8601 week: weeks start on Monday and belong to the year that holds their Thursday. */
export function isoWeek(date: CivilDate): { year: number; week: number } {
  const days = dayNumber(date)
  const thursday = days - weekdayOfDayNumber(days) + 4
  const { year } = civilFromDays(thursday)
  return { year, week: Math.floor((thursday - daysFromCivil(year, 1, 1)) / 7) + 1 }
}

/** Day number of the Monday of an ISO week. Week 1 holds 4 January. */
export function dayNumberOfIsoWeek(year: number, week: number): number {
  const january4 = daysFromCivil(year, 1, 4)
  return january4 - weekdayOfDayNumber(january4) + 1 + (week - 1) * 7
}

/** Weeks in an ISO year: 52 or 53. */
export function isoWeeksInYear(year: number): number {
  return (dayNumberOfIsoWeek(year + 1, 1) - dayNumberOfIsoWeek(year, 1)) / 7
}

/** The last day of the date's month. */
export function endOfMonth(date: CivilDate): CivilDate {
  const { year, month } = parseDate(date)
  return formatDate({ year, month, day: daysInMonth(year, month) })
}

/** The date in the reader's language: `01/07/2026` in Vietnamese, `1 July 2026` in English. */
export function dateLabel(date: CivilDate, language: 'vi' | 'en'): string {
  const { year, month, day } = parseDate(date)
  return language === 'vi'
    ? `${two(day)}/${two(month)}/${formatYear(year)}`
    : `${day} ${ENGLISH_MONTHS[month - 1]} ${formatYear(year)}`
}

/** English month names, January first. */
export const ENGLISH_MONTHS: readonly string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
