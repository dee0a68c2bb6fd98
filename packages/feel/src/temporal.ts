import { civilFromDays, daysFromCivil, daysInMonth } from '@nhip/calendar/civil-date'
import { standardOffset, UTC, Zone, zoneOf } from './zone.ts'

export const MAX_YEAR = 999_999_999
const DAY_NANOS = 86_400_000_000_000n
const SECOND_NANOS = 1_000_000_000n
/** Beyond the whole range of dates no duration has a use, and an unbounded one would eat memory. */
const MAX_NANOS = 2n * (2n * BigInt(MAX_YEAR) + 2n) * 366n * DAY_NANOS

/** A day of the proleptic Gregorian calendar, years −999,999,999 to 999,999,999. */
export class LocalDate {
  readonly kind = 'date'
  readonly year: number
  readonly month: number
  readonly day: number

  constructor(year: number, month: number, day: number) {
    this.year = year
    this.month = month
    this.day = day
  }

  /** Days from 1970-01-01. */
  get epochDay(): number {
    return daysFromCivil(this.year, this.month, this.day)
  }

  /** 1 Monday … 7 Sunday. */
  get weekday(): number {
    return ((((this.epochDay + 3) % 7) + 7) % 7) + 1
  }

  toString(): string {
    const digits = String(Math.abs(this.year)).padStart(4, '0')
    return `${this.year < 0 ? '-' : ''}${digits}-${two(this.month)}-${two(this.day)}`
  }
}

/** A time of day, with an offset, a zone or neither. */
export class Time {
  readonly kind = 'time'
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly nano: number
  readonly zone: Zone | null

  constructor(hour: number, minute: number, second: number, nano: number, zone: Zone | null) {
    this.hour = hour
    this.minute = minute
    this.second = second
    this.nano = nano
    this.zone = zone
  }

  get secondOfDay(): number {
    return this.hour * 3600 + this.minute * 60 + this.second
  }

  /** Nanoseconds from midnight: at most 8.64e13, exact in a double. */
  get nanoOfDay(): number {
    return this.secondOfDay * 1_000_000_000 + this.nano
  }

  toString(): string {
    const fraction = this.nano === 0 ? '' : `.${String(this.nano).padStart(9, '0').replace(/0+$/, '')}`
    return `${two(this.hour)}:${two(this.minute)}:${two(this.second)}${fraction}${this.zone ?? ''}`
  }
}

/** A date and a time of day; the zone is the time's. */
export class DateTime {
  readonly kind = 'date and time'
  readonly date: LocalDate
  readonly time: Time

  constructor(date: LocalDate, time: Time) {
    this.date = date
    this.time = time
  }

  /** Seconds from 1970-01-01T00:00:00 on the local clock. */
  get localSeconds(): number {
    return this.date.epochDay * 86_400 + this.time.secondOfDay
  }

  /** Seconds east of UTC at this date and time; null when neither offset nor zone was given. */
  get offset(): number | null {
    return this.time.zone === null ? null : this.time.zone.offsetAtLocal(this.localSeconds)
  }

  /** Nanoseconds from the epoch; a date and time without offset counts as UTC. */
  get epochNanos(): bigint {
    return (BigInt(this.localSeconds) - BigInt(this.offset ?? 0)) * SECOND_NANOS + BigInt(this.time.nano)
  }

  toString(): string {
    return `${this.date}T${this.time}`
  }
}

/** Days, hours, minutes, seconds as one exact count of nanoseconds. */
export class DaysTime {
  readonly kind = 'days and time duration'
  readonly nanos: bigint

  constructor(nanos: bigint) {
    this.nanos = nanos
  }

  toString(): string {
    if (this.nanos === 0n) return 'PT0S'
    const total = this.nanos < 0n ? -this.nanos : this.nanos
    const days = total / DAY_NANOS
    const inDay = Number(total % DAY_NANOS)
    const seconds = Math.floor(inDay / 1e9)
    const nano = inDay % 1e9
    const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    let text = this.nanos < 0n ? '-P' : 'P'
    if (days > 0n) text += `${days}D`
    if (inDay > 0) text += 'T'
    if (h > 0) text += `${h}H`
    if (m > 0) text += `${m}M`
    if (s > 0 || nano > 0)
      text += `${s}${nano === 0 ? '' : `.${String(nano).padStart(9, '0').replace(/0+$/, '')}`}S`
    return text
  }
}

/** Years and months as one whole number of months. */
export class YearsMonths {
  readonly kind = 'years and months duration'
  readonly months: number

  constructor(months: number) {
    this.months = months
  }

  toString(): string {
    const total = Math.abs(this.months)
    if (total === 0) return 'P0M'
    const years = Math.floor(total / 12)
    return `${this.months < 0 ? '-' : ''}P${years > 0 ? `${years}Y` : ''}${total % 12 > 0 ? `${total % 12}M` : ''}`
  }
}

const two = (n: number) => String(n).padStart(2, '0')

/** Null when there is no such day. */
export function dateOf(year: number, month: number, day: number): LocalDate | null {
  if (!(Math.abs(year) <= MAX_YEAR && month >= 1 && month <= 12 && day >= 1)) return null
  return day > daysInMonth(year, month) ? null : new LocalDate(year, month, day)
}

export function dateOfEpochDay(days: number): LocalDate | null {
  const { year, month, day } = civilFromDays(days)
  return Math.abs(year) <= MAX_YEAR ? new LocalDate(year, month, day) : null
}

const DATE = /^(-?)(\d{4}|[1-9]\d{4,8})-(\d\d)-(\d\d)$/

/** XML Schema form `YYYY-MM-DD`, years of four to nine digits, an optional minus. */
export function parseDate(text: string): LocalDate | null {
  const m = DATE.exec(text)
  if (m === null) return null
  const year = Number(m[2])
  if (m[1] === '-' && year === 0) return null
  return dateOf(m[1] === '-' ? -year : year, Number(m[3]), Number(m[4]))
}

const TIME = /^(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:(Z)|([+-])(\d\d):(\d\d)(?::(\d\d))?|@(.+))?$/

function parseClock(text: string): { time: Time; nextDay: boolean } | null {
  const m = TIME.exec(text)
  if (m === null) return null
  let zone: Zone | null = null
  if (m[5] !== undefined) zone = UTC
  else if (m[6] !== undefined) {
    zone = offsetZone((m[6] === '-' ? -1 : 1) * (Number(m[7]) * 3600 + Number(m[8]) * 60 + Number(m[9] ?? 0)))
    if (zone === null || Number(m[8]) > 59 || Number(m[9] ?? 0) > 59) return null
  } else if (m[10] !== undefined) {
    zone = zoneOf(m[10])
    if (zone === null) return null
  }
  const nano = Number((m[4] ?? '').slice(0, 9).padEnd(9, '0'))
  const [hour, minute, second] = [Number(m[1]), Number(m[2]), Number(m[3])]
  if (hour === 24 && minute === 0 && second === 0 && nano === 0)
    return { time: new Time(0, 0, 0, 0, zone), nextDay: true }
  if (hour > 23 || minute > 59 || second > 59) return null
  return { time: new Time(hour, minute, second, nano, zone), nextDay: false }
}

/** XML Schema form `hh:mm:ss[.fraction]`, then nothing, `Z`, an offset to ±18:00 or `@Zone/Name`. */
export function parseTime(text: string): Time | null {
  return parseClock(text)?.time ?? null
}

/** `dateTtime`; 24:00:00 is the next midnight. */
export function parseDateTime(text: string): DateTime | null {
  const t = text.indexOf('T')
  if (t < 0) return null
  const date = parseDate(text.slice(0, t))
  const clock = parseClock(text.slice(t + 1))
  if (date === null || clock === null) return null
  const day = clock.nextDay ? dateOfEpochDay(date.epochDay + 1) : date
  return day === null ? null : new DateTime(day, clock.time)
}

const MONTHS = /^(-?)P(?:(\d+)Y)?(?:(\d+)M)?$/
const DAYS = /^(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d+))?S)?)?$/

/** ISO 8601 durations; months and days may not be mixed. */
export function parseDuration(text: string): YearsMonths | DaysTime | null {
  if (text.length > 200 || text.endsWith('P') || text.endsWith('T')) return null
  const m = MONTHS.exec(text)
  if (m !== null) return monthsOf((m[1] === '-' ? -1 : 1) * (Number(m[2] ?? 0) * 12 + Number(m[3] ?? 0)))
  const d = DAYS.exec(text)
  if (d === null) return null
  const seconds =
    BigInt(d[2] ?? 0) * 86_400n + BigInt(d[3] ?? 0) * 3600n + BigInt(d[4] ?? 0) * 60n + BigInt(d[5] ?? 0)
  const nanos = seconds * SECOND_NANOS + BigInt((d[6] ?? '').slice(0, 9).padEnd(9, '0'))
  return daysTimeOf(d[1] === '-' ? -nanos : nanos)
}

/** Whatever an at-literal may hold: duration, date and time, date or time. */
export function parseTemporal(text: string): LocalDate | Time | DateTime | YearsMonths | DaysTime | null {
  return parseDuration(text) ?? parseDateTime(text) ?? parseDate(text) ?? parseTime(text)
}

/** A zone of fixed offset in seconds, within ±18 hours; else null. */
export function offsetZone(seconds: number): Zone | null {
  if (Math.abs(seconds) > 18 * 3600) return null
  return seconds === 0 ? UTC : new Zone(null, seconds)
}

export function monthsOf(months: number): YearsMonths | null {
  return Number.isSafeInteger(months) ? new YearsMonths(months + 0) : null
}

export function daysTimeOf(nanos: bigint): DaysTime | null {
  return nanos > MAX_NANOS || nanos < -MAX_NANOS ? null : new DaysTime(nanos)
}

/** A month later on the same day, or on the month's last day when it is shorter. */
export function addMonths(date: LocalDate, months: number): LocalDate | null {
  const total = date.year * 12 + (date.month - 1) + months
  const year = Math.floor(total / 12)
  const month = total - year * 12 + 1
  return dateOf(year, month, Math.min(date.day, daysInMonth(year, month)))
}

/** Adds on the time line: in a zone the offset may be another one afterwards. */
export function addNanos(moment: DateTime, nanos: bigint): DateTime | null {
  const zone = moment.time.zone
  const total = moment.epochNanos + nanos
  const seconds = floorDiv(total, SECOND_NANOS)
  const nano = Number(total - seconds * SECOND_NANOS)
  const epochSeconds = Number(seconds)
  if (!Number.isFinite(epochSeconds) || Math.abs(epochSeconds) > 3.2e16) return null
  const offset = zone === null ? 0 : zone.offsetAt(epochSeconds)
  const local = seconds + BigInt(offset)
  const days = floorDiv(local, 86_400n)
  const date = dateOfEpochDay(Number(days))
  return date === null ? null : new DateTime(date, clockOf(Number(local - days * 86_400n), nano, zone))
}

/** Wraps around midnight. */
export function addToTime(time: Time, nanos: bigint): Time {
  const total = BigInt(time.nanoOfDay) + nanos
  const inDay = total - floorDiv(total, DAY_NANOS) * DAY_NANOS
  return clockOf(Number(inDay / SECOND_NANOS), Number(inDay % SECOND_NANOS), time.zone)
}

/** Adds on the local clock of midnight and drops the time of day again. */
export function addNanosToDate(date: LocalDate, nanos: bigint): LocalDate | null {
  const days = BigInt(date.epochDay) + floorDiv(nanos, DAY_NANOS)
  return dateOfEpochDay(Number(days))
}

function clockOf(secondOfDay: number, nano: number, zone: Zone | null): Time {
  return new Time(
    Math.floor(secondOfDay / 3600),
    Math.floor(secondOfDay / 60) % 60,
    secondOfDay % 60,
    nano,
    zone,
  )
}

export function floorDiv(a: bigint, b: bigint): bigint {
  const q = a / b
  return a % b !== 0n && a < 0n !== b < 0n ? q - 1n : q
}

/** A date as the date and time of its midnight in UTC (DMN 1.5, implicit conversions). */
export function midnight(date: LocalDate): DateTime {
  return new DateTime(date, new Time(0, 0, 0, 0, UTC))
}

/** Nanoseconds of the day on the clock of UTC, comparable between times of different zones. */
export function comparableTime(time: Time): number {
  return time.nanoOfDay - (time.zone === null ? 0 : standardOffset(time.zone) * 1e9)
}

/** Whole years and months from one date to another, toward zero; times of day do not count. */
export function monthsBetween(from: LocalDate | DateTime, to: LocalDate | DateTime): YearsMonths {
  const [a, b] = [from.kind === 'date' ? from : from.date, to.kind === 'date' ? to : to.date]
  const months = (b.year - a.year) * 12 + (b.month - a.month)
  if (months > 0 && b.day < a.day) return new YearsMonths(months - 1)
  return new YearsMonths(months < 0 && b.day > a.day ? months + 1 : months)
}

/** ISO 8601 week: the week with the year's first Thursday is number 1. */
export function weekOfYear(date: LocalDate): number {
  const thursday = date.epochDay - date.weekday + 4
  const year = civilFromDays(thursday).year
  return Math.floor((thursday - daysFromCivil(year, 1, 1)) / 7) + 1
}

export function dayOfYear(date: LocalDate): number {
  return date.epochDay - daysFromCivil(date.year, 1, 1) + 1
}
