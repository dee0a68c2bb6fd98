import type { CallNode, Node } from './ast.ts'
import type { BuiltIn, Signature } from './builtins/signature.ts'
import { extremes, NON_NEGATIVE_WHOLE } from './facets.ts'
import * as number from './number.ts'
import { type Num, parseNumber } from './number.ts'
import { parseDuration } from './temporal.ts'
import { ANY, conforms, DAYS_TIME, type Facets, type FeelType, listOf, union, YEARS_MONTHS } from './types.ts'

/** Whether a value of the one type may be given where the other is wanted, conversions included. */
export function fits(given: FeelType, wanted: FeelType): boolean {
  if (given.kind === 'Any' || given.kind === 'Null' || conforms(given, wanted)) return true
  if (given.kind === 'list') {
    if (wanted.kind !== 'list') return fits(given.item, wanted)
    return fits(given.item, wanted.item)
  }
  if (wanted.kind === 'list') return fits(given, wanted.item)
  if (given.kind === 'range' && wanted.kind === 'range') return fits(given.item, wanted.item)
  if (given.kind === 'context' && wanted.kind === 'context') {
    if (given.open || wanted.open) return true
    return [...wanted.members].every(([name, type]) => {
      const own = given.members.get(name)
      return own !== undefined && fits(own, type)
    })
  }
  if (given.kind === 'function' && wanted.kind === 'function') {
    return (
      given.parameters === null ||
      wanted.parameters === null ||
      given.parameters.length === wanted.parameters.length
    )
  }
  return given.kind === 'date' && wanted.kind === 'date and time'
}

export interface CallFault {
  readonly code: 'arity' | 'name' | 'argument'
  readonly parameter?: string
  readonly given?: FeelType
  readonly wanted?: FeelType
}

/** The first signature that the arguments fit, or why none does. */
export function chooseSignature(
  builtIn: BuiltIn,
  node: CallNode,
  args: readonly FeelType[],
): Signature | CallFault {
  let fault: CallFault | null = null
  for (const signature of builtIn.signatures) {
    const { parameters, rest } = signature
    const order = parameters.map((p, i) =>
      node.names === null ? (i < args.length ? i : -1) : node.names.indexOf(p.name),
    )
    if (node.names === null ? args.length > parameters.length && !rest : !namesFit(node.names, signature))
      continue
    if (parameters.some((p, i) => order[i] === -1 && !p.optional)) continue
    const wrong = parameters.findIndex(
      (p, i) => order[i] !== -1 && !fits(args[order[i] as number] as FeelType, p.type),
    )
    const extra =
      rest === undefined ? -1 : args.findIndex((type, i) => i >= parameters.length && !fits(type, rest.type))
    if (wrong < 0 && extra < 0) return signature
    const parameter = wrong >= 0 ? parameters[wrong] : rest
    fault ??= {
      code: 'argument',
      parameter: parameter?.name ?? '',
      given: args[wrong >= 0 ? (order[wrong] as number) : extra],
      wanted: parameter?.type,
    }
  }
  return fault ?? { code: node.names === null ? 'arity' : 'name' }
}

function namesFit(names: readonly string[], { parameters, rest }: Signature): boolean {
  return rest === undefined && names.every((name) => parameters.some((p) => p.name === name))
}

/** What a built-in gives for arguments of these types, as exactly as can be said. */
export function resultType(builtIn: BuiltIn, node: CallNode, args: readonly FeelType[]): FeelType {
  const refine = RESULTS[builtIn.name]
  return refine?.(args, node) ?? builtIn.result
}

type Refine = (args: readonly FeelType[], node: CallNode) => FeelType | null

const itemOf = (type: FeelType | undefined): FeelType =>
  type === undefined ? ANY : type.kind === 'list' ? type.item : type
const items = (args: readonly FeelType[]): FeelType =>
  args.length === 1 ? itemOf(args[0]) : args.reduce((a, b) => union(a, b), { kind: 'Null' } as FeelType)

const sameList: Refine = (args) => listOf(itemOf(args[0]))
const joinedLists: Refine = (args) =>
  listOf(args.map(itemOf).reduce((a, b) => union(a, b), { kind: 'Null' } as FeelType))
const withItem =
  (at: number): Refine =>
  (args) =>
    listOf(union(itemOf(args[0]), args[at] ?? ANY))

/** The extreme of several arguments; of a list nothing is said about null, since it may be empty. */
const extreme =
  (greatest: boolean): Refine =>
  (args) => {
    const type = items(args)
    if (type.kind !== 'number') return type
    if (args.length < 2 || args.some((arg) => arg.nullable !== false)) return { ...type, nullable: undefined }
    const [mins, maxs] = [args.map((arg) => arg.min), args.map((arg) => arg.max)]
    const out: { -readonly [K in keyof Facets]: Facets[K] } = { nullable: false }
    if (type.scale !== undefined) out.scale = type.scale
    // One known lower bound is enough for a maximum, one upper bound for a minimum.
    const lows = mins.filter((n) => n !== undefined)
    const highs = maxs.filter((n) => n !== undefined)
    if (greatest ? lows.length > 0 : lows.length === args.length) out.min = extremes(lows)[greatest ? 1 : 0]
    if (greatest ? highs.length === args.length : highs.length > 0)
      out.max = extremes(highs)[greatest ? 1 : 0]
    return { kind: 'number', ...out }
  }

const rounded =
  (mode: number.RoundingMode): Refine =>
  ([n], node) => {
    const digits = node.args[1] === undefined ? number.ZERO : literal(node.args[1])
    if (n?.kind !== 'number' || digits === null || !digits.isInteger) return null
    const scale = Math.max(0, digits.int)
    const shift = (bound: Num | undefined) => (bound && number.toScale(bound, digits.int, mode)) ?? undefined
    return {
      kind: 'number',
      ...(n.nullable === false ? { nullable: false } : {}),
      ...(n.min === undefined ? {} : { min: shift(n.min) }),
      ...(n.max === undefined ? {} : { max: shift(n.max) }),
      scale: n.scale === undefined ? scale : Math.min(n.scale, scale),
    }
  }

function literal(node: Node): Num | null {
  if (node.kind === 'number') return parseNumber(node.text)
  if (node.kind !== 'negation') return null
  const inner = literal(node.operand)
  return inner && number.negate(inner)
}

const magnitude: Refine = ([n]) => {
  if (n?.kind !== 'number') return n ?? null
  const { nullable, scale } = n
  const ends = [n.min, n.max].filter((b) => b !== undefined).map(number.abs)
  return {
    kind: 'number',
    ...(nullable === false ? { nullable } : {}),
    ...(scale === undefined ? {} : { scale }),
    min: n.min && n.min.sign > 0 ? n.min : number.ZERO,
    ...(ends.length === 2 ? { max: extremes(ends)[1] } : {}),
  }
}

const RESULTS: Record<string, Refine> = {
  min: extreme(false),
  max: extreme(true),
  abs: magnitude,
  decimal: rounded('half even'),
  floor: rounded('floor'),
  ceiling: rounded('ceiling'),
  'round up': rounded('up'),
  'round down': rounded('down'),
  'round half up': rounded('half up'),
  'round half down': rounded('half down'),
  count: () => NON_NEGATIVE_WHOLE,
  'string length': ([text]) =>
    text?.nullable === false ? NON_NEGATIVE_WHOLE : { ...NON_NEGATIVE_WHOLE, nullable: undefined },
  sum: (args) => {
    const item = items(args)
    return item.kind === 'number' && item.scale !== undefined ? { kind: 'number', scale: item.scale } : null
  },
  sublist: sameList,
  remove: sameList,
  reverse: sameList,
  'distinct values': sameList,
  sort: sameList,
  append: (args) => listOf(args.slice(1).reduce((a, b) => union(a, b), itemOf(args[0]))),
  concatenate: joinedLists,
  union: joinedLists,
  'insert before': withItem(2),
  'list replace': withItem(2),
  flatten: ([list]) => {
    let type = itemOf(list)
    while (type.kind === 'list') type = type.item
    return listOf(type)
  },
  duration: (args, node) => {
    if (args[0]?.kind === DAYS_TIME.kind || args[0]?.kind === YEARS_MONTHS.kind) return args[0]
    const text = node.args[0]
    const value = text?.kind === 'string' ? parseDuration(text.value) : null
    return value === null ? null : { kind: value.kind, nullable: false }
  },
}
