import {
  compare as compareNumbers,
  fromDouble,
  Num,
  equals as numbersEqual,
  toText as numberText,
} from './number.ts'
import type { Runtime } from './runtime.ts'
import { comparableTime, DateTime, DaysTime, LocalDate, Time, YearsMonths } from './temporal.ts'
import type { FeelType } from './types.ts'

/** Every value FEEL knows. Lists are plain readonly arrays; nothing here is ever changed after it is made. */
export type FeelValue =
  | null
  | boolean
  | string
  | Num
  | LocalDate
  | Time
  | DateTime
  | DaysTime
  | YearsMonths
  | Range
  | Context
  | Func
  | readonly FeelValue[]

export type RangeForm = 'interval' | '<' | '<=' | '>' | '>=' | '=' | '!='

/**
 * A range keeps the form it was written in, because equality sees it: `(< 10)` is not `(null..10)` and `(= 10)`
 * is not `[10..10]`. An end that is not there is null; for `=` and `!=` both ends are the value.
 */
export class Range {
  readonly kind = 'range'
  readonly form: RangeForm
  readonly start: FeelValue
  readonly end: FeelValue
  readonly startIncluded: boolean
  readonly endIncluded: boolean

  constructor(
    start: FeelValue,
    end: FeelValue,
    startIncluded: boolean,
    endIncluded: boolean,
    form: RangeForm = 'interval',
  ) {
    this.form = form
    this.start = start
    this.end = end
    this.startIncluded = startIncluded
    this.endIncluded = endIncluded
  }
}

/** The range a unary comparison such as `< 10` denotes. */
export function unaryRange(form: Exclude<RangeForm, 'interval'>, operand: FeelValue): Range {
  if (form === '<' || form === '<=') return new Range(null, operand, false, form === '<=', form)
  if (form === '>' || form === '>=') return new Range(operand, null, form === '>=', false, form)
  return new Range(operand, operand, form === '=', form === '=', form)
}

/** Named entries in the order in which they were written. */
export class Context {
  readonly kind = 'context'
  readonly entries: ReadonlyMap<string, FeelValue>

  constructor(entries: ReadonlyMap<string, FeelValue>) {
    this.entries = entries
  }

  /** Undefined when there is no such entry; an entry may hold null. */
  get(name: string): FeelValue | undefined {
    return this.entries.get(name)
  }

  static of(entries: Record<string, FeelValue>): Context {
    return new Context(new Map(Object.entries(entries)))
  }
}

export interface FuncParameter {
  readonly name: string
  readonly type: FeelType
}

/** A function value: written in FEEL, built in, or given by the host (a DMN business knowledge model, a service). */
export class Func {
  readonly kind = 'function'
  readonly name: string
  /** Null when the function accepts several shapes of arguments (built-ins with more than one signature). */
  readonly parameters: readonly FuncParameter[] | null
  readonly result: FeelType
  /** `names` is null for positional arguments; the implementation binds and checks them. */
  readonly call: (args: readonly FeelValue[], names: readonly string[] | null, runtime: Runtime) => FeelValue

  constructor(
    name: string,
    parameters: readonly FuncParameter[] | null,
    result: FeelType,
    call: (args: readonly FeelValue[], names: readonly string[] | null, runtime: Runtime) => FeelValue,
  ) {
    this.name = name
    this.parameters = parameters
    this.result = result
    this.call = call
  }
}

export type ValueKind =
  | 'null'
  | 'boolean'
  | 'string'
  | 'list'
  | Exclude<FeelValue, null | boolean | string | readonly FeelValue[]>['kind']

export function isList(value: FeelValue): value is readonly FeelValue[] {
  return Array.isArray(value)
}

/** The kind of a value in FEEL's own words. */
export function kindOf(value: FeelValue): ValueKind {
  if (value === null) return 'null'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'boolean'
  return isList(value) ? 'list' : value.kind
}

/**
 * Equality (DMN 1.5, general semantics of equality): null when the kinds differ. Times of day and dates and times agree when
 * their properties to the second agree on the clock of UTC: fractions of a second do not count. Zoned against
 * unzoned is null.
 */
export function equal(a: FeelValue, b: FeelValue, budget?: Budget): boolean | null {
  if (a === null || b === null) return a === b
  if (typeof a === 'string' || typeof a === 'boolean') return typeof a === typeof b ? a === b : null
  if (typeof b === 'string' || typeof b === 'boolean') return null
  if (isList(a)) return isList(b) ? listsEqual(a, b, budget) : null
  if (isList(b) || a.kind !== b.kind) return null
  switch (a.kind) {
    case 'number':
      return numbersEqual(a, b as Num)
    case 'date': {
      const other = b as LocalDate
      return a.year === other.year && a.month === other.month && a.day === other.day
    }
    case 'time':
    case 'date and time': {
      const order = compareSeconds(a, b as Time | DateTime)
      return order === null ? null : order === 0
    }
    case 'days and time duration':
      return a.nanos === (b as DaysTime).nanos
    case 'years and months duration':
      return a.months === (b as YearsMonths).months
    case 'range':
      return rangesEqual(a, b as Range, budget)
    case 'context':
      return contextsEqual(a, b as Context, budget)
    case 'function':
      return a === b
  }
}

function compareSeconds(a: Time | DateTime, b: Time | DateTime): number | null {
  if (a.kind === 'time') {
    const other = b as Time
    if ((a.zone === null) !== (other.zone === null)) return null
    if (a.zone !== null && other.zone !== null && a.zone.equals(other.zone))
      return a.secondOfDay - other.secondOfDay
    return Math.floor(comparableTime(a) / 1e9) - Math.floor(comparableTime(other) / 1e9)
  }
  const other = b as DateTime
  if ((a.time.zone === null) !== (other.time.zone === null)) return null
  return a.localSeconds - (a.offset ?? 0) - (other.localSeconds - (other.offset ?? 0))
}

/** Lists may hold one another many times over: a short expression makes a value of 2^40 parts. */
const MAX_COMPARED = 2_000_000

type Budget = { left: number }

function listsEqual(
  a: readonly FeelValue[],
  b: readonly FeelValue[],
  budget: Budget = { left: MAX_COMPARED },
): boolean | null {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) {
    if (--budget.left < 0) return null
    if (equal(a[i] as FeelValue, b[i] as FeelValue, budget) !== true) return budget.left < 0 ? null : false
  }
  return true
}

function contextsEqual(a: Context, b: Context, budget: Budget = { left: MAX_COMPARED }): boolean | null {
  if (a === b) return true
  if (a.entries.size !== b.entries.size) return false
  for (const [name, value] of a.entries) {
    if (--budget.left < 0) return null
    const other = b.entries.get(name)
    if (other === undefined || equal(value, other, budget) !== true) return budget.left < 0 ? null : false
  }
  return true
}

function rangesEqual(a: Range, b: Range, budget: Budget = { left: MAX_COMPARED }): boolean {
  return (
    a.form === b.form &&
    a.startIncluded === b.startIncluded &&
    a.endIncluded === b.endIncluded &&
    equal(a.start, b.start, budget) === true &&
    equal(a.end, b.end, budget) === true
  )
}

/**
 * Order of two values of one ordered kind: negative, zero, positive; null when they cannot be ordered. Strings are
 * ordered by code point.
 */
export function compare(a: FeelValue, b: FeelValue): number | null {
  if (a === null || b === null) return null
  if (typeof a === 'string') return typeof b === 'string' ? compareCodePoints(a, b) : null
  if (typeof a === 'boolean' || typeof b === 'boolean' || typeof b === 'string') return null
  if (isList(a) || isList(b)) return null
  switch (a.kind) {
    case 'number':
      return b.kind === 'number' ? compareNumbers(a, b) : null
    case 'date':
      if (b.kind === 'date') return a.year - b.year || a.month - b.month || a.day - b.day
      return null
    case 'time':
      if (b.kind !== 'time' || (a.zone === null) !== (b.zone === null)) return null
      if (a.zone !== null && b.zone !== null && a.zone.equals(b.zone)) return a.nanoOfDay - b.nanoOfDay
      return comparableTime(a) - comparableTime(b)
    case 'date and time': {
      if (b.kind !== 'date and time' || (a.time.zone === null) !== (b.time.zone === null)) return null
      return sign(a.epochNanos, b.epochNanos)
    }
    case 'days and time duration':
      return b.kind === 'days and time duration' ? sign(a.nanos, b.nanos) : null
    case 'years and months duration':
      return b.kind === 'years and months duration' ? a.months - b.months : null
    default:
      return null
  }
}

const sign = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0)

/** JavaScript's `<` orders UTF-16 units, which is wrong above U+FFFF: there surrogates sort before U+E000. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

const rank = (unit: number) => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit)

/**
 * Whether a point lies in a range: "not below the start and not above the end" in logic of three values, so that a null
 * point or end leaves it open unless the other end decides.
 */
export function inRange(point: FeelValue, range: Range): boolean | null {
  if (range.form === '=') return equal(point, range.start)
  if (range.form === '!=') {
    const same = equal(point, range.start)
    return same === null ? null : !same
  }
  const above =
    range.form === '<' || range.form === '<='
      ? true
      : beyond(compare(point, range.start), range.startIncluded)
  if (above === false) return false
  const order = range.form === '>' || range.form === '>=' ? -1 : compare(point, range.end)
  const below = beyond(order === null ? null : -order, range.endIncluded)
  return below === false ? false : above === null || below === null ? null : true
}

function beyond(order: number | null, included: boolean): boolean | null {
  return order === null ? null : order > 0 || (order === 0 && included)
}

/**
 * What the built-in `string` gives: strings as they are, everything inside a list or a context as a literal. Text
 * longer than `limit` is cut and ends with an ellipsis.
 */
export function toText(value: FeelValue, limit = Number.POSITIVE_INFINITY): string {
  if (typeof value === 'string') return value.length > limit ? `${value.slice(0, limit)}…` : value
  const writer = { text: '', limit }
  write(value, writer)
  return writer.text.length > limit ? `${writer.text.slice(0, limit)}…` : writer.text
}

type Writer = { text: string; readonly limit: number }

function write(value: FeelValue, writer: Writer): void {
  if (writer.text.length > writer.limit) return
  if (isList(value)) {
    writer.text += '['
    for (const [i, item] of value.entries()) {
      if (i > 0) writer.text += ', '
      write(item, writer)
      if (writer.text.length > writer.limit) return
    }
    writer.text += ']'
  } else if (value instanceof Context) {
    writer.text += '{'
    let first = true
    for (const [name, item] of value.entries) {
      writer.text += `${first ? '' : ', '}${keyText(name)}: `
      first = false
      write(item, writer)
      if (writer.text.length > writer.limit) return
    }
    writer.text += '}'
  } else writer.text += literal(value)
}

function literal(value: FeelValue): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'boolean') return String(value)
  if (isList(value)) return toText(value)
  switch (value.kind) {
    case 'number':
      return numberText(value)
    case 'range':
      return rangeText(value)
    case 'context':
      return toText(value)
    case 'function':
      return `function(${(value.parameters ?? []).map((p) => p.name).join(', ')})`
    default:
      return value.toString()
  }
}

function rangeText(range: Range): string {
  if (range.form === '=' || range.form === '!=') return `${range.form}${literal(range.start)}`
  if (range.form === '<' || range.form === '<=') return `${range.form}${literal(range.end)}`
  if (range.form === '>' || range.form === '>=') return `${range.form}${literal(range.start)}`
  const open = range.startIncluded ? '[' : '('
  return `${open}${literal(range.start)}..${literal(range.end)}${range.endIncluded ? ']' : ')'}`
}

const PLAIN_KEY = /^[\p{L}_][\p{L}\p{M}\p{N}_ ]*$/u

function keyText(name: string): string {
  return PLAIN_KEY.test(name) ? name : quote(name)
}

/** A FEEL string literal. */
export function quote(text: string): string {
  return `"${text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')}"`
}

/**
 * A FEEL value from plain data: numbers become decimals by their shortest text, arrays lists, other plain objects
 * contexts; undefined is null. FEEL values pass unchanged. Throws TypeError on anything else (a Date, a class).
 */
export function fromData(data: unknown): FeelValue {
  if (data === null || data === undefined) return null
  if (typeof data === 'string' || typeof data === 'boolean') return data
  if (typeof data === 'number') return fromDouble(data)
  if (Array.isArray(data)) return data.map(fromData)
  if (typeof data === 'object') {
    if (isObjectValue(data)) return data
    const prototype = Object.getPrototypeOf(data)
    if (prototype === Object.prototype || prototype === null) {
      return new Context(new Map(Object.entries(data).map(([name, value]) => [name, fromData(value)])))
    }
    if (data instanceof Map) return new Context(new Map([...data].map(([k, v]) => [String(k), fromData(v)])))
  }
  throw new TypeError(`not a FEEL value: ${String(data)}`)
}

function isObjectValue(
  data: object,
): data is Exclude<FeelValue, null | boolean | string | readonly FeelValue[]> {
  return (
    data instanceof Num ||
    data instanceof Context ||
    data instanceof LocalDate ||
    data instanceof DateTime ||
    data instanceof Time ||
    data instanceof DaysTime ||
    data instanceof YearsMonths ||
    data instanceof Range ||
    data instanceof Func
  )
}
