import { BUILT_IN_NAMES, BUILT_INS, builtIn } from '@nhip/feel/builtins'
import { makeFunction } from '@nhip/feel/function'
import * as number from '@nhip/feel/number'
import { int, type Num, ZERO } from '@nhip/feel/number'
import type { Runtime } from '@nhip/feel/runtime'
import { addMonths, type LocalDate } from '@nhip/feel/temporal'
import { ANY, DATE, type FeelType, listOf, NUMBER, STRING } from '@nhip/feel/types'
import { Context, type FeelValue, Func, isList, kindOf, toText } from '@nhip/feel/values'
import { applyScale, scaleOf } from '../bundle/scale.ts'

type BuiltIn = NonNullable<ReturnType<typeof BUILT_INS.get>>
type Parameter = BuiltIn['signatures'][number]['parameters'][number]

/** A function of the policy scope: its static signature and its value, where it differs from FEEL's own. */
export interface LibraryFunction {
  readonly signature: BuiltIn
  readonly value: Func
}

/** The type of a scale parameter, open so that its brackets may be looked at. */
export const SCALE_TYPE: FeelType = {
  kind: 'context',
  nullable: false,
  members: new Map<string, FeelType>([
    ['kind', STRING],
    ['brackets', listOf({ kind: 'context', open: true, members: new Map([['threshold', NUMBER]]) })],
  ]),
}

const SURE = { nullable: false } as const

function define(
  name: string,
  parameters: readonly Parameter[],
  result: FeelType,
  call: (args: readonly FeelValue[], runtime: Runtime) => FeelValue,
): LibraryFunction {
  const required = parameters.filter((p) => !p.optional)
  const typed = parameters.map((p) => ({ name: p.name, type: p.type }))
  const checked = (args: readonly FeelValue[], runtime: Runtime): FeelValue => {
    for (const [i, p] of required.entries()) {
      if (args[i] === null) return runtime.warn('call.argument', name, p.name, 'null')
    }
    return call(args, runtime)
  }
  const shapes = [typed.slice(0, required.length), typed].filter(
    (s, i, all) => i === 0 || s.length !== all[0]?.length,
  )
  const values = shapes.map((shape) => makeFunction(name, shape, ANY, checked))
  const value =
    values.length === 1
      ? (values[0] as Func)
      : new Func(name, null, result, (args, names, runtime) => {
          const fitting = values.find((f) => f.parameters?.length === args.length) ?? (values.at(-1) as Func)
          return fitting.call(args, names, runtime)
        })
  return {
    signature: {
      name,
      result,
      signatures: [{ parameters, call: (args, runtime) => checked(args, runtime) }],
    },
    value,
  }
}

const p = (name: string, type: FeelType): Parameter => ({ name, type })

/**
 * The age in whole years on a day: a year is full on the birthday. Who is born on 29 February has the birthday in other
 * years on 28 February, the last day of the month, unless `"01-03"` is given: the law that counts says which.
 */
const age = define(
  'age',
  [p('birth', DATE), p('on', DATE), { name: 'leap birthday', type: STRING, optional: true, nullable: true }],
  { kind: 'number', scale: 0 },
  ([birth, on, leap = null], runtime) => {
    const [born, day] = [birth as LocalDate, on as LocalDate]
    if (leap !== null && leap !== '28-02' && leap !== '01-03')
      return runtime.warn('call.value', 'age', toText(leap))
    const years = day.year - born.year
    const birthday = addMonths(born, years * 12)
    if (birthday === null) return runtime.warn('call.value', 'age', toText(day))
    const late = leap === '01-03' && born.month === 2 && born.day === 29 && birthday.day === 28
    const reached = day.epochDay - birthday.epochDay - (late ? 1 : 0) >= 0
    return int(reached ? years : years - 1)
  },
)

/** Whole months from one day to another, toward zero; a month is full on the same day of the month, or its last day. */
const monthsBetween = define(
  'months between',
  [p('from', DATE), p('to', DATE)],
  { kind: 'number', scale: 0 },
  ([a, b]) => {
    const [from, to] = [a as LocalDate, b as LocalDate]
    const [early, late] = from.epochDay <= to.epochDay ? [from, to] : [to, from]
    let months = (late.year - early.year) * 12 + (late.month - early.month)
    const full = addMonths(early, months)
    if (full !== null && full.epochDay > late.epochDay) months--
    return int(early === from ? months : -months + 0)
  },
)

const scale = define(
  'scale',
  [p('s', SCALE_TYPE), p('x', NUMBER)],
  { kind: 'number', ...SURE },
  ([s, x], runtime) => {
    const found = scaleOf(s ?? null)
    if (found === undefined) return runtime.warn('call.argument', 'scale', 's', kindOf(s ?? null))
    return applyScale(found, x as Num) ?? runtime.warn('number.range', 'scale')
  },
)

const clamp = define(
  'clamp',
  [p('x', NUMBER), p('low', NUMBER), p('high', NUMBER)],
  { kind: 'number', ...SURE },
  ([x, low, high], runtime) => {
    const [value, from, to] = [x as Num, low as Num, high as Num]
    if (number.compare(from, to) > 0)
      return runtime.warn('call.value', 'clamp', `${toText(from)}..${toText(to)}`)
    return number.compare(value, from) < 0 ? from : number.compare(value, to) > 0 ? to : value
  },
)

const halfEven = define(
  'round half even',
  [p('n', NUMBER), p('scale', NUMBER)],
  NUMBER,
  ([n, digits], runtime) =>
    number.toScale(n as Num, number.toInteger(digits as Num), 'half even') ??
    runtime.warn('number.range', 'round half even'),
)

/** Who wants to know which entries an evaluation looks up: an entry that is not taken is not what a result rests on. */
export const lookups = new WeakMap<Runtime, (key: string) => void>()

/** The entry of a folder of parameters under a key: `lookup(parameters.minimum_wage, region)`. */
const lookupAs = (name: string, result: FeelType) =>
  define(name, [p('parameters', ANY), p('key', STRING)], result, ([folder, key], runtime) => {
    const found = folder instanceof Context ? folder.get(String(key)) : undefined
    lookups.get(runtime)?.(String(key))
    return found === undefined ? runtime.warn('entry.unknown', toText(key ?? null)) : found
  })
/** Beside `lookup` itself, which gives numbers, the form that `rewrite` puts in for folders of scales. */
export const LOOKUP_SCALE = 'lookup scale'
const lookup = lookupAs('lookup', { kind: 'number', ...SURE })
const lookupScale = lookupAs(LOOKUP_SCALE, SCALE_TYPE)

/** As in FEEL, but nothing adds up to 0: a household without children has no child benefit, not an unknown one. */
const plainSum = builtIn('sum') as Func
const sum: LibraryFunction = {
  signature: BUILT_INS.get('sum') as BuiltIn,
  value: new Func('sum', null, NUMBER, (args, names, runtime) => {
    const [only] = args
    return args.length === 1 && only !== undefined && isList(only) && only.length === 0
      ? ZERO
      : plainSum.call(args, names, runtime)
  }),
}

const own = [age, monthsBetween, scale, clamp, halfEven, lookup, lookupScale, sum]

export const LIBRARY: ReadonlyMap<string, LibraryFunction> = new Map(own.map((f) => [f.signature.name, f]))

/** Ways to read a variable of another period; the parser takes them for functions, `rewrite` for what they are. */
export const CONVERSIONS = ['previous', 'at', 'held', 'month total', 'month mean', 'per month'] as const
export type ConversionName = (typeof CONVERSIONS)[number]

/** A policy has no clock: what holds on a day is asked with the day. */
const WITHOUT = new Set(['now', 'today'])

/** All functions that a formula may call. Always the same array: parsers keep their index by it. */
export const FUNCTION_NAMES: readonly string[] = [
  ...new Set([...BUILT_IN_NAMES.filter((name) => !WITHOUT.has(name)), ...LIBRARY.keys(), ...CONVERSIONS]),
]

export function functionValue(name: string): Func | undefined {
  return LIBRARY.get(name)?.value ?? (WITHOUT.has(name) ? undefined : builtIn(name))
}

export function functionSignature(name: string): BuiltIn | undefined {
  return LIBRARY.get(name)?.signature ?? (WITHOUT.has(name) ? undefined : BUILT_INS.get(name))
}
