import * as number from '@nhip/feel/number'
import { Num } from '@nhip/feel/number'
import {
  addNanos,
  addToTime,
  DateTime,
  DaysTime,
  dateOfEpochDay,
  daysTimeOf,
  LocalDate,
  monthsOf,
  Time,
  YearsMonths,
} from '@nhip/feel/temporal'
import { compare, type FeelValue, kindOf, quote, toText } from '@nhip/feel/values'

/** How a value is written in FEEL. */
export function literalOf(value: FeelValue): string {
  if (typeof value === 'string') return quote(value)
  if (value === null || typeof value === 'boolean' || value instanceof Num) return toText(value)
  const kind = kindOf(value)
  return kind === 'list' || kind === 'context' || kind === 'range' ? toText(value) : `@"${toText(value)}"`
}

const SECOND = 1_000_000_000n

/**
 * A value strictly between two of one ordered kind; null stands for no end. Near the end that is there, or in the
 * middle: a round one where there is one. `scale` is the number of decimals, undefined when any number will do. Undefined
 * when nothing lies between.
 */
export function between(low: FeelValue, high: FeelValue, scale: number | undefined): FeelValue | undefined {
  const fits = (value: FeelValue | undefined): value is FeelValue =>
    value !== undefined &&
    value !== null &&
    (low === null || (compare(value, low) ?? 0) > 0) &&
    (high === null || (compare(value, high) ?? 0) < 0)
  for (const candidate of candidates(low, high, scale)) if (fits(candidate)) return candidate
  return undefined
}

function* candidates(low: FeelValue, high: FeelValue, scale: number | undefined): Generator<FeelValue> {
  const at = low ?? high
  if (at instanceof Num) yield* numbers(low as Num | null, high as Num | null, scale)
  else if (at instanceof LocalDate) {
    if (low instanceof LocalDate) yield dateOfEpochDay(low.epochDay + 1)
    if (high instanceof LocalDate) yield dateOfEpochDay(high.epochDay - 1)
  } else if (at instanceof YearsMonths) {
    if (low instanceof YearsMonths) yield monthsOf(low.months + 1)
    if (high instanceof YearsMonths) yield monthsOf(high.months - 1)
  } else if (at instanceof DaysTime) {
    const [from, to] = [low as DaysTime | null, high as DaysTime | null]
    for (const step of [86_400n * SECOND, SECOND, 1n]) {
      if (from) yield daysTimeOf(from.nanos + step)
      else if (to) yield daysTimeOf(to.nanos - step)
    }
  } else if (at instanceof DateTime) {
    for (const step of [86_400n * SECOND, SECOND, 1n]) {
      if (low instanceof DateTime) yield addNanos(low, step)
      else if (high instanceof DateTime) yield addNanos(high, -step)
    }
  } else if (at instanceof Time) {
    for (const step of [3600n * SECOND, SECOND, 1n]) {
      if (low instanceof Time) yield addToTime(low, step)
      else if (high instanceof Time) yield addToTime(high, -step)
    }
  } else if (typeof at === 'string') {
    if (typeof low === 'string') yield* [`${low}a`, `${low} `, `${low}\u0001`, `${low}\u0000`]
    yield ''
    if (typeof high === 'string') yield* [high.slice(0, -1), `${high.slice(0, -1)} `]
  }
}

function* numbers(low: Num | null, high: Num | null, scale: number | undefined): Generator<Num | null> {
  // One step of the last decimal, then finer ones, then the middle.
  const steps = scale === undefined ? [0, 1, 2, 4, 8, 16] : [scale]
  for (const digits of steps) {
    const step = number.parseNumber(`1e-${digits}`) as Num
    const above = low && number.toScale(low, digits, 'floor')
    if (above) yield number.add(above, step)
    const below = high && number.toScale(high, digits, 'ceiling')
    if (below) yield number.subtract(below, step)
  }
  if (scale === undefined && low && high) {
    const sum = number.add(low, high)
    yield sum && number.divide(sum, number.int(2))
  }
}

/** Some value of a kind, where nothing is asked of it. */
export function anyOf(kind: string): FeelValue {
  switch (kind) {
    case 'number':
      return number.ZERO
    case 'string':
      return ''
    case 'boolean':
      return false
    case 'date':
      return dateOfEpochDay(0)
    case 'time':
      return new Time(0, 0, 0, 0, null)
    case 'date and time':
      return new DateTime(new LocalDate(1970, 1, 1), new Time(0, 0, 0, 0, null))
    case 'days and time duration':
      return new DaysTime(0n)
    case 'years and months duration':
      return new YearsMonths(0)
    default:
      return null
  }
}

/** Whether a kind has nothing between a value and the next: dates, months, numbers of so many decimals. */
export function isDiscrete(kind: string, scale: number | undefined): boolean {
  return kind === 'date' || kind === 'years and months duration' || (kind === 'number' && scale !== undefined)
}
