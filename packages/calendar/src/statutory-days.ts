import { addDays, type CivilDate, compareDates, dateOf, weekday } from './civil-date.ts'
import type { DayEntry } from './holiday-calendar.ts'
import { lunarNewYear, solarFromLunar } from './lunar.ts'

const ARTICLE_112 = 'Bộ luật Lao động 45/2019/QH14, Điều 112 khoản 1'
const ARTICLE_111 = 'Bộ luật Lao động 45/2019/QH14, Điều 111 khoản 3'
const NOT_DECIDED = 'chưa có quyết định của Thủ tướng Chính phủ (Điều 112 khoản 3)'

/**
 * The days off of a year as far as the Labour Code fixes them, with defaults for what the Prime Minister decides yearly:
 * two days before Tết and three from it on, and of the days beside 2 September the first, or the third where that joins a
 * weekend (2 September on a Thursday) or the first falls on one. A holiday on a Saturday or Sunday gives the next working day off (Article 111.3).
 * Defaults, and the days off that follow from them, are `provisional`; the rest is `official`.
 * @throws {CalendarError} for years whose lunar calendar is not computed (1900–2100).
 */
export function statutoryDays(year: number): DayEntry[] {
  const tet = lunarNewYear(year)
  const second = dateOf(year, 9, 2)
  const before = addDays(second, -1)
  const beside = weekday(second) === 4 || weekday(before) > 5 ? addDays(second, 1) : before
  const days: DayEntry[] = [
    holiday(dateOf(year, 1, 1), 'Tết Dương lịch', 'New Year’s Day', 'a'),
    ...[-2, -1, 0, 1, 2].map((n) => undecided(addDays(tet, n), 'Tết Nguyên đán', 'Lunar New Year')),
    holiday(
      solarFromLunar({ year, month: 3, day: 10, leap: false }),
      'Giỗ Tổ Hùng Vương',
      'Hùng Kings’ Commemoration',
      'e',
    ),
    holiday(dateOf(year, 4, 30), 'Ngày Chiến thắng', 'Victory Day', 'c'),
    holiday(dateOf(year, 5, 1), 'Ngày Quốc tế Lao động', 'International Labour Day', 'd'),
    holiday(second, 'Quốc khánh', 'National Day', 'đ'),
    undecided(beside, 'Quốc khánh (ngày liền kề)', 'National Day (day beside it)'),
  ]
  days.sort((a, b) => compareDates(a.date, b.date))
  return [...days, ...compensatoryDays(days)].sort((a, b) => compareDates(a.date, b.date))
}

/** The days off in lieu of holidays that fall on a Saturday or Sunday: each takes the next day that is not off yet. */
export function compensatoryDays(holidays: readonly DayEntry[]): DayEntry[] {
  const taken = new Set(holidays.map((d) => d.date))
  return holidays
    .filter((d) => d.kind === 'holiday' && weekday(d.date) > 5)
    .map((d): DayEntry => {
      let date = addDays(d.date, 1)
      while (weekday(date) > 5 || taken.has(date)) date = addDays(date, 1)
      taken.add(date)
      return {
        date,
        kind: 'compensatory',
        for: d.date,
        name: { vi: `Nghỉ bù ${d.name.vi}`, en: `Day off in lieu of ${d.name.en}` },
        status: d.status,
        decision: ARTICLE_111,
      }
    })
}

function holiday(date: CivilDate, vi: string, en: string, point: string): DayEntry {
  return {
    date,
    kind: 'holiday',
    name: { vi, en },
    status: 'official',
    decision: `${ARTICLE_112} điểm ${point}`,
  }
}

function undecided(date: CivilDate, vi: string, en: string): DayEntry {
  return { date, kind: 'holiday', name: { vi, en }, status: 'provisional', decision: NOT_DECIDED }
}
