import { type Num, parseNumber, toInteger } from '../number.ts'
import type { Runtime } from '../runtime.ts'
import {
  DateTime,
  type DaysTime,
  dateOf,
  type LocalDate,
  midnight,
  monthsBetween,
  offsetZone,
  parseDate,
  parseDateTime,
  parseDuration,
  parseTime,
  Time,
} from '../temporal.ts'
import {
  ANY,
  contextOf,
  DATE,
  DATE_TIME,
  DAYS_TIME,
  listOf,
  NUMBER,
  rangeOf,
  STRING,
  TIME,
  YEARS_MONTHS,
} from '../types.ts'
import { type FeelValue, toText } from '../values.ts'
import { readRange } from './range-text.ts'
import { define, nullable, optional, parameter, signature } from './signature.ts'

const unreadable = (name: string, text: FeelValue, runtime: Runtime) =>
  runtime.warn('call.value', name, toText(text, 60))

/** Digits in groups of one fixed separator, an own decimal separator: a numeral once both are normalised. */
function localNumber(
  from: string,
  grouping: string | null,
  decimal: string | null,
  runtime: Runtime,
): FeelValue {
  const point = decimal ?? '.'
  const legal = (grouping === null || [' ', ',', '.'].includes(grouping)) && [',', '.'].includes(point)
  if (!legal || grouping === point) return unreadable('number', [grouping, decimal], runtime)
  const plain = grouping === null ? from : from.replaceAll(grouping, '')
  if (point === ',' && plain.includes('.')) return unreadable('number', from, runtime)
  return parseNumber(plain.replace(point, '.')) ?? unreadable('number', from, runtime)
}

function clock(args: readonly [Num, Num, Num, DaysTime | null], runtime: Runtime): FeelValue {
  const [hour, minute, second, offset] = args
  const seconds = toInteger(second)
  const nano = Math.round(Number(second.decimal.minus(second.decimal.trunc()).times(1e9).toFixed(0)))
  const zone = offset === null ? null : offsetZone(Number(offset.nanos / 1_000_000_000n))
  const fits = (n: Num, limit: number) => n.isInteger && n.sign >= 0 && toInteger(n) < limit
  if (
    !fits(hour, 24) ||
    !fits(minute, 60) ||
    second.sign < 0 ||
    !(seconds < 60) ||
    (offset !== null && zone === null)
  ) {
    return unreadable('time', [hour, minute, second, offset], runtime)
  }
  return new Time(toInteger(hour), toInteger(minute), seconds, nano, zone)
}

function civil(args: readonly [Num, Num, Num], runtime: Runtime): FeelValue {
  const date = args.every((n) => n.isInteger)
    ? dateOf(...(args.map(toInteger) as [number, number, number]))
    : null
  return date ?? unreadable('date', args, runtime)
}

export const CONVERSION = [
  define(
    'date',
    DATE,
    signature(
      [parameter('from', STRING)],
      ([from]: [string], r) => parseDate(from) ?? unreadable('date', from, r),
    ),
    signature([parameter('from', DATE)], ([from]: [LocalDate]) => from),
    signature([parameter('from', DATE_TIME)], ([from]: [DateTime]) => from.date),
    signature([parameter('year', NUMBER), parameter('month', NUMBER), parameter('day', NUMBER)], civil),
  ),
  define(
    'date and time',
    DATE_TIME,
    signature([parameter('from', STRING)], ([from]: [string], r) => {
      const date = parseDate(from)
      if (date !== null) return new DateTime(date, new Time(0, 0, 0, 0, null))
      return parseDateTime(from) ?? unreadable('date and time', from, r)
    }),
    signature([parameter('from', DATE_TIME)], ([from]: [DateTime]) => from),
    signature([parameter('date', DATE), parameter('time', TIME)], ([date, time]: [LocalDate, Time]) => {
      return new DateTime(date, time)
    }),
    signature([parameter('date', DATE_TIME), parameter('time', TIME)], ([date, time]: [DateTime, Time]) => {
      return new DateTime(date.date, time)
    }),
  ),
  define(
    'time',
    TIME,
    signature(
      [parameter('from', STRING)],
      ([from]: [string], r) => parseTime(from) ?? unreadable('time', from, r),
    ),
    signature([parameter('from', TIME)], ([from]: [Time]) => from),
    signature([parameter('from', DATE)], ([from]: [LocalDate]) => midnight(from).time),
    signature([parameter('from', DATE_TIME)], ([from]: [DateTime]) => from.time),
    signature(
      [
        parameter('hour', NUMBER),
        parameter('minute', NUMBER),
        parameter('second', NUMBER),
        optional('offset', DAYS_TIME),
      ],
      clock,
    ),
  ),
  define(
    'number',
    NUMBER,
    signature([parameter('from', STRING)], ([from]: [string], r) => localNumber(from, null, null, r)),
    signature([parameter('from', NUMBER)], ([from]: [Num]) => from),
    signature(
      [
        parameter('from', STRING),
        nullable('grouping separator', STRING),
        nullable('decimal separator', STRING),
      ],
      ([from, grouping, decimal]: [string, string | null, string | null], r) =>
        localNumber(from, grouping, decimal, r),
    ),
  ),
  define(
    'string',
    STRING,
    signature([nullable('from', ANY)], ([from]: [FeelValue], r) => {
      if (from === null) return null
      const text = toText(from, r.limits.text)
      return text.length > r.limits.text ? r.warn('limit.size') : text
    }),
  ),
  define(
    'duration',
    ANY,
    signature(
      [parameter('from', STRING)],
      ([from]: [string], r) => parseDuration(from) ?? unreadable('duration', from, r),
    ),
    signature([parameter('from', DAYS_TIME)], ([from]: [FeelValue]) => from),
    signature([parameter('from', YEARS_MONTHS)], ([from]: [FeelValue]) => from),
  ),
  define(
    'years and months duration',
    YEARS_MONTHS,
    ...[DATE, DATE_TIME].flatMap((from) =>
      [DATE, DATE_TIME].map((to) =>
        signature(
          [parameter('from', from), parameter('to', to)],
          ([a, b]: [LocalDate | DateTime, LocalDate | DateTime]) => monthsBetween(a, b),
        ),
      ),
    ),
  ),
  define(
    'range',
    rangeOf(ANY),
    signature(
      [parameter('from', STRING)],
      ([from]: [string], r) => readRange(from) ?? unreadable('range', from, r),
    ),
  ),
]

/** The shape of what `get entries` gives and `context` takes. */
export const ENTRIES = listOf(contextOf({ key: STRING, value: ANY }))
