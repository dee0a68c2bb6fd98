import { CalendarError } from './calendar-error.ts'
import {
  type CivilDate,
  civilFromDays,
  dateOfDayNumber,
  dayNumber,
  daysFromCivil,
  daysInMonth,
} from './civil-date.ts'

/** A point in time as RFC 3339 text with an offset: `2026-11-21T08:00:00+07:00`. */
export type Instant = string

/** Minutes of Asia/Ho_Chi_Minh ahead of UTC; it has not changed since 13 June 1975. */
export const VIETNAM_OFFSET = 420

/** Date and wall-clock time in some offset. `second` is 0–59 and `microsecond` 0–999,999. */
export interface WallClock {
  date: CivilDate
  hour: number
  minute: number
  second: number
  microsecond: number
}

export interface ReadOptions {
  /**
   * Offset of texts that carry none: `Z`, `+07:00` or `Asia/Ho_Chi_Minh`. Without it such a text is refused,
   * because a guessed zone moves a reading by hours and nobody sees it.
   */
  zone?: string
}

const INSTANT =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:([Zz])|([+-])(\d\d):(\d\d))?$/

/**
 * Microseconds since 1970-01-01T00:00:00Z of RFC 3339 text. Seconds may be left out; digits finer than a microsecond
 * are cut. A leap second (`23:59:60` UTC at the end of a month) counts as the first second of the next day, as POSIX
 * time does.
 * @throws {CalendarError} `invalid instant: "…": …` when the text is no instant, or has no offset and no `zone` is given.
 */
export function epochMicroseconds(text: Instant, options: ReadOptions = {}): bigint {
  const { days, millisecondOfDay, microsecond } = read(text, options)
  return BigInt(days * 86_400_000 + millisecondOfDay) * 1000n + BigInt(microsecond)
}

/** Milliseconds since 1970-01-01T00:00:00Z; as {@link epochMicroseconds}, cut to the millisecond. */
export function epochMilliseconds(text: Instant, options: ReadOptions = {}): number {
  const { days, millisecondOfDay } = read(text, options)
  return days * 86_400_000 + millisecondOfDay
}

function read(
  text: string,
  options: ReadOptions,
): { days: number; millisecondOfDay: number; microsecond: number } {
  const plain = readPlain(text)
  if (plain !== null) return plain
  const m = INSTANT.exec(text)
  if (!m) {
    throw new CalendarError('instant', text, {
      vi: 'thời điểm phải viết dạng 2026-11-21T08:00:00+07:00',
      en: 'an instant is written 2026-11-21T08:00:00+07:00',
    })
  }
  const year = Number(m[1])
  const month = Number(m[2])
  const day = Number(m[3])
  const hour = Number(m[4])
  const minute = Number(m[5])
  const second = m[6] === undefined ? 0 : Number(m[6])
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) {
    throw new CalendarError('instant', text, {
      vi: `không có ngày ${day}/${month}/${year}`,
      en: `there is no day ${m[1]}-${m[2]}-${m[3]}`,
    })
  }
  if (hour > 23 || minute > 59 || second > 60) {
    throw new CalendarError('instant', text, {
      vi: 'giờ phải từ 00:00:00 đến 23:59:59',
      en: 'the time is 00:00:00 to 23:59:59',
    })
  }
  const offset = offsetMinutes(text, m, options)
  // Six digits always, so that ".5" reads as 500,000 microseconds.
  const fraction = m[7] === undefined ? 0 : Number(m[7].slice(0, 6).padEnd(6, '0'))
  const days = daysFromCivil(year, month, day)
  if (second === 60) refuseFalseLeapSecond(text, days, hour * 60 + minute - offset)
  return {
    days,
    millisecondOfDay: ((hour * 60 + minute - offset) * 60 + second) * 1000 + Math.floor(fraction / 1000),
    microsecond: fraction % 1000,
  }
}

/**
 * `2026-11-21T08:00:00Z`, with three digits behind the seconds or none: how programs write an instant. Read without a
 * pattern, because a gateway sends tens of thousands a second. Null for whatever else; that is read, or refused, with care.
 */
function readPlain(text: string): ReturnType<typeof read> | null {
  const { length } = text
  if ((length !== 20 && length !== 24) || text.charCodeAt(length - 1) !== 90) return null
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45 || text.charCodeAt(10) !== 84) return null
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return null
  if (length === 24 && text.charCodeAt(19) !== 46) return null
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 7)
  const day = digits(text, 8, 10)
  const hour = digits(text, 11, 13)
  const minute = digits(text, 14, 16)
  const second = digits(text, 17, 19)
  const millisecond = length === 24 ? digits(text, 20, 23) : 0
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && hour <= 23 && minute <= 59 && second <= 59))
    return null
  if (!(hour >= 0 && minute >= 0 && second >= 0 && millisecond >= 0) || day > daysInMonth(year, month))
    return null
  return {
    days: daysFromCivil(year, month, day),
    millisecondOfDay: ((hour * 60 + minute) * 60 + second) * 1000 + millisecond,
    microsecond: 0,
  }
}

/** The number written in `[start, end)`, or NaN when something there is no digit. */
function digits(text: string, start: number, end: number): number {
  let number = 0
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return Number.NaN
    number = number * 10 + digit
  }
  return number
}

function offsetMinutes(text: string, m: RegExpExecArray, options: ReadOptions): number {
  if (m[8] !== undefined) return 0
  if (m[9] !== undefined) {
    const hours = Number(m[10])
    const minutes = Number(m[11])
    if (hours > 23 || minutes > 59) {
      throw new CalendarError('instant', text, {
        vi: 'độ lệch giờ phải từ -23:59 đến +23:59',
        en: 'the offset is -23:59 to +23:59',
      })
    }
    return (m[9] === '-' ? -1 : 1) * (hours * 60 + minutes)
  }
  if (options.zone !== undefined) return offsetOf(options.zone)
  throw new CalendarError(
    'instant',
    text,
    { vi: 'thiếu độ lệch múi giờ', en: 'it has no offset' },
    { vi: `viết "${text}+07:00" nếu là giờ Việt Nam`, en: `write "${text}+07:00" if it is Vietnamese time` },
  )
}

function refuseFalseLeapSecond(text: string, days: number, utcMinute: number): void {
  const shift = Math.floor(utcMinute / 1440)
  const { year, month, day } = civilFromDays(days + shift)
  if (utcMinute - shift * 1440 !== 1439 || day !== daysInMonth(year, month)) {
    throw new CalendarError('instant', text, {
      vi: 'giây 60 chỉ có lúc 23:59:60 UTC ngày cuối tháng',
      en: 'second 60 exists only at 23:59:60 UTC on the last day of a month',
    })
  }
}

/**
 * Minutes ahead of UTC of `Z`, `+07:00` or `Asia/Ho_Chi_Minh` (also its old name `Asia/Saigon`). Zones whose offset
 * changes over the year are not known here.
 * @throws {CalendarError} `invalid offset: "Europe/Paris": …`
 */
export function offsetOf(zone: string): number {
  if (zone === 'Z' || zone === 'z' || zone === 'UTC') return 0
  if (zone === 'Asia/Ho_Chi_Minh' || zone === 'Asia/Saigon') return VIETNAM_OFFSET
  const m = /^([+-])(\d\d):(\d\d)$/.exec(zone)
  if (!m || Number(m[2]) > 23 || Number(m[3]) > 59) {
    throw new CalendarError('offset', zone, {
      vi: 'phải là Z, Asia/Ho_Chi_Minh hoặc dạng +07:00',
      en: 'it is Z, Asia/Ho_Chi_Minh or of the form +07:00',
    })
  }
  return (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3]))
}

/** `+07:00` for 420 minutes. */
export function formatOffset(minutes: number): string {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

/**
 * RFC 3339 text of epoch milliseconds (number) or microseconds (bigint), by default at +07:00. The fraction is left
 * out when it is zero, else written with 3 digits, or 6 when finer. Years 0000–9999.
 * @throws {CalendarError} when the year has no four-digit form or the number is not whole.
 */
export function formatInstant(epoch: number | bigint, offset: number = VIETNAM_OFFSET): Instant {
  const { date, hour, minute, second, microsecond } = wallClock(epoch, offset)
  if (!/^\d{4}-/.test(date)) {
    throw new CalendarError('instant', String(epoch), {
      vi: 'năm ngoài khoảng 0000–9999',
      en: 'its year is outside 0000–9999',
    })
  }
  return `${date}T${two(hour)}:${two(minute)}:${two(second)}${formatFraction(microsecond)}${formatOffset(offset)}`
}

function formatFraction(microsecond: number): string {
  if (microsecond === 0) return ''
  return microsecond % 1000 === 0
    ? `.${String(microsecond / 1000).padStart(3, '0')}`
    : `.${String(microsecond).padStart(6, '0')}`
}

/** Date and time on the wall at an offset (default +07:00) of epoch milliseconds (number) or microseconds (bigint). */
export function wallClock(epoch: number | bigint, offset: number = VIETNAM_OFFSET): WallClock {
  const { milliseconds, rest } = split(epoch)
  const local = milliseconds + offset * 60_000
  const days = Math.floor(local / 86_400_000)
  const ms = local - days * 86_400_000
  return {
    date: dateOfDayNumber(days),
    hour: Math.floor(ms / 3_600_000),
    minute: Math.floor(ms / 60_000) % 60,
    second: Math.floor(ms / 1000) % 60,
    microsecond: (ms % 1000) * 1000 + rest,
  }
}

function split(epoch: number | bigint): { milliseconds: number; rest: number } {
  if (typeof epoch === 'bigint') {
    const rest = Number(((epoch % 1000n) + 1000n) % 1000n)
    return { milliseconds: Number((epoch - BigInt(rest)) / 1000n), rest }
  }
  if (!Number.isSafeInteger(epoch)) {
    throw new CalendarError('instant', String(epoch), {
      vi: 'số mili giây phải là số nguyên',
      en: 'milliseconds are a whole number',
    })
  }
  return { milliseconds: epoch, rest: 0 }
}

/** The civil day, by default in Vietnam, on which an instant (text, milliseconds or microseconds) falls. */
export function civilDay(instant: Instant | number | bigint, offset: number = VIETNAM_OFFSET): CivilDate {
  const epoch = typeof instant === 'string' ? epochMilliseconds(instant) : split(instant).milliseconds
  return dateOfDayNumber(Math.floor((epoch + offset * 60_000) / 86_400_000))
}

/** The hour 0–23 on the wall, by default in Vietnam. */
export function civilHour(instant: Instant | number | bigint, offset: number = VIETNAM_OFFSET): number {
  const epoch = typeof instant === 'string' ? epochMilliseconds(instant) : split(instant).milliseconds
  return Math.floor((((epoch + offset * 60_000) % 86_400_000) + 86_400_000) / 3_600_000) % 24
}

/** Epoch milliseconds of 00:00 of a civil day, by default in Vietnam: the first instant that belongs to it. */
export function startOfDay(date: CivilDate, offset: number = VIETNAM_OFFSET): number {
  return dayNumber(date) * 86_400_000 - offset * 60_000
}

/** Epoch milliseconds of a wall-clock time (`minutes` after midnight) on a civil day. */
export function atMinuteOfDay(date: CivilDate, minutes: number, offset: number = VIETNAM_OFFSET): number {
  return startOfDay(date, offset) + minutes * 60_000
}

/**
 * Minutes after midnight of `HH:MM`; `24:00` is allowed and means the end of the day.
 * @throws {CalendarError} `invalid clock time: "25:10": …`
 */
export function minuteOfDay(time: string): number {
  const m = /^(\d\d):(\d\d)$/.exec(time)
  const minutes = m ? Number(m[1]) * 60 + Number(m[2]) : Number.NaN
  if (!m || Number(m[2]) > 59 || minutes > 1440) {
    throw new CalendarError('clock time', time, {
      vi: 'giờ phải viết dạng GG:PP, từ 00:00 đến 24:00',
      en: 'a clock time is written HH:MM, 00:00 to 24:00',
    })
  }
  return minutes
}

function two(n: number): string {
  return n < 10 ? `0${n}` : String(n)
}
