import type { Span } from './ast.ts'
import { int } from './number.ts'
import type { Runtime } from './runtime.ts'
import type { YearsMonths } from './temporal.ts'
import { type DateTime, DaysTime, type LocalDate, type Time } from './temporal.ts'
import { type FeelValue, isList, kindOf, type Range } from './values.ts'
import { steadyOffset } from './zone.ts'

/** `value.name`: an entry of a context, a property of a temporal or a range, or the list of those of a list's items. */
export function property(value: FeelValue, name: string, runtime: Runtime, node: Span): FeelValue {
  if (isList(value)) {
    runtime.spend(value.length)
    return value.map((item) => property(item, name, runtime, node))
  }
  if (value === null || typeof value !== 'object')
    return runtime.warnAt(node, 'path.type', name, kindOf(value))
  if (value.kind === 'context') {
    const entry = value.get(name)
    return entry === undefined ? runtime.warnAt(node, 'entry.unknown', name) : entry
  }
  const found = propertyOf(value, name)
  return found === undefined ? runtime.warnAt(node, 'path.type', name, value.kind) : found
}

/** Undefined when a value of this kind has no such property. */
function propertyOf(value: Exclude<FeelValue, null | boolean | string>, name: string): FeelValue | undefined {
  if (isList(value)) return undefined
  switch (value.kind) {
    case 'date':
      return dateProperty(value, name)
    case 'time':
      return timeProperty(value, name)
    case 'date and time':
      return dateTimeProperty(value, name)
    case 'days and time duration':
      return daysTimeProperty(value, name)
    case 'years and months duration':
      return yearsMonthsProperty(value, name)
    case 'range':
      return rangeProperty(value, name)
    default:
      return undefined
  }
}

function dateProperty(date: LocalDate, name: string): FeelValue | undefined {
  switch (name) {
    case 'year':
      return int(date.year)
    case 'month':
      return int(date.month)
    case 'day':
      return int(date.day)
    case 'weekday':
      return int(date.weekday)
    default:
      return undefined
  }
}

function timeProperty(time: Time, name: string, offset = offsetOf(time)): FeelValue | undefined {
  switch (name) {
    case 'hour':
      return int(time.hour)
    case 'minute':
      return int(time.minute)
    case 'second':
      return int(time.second)
    case 'time offset':
      return offset === null ? null : new DaysTime(BigInt(offset) * 1_000_000_000n)
    case 'timezone':
      return time.zone?.id ?? null
    default:
      return undefined
  }
}

/** A time of day in a zone has an offset of its own only where the zone keeps one all the year. */
function offsetOf(time: Time): number | null {
  return time.zone === null ? null : steadyOffset(time.zone)
}

function dateTimeProperty(moment: DateTime, name: string): FeelValue | undefined {
  if (name === 'date') return moment.date
  if (name === 'time') return moment.time
  return dateProperty(moment.date, name) ?? timeProperty(moment.time, name, moment.offset)
}

const SECOND = 1_000_000_000n

function daysTimeProperty(duration: DaysTime, name: string): FeelValue | undefined {
  const part = (unit: bigint, modulus: bigint) => int(Number((duration.nanos / unit) % modulus) + 0)
  switch (name) {
    case 'days':
      return int(Number(duration.nanos / (86_400n * SECOND)) + 0)
    case 'hours':
      return part(3600n * SECOND, 24n)
    case 'minutes':
      return part(60n * SECOND, 60n)
    case 'seconds':
      return part(SECOND, 60n)
    default:
      return undefined
  }
}

function yearsMonthsProperty(duration: YearsMonths, name: string): FeelValue | undefined {
  if (name === 'years') return int(Math.trunc(duration.months / 12) + 0)
  return name === 'months' ? int((duration.months % 12) + 0) : undefined
}

function rangeProperty(range: Range, name: string): FeelValue | undefined {
  switch (name) {
    case 'start':
      return range.start
    case 'end':
      return range.end
    case 'start included':
      return range.startIncluded
    case 'end included':
      return range.endIncluded
    default:
      return undefined
  }
}
