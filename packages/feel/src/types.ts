import { compare as compareNumbers, type Num } from './number.ts'
import { midnight } from './temporal.ts'
import { type FeelValue, Func, isList, kindOf } from './values.ts'

export type SimpleKind =
  | 'Any'
  | 'Null'
  | 'number'
  | 'string'
  | 'boolean'
  | 'date'
  | 'time'
  | 'date and time'
  | 'days and time duration'
  | 'years and months duration'

/**
 * What is known about a value beside its type. Absent means unknown: `nullable` undefined is "may be null".
 * Bounds are inclusive unless said otherwise. The checker narrows them; the policy compiler lives on them.
 */
export interface Facets {
  readonly nullable?: boolean
  readonly min?: Num
  readonly max?: Num
  readonly minExcluded?: boolean
  readonly maxExcluded?: boolean
  /** Largest number of digits after the decimal point. */
  readonly scale?: number
  /** The only values there are. */
  readonly values?: readonly FeelValue[]
}

export interface SimpleType extends Facets {
  readonly kind: SimpleKind
}
export interface ListType extends Facets {
  readonly kind: 'list'
  readonly item: FeelType
}
export interface RangeType extends Facets {
  readonly kind: 'range'
  readonly item: FeelType
}
/** Structural: a value may have further entries. `open` contexts are those of which not even the entries are known. */
export interface ContextType extends Facets {
  readonly kind: 'context'
  readonly members: ReadonlyMap<string, FeelType>
  readonly open?: boolean
}
export interface FunctionType extends Facets {
  readonly kind: 'function'
  /** Null when the parameters are not known. */
  readonly parameters: readonly { readonly name: string; readonly type: FeelType }[] | null
  readonly result: FeelType
}
export type FeelType = SimpleType | ListType | RangeType | ContextType | FunctionType

export const ANY: FeelType = { kind: 'Any' }
export const NULL: FeelType = { kind: 'Null' }
export const NUMBER: FeelType = { kind: 'number' }
export const STRING: FeelType = { kind: 'string' }
export const BOOLEAN: FeelType = { kind: 'boolean' }
export const DATE: FeelType = { kind: 'date' }
export const TIME: FeelType = { kind: 'time' }
export const DATE_TIME: FeelType = { kind: 'date and time' }
export const DAYS_TIME: FeelType = { kind: 'days and time duration' }
export const YEARS_MONTHS: FeelType = { kind: 'years and months duration' }

export const listOf = (item: FeelType): ListType => ({ kind: 'list', item })
export const rangeOf = (item: FeelType): RangeType => ({ kind: 'range', item })
export const contextOf = (members: Record<string, FeelType>): ContextType => ({
  kind: 'context',
  members: new Map(Object.entries(members)),
})
export const functionOf = (
  parameters: readonly { name: string; type: FeelType }[] | null,
  result: FeelType,
): FunctionType => ({ kind: 'function', parameters, result })

/** The built-in type of that name; undefined for any other. `dateTime` and the short duration names are DMN's own. */
export function namedType(name: string): FeelType | undefined {
  return NAMED.get(name)
}

const NAMED = new Map<string, FeelType>([
  ['Any', ANY],
  ['Null', NULL],
  ['number', NUMBER],
  ['string', STRING],
  ['boolean', BOOLEAN],
  ['date', DATE],
  ['time', TIME],
  ['date and time', DATE_TIME],
  ['dateTime', DATE_TIME],
  ['days and time duration', DAYS_TIME],
  ['dayTimeDuration', DAYS_TIME],
  ['years and months duration', YEARS_MONTHS],
  ['yearMonthDuration', YEARS_MONTHS],
  ['list', listOf(ANY)],
  ['context', { kind: 'context', members: new Map(), open: true }],
  ['range', rangeOf(ANY)],
  ['function', functionOf(null, ANY)],
])

/** A type as it is written in FEEL. */
export function typeText(type: FeelType): string {
  switch (type.kind) {
    case 'list':
    case 'range':
      return `${type.kind}<${typeText(type.item)}>`
    case 'context':
      return type.members.size === 0
        ? 'context'
        : `context<${[...type.members].map(([name, t]) => `${name}: ${typeText(t)}`).join(', ')}>`
    case 'function':
      return `function<${(type.parameters ?? []).map((p) => typeText(p.type)).join(', ')}> -> ${typeText(type.result)}`
    default:
      return type.kind
  }
}

/** Whether every value of type `a` is one of type `b`; facets are not looked at. */
export function conforms(a: FeelType, b: FeelType): boolean {
  if (a === b || b.kind === 'Any' || a.kind === 'Null') return true
  if (a.kind === 'Any') return false
  if (a.kind === 'list' || a.kind === 'range') return b.kind === a.kind && conforms(a.item, b.item)
  if (a.kind === 'context') {
    if (b.kind !== 'context') return false
    for (const [name, type] of b.members) {
      const own = a.members.get(name)
      if (own === undefined || !conforms(own, type)) return false
    }
    return true
  }
  if (a.kind === 'function') {
    if (b.kind !== 'function') return false
    if (b.parameters === null || a.parameters === null) return conforms(a.result, b.result)
    const theirs = b.parameters
    return (
      a.parameters.length === theirs.length &&
      a.parameters.every((p, i) => conforms(theirs[i]?.type ?? ANY, p.type)) &&
      conforms(a.result, b.result)
    )
  }
  return a.kind === b.kind
}

/** The type of a value; lists and contexts in full. */
export function typeOf(value: FeelValue): FeelType {
  const kind = kindOf(value)
  if (kind === 'null') return NULL
  if (isList(value)) return listOf(value.map(typeOf).reduce((a, b) => union(a, b), NULL as FeelType))
  if (value !== null && typeof value === 'object') {
    if (value.kind === 'context') {
      return {
        kind: 'context',
        members: new Map([...value.entries].map(([name, item]) => [name, typeOf(item)])),
      }
    }
    if (value.kind === 'range') return rangeOf(typeOf(value.start ?? value.end))
    if (value.kind === 'function') return functionOf(value.parameters, value.result)
  }
  return { kind: kind as SimpleKind }
}

/** The narrowest of our types that both conform to. Facets are joined where both have them. */
export function union(a: FeelType, b: FeelType): FeelType {
  if (a === b) return a
  if (a.kind === 'Null') return withNullable(b, true)
  if (b.kind === 'Null') return withNullable(a, true)
  if (a.kind !== b.kind) return ANY
  const nullable = a.nullable === false && b.nullable === false ? { nullable: false } : {}
  if (a.kind === 'list' || a.kind === 'range') {
    return { kind: a.kind, item: union(a.item, (b as ListType | RangeType).item), ...nullable }
  }
  if (a.kind === 'context') {
    const other = b as ContextType
    const members = new Map<string, FeelType>()
    for (const [name, type] of a.members) {
      const theirs = other.members.get(name)
      if (theirs !== undefined) members.set(name, union(type, theirs))
    }
    return { kind: 'context', members, ...(a.open || other.open ? { open: true } : {}), ...nullable }
  }
  if (a.kind === 'function') return conforms(a, b) ? b : conforms(b, a) ? a : functionOf(null, ANY)
  return { kind: a.kind, ...joinFacets(a, b) }
}

function withNullable(type: FeelType, nullable: boolean): FeelType {
  return type.nullable === false ? { ...type, nullable } : type
}

function joinFacets(a: Facets, b: Facets): Facets {
  const out: { -readonly [K in keyof Facets]: Facets[K] } = {}
  if (a.nullable === false && b.nullable === false) out.nullable = false
  if (a.min !== undefined && b.min !== undefined) {
    const lower = compareNumbers(a.min, b.min) <= 0 ? a : b
    out.min = lower.min
    if (lower.minExcluded && (lower === b ? a : b).minExcluded) out.minExcluded = true
  }
  if (a.max !== undefined && b.max !== undefined) {
    const upper = compareNumbers(a.max, b.max) >= 0 ? a : b
    out.max = upper.max
    if (upper.maxExcluded && (upper === b ? a : b).maxExcluded) out.maxExcluded = true
  }
  if (a.scale !== undefined && b.scale !== undefined) out.scale = Math.max(a.scale, b.scale)
  if (a.values !== undefined && b.values !== undefined) out.values = [...a.values, ...b.values]
  return out
}

const SIMPLE: ReadonlySet<string> = new Set([
  'number',
  'string',
  'boolean',
  'date',
  'time',
  'date and time',
  'days and time duration',
  'years and months duration',
])

/** Whether a value is of the type; null is of every type. Facets are not looked at. */
export function valueConforms(value: FeelValue, type: FeelType, shared?: { left: number }): boolean {
  if (value === null || type.kind === 'Any') return true
  if (SIMPLE.has(type.kind)) return kindOf(value) === type.kind
  const budget = shared ?? { left: 2_000_000 }
  if (--budget.left < 0) return false
  switch (type.kind) {
    case 'list':
      return (
        isList(value) &&
        (type.item.kind === 'Any' || value.every((item) => valueConforms(item, type.item, budget)))
      )
    case 'range': {
      if (kindOf(value) !== 'range') return false
      const range = value as Extract<FeelValue, { kind: 'range' }>
      return valueConforms(range.start, type.item, budget) && valueConforms(range.end, type.item, budget)
    }
    case 'context': {
      if (kindOf(value) !== 'context') return false
      const context = value as Extract<FeelValue, { kind: 'context' }>
      for (const [name, member] of type.members) {
        const item = context.get(name)
        if (item === undefined || !valueConforms(item, member, budget)) return false
      }
      return true
    }
    case 'function':
      // A function that declares no result may still give the right one.
      return (
        value instanceof Func &&
        conforms(functionOf(value.parameters, value.result.kind === 'Any' ? type.result : value.result), type)
      )
    default:
      return kindOf(value) === type.kind
  }
}

/** What `instance of` asks: null is an instance of no type but Null. */
export function isInstance(value: FeelValue, type: FeelType): boolean {
  if (value === null) return type.kind === 'Null'
  if (type.kind === 'function' && value instanceof Func && value.parameters === null)
    return type.parameters === null
  return valueConforms(value, type)
}

/**
 * Implicit conversions of DMN 1.5 in their order: as it is; a list of one for its item; an item for a
 * list of one; a date for the date and time of its midnight in UTC. Undefined when nothing fits.
 */
export function coerce(value: FeelValue, type: FeelType): FeelValue | undefined {
  if (valueConforms(value, type)) return value
  if (isList(value) && type.kind !== 'list' && value.length === 1) {
    const item = value[0] as FeelValue
    if (valueConforms(item, type)) return item
  }
  if (type.kind === 'list' && !isList(value) && valueConforms(value, type.item)) return [value]
  if (type.kind === 'date and time' && kindOf(value) === 'date') {
    return midnight(value as Extract<FeelValue, { kind: 'date' }>)
  }
  return undefined
}
