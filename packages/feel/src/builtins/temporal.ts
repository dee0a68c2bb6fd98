import { int } from '../number.ts'
import type { Runtime } from '../runtime.ts'
import { type DateTime, dayOfYear, type LocalDate, Time, weekOfYear } from '../temporal.ts'
import { ANY, BOOLEAN, DATE, DATE_TIME, type FeelType, NUMBER, STRING } from '../types.ts'
import { equal, type FeelValue, kindOf } from '../values.ts'
import { define, optional, parameter, signature } from './signature.ts'

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const MONTHS = [
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

const ofDate = (name: string, result: FeelType, compute: (date: LocalDate) => FeelValue) =>
  define(
    name,
    result,
    signature([parameter('date', DATE)], ([date]: [LocalDate]) => compute(date)),
    signature([parameter('date', DATE_TIME)], ([moment]: [DateTime]) => compute(moment.date)),
  )

/** Same value and, for times, same offset or zone as written; `Z` is +00:00 but no name of a zone. */
function identical(a: FeelValue, b: FeelValue): boolean {
  if (kindOf(a) !== kindOf(b)) return false
  const [x, y] = [clockOf(a), clockOf(b)]
  if (x !== null && y !== null) {
    const sameZone = x.zone === null || y.zone === null ? x.zone === y.zone : x.zone.equals(y.zone)
    return sameZone && x.nanoOfDay === y.nanoOfDay && (a instanceof Time || sameDay(a, b))
  }
  return equal(a, b) === true
}

function clockOf(value: FeelValue): Time | null {
  if (value instanceof Time) return value
  return kindOf(value) === 'date and time' ? (value as DateTime).time : null
}

const sameDay = (a: FeelValue, b: FeelValue) => equal((a as DateTime).date, (b as DateTime).date) === true

const clock = (runtime: Runtime): DateTime | null => runtime.now ?? runtime.warn('clock.missing')

export const TEMPORAL = [
  ofDate('day of year', NUMBER, (date) => int(dayOfYear(date))),
  ofDate('day of week', STRING, (date) => DAYS[date.weekday - 1] as string),
  ofDate('month of year', STRING, (date) => MONTHS[date.month - 1] as string),
  ofDate('week of year', NUMBER, (date) => int(weekOfYear(date))),
  define(
    'is',
    BOOLEAN,
    signature([optional('value1', ANY), optional('value2', ANY)], ([a, b]: [FeelValue, FeelValue]) =>
      identical(a, b),
    ),
  ),
  define(
    'now',
    DATE_TIME,
    signature([], (_, r) => clock(r)),
  ),
  define(
    'today',
    DATE,
    signature([], (_, r) => clock(r)?.date ?? null),
  ),
]
