import { CalendarError } from './calendar-error.ts'
import { type CivilDate, dateOfDayNumber, dayNumber, daysFromCivil, parseDate } from './civil-date.ts'
import { newMoon, sunLongitude } from './lunar-astronomy.ts'

/** A day of the Vietnamese lunisolar calendar. `leap` marks the intercalary month that repeats the number before it. */
export interface LunarDate {
  /** The year that begins at Tết: most of January and part of February belong to the year before. */
  year: number
  month: number
  day: number
  leap: boolean
}

/** The civil years for which the calendar is computed. */
export const LUNAR_YEARS = { first: 1900, last: 2100 } as const

interface LunarMonth {
  month: number
  leap: boolean
  /** Day number of the first day. */
  start: number
}

const SYNODIC_MONTH = 29.530588861
// Vietnam's calendar reckons at 105° east: the civil day begins 7 hours before Greenwich's.
const DAY_SHIFT = 7 / 24

/**
 * Lunar date of a civil day.
 *
 * The rules are today's rules (since 1968): the month begins on the day of the new moon at UTC+7, month 11 holds the
 * winter solstice, and in a year of 13 months the first month without a principal term is the leap month. Before 1968
 * calendars in use differed; the answer is then what these rules would give.
 * @throws {CalendarError} outside 1900–2100.
 */
export function lunarFromSolar(date: CivilDate): LunarDate {
  const days = dayNumber(date)
  const { year } = parseDate(date)
  if (year < LUNAR_YEARS.first || year > LUNAR_YEARS.last) throw outside(date)
  const inYear = days >= lunarYear(year)[0]!.start ? year : year - 1
  const months = lunarYear(inYear)
  let at = months.length - 1
  while (months[at]!.start > days) at--
  const { month, leap, start } = months[at]!
  return { year: inYear, month, day: days - start + 1, leap }
}

/**
 * Civil day of a lunar date.
 * @throws {CalendarError} `invalid lunar date: "30/2 nhuận/2023": …` when that year has no such month or day.
 */
export function solarFromLunar(lunar: LunarDate): CivilDate {
  const text = `${lunar.day}/${lunar.month}${lunar.leap ? ' nhuận' : ''}/${lunar.year}`
  if (!Number.isInteger(lunar.year) || lunar.year < LUNAR_YEARS.first || lunar.year > LUNAR_YEARS.last)
    throw outside(text)
  const months = lunarYear(lunar.year)
  const at = months.findIndex((m) => m.month === lunar.month && m.leap === lunar.leap)
  if (at < 0) {
    const leap = months.find((m) => m.leap)
    throw new CalendarError('lunar date', text, {
      vi: `năm ${lunar.year} ${leap ? `nhuận tháng ${leap.month}` : 'không có tháng nhuận'}`,
      en: `${lunar.year} ${leap ? `repeats month ${leap.month}` : 'has no leap month'}`,
    })
  }
  const start = months[at]!.start
  const length = (months[at + 1]?.start ?? lunarYear(lunar.year + 1)[0]!.start) - start
  if (!Number.isInteger(lunar.day) || lunar.day < 1 || lunar.day > length) {
    throw new CalendarError('lunar date', text, {
      vi: `tháng này có ${length} ngày`,
      en: `the month has ${length} days`,
    })
  }
  return dateOfDayNumber(start + lunar.day - 1)
}

/** Tết: the civil day of the first day of the first month. */
export function lunarNewYear(year: number): CivilDate {
  return solarFromLunar({ year, month: 1, day: 1, leap: false })
}

/** Number of the month that a lunar year repeats; `null` in a year of twelve months. */
export function leapMonthOf(year: number): number | null {
  if (year < LUNAR_YEARS.first || year > LUNAR_YEARS.last) throw outside(String(year))
  return lunarYear(year).find((m) => m.leap)?.month ?? null
}

const CAN = ['Giáp', 'Ất', 'Bính', 'Đinh', 'Mậu', 'Kỷ', 'Canh', 'Tân', 'Nhâm', 'Quý']
const CHI = ['Tý', 'Sửu', 'Dần', 'Mão', 'Thìn', 'Tỵ', 'Ngọ', 'Mùi', 'Thân', 'Dậu', 'Tuất', 'Hợi']

/** Name of a lunar year in the cycle of sixty: 2026 is `Bính Ngọ`. */
export function canChiOfYear(year: number): string {
  return `${CAN[modulo(year - 4, 10)]} ${CHI[modulo(year - 4, 12)]}`
}

function modulo(a: number, b: number): number {
  return ((a % b) + b) % b
}

function outside(value: string): CalendarError {
  return new CalendarError('lunar date', value, {
    vi: `chỉ tính được các năm ${LUNAR_YEARS.first}–${LUNAR_YEARS.last}`,
    en: `only the years ${LUNAR_YEARS.first}–${LUNAR_YEARS.last} are computed`,
  })
}

/** Day number, at UTC+7, of the k-th new moon after that of 6 January 2000. */
function newMoonDay(k: number): number {
  return Math.floor(newMoon(k) + DAY_SHIFT)
}

/** Which twelfth of the ecliptic (0 = from the March equinox) the sun is in at the beginning of a day at UTC+7. */
function solarSector(day: number): number {
  return Math.floor(sunLongitude(day - DAY_SHIFT) / 30)
}

/** k of the new moon that begins month 11 of a civil year: the last one on or before the day of the winter solstice. */
function month11(year: number): number {
  let k = Math.floor((daysFromCivil(year, 12, 31) - daysFromCivil(2000, 1, 6)) / SYNODIC_MONTH) + 1
  // The sun enters sector 9 on the solstice; a month that starts in it starts after the solstice's day began.
  while (newMoonDay(k) > daysFromCivil(year, 12, 31) || solarSector(newMoonDay(k)) >= 9) k--
  return k
}

const suis = new Map<number, LunarMonth[]>()

/** The months from month 11 of `year - 1` up to but not including month 11 of `year`. */
function sui(year: number): LunarMonth[] {
  const known = suis.get(year)
  if (known) return known
  const first = month11(year - 1)
  const count = month11(year) - first
  const starts = Array.from({ length: count + 1 }, (_, i) => newMoonDay(first + i))
  let leapAt = -1
  if (count === 13) {
    leapAt = starts.findIndex(
      (start, i) => i > 0 && i < count && solarSector(start) === solarSector(starts[i + 1]!),
    )
  }
  const months: LunarMonth[] = []
  let month = 10
  for (let i = 0; i < count; i++) {
    if (i !== leapAt) month = (month % 12) + 1
    months.push({ month, leap: i === leapAt, start: starts[i]! })
  }
  suis.set(year, months)
  return months
}

/** Months 1 to 12 of a lunar year, from Tết on. */
function lunarYear(year: number): LunarMonth[] {
  const before = sui(year)
  const after = sui(year + 1)
  const tet = before.findIndex((m) => m.month === 1 && !m.leap)
  const nextTet = after.findIndex((m) => m.month === 1 && !m.leap)
  return [...before.slice(tet), ...after.slice(0, nextTet)]
}
