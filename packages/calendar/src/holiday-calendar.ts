import type { Message, Problem } from '@nhip/canonical/problem'
import {
  type CivilDate,
  civilFromDays,
  dateOfDayNumber,
  dayNumber,
  daysFromCivil,
  daysInYear,
  isDate,
  weekdayOfDayNumber,
} from './civil-date.ts'
import { statutoryDays } from './statutory-days.ts'

/**
 * A day that is not what its weekday says. `holiday` and `compensatory` (in lieu of a holiday on a weekend) are days off
 * by law; `swapped-off` is a working day exchanged for a day off, and `swapped-working` the weekend day worked for it.
 */
export interface DayEntry {
  date: CivilDate
  kind: 'holiday' | 'compensatory' | 'swapped-off' | 'swapped-working'
  name: Message
  /** The holiday that a compensatory day makes up for; the other day of a swap. */
  for?: CivilDate
  /** `official`: the deciding text is known and cited. `provisional`: computed, or reported without the text. */
  status: 'official' | 'provisional'
  /** The law or decision that fixes the day. */
  decision: string
  /** Where it was read. */
  source?: string
}

/** A day off that has been announced but that no law in hand contains: it counts as working, with a warning. */
export interface UnconfirmedDay {
  date: CivilDate
  name: Message
  note: Message
  source: string
}

/** One year of a country's calendar, as `models/calendars/<country>/<year>.json` holds it. */
export interface CalendarFile {
  nhip: 'calendar/1'
  country: string
  year: number
  /** `official` only when every day is. */
  status: 'official' | 'provisional'
  days: DayEntry[]
  unconfirmed?: UnconfirmedDay[]
}

/** Which days are working days, and why the others are not. Saturday and Sunday are days of rest. */
export interface HolidayCalendar {
  /** Years that have a file; other years are computed by {@link statutoryDays}. */
  readonly years: ReadonlyMap<number, 'official' | 'provisional'>
  /** Whether a day number (days since 1970-01-01) is a working day. */
  working(day: number): boolean
  /** What the calendar says of a day beyond its weekday. */
  entry(day: number): DayEntry | undefined
  /** An announced day off that is not law as far as is known. */
  unconfirmed(day: number): UnconfirmedDay | undefined
}

export interface CalendarOptions {
  /** The day on which the calendar is put together: past years without an official file are warned of. */
  asOf?: CivilDate
}

/**
 * Puts a calendar together from the parsed JSON of year files, checking each: it never throws on their content.
 * Files with errors are left out and their years computed; everything found is in `problems` with file and path.
 */
export function calendarOf(
  files: readonly { file: string; content: unknown }[],
  options: CalendarOptions = {},
): { calendar: HolidayCalendar; problems: Problem[] } {
  const problems: Problem[] = []
  const byYear = new Map<number, CalendarFile>()
  for (const { file, content } of files) {
    const found = checkFile(file, content)
    problems.push(...found)
    if (found.some((p) => p.severity === 'error')) continue
    const year = content as CalendarFile
    if (byYear.has(year.year)) {
      problems.push(
        problem(file, 'year-twice', 'year', String(year.year), {
          vi: `năm ${year.year} có hai tệp`,
          en: `${year.year} has two files`,
        }),
      )
      continue
    }
    byYear.set(year.year, year)
  }
  if (options.asOf !== undefined) problems.push(...unofficialPast(byYear, options.asOf))
  return { calendar: tabulate(byYear), problems }
}

/** The calendar without any file: weekends and what the Labour Code fixes, the rest by default. */
export function statutoryCalendar(): HolidayCalendar {
  return tabulate(new Map())
}

interface YearTable {
  first: number
  working: Uint8Array
  entries: Map<number, DayEntry>
}

function tabulate(files: ReadonlyMap<number, CalendarFile>): HolidayCalendar {
  const tables = new Map<number, YearTable>()
  const unconfirmed = new Map<number, UnconfirmedDay>()
  for (const file of files.values())
    for (const day of file.unconfirmed ?? []) unconfirmed.set(dayNumber(day.date), day)
  let last: YearTable = tableOf(1970, files)
  const tableFor = (day: number): YearTable => {
    if (day >= last.first && day < last.first + last.working.length) return last
    const { year } = civilFromDays(day)
    let table = tables.get(year)
    if (!table) {
      table = tableOf(year, files)
      tables.set(year, table)
    }
    last = table
    return table
  }
  return {
    years: new Map([...files].map(([year, file]) => [year, file.status])),
    working: (day) => {
      const table = tableFor(day)
      return table.working[day - table.first] === 1
    },
    entry: (day) => tableFor(day).entries.get(day),
    unconfirmed: (day) => unconfirmed.get(day),
  }
}

function tableOf(year: number, files: ReadonlyMap<number, CalendarFile>): YearTable {
  const first = daysFromCivil(year, 1, 1)
  const working = Uint8Array.from({ length: daysInYear(year) }, (_, i) =>
    weekdayOfDayNumber(first + i) <= 5 ? 1 : 0,
  )
  const entries = new Map<number, DayEntry>()
  for (const day of files.get(year)?.days ?? statutoryDays(year)) {
    const n = dayNumber(day.date)
    entries.set(n, day)
    working[n - first] = day.kind === 'swapped-working' ? 1 : 0
  }
  return { first, working, entries }
}

function unofficialPast(files: ReadonlyMap<number, CalendarFile>, asOf: CivilDate): Problem[] {
  const thisYear = civilFromDays(dayNumber(asOf)).year
  const first = Math.min(thisYear - 1, ...files.keys())
  const problems: Problem[] = []
  for (let year = first; year < thisYear; year++) {
    if (files.get(year)?.status === 'official') continue
    problems.push({
      severity: 'warning',
      code: 'calendar.not-official',
      value: String(year),
      message: {
        vi: `lịch năm ${year} chưa có tệp chính thức: ngày Tết và ngày liền kề 2/9 là tạm tính hoặc theo tin đã đưa`,
        en: `${year} has no official calendar file: the days of Tết and beside 2 September are defaults or as reported`,
      },
      hint: {
        vi: `bổ sung models/calendars/vn/${year}.json theo quyết định của Thủ tướng Chính phủ`,
        en: `complete models/calendars/vn/${year}.json from the Prime Minister's decision`,
      },
    })
  }
  return problems
}

const KINDS = ['holiday', 'compensatory', 'swapped-off', 'swapped-working']

function checkFile(file: string, content: unknown): Problem[] {
  const problems: Problem[] = []
  const say = (path: string, code: string, value: unknown, vi: string, en: string) => {
    problems.push(problem(file, code, path, value === undefined ? '' : String(value), { vi, en }))
  }
  const c = record(content)
  if (c?.nhip !== 'calendar/1') {
    say(
      'nhip',
      'schema',
      c?.nhip,
      'không phải tệp lịch: thiếu "nhip": "calendar/1"',
      'no calendar file: "nhip": "calendar/1" is missing',
    )
    return problems
  }
  if (!Number.isInteger(c.year))
    say('year', 'schema', c.year, 'năm phải là số nguyên', 'the year is a whole number')
  if (!isStatus(c.status))
    say(
      'status',
      'schema',
      c.status,
      'trạng thái phải là official hoặc provisional',
      'the status is official or provisional',
    )
  if (typeof c.country !== 'string')
    say('country', 'schema', c.country, 'thiếu mã nước', 'the country is missing')
  if (!Array.isArray(c.days)) {
    say('days', 'schema', c.days, 'thiếu danh sách ngày', 'the list of days is missing')
    return problems
  }
  const seen = new Map<string, DayEntry>()
  for (const [i, raw] of c.days.entries()) checkDay(raw, i, c, seen, say)
  for (const [i, day] of [...seen.values()].entries()) checkPair(day, i, seen, say)
  for (const [i, raw] of (Array.isArray(c.unconfirmed) ? c.unconfirmed : []).entries()) {
    const u = record(raw)
    if (
      !u ||
      typeof u.date !== 'string' ||
      !isDate(u.date) ||
      !isMessage(u.name) ||
      !isMessage(u.note) ||
      typeof u.source !== 'string'
    ) {
      say(
        `unconfirmed[${i}]`,
        'schema',
        u?.date,
        'cần date, name, note, source',
        'date, name, note and source are needed',
      )
    } else if (!seen.has(u.date)) {
      problems.push({
        severity: 'warning',
        code: 'calendar.unconfirmed',
        file,
        path: `unconfirmed[${i}]`,
        value: u.date,
        message: u.note,
      })
    }
  }
  return problems
}

type Say = (path: string, code: string, value: unknown, vi: string, en: string) => void

function checkDay(
  raw: unknown,
  i: number,
  file: Record<string, unknown>,
  seen: Map<string, DayEntry>,
  say: Say,
): void {
  const at = `days[${i}]`
  const d = record(raw)
  if (!d || typeof d.date !== 'string' || !isDate(d.date)) {
    say(`${at}.date`, 'date', d?.date, 'ngày không hợp lệ', 'the date is not valid')
    return
  }
  if (Number(d.date.slice(0, 4)) !== file.year)
    say(`${at}.date`, 'other-year', d.date, `không thuộc năm ${file.year}`, `it is not in ${file.year}`)
  if (!KINDS.includes(d.kind as string))
    say(
      `${at}.kind`,
      'schema',
      d.kind,
      `loại ngày phải là ${KINDS.join(', ')}`,
      `the kind is one of ${KINDS.join(', ')}`,
    )
  if (!isMessage(d.name))
    say(`${at}.name`, 'schema', '', 'thiếu tên bằng hai thứ tiếng', 'the name in both languages is missing')
  if (!isStatus(d.status))
    say(
      `${at}.status`,
      'schema',
      d.status,
      'trạng thái phải là official hoặc provisional',
      'the status is official or provisional',
    )
  if (typeof d.decision !== 'string' || d.decision === '')
    say(`${at}.decision`, 'no-decision', d.date, 'thiếu văn bản quyết định', 'the deciding text is missing')
  if (file.status === 'official' && d.status === 'provisional') {
    say(
      `${at}.status`,
      'provisional-day',
      d.date,
      'tệp chính thức không thể có ngày tạm tính',
      'an official file cannot hold a provisional day',
    )
  }
  if (seen.has(d.date))
    say(`${at}.date`, 'day-twice', d.date, 'ngày này đã có ở trên', 'the day stands above already')
  const rest = weekdayOfDayNumber(dayNumber(d.date)) > 5
  if (d.kind === 'swapped-working' && !rest)
    say(
      at,
      'works-already',
      d.date,
      'ngày làm bù phải là thứ Bảy hoặc Chủ nhật',
      'a day worked in exchange is a Saturday or Sunday',
    )
  if ((d.kind === 'swapped-off' || d.kind === 'compensatory') && rest)
    say(at, 'off-already', d.date, 'ngày này đã là ngày nghỉ hằng tuần', 'the day is a day of rest already')
  seen.set(d.date, d as unknown as DayEntry)
}

function checkPair(day: DayEntry, i: number, seen: Map<string, DayEntry>, say: Say): void {
  if (day.kind === 'holiday') return
  const at = `days[${i}].for`
  const other = day.for === undefined ? undefined : seen.get(day.for)
  const wanted = {
    compensatory: 'holiday',
    'swapped-off': 'swapped-working',
    'swapped-working': 'swapped-off',
  }[day.kind]
  if (other?.kind === wanted) return
  say(
    at,
    'no-partner',
    day.for ?? day.date,
    `phải chỉ tới một ngày loại "${wanted}" trong cùng tệp`,
    `it names a day of kind "${wanted}" in the same file`,
  )
}

function problem(file: string, code: string, path: string, value: string, message: Message): Problem {
  return { severity: 'error', code: `calendar.${code}`, file, path, value, message }
}

function record(x: unknown): Record<string, unknown> | undefined {
  return typeof x === 'object' && x !== null && !Array.isArray(x) ? (x as Record<string, unknown>) : undefined
}

function isStatus(x: unknown): boolean {
  return x === 'official' || x === 'provisional'
}

function isMessage(x: unknown): x is Message {
  const m = record(x)
  return typeof m?.vi === 'string' && typeof m.en === 'string'
}

/** The days off and swapped days of a span, both ends included, in order: for views of a year and for explanations. */
export function entriesBetween(calendar: HolidayCalendar, from: CivilDate, to: CivilDate): DayEntry[] {
  const entries: DayEntry[] = []
  for (let n = dayNumber(from); n <= dayNumber(to); n++) {
    const entry = calendar.entry(n)
    if (entry) entries.push(entry)
  }
  return entries
}

/** Every date of a span that is a working day. */
export function workingDates(calendar: HolidayCalendar, from: CivilDate, to: CivilDate): CivilDate[] {
  const dates: CivilDate[] = []
  for (let n = dayNumber(from); n <= dayNumber(to); n++)
    if (calendar.working(n)) dates.push(dateOfDayNumber(n))
  return dates
}
