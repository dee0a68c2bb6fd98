import { CalendarError } from './calendar-error.ts'
import {
  addDays,
  addMonths,
  type CivilDate,
  compareDates,
  dateLabel,
  dateOfDayNumber,
  dayNumber,
  dayNumberOfIsoWeek,
  diffDays,
  ENGLISH_MONTHS,
  formatDate,
  formatYear,
  isDate,
  isoWeek,
  isoWeeksInYear,
  parseDate,
} from './civil-date.ts'
import { formatInstant, type Instant, startOfDay } from './instant.ts'

/** The kinds that tile the calendar: every day lies in exactly one period of each kind. */
export type TilingKind = 'year' | 'half' | 'quarter' | 'month' | 'week' | 'day'

export type PeriodKind = TilingKind | 'interval'

/** A stretch of civil days. `start` belongs to it, `end` does not. */
export interface Period {
  /** ISO 8601 text: `2026`, `2026-H1`, `2026-Q3`, `2026-07`, `2026-W30`, `2026-07-01`, `2026-01/2026-09`. */
  readonly text: string
  readonly kind: PeriodKind
  readonly start: CivilDate
  /** The day after the last one. */
  readonly end: CivilDate
}

const PERIOD = /^(\d{4})(?:-(?:H([12])|Q([1-4])|W(\d\d)|(\d\d)(?:-(\d\d))?))?$/
const DURATION = /^P(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?$/

/**
 * Reads an ISO period. Halves and quarters are written `H1`/`Q3` as in SDMX.
 * An interval `a/b` runs from the first day of `a` to the **last day of `b`, included**, so `2026-01/2026-09` is nine
 * months and `2026-07-01/2026-07-15` fifteen days; `a/P6M` runs for a duration from the first day of `a`.
 * A period object is returned as it is, so that functions can take either.
 * @throws {CalendarError} `invalid period: "2026-13": …`
 */
export function periodOf(x: Period | string): Period {
  if (typeof x !== 'string') return x
  const slash = x.indexOf('/')
  return slash < 0 ? tile(x, x) : interval(x, x.slice(0, slash), x.slice(slash + 1))
}

/** Whether {@link periodOf} accepts the text. */
export function isPeriod(text: string): boolean {
  try {
    periodOf(text)
    return true
  } catch {
    return false
  }
}

function tile(text: string, whole: string): Period {
  const m = PERIOD.exec(text)
  if (!m) {
    throw invalid(whole, {
      vi: 'kỳ viết dạng 2026, 2026-H1, 2026-Q3, 2026-07, 2026-W30, 2026-07-01 hoặc hai kỳ nối bằng "/"',
      en: 'a period is written 2026, 2026-H1, 2026-Q3, 2026-07, 2026-W30, 2026-07-01 or two of them joined by "/"',
    })
  }
  const [, y, half, quarter, week, month, day] = m
  const year = Number(y)
  if (half) return months('half', year, Number(half) * 6 - 5, 6, text)
  if (quarter) return months('quarter', year, Number(quarter) * 3 - 2, 3, text)
  if (week) return weekPeriod(year, Number(week), whole)
  if (day) {
    if (!isDate(text)) throw invalid(whole, { vi: 'ngày này không có thật', en: 'there is no such day' })
    return { text, kind: 'day', start: text, end: addDays(text, 1) }
  }
  if (month) {
    if (Number(month) < 1 || Number(month) > 12) {
      throw invalid(whole, { vi: 'tháng phải từ 01 đến 12', en: 'the month is 01 to 12' })
    }
    return months('month', year, Number(month), 1, text)
  }
  return months('year', year, 1, 12, text)
}

function months(kind: TilingKind, year: number, month: number, count: number, text: string): Period {
  const start = formatDate({ year, month, day: 1 })
  return { text, kind, start, end: addMonths(start, count) }
}

function weekPeriod(year: number, week: number, whole: string): Period {
  const weeks = isoWeeksInYear(year)
  if (week < 1 || week > weeks) {
    throw invalid(whole, {
      vi: `năm ${year} có các tuần từ 01 đến ${weeks}`,
      en: `${year} has weeks 01 to ${weeks}`,
    })
  }
  const monday = dayNumberOfIsoWeek(year, week)
  const text = `${formatYear(year)}-W${String(week).padStart(2, '0')}`
  return { text, kind: 'week', start: dateOfDayNumber(monday), end: dateOfDayNumber(monday + 7) }
}

function interval(text: string, from: string, to: string): Period {
  const first = tile(from, text)
  if (to.startsWith('P')) {
    const m = DURATION.exec(to)
    const [years, monthCount, weeks, days] = [1, 2, 3, 4].map((i) => Number(m?.[i] ?? 0)) as [
      number,
      number,
      number,
      number,
    ]
    const end = addDays(addMonths(first.start, years * 12 + monthCount), weeks * 7 + days)
    if (!m || end === first.start) {
      throw invalid(text, { vi: `"${to}" không phải là khoảng thời gian`, en: `"${to}" is not a duration` })
    }
    return { text, kind: 'interval', start: first.start, end }
  }
  const last = tile(to, text)
  if (compareDates(last.end, first.start) <= 0) {
    throw invalid(text, { vi: 'kỳ cuối đứng trước kỳ đầu', en: 'it ends before it starts' })
  }
  return { text, kind: 'interval', start: first.start, end: last.end }
}

function invalid(value: string, reason: { vi: string; en: string }): CalendarError {
  return new CalendarError('period', value, reason)
}

/** The period of a kind in which a day lies. */
export function containing(date: CivilDate, kind: TilingKind): Period {
  const { year, month } = parseDate(date)
  const y = formatYear(year)
  switch (kind) {
    case 'year':
      return periodOf(y)
    case 'half':
      return periodOf(`${y}-H${month <= 6 ? 1 : 2}`)
    case 'quarter':
      return periodOf(`${y}-Q${Math.ceil(month / 3)}`)
    case 'month':
      return periodOf(date.slice(0, -3))
    case 'week': {
      const w = isoWeek(date)
      return weekPeriod(w.year, w.week, date)
    }
    case 'day':
      return periodOf(date)
  }
}

/**
 * The period that is exactly the days from `start` up to but not including `end`: a year, half, quarter, month or day
 * where one fits (weeks only if nothing else does), else an interval of months or of days. It gives one text to one
 * stretch of days.
 * @throws {CalendarError} when `end` is not after `start`.
 */
export function spanning(start: CivilDate, end: CivilDate): Period {
  if (compareDates(end, start) <= 0) {
    throw invalid(`${start}/${end}`, {
      vi: 'kỳ phải có ít nhất một ngày',
      en: 'a period has at least one day',
    })
  }
  for (const kind of ['year', 'half', 'quarter', 'month', 'day', 'week'] as const) {
    const p = containing(start, kind)
    if (p.start === start && p.end === end) return p
  }
  const last = addDays(end, -1)
  const text =
    start.endsWith('-01') && end.endsWith('-01')
      ? `${start.slice(0, -3)}/${last.slice(0, -3)}`
      : `${start}/${last}`
  return { text, kind: 'interval', start, end }
}

/**
 * The period `n` places later (earlier when negative) of the same kind. An interval moves by its own length: by months
 * if it is made of whole months, else by days.
 */
export function shift(x: Period | string, n: number): Period {
  const p = periodOf(x)
  switch (p.kind) {
    case 'year':
      return containing(addMonths(p.start, 12 * n), 'year')
    case 'half':
      return containing(addMonths(p.start, 6 * n), 'half')
    case 'quarter':
      return containing(addMonths(p.start, 3 * n), 'quarter')
    case 'month':
      return containing(addMonths(p.start, n), 'month')
    case 'week':
      return containing(addDays(p.start, 7 * n), 'week')
    case 'day':
      return containing(addDays(p.start, n), 'day')
    case 'interval': {
      if (p.start.endsWith('-01') && p.end.endsWith('-01')) {
        const length = monthIndex(p.end) - monthIndex(p.start)
        return spanningInterval(addMonths(p.start, length * n), addMonths(p.end, length * n))
      }
      const length = diffDays(p.start, p.end)
      return spanningInterval(addDays(p.start, length * n), addDays(p.end, length * n))
    }
  }
}

function spanningInterval(start: CivilDate, end: CivilDate): Period {
  return { ...spanning(start, end), kind: 'interval' }
}

function monthIndex(date: CivilDate): number {
  const { year, month } = parseDate(date)
  return year * 12 + month
}

/** The period after: of `2026-12` it is `2027-01`. */
export function next(x: Period | string): Period {
  return shift(x, 1)
}

/** The period before: of `2026-Q1` it is `2025-Q4`. */
export function previous(x: Period | string): Period {
  return shift(x, -1)
}

/**
 * The same period `years` later (−1: a year earlier), to compare like with like. Week 53 of a year without it becomes
 * week 52, 29 February becomes 28 February.
 */
export function sameInYear(x: Period | string, years: number): Period {
  const p = periodOf(x)
  if (p.kind === 'week') {
    const { year, week } = isoWeek(p.start)
    return weekPeriod(year + years, Math.min(week, isoWeeksInYear(year + years)), p.text)
  }
  const start = addMonths(p.start, 12 * years)
  if (p.kind !== 'interval') return containing(start, p.kind)
  return spanningInterval(start, addDays(addMonths(addDays(p.end, -1), 12 * years), 1))
}

/** Whether a day, or every day of another period, lies in the period. */
export function contains(x: Period | string, inner: Period | CivilDate): boolean {
  const outer = periodOf(x)
  const p = periodOf(inner)
  return compareDates(outer.start, p.start) <= 0 && compareDates(p.end, outer.end) <= 0
}

/** Whether two periods share a day. */
export function overlaps(a: Period | string, b: Period | string): boolean {
  const p = periodOf(a)
  const q = periodOf(b)
  return compareDates(p.start, q.end) < 0 && compareDates(q.start, p.end) < 0
}

/** Order by first day, then by last: for sort. */
export function comparePeriods(a: Period | string, b: Period | string): number {
  const p = periodOf(a)
  const q = periodOf(b)
  return compareDates(p.start, q.start) || compareDates(p.end, q.end)
}

/** Number of days. */
export function lengthInDays(x: Period | string): number {
  const p = periodOf(x)
  return diffDays(p.start, p.end)
}

/** The last day of the period, included. */
export function lastDay(x: Period | string): CivilDate {
  return addDays(periodOf(x).end, -1)
}

/** The periods from `first` to `last`, both included; they must be of one kind and not an interval. */
export function* periodsFrom(first: Period | string, last: Period | string): Generator<Period> {
  const from = periodOf(first)
  const to = periodOf(last)
  if (from.kind !== to.kind || from.kind === 'interval') {
    throw invalid(`${from.text}/${to.text}`, {
      vi: 'hai đầu phải cùng loại kỳ (năm, quý, tháng, tuần, ngày)',
      en: 'both ends are of one kind (year, half, quarter, month, week, day)',
    })
  }
  const end = dayNumber(to.start)
  for (let p = from; dayNumber(p.start) <= end; p = next(p)) yield p
}

/**
 * The periods of a smaller kind that make up a period: the three months of a quarter, the days of a week.
 * @throws {CalendarError} when they do not tile it, as weeks do not tile a month.
 */
export function partsOf(x: Period | string, kind: TilingKind): Period[] {
  const p = periodOf(x)
  const first = containing(p.start, kind)
  const last = containing(lastDay(p), kind)
  if (first.start !== p.start || last.end !== p.end) {
    throw invalid(p.text, {
      vi: `không chia hết thành các kỳ loại "${kind}"`,
      en: `it is not made of whole ${kind}s`,
    })
  }
  return [...periodsFrom(first, last)]
}

/** First instant and first instant after the period, at +07:00: the half-open bounds that stores query with. */
export function instantsOf(x: Period | string): { from: Instant; to: Instant } {
  const p = periodOf(x)
  return { from: formatInstant(startOfDay(p.start)), to: formatInstant(startOfDay(p.end)) }
}

const ROMAN = ['I', 'II', 'III', 'IV']

/**
 * The period as people write it: `Quý III/2026`, `6 tháng đầu năm 2026`, `Tháng 7/2026`, `Tuần 30/2026`,
 * `01/07/2026`; `Q3 2026`, `First half of 2026`, `July 2026`, `Week 30 of 2026`, `1 July 2026`.
 */
export function periodLabel(x: Period | string, language: 'vi' | 'en'): string {
  const p = periodOf(x)
  const { year, month } = parseDate(p.start)
  const vi = language === 'vi'
  switch (p.kind) {
    case 'year':
      return vi ? `Năm ${year}` : String(year)
    case 'half':
      if (vi) return `6 tháng ${month === 1 ? 'đầu' : 'cuối'} năm ${year}`
      return `${month === 1 ? 'First' : 'Second'} half of ${year}`
    case 'quarter':
      return vi ? `Quý ${ROMAN[(month - 1) / 3]}/${year}` : `Q${(month + 2) / 3} ${year}`
    case 'month':
      return vi ? `Tháng ${month}/${year}` : `${ENGLISH_MONTHS[month - 1]} ${year}`
    case 'week': {
      const w = isoWeek(p.start)
      return vi ? `Tuần ${w.week}/${w.year}` : `Week ${w.week} of ${w.year}`
    }
    case 'day':
      return dateLabel(p.start, language)
    case 'interval':
      return intervalLabel(p, language)
  }
}

function intervalLabel(p: Period, language: 'vi' | 'en'): string {
  const exact = spanning(p.start, p.end)
  if (exact.kind !== 'interval') return periodLabel(exact, language)
  const last = lastDay(p)
  if (p.start.endsWith('-01') && p.end.endsWith('-01')) {
    const a = parseDate(p.start)
    const b = parseDate(last)
    if (a.month === 1 && b.month === 12)
      return language === 'vi' ? `Giai đoạn ${a.year}–${b.year}` : `${a.year}–${b.year}`
    if (a.month === 1 && a.year === b.year) {
      return language === 'vi' ? `${b.month} tháng đầu năm ${a.year}` : `First ${b.month} months of ${a.year}`
    }
    return `${periodLabel(containing(p.start, 'month'), language)} – ${periodLabel(containing(last, 'month'), language)}`
  }
  return `${dateLabel(p.start, language)} – ${dateLabel(last, language)}`
}
