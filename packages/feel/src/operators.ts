import type { BinaryOperator, Span } from './ast.ts'
import * as number from './number.ts'
import { Num } from './number.ts'
import type { Runtime } from './runtime.ts'
import {
  addMonths,
  addNanos,
  addNanosToDate,
  addToTime,
  comparableTime,
  DateTime,
  DaysTime,
  daysTimeOf,
  LocalDate,
  midnight,
  monthsOf,
  Time,
  YearsMonths,
} from './temporal.ts'
import { compare, equal, type FeelValue, inRange, isList, kindOf, Range } from './values.ts'

export type Operation = (a: FeelValue, b: FeelValue, runtime: Runtime, node: Span) => FeelValue

const NANOS_A_DAY = 86_400_000_000_000n

function refuse(operator: string, a: FeelValue, b: FeelValue, runtime: Runtime, node: Span): null {
  return runtime.warnAt(node, 'operator.types', operator, kindOf(a), kindOf(b))
}

const outOfRange = (runtime: Runtime, node: Span) => runtime.warnAt(node, 'temporal.range')

function checked(value: FeelValue, operator: string, runtime: Runtime, node: Span): FeelValue {
  return value ?? runtime.warnAt(node, 'number.range', operator)
}

function add(a: FeelValue, b: FeelValue, runtime: Runtime, node: Span): FeelValue {
  if (a instanceof Num && b instanceof Num) return checked(number.add(a, b), '+', runtime, node)
  if (typeof a === 'string' && typeof b === 'string') {
    if (a.length + b.length > runtime.limits.text) return runtime.warnAt(node, 'limit.size')
    return a + b
  }
  if (a instanceof DaysTime || a instanceof YearsMonths) {
    if (b instanceof DaysTime && a instanceof DaysTime)
      return daysTimeOf(a.nanos + b.nanos) ?? outOfRange(runtime, node)
    if (b instanceof YearsMonths && a instanceof YearsMonths) {
      return monthsOf(a.months + b.months) ?? outOfRange(runtime, node)
    }
    return shift(b, a, 1, runtime, node) ?? refuse('+', a, b, runtime, node)
  }
  return shift(a, b, 1, runtime, node) ?? refuse('+', a, b, runtime, node)
}

/** A moment moved by a duration; undefined when the operands are not such. */
function shift(
  moment: FeelValue,
  by: FeelValue,
  direction: 1 | -1,
  runtime: Runtime,
  node: Span,
): FeelValue | undefined {
  if (by instanceof YearsMonths) {
    const months = by.months * direction
    if (moment instanceof LocalDate) return addMonths(moment, months) ?? outOfRange(runtime, node)
    if (moment instanceof DateTime) {
      const date = addMonths(moment.date, months)
      return date === null ? outOfRange(runtime, node) : new DateTime(date, moment.time)
    }
  } else if (by instanceof DaysTime) {
    const nanos = direction === 1 ? by.nanos : -by.nanos
    if (moment instanceof LocalDate) return addNanosToDate(moment, nanos) ?? outOfRange(runtime, node)
    if (moment instanceof DateTime) return addNanos(moment, nanos) ?? outOfRange(runtime, node)
    if (moment instanceof Time) return addToTime(moment, nanos)
  }
  return undefined
}

function subtract(a: FeelValue, b: FeelValue, runtime: Runtime, node: Span): FeelValue {
  if (a instanceof Num && b instanceof Num) return checked(number.subtract(a, b), '-', runtime, node)
  if (a instanceof DaysTime && b instanceof DaysTime)
    return daysTimeOf(a.nanos - b.nanos) ?? outOfRange(runtime, node)
  if (a instanceof YearsMonths && b instanceof YearsMonths) {
    return monthsOf(a.months - b.months) ?? outOfRange(runtime, node)
  }
  const moved = shift(a, b, -1, runtime, node)
  if (moved !== undefined) return moved
  if (a instanceof LocalDate && b instanceof LocalDate) {
    return daysTimeOf(BigInt(a.epochDay - b.epochDay) * NANOS_A_DAY) ?? outOfRange(runtime, node)
  }
  if (a instanceof Time && b instanceof Time && (a.zone === null) === (b.zone === null)) {
    const same = a.zone === null || (b.zone !== null && a.zone.equals(b.zone))
    const nanos = same ? a.nanoOfDay - b.nanoOfDay : comparableTime(a) - comparableTime(b)
    return new DaysTime(BigInt(nanos))
  }
  const [x, y] = [a instanceof LocalDate ? midnight(a) : a, b instanceof LocalDate ? midnight(b) : b]
  if (x instanceof DateTime && y instanceof DateTime && (x.time.zone === null) === (y.time.zone === null)) {
    return daysTimeOf(x.epochNanos - y.epochNanos) ?? outOfRange(runtime, node)
  }
  return refuse('-', a, b, runtime, node)
}

function multiply(a: FeelValue, b: FeelValue, runtime: Runtime, node: Span): FeelValue {
  if (a instanceof Num && b instanceof Num) return checked(number.multiply(a, b), '*', runtime, node)
  const [duration, factor] = a instanceof Num ? [b, a] : [a, b]
  if (factor instanceof Num) {
    if (duration instanceof YearsMonths) {
      const months = number.multiply(number.int(duration.months), factor)
      return (months && monthsOf(number.toInteger(months))) ?? outOfRange(runtime, node)
    }
    if (duration instanceof DaysTime) {
      const amount = number.fromBigInt(duration.nanos)
      const product = amount && number.multiply(amount, factor)
      const nanos = product && number.toBigInt(product)
      return (nanos === null ? null : daysTimeOf(nanos)) ?? outOfRange(runtime, node)
    }
  }
  return refuse('*', a, b, runtime, node)
}

function divide(a: FeelValue, b: FeelValue, runtime: Runtime, node: Span): FeelValue {
  if (b instanceof Num) {
    if (b.sign === 0 && (a instanceof Num || a instanceof YearsMonths || a instanceof DaysTime)) {
      return runtime.warnAt(node, 'divide.zero')
    }
    if (a instanceof Num) return checked(number.divide(a, b), '/', runtime, node)
    if (a instanceof YearsMonths) {
      const months = number.divide(number.int(a.months), b)
      return (months && monthsOf(number.toInteger(months))) ?? outOfRange(runtime, node)
    }
    if (a instanceof DaysTime) {
      const amount = number.fromBigInt(a.nanos)
      const quotient = amount && number.divide(amount, b)
      const nanos = quotient && number.toBigInt(quotient)
      return (nanos === null ? null : daysTimeOf(nanos)) ?? outOfRange(runtime, node)
    }
  }
  if (a instanceof YearsMonths && b instanceof YearsMonths) {
    if (b.months === 0) return runtime.warnAt(node, 'divide.zero')
    return number.divide(number.int(a.months), number.int(b.months))
  }
  if (a instanceof DaysTime && b instanceof DaysTime) {
    if (b.nanos === 0n) return runtime.warnAt(node, 'divide.zero')
    const [x, y] = [number.fromBigInt(a.nanos), number.fromBigInt(b.nanos)]
    return x && y && number.divide(x, y)
  }
  return refuse('/', a, b, runtime, node)
}

function power(a: FeelValue, b: FeelValue, runtime: Runtime, node: Span): FeelValue {
  if (a instanceof Num && b instanceof Num) return checked(number.power(a, b), '**', runtime, node)
  return refuse('**', a, b, runtime, node)
}

export function negate(a: FeelValue, runtime: Runtime, node: Span): FeelValue {
  if (a instanceof Num) return number.negate(a)
  if (a instanceof DaysTime) return new DaysTime(-a.nanos)
  if (a instanceof YearsMonths) return new YearsMonths(0 - a.months)
  return runtime.warnAt(node, 'operator.type', '-', kindOf(a))
}

function isEqual(a: FeelValue, b: FeelValue, runtime: Runtime, node: Span): boolean | null {
  return equal(a, b) ?? runtime.warnAt(node, 'compare.types', kindOf(a), kindOf(b))
}

function differs(a: FeelValue, b: FeelValue, runtime: Runtime, node: Span): FeelValue {
  const same = isEqual(a, b, runtime, node)
  return same === null ? null : !same
}

/** `<=` and `>=` are "less or equal" in the sense of `=`, which does not see fractions of a second. */
function ordering(test: (order: number) => boolean, orEqual: boolean): Operation {
  return (a, b, runtime, node) => {
    if (a instanceof Num && b instanceof Num) return test(number.compare(a, b))
    const order = compare(a, b)
    if (order === null) return runtime.warnAt(node, 'compare.types', kindOf(a), kindOf(b))
    return test(order) || (orEqual && equal(a, b) === true)
  }
}

/** Every operator but `and` and `or`, whose right side may not be needed. */
export const OPERATIONS: Record<Exclude<BinaryOperator, 'and' | 'or'>, Operation> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  '**': power,
  '=': isEqual,
  '!=': differs,
  '<': ordering((order) => order < 0, false),
  '<=': ordering((order) => order <= 0, true),
  '>': ordering((order) => order > 0, false),
  '>=': ordering((order) => order >= 0, true),
}

export function between(
  value: FeelValue,
  low: FeelValue,
  high: FeelValue,
  runtime: Runtime,
  node: Span,
): FeelValue {
  const above = OPERATIONS['>='](value, low, runtime, node)
  const below = OPERATIONS['<='](value, high, runtime, node)
  if (above === false || below === false) return false
  return above === true && below === true ? true : null
}

/** Whether a value satisfies one test of `in`: a range holds it, a list has it, or they are equal. */
export function satisfies(value: FeelValue, test: FeelValue, runtime: Runtime, node: Span): boolean | null {
  if (test instanceof Range) {
    if (value instanceof Range) return equal(value, test)
    return inRange(value, test) ?? runtime.warnAt(node, 'compare.types', kindOf(value), rangeKind(test))
  }
  if (isList(test)) {
    if (isList(value) && equal(value, test) === true) return true
    let unknown = false
    for (const item of test) {
      if (item instanceof Range && !(value instanceof Range)) {
        const inside = inRange(value, item)
        if (inside === true) return true
        if (inside === null) unknown = true
      } else if (equal(value, item) === true) return true
      // One level of nesting: `[1,2,3] in ([[1,2,3]])`.
      else if (isList(item) && isList(value) === false && item.some((inner) => equal(value, inner) === true))
        return true
    }
    return unknown ? runtime.warnAt(node, 'compare.types', kindOf(value), 'range') : false
  }
  return isEqual(value, test, runtime, node)
}

function rangeKind(range: Range): string {
  return `range<${kindOf(range.start ?? range.end)}>`
}
