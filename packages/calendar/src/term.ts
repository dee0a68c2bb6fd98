import type { Message } from '@nhip/canonical/problem'
import { CalendarError } from './calendar-error.ts'
import { addMonths, type CivilDate, dateLabel, dateOfDayNumber, dayNumber } from './civil-date.ts'
import { fold } from './date-text.ts'
import type { DayEntry, HolidayCalendar } from './holiday-calendar.ts'
import {
  atMinuteOfDay,
  epochMilliseconds,
  formatInstant,
  type Instant,
  minuteOfDay,
  VIETNAM_OFFSET,
  wallClock,
} from './instant.ts'
import { stepWorkingDays } from './working-days.ts'

/** A term as laws and procedures state it: 5 working days, 15 days, 1 month, 8 working hours. */
export interface Term {
  count: number
  unit: 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year' | 'working day' | 'working hour'
}

/** When an office takes files in. It is data: each rule carries the text that sets it. */
export interface Office {
  /** Opening hours of a working day, in order: `[{from: '07:30', to: '11:30'}, {from: '13:30', to: '17:00'}]`. */
  hours: { from: string; to: string }[]
  /** What comes in after this time counts from the next working day, for example `15:00`. */
  cutoff?: string
  /** When the last day ends: at 24:00 as the Civil Code has it (default), or when the office closes. */
  endsAt?: 'midnight' | 'closing'
  /** The text that sets hours and cutoff. */
  basis?: string
}

export interface Due {
  /** The first instant that is too late, at +07:00: 00:00 after the last day, or the closing time. */
  due: Instant
  /** The last day of the term. */
  lastDay: CivilDate
  /** The day the file counts as received. */
  counted: CivilDate
  /** `provisional` when a day on the way is: Tết before its decision, or a year that has no file. */
  certainty: 'official' | 'provisional'
}

export interface Explained extends Due {
  /** How the day came about, one step a line, for the person who asks. */
  steps: Message[]
}

const UNITS: [RegExp, Term['unit']][] = [
  [/^(\d{1,4}) (?:ngay lam viec|working days?)$/, 'working day'],
  [/^(\d{1,4}) (?:gio lam viec|working hours?)$/, 'working hour'],
  [/^(?:p?)(\d{1,5}) ?(?:ngay|days?|d)$/, 'day'],
  [/^(?:p?)(\d{1,4}) ?(?:tuan|weeks?|w)$/, 'week'],
  [/^(?:p?)(\d{1,4}) ?(?:thang|months?|m)$/, 'month'],
  [/^(?:p?)(\d{1,3}) ?(?:nam|years?|y)$/, 'year'],
  [/^(?:pt)?(\d{1,5}) ?(?:gio|hours?|h)$/, 'hour'],
  [/^(\d{1,6}) ?(?:phut|minutes?)$/, 'minute'],
]

/**
 * Reads a term: `05 ngày làm việc`, `15 ngày`, `1 tháng`, `8 giờ làm việc`, `P15D`.
 * @throws {CalendarError} `invalid term: "…"`.
 */
export function termOf(text: string): Term {
  const s = fold(text)
  for (const [form, unit] of UNITS) {
    const m = form.exec(s)
    if (m) return { count: Number(m[1]), unit }
  }
  throw new CalendarError('term', text, {
    vi: 'thời hạn viết ví dụ: 5 ngày làm việc, 15 ngày, 1 tháng, 8 giờ làm việc',
    en: 'a term is written for example: 5 working days, 15 days, 1 month, 8 working hours',
  })
}

export interface Setting {
  calendar: HolidayCalendar
  office?: Office
}

/**
 * When a term ends that begins with a file received at an instant.
 *
 * The day of receipt is not counted; a file that comes on a day off or after the office's cutoff is received on the next
 * working day. Terms in days, weeks, months and years that end on a day off end with the next working day, at 24:00
 * (Civil Code 91/2015/QH13, articles 147 and 148). Working-day terms count working days only. Hours and minutes run from
 * the instant itself; working hours only while the office is open.
 * @throws {CalendarError} for a term that is negative or not whole, or working hours without an office.
 */
export function dueOf(received: Instant | number, term: Term, setting: Setting): Due {
  const milliseconds = typeof received === 'number' ? received : epochMilliseconds(received)
  if (!Number.isSafeInteger(term.count) || term.count < 0) {
    throw new CalendarError('term', `${term.count} ${term.unit}`, {
      vi: 'phải là số nguyên không âm',
      en: 'it is a whole number, 0 or more',
    })
  }
  const local = milliseconds + VIETNAM_OFFSET * 60_000
  const day = Math.floor(local / 86_400_000)
  if (term.unit === 'hour' || term.unit === 'minute') {
    const end = milliseconds + term.count * (term.unit === 'hour' ? 3_600_000 : 60_000)
    const last = Math.floor((end + VIETNAM_OFFSET * 60_000) / 86_400_000)
    return result(end, last, day, day, setting)
  }
  const { counted } = countedDay(milliseconds, setting)
  if (term.unit === 'working hour') {
    const end = afterWorkingHours(milliseconds, counted, term.count * 60, setting)
    return result(end.milliseconds, end.day, counted, day, setting)
  }
  const last =
    term.unit === 'working day'
      ? stepWorkingDays(counted, term.count, setting.calendar)
      : rolled(nominal(counted, term), setting.calendar)
  const closing = setting.office?.endsAt === 'closing' ? setting.office.hours.at(-1) : undefined
  return result(
    atMinuteOfDay(dateOfDayNumber(last), closing ? minuteOfDay(closing.to) : 1440),
    last,
    counted,
    day,
    setting,
  )
}

function result(due: number, last: number, counted: number, first: number, setting: Setting): Due {
  let certainty: Due['certainty'] = 'official'
  for (let n = first; n <= last && certainty === 'official'; n++) {
    if (setting.calendar.entry(n)?.status === 'provisional') certainty = 'provisional'
  }
  return {
    due: formatInstant(due),
    lastDay: dateOfDayNumber(last),
    counted: dateOfDayNumber(counted),
    certainty,
  }
}

type Late = 'day off' | 'cutoff' | 'closed' | undefined

/** The day number on which a file counts as received, and why it is not the day it came. */
function countedDay(milliseconds: number, setting: Setting): { counted: number; late: Late } {
  const local = milliseconds + VIETNAM_OFFSET * 60_000
  const day = Math.floor(local / 86_400_000)
  const millisecondOfDay = local - day * 86_400_000
  const { calendar, office } = setting
  let late: Late
  if (!calendar.working(day)) late = 'day off'
  else if (office?.cutoff !== undefined && millisecondOfDay > minuteOfDay(office.cutoff) * 60_000)
    late = 'cutoff'
  else if (office && millisecondOfDay > minuteOfDay(office.hours.at(-1)!.to) * 60_000) late = 'closed'
  // Without an office nobody says that files need one to be received: a term may begin on a Sunday.
  if (late === undefined || !office) return { counted: day, late: undefined }
  return { counted: stepWorkingDays(day, 1, calendar), late }
}

function nominal(counted: number, term: Term): number {
  if (term.unit === 'day') return counted + term.count
  if (term.unit === 'week') return counted + term.count * 7
  return dayNumber(addMonths(dateOfDayNumber(counted), term.unit === 'year' ? term.count * 12 : term.count))
}

function rolled(day: number, calendar: HolidayCalendar): number {
  let n = day
  while (!calendar.working(n)) n++
  return n
}

function afterWorkingHours(
  milliseconds: number,
  counted: number,
  minutes: number,
  setting: Setting,
): { milliseconds: number; day: number } {
  const { office, calendar } = setting
  if (!office || office.hours.length === 0) {
    throw new CalendarError('term', 'working hour', {
      vi: 'cần giờ làm việc của cơ quan',
      en: 'the hours of the office are needed',
    })
  }
  let left = minutes * 60_000
  for (let day = counted; ; day++) {
    if (!calendar.working(day)) continue
    const date = dateOfDayNumber(day)
    for (const { from, to } of office.hours) {
      const open = Math.max(atMinuteOfDay(date, minuteOfDay(from)), milliseconds)
      const close = atMinuteOfDay(date, minuteOfDay(to))
      if (open >= close) continue
      if (left <= close - open) return { milliseconds: open + left, day }
      left -= close - open
    }
  }
}

const TERM_NAMES: Record<Term['unit'], [vi: string, en: string]> = {
  minute: ['phút', 'minutes'],
  hour: ['giờ', 'hours'],
  day: ['ngày', 'days'],
  week: ['tuần', 'weeks'],
  month: ['tháng', 'months'],
  year: ['năm', 'years'],
  'working day': ['ngày làm việc', 'working days'],
  'working hour': ['giờ làm việc', 'working hours'],
}

/** As {@link dueOf}, with the steps that led to the day, in both languages. */
export function explainDue(received: Instant | number, term: Term, setting: Setting): Explained {
  const milliseconds = typeof received === 'number' ? received : epochMilliseconds(received)
  return explained(dueOf(milliseconds, term, setting), milliseconds, term, setting)
}

function explained(due: Due, milliseconds: number, term: Term, setting: Setting): Explained {
  const steps: Message[] = [receipt(milliseconds, due, setting)]
  const clock = term.unit === 'hour' || term.unit === 'minute'
  if (clock || term.unit === 'working hour') steps.push(running(term))
  else steps.push(counting(due, term))
  if (!clock) steps.push(...daysOff(due, term, setting))
  if (term.unit !== 'working day' && term.unit !== 'working hour' && !clock)
    steps.push(...moved(due, term, setting))
  steps.push(end(due, term, setting), ...doubts(milliseconds, due, setting))
  return { ...due, steps }
}

function receipt(milliseconds: number, due: Due, setting: Setting): Message {
  const clock = wallClock(milliseconds)
  const time = `${String(clock.hour).padStart(2, '0')}:${String(clock.minute).padStart(2, '0')}`
  const { late } = setting.office ? countedDay(milliseconds, setting) : { late: undefined }
  const basis = late === 'cutoff' && setting.office?.basis ? ` (${setting.office.basis})` : ''
  const why: Record<NonNullable<Late>, [string, string]> = {
    'day off': ['vào ngày nghỉ', 'on a day off'],
    cutoff: [`sau ${setting.office?.cutoff}`, `after ${setting.office?.cutoff}`],
    closed: ['sau giờ làm việc', 'after hours'],
  }
  const vi = `Nhận lúc ${time} ngày ${dateLabel(clock.date, 'vi')}`
  const en = `Received at ${time} on ${dateLabel(clock.date, 'en')}`
  if (late === undefined) return { vi: `${vi}.`, en: `${en}.` }
  return {
    vi: `${vi}, ${why[late][0]}, nên tính là nhận ngày làm việc kế tiếp, ${dateLabel(due.counted, 'vi')}${basis}.`,
    en: `${en}, ${why[late][1]}, so it counts as received on the next working day, ${dateLabel(due.counted, 'en')}${basis}.`,
  }
}

function running(term: Term): Message {
  const [vi, en] = TERM_NAMES[term.unit]
  return {
    vi: `Thời hạn ${term.count} ${vi}, tính từ lúc nhận.`,
    en: `The term is ${term.count} ${en}, from the moment of receipt.`,
  }
}

function counting(due: Due, term: Term): Message {
  const [vi, en] = TERM_NAMES[term.unit]
  return {
    vi: `Thời hạn ${term.count} ${vi}; ngày ${dateLabel(due.counted, 'vi')} không tính (Bộ luật Dân sự 91/2015/QH13, Điều 147).`,
    en: `The term is ${term.count} ${en}; ${dateLabel(due.counted, 'en')} is not counted (Civil Code 91/2015/QH13, Article 147).`,
  }
}

function daysOff(due: Due, term: Term, { calendar }: Setting): Message[] {
  if (term.unit !== 'working day' && term.unit !== 'working hour') return []
  let weekends = 0
  const named: DayEntry[] = []
  for (let n = dayNumber(due.counted) + 1; n < dayNumber(due.lastDay); n++) {
    if (calendar.working(n)) continue
    const entry = calendar.entry(n)
    if (entry) named.push(entry)
    else weekends++
  }
  if (weekends + named.length === 0) return []
  const list = (language: 'vi' | 'en') => [
    ...named.map((d) => `${dateLabel(d.date, language)} (${d.name[language]})`),
    ...(weekends > 0
      ? [language === 'vi' ? `${weekends} ngày nghỉ hằng tuần` : `${weekends} weekly days of rest`]
      : []),
  ]
  return [{ vi: `Không tính: ${list('vi').join(', ')}.`, en: `Not counted: ${list('en').join(', ')}.` }]
}

function moved(due: Due, term: Term, { calendar }: Setting): Message[] {
  const day = nominal(dayNumber(due.counted), term)
  const date = dateOfDayNumber(day)
  if (date === due.lastDay) return []
  const entry = calendar.entry(day)
  return [
    {
      vi: `Ngày cuối ${dateLabel(date, 'vi')} là ngày nghỉ (${entry?.name.vi ?? 'cuối tuần'}), nên hạn là ngày làm việc kế tiếp (Điều 148 khoản 5).`,
      en: `The last day, ${dateLabel(date, 'en')}, is a day off (${entry?.name.en ?? 'weekend'}), so the term ends with the next working day (Article 148.5).`,
    },
  ]
}

function end(due: Due, term: Term, { office }: Setting): Message {
  const byClock = term.unit.endsWith('hour') || term.unit === 'minute' || office?.endsAt === 'closing'
  const time = byClock ? due.due.slice(11, 16) : '24:00'
  return {
    vi: `Hết hạn lúc ${time} ngày ${dateLabel(due.lastDay, 'vi')}.`,
    en: `It ends at ${time} on ${dateLabel(due.lastDay, 'en')}.`,
  }
}

function doubts(milliseconds: number, due: Due, { calendar }: Setting): Message[] {
  const doubts: Message[] = []
  const first = dayNumber(wallClock(milliseconds).date)
  for (let n = first; n <= dayNumber(due.lastDay); n++) {
    const day = calendar.unconfirmed(n)
    if (day && calendar.working(n)) doubts.push(day.note)
  }
  if (due.certainty === 'provisional') {
    doubts.push({
      vi: 'Có ngày nghỉ tạm tính trên đường đi: hạn có thể đổi khi có quyết định chính thức.',
      en: 'A day off on the way is provisional: the date may change with the official decision.',
    })
  }
  return doubts
}

/** An open due date as a store keeps it. */
export interface OpenDue {
  id: string
  received: Instant
  term: Term
  due: Instant
}

export interface DueChange {
  id: string
  before: Instant
  after: Instant
  /** Why it is the new date. */
  steps: Message[]
}

/**
 * Recomputes open due dates after a change of the calendar or of office hours, and returns those that differ with the
 * reasons for the new date. It is a generator, so that a job can write in batches and be cancelled.
 */
export function* recomputeDue(open: Iterable<OpenDue>, setting: Setting): Generator<DueChange> {
  for (const { id, received, term, due } of open) {
    const milliseconds = epochMilliseconds(received)
    const now = dueOf(milliseconds, term, setting)
    if (epochMilliseconds(now.due) === epochMilliseconds(due)) continue
    yield { id, before: due, after: now.due, steps: explained(now, milliseconds, term, setting).steps }
  }
}
