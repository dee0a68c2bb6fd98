import type { BinaryOperator } from './ast.ts'
import * as number from './number.ts'
import { int, Num } from './number.ts'
import type { Facets, FeelType } from './types.ts'
import { type FeelValue, kindOf } from './values.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** The type of one known value: an interval of one point, its scale, never null. */
export function typeOfConstant(value: FeelValue): FeelType {
  if (value === null) return { kind: 'Null' }
  if (value instanceof Num) {
    return { kind: 'number', nullable: false, min: value, max: value, scale: scaleOf(value) }
  }
  const kind = kindOf(value)
  if (kind === 'string' || kind === 'boolean') return { kind, nullable: false, values: [value] }
  return { kind, nullable: false } as FeelType
}

export function scaleOf(n: Num): number {
  return n.isInteger ? 0 : n.decimal.decimalPlaces()
}

/** A type without its null. */
export function nonNull(type: FeelType): FeelType {
  return { ...type, nullable: false }
}

const neverNull = (a: Facets, b: Facets) => a.nullable === false && b.nullable === false

/** Interval and scale of `a op b`, as far as both sides say something. */
export function arithmetic(operator: BinaryOperator, a: FeelType, b: FeelType): FeelType {
  const out: Mutable<Facets> = {}
  // A quotient is null for a zero divisor, a power may overflow; sums and products of bounded numbers cannot.
  if (neverNull(a, b) && (operator === '+' || operator === '-' || operator === '*')) out.nullable = false
  if (operator === '+') {
    bounds(
      out,
      sum(a.min, b.min),
      sum(a.max, b.max),
      a.minExcluded || b.minExcluded,
      a.maxExcluded || b.maxExcluded,
    )
  } else if (operator === '-') {
    bounds(
      out,
      minus(a.min, b.max),
      minus(a.max, b.min),
      a.minExcluded || b.maxExcluded,
      a.maxExcluded || b.minExcluded,
    )
  } else if (operator === '*') products(out, a, b)
  else if (operator === '/') quotients(out, a, b)
  if (a.scale !== undefined && b.scale !== undefined) {
    if (operator === '+' || operator === '-') out.scale = Math.max(a.scale, b.scale)
    if (operator === '*') out.scale = a.scale + b.scale
  }
  return { kind: 'number', ...out }
}

const sum = (a?: Num, b?: Num) => (a && b && number.add(a, b)) ?? undefined
const minus = (a?: Num, b?: Num) => (a && b && number.subtract(a, b)) ?? undefined

function bounds(
  out: Mutable<Facets>,
  min?: Num,
  max?: Num,
  minExcluded?: boolean,
  maxExcluded?: boolean,
): void {
  if (min !== undefined) {
    out.min = min
    if (minExcluded) out.minExcluded = true
  }
  if (max !== undefined) {
    out.max = max
    if (maxExcluded) out.maxExcluded = true
  }
}

function products(out: Mutable<Facets>, a: Facets, b: Facets): void {
  if (a.min && a.max && b.min && b.max) {
    const corners = [
      number.multiply(a.min, b.min),
      number.multiply(a.min, b.max),
      number.multiply(a.max, b.min),
      number.multiply(a.max, b.max),
    ]
    if (!corners.includes(null)) bounds(out, ...extremes(corners as Num[]))
  } else if (a.min && b.min && a.min.sign >= 0 && b.min.sign >= 0) {
    bounds(out, number.multiply(a.min, b.min) ?? undefined)
  }
}

function quotients(out: Mutable<Facets>, a: Facets, b: Facets): void {
  if (!a.min || !a.max || !b.min || !b.max || b.min.sign * b.max.sign <= 0) return
  const corners = [
    number.divide(a.min, b.min),
    number.divide(a.min, b.max),
    number.divide(a.max, b.min),
    number.divide(a.max, b.max),
  ]
  if (!corners.includes(null)) bounds(out, ...extremes(corners as Num[]))
  if (neverNull(a, b)) out.nullable = false
}

export function extremes(numbers: readonly Num[]): [Num, Num] {
  const sorted = [...numbers].sort(number.compare)
  return [sorted[0] as Num, sorted.at(-1) as Num]
}

export function negated(type: FeelType): FeelType {
  const out: Mutable<Facets> = {}
  if (type.nullable === false) out.nullable = false
  if (type.scale !== undefined) out.scale = type.scale
  bounds(
    out,
    type.max && number.negate(type.max),
    type.min && number.negate(type.min),
    type.maxExcluded,
    type.minExcluded,
  )
  return { kind: type.kind, ...out } as FeelType
}

/** What is known of a value for which `value operator limit` is true. */
export function narrowed(type: FeelType, operator: BinaryOperator, limit: FeelType): FeelType {
  if (operator === '!=') return limit.kind === 'Null' ? nonNull(type) : type
  if (operator === '=' && limit.kind === 'Null') return { kind: 'Null' }
  if (!['=', '<', '<=', '>', '>='].includes(operator)) return type
  const out: Mutable<FeelType> = { ...type, nullable: false }
  if (type.kind !== 'number' || limit.kind !== 'number') return out
  if (
    operator !== '>' &&
    operator !== '>=' &&
    limit.max &&
    !(type.max && number.compare(type.max, limit.max) < 0)
  ) {
    out.max = limit.max
    out.maxExcluded = operator === '<' || limit.maxExcluded === true
  }
  if (
    operator !== '<' &&
    operator !== '<=' &&
    limit.min &&
    !(type.min && number.compare(type.min, limit.min) > 0)
  ) {
    out.min = limit.min
    out.minExcluded = operator === '>' || limit.minExcluded === true
  }
  return out
}

/** Whether a whole number with these bounds can be anything at all; used to tell conditions that are always one way. */
export function decided(operator: BinaryOperator, a: FeelType, b: FeelType): boolean | null {
  if (a.kind !== 'number' || b.kind !== 'number' || !neverNull(a, b)) return null
  const below = a.max && b.min ? number.compare(a.max, b.min) : 1
  const above = a.min && b.max ? number.compare(a.min, b.max) : -1
  switch (operator) {
    case '<':
      return below < 0 ? true : above >= 0 ? false : null
    case '<=':
      return below <= 0 ? true : above > 0 ? false : null
    case '>':
      return above > 0 ? true : below <= 0 ? false : null
    case '>=':
      return above >= 0 ? true : below < 0 ? false : null
    default:
      return null
  }
}

export const NON_NEGATIVE_WHOLE: FeelType = { kind: 'number', nullable: false, min: int(0), scale: 0 }
