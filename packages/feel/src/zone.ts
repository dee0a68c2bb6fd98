import { daysFromCivil } from '@nhip/calendar/civil-date'

/**
 * Where a time stands on the clock of the world: a fixed offset from UTC in seconds, or a zone of the IANA
 * database kept as it was written.
 */
export class Zone {
  readonly id: string | null
  readonly offset: number

  constructor(id: string | null, offset: number) {
    this.id = id
    this.offset = offset
  }

  /** Offset in seconds east of UTC for a local date and time given as seconds from 1970-01-01T00:00:00 local. */
  offsetAtLocal(localSeconds: number): number {
    return this.id === null ? this.offset : localOffset(this.id, localSeconds)
  }

  /** Offset in seconds east of UTC at an instant given as seconds from the epoch. */
  offsetAt(epochSeconds: number): number {
    return this.id === null ? this.offset : zoneOffset(this.id, epochSeconds)
  }

  equals(other: Zone): boolean {
    return this.id === other.id && (this.id !== null || this.offset === other.offset)
  }

  toString(): string {
    if (this.id !== null) return `@${this.id}`
    if (this.offset === 0) return 'Z'
    const total = Math.abs(this.offset)
    const seconds = total % 60
    const text = `${this.offset < 0 ? '-' : '+'}${two(Math.floor(total / 3600))}:${two(Math.floor(total / 60) % 60)}`
    return seconds === 0 ? text : `${text}:${two(seconds)}`
  }
}

export const UTC = new Zone(null, 0)

const two = (n: number) => String(n).padStart(2, '0')

const formats = new Map<string, Intl.DateTimeFormat | null>()
const ZONE_ID = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/

function formatOf(id: string): Intl.DateTimeFormat | null {
  let format = formats.get(id)
  if (format === undefined) {
    try {
      if (!ZONE_ID.test(id)) throw new RangeError(id)
      format = new Intl.DateTimeFormat('en-US', {
        timeZone: id,
        calendar: 'gregory',
        numberingSystem: 'latn',
        hourCycle: 'h23',
        era: 'short',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      })
    } catch {
      format = null
    }
    // A stranger's text must not fill the memory with misspelt zones.
    if (format !== null || formats.size < 2000) formats.set(id, format)
  }
  return format
}

/** The zone of that name in the IANA database; null when there is none. */
export function zoneOf(id: string): Zone | null {
  return formatOf(id) === null ? null : new Zone(id, 0)
}

const HOUR = 3600
const offsets = new Map<string, number>()
/** 400 Gregorian years: weekdays and leap days repeat, so do the rules a zone follows today. */
const CYCLE = 146_097 * 86_400
const LAST = daysFromCivil(2399, 12, 31) * 86_400
const FIRST = daysFromCivil(-200_000, 1, 1) * 86_400

/** Rules change on whole quarters of an hour at most, and never twice in one; older changes have odd seconds. */
function zoneOffset(id: string, epochSeconds: number): number {
  let at = epochSeconds
  if (at > LAST) at = LAST - CYCLE + 1 + ((at - LAST - 1) % CYCLE)
  if (at < FIRST) at = FIRST
  // Since 1970 every change happens on a whole quarter of an hour.
  const quarter = at >= 0 ? Math.floor(at / 900) * 900 : at
  const key = `${id}|${quarter}`
  const known = offsets.get(key)
  if (known !== undefined) return known
  const offset = ask(id, quarter)
  if (offsets.size > 50_000) offsets.clear()
  offsets.set(key, offset)
  return offset
}

function ask(id: string, epochSeconds: number): number {
  const format = formatOf(id)
  if (format === null) return 0
  let year = 0
  let month = 0
  let day = 0
  let seconds = 0
  let before = false
  for (const part of format.formatToParts(epochSeconds * 1000)) {
    const n = Number(part.value)
    if (part.type === 'year') year = n
    else if (part.type === 'month') month = n
    else if (part.type === 'day') day = n
    else if (part.type === 'hour') seconds += (n % 24) * HOUR
    else if (part.type === 'minute') seconds += n * 60
    else if (part.type === 'second') seconds += n
    else if (part.type === 'era') before = part.value.startsWith('B')
  }
  // Intl counts 1 BC, 2 BC … and, before October 1582, in Julian days.
  const julian = epochSeconds < GREGORIAN_FROM
  const days = julian ? julianDays(before ? 1 - year : year, month, day) : daysFromCivil(year, month, day)
  return days * 86_400 + seconds - epochSeconds
}

const GREGORIAN_FROM = daysFromCivil(1582, 10, 15) * 86_400

function julianDays(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const inYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return 365 * y + Math.floor(y / 4) + inYear - 719_470
}

/** In a gap or an overlap of local time the offset before the change holds. */
function localOffset(id: string, localSeconds: number): number {
  const before = zoneOffset(id, localSeconds - 86_400)
  const after = zoneOffset(id, localSeconds + 86_400)
  if (before === after) return before
  if (zoneOffset(id, localSeconds - before) === before) return before
  return zoneOffset(id, localSeconds - after) === after ? after : before
}

const JANUARY = daysFromCivil(2000, 1, 15) * 86_400
const JULY = daysFromCivil(2000, 7, 15) * 86_400

/**
 * A time of day in a zone has no date that would fix its offset. We take the zone's standard time of the year
 * 2000 (the smaller offset of January and July), so that a result never depends on today.
 */
export function standardOffset(zone: Zone): number {
  return Math.min(zone.offsetAt(JANUARY), zone.offsetAt(JULY))
}

/** The offset of a zone that is the same in summer and winter; null for any other. */
export function steadyOffset(zone: Zone): number | null {
  const offset = zone.offsetAt(JANUARY)
  return offset === zone.offsetAt(JULY) ? offset : null
}
