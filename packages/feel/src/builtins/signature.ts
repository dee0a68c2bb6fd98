import type { Runtime } from '../runtime.ts'
import { coerce, type FeelType } from '../types.ts'
import { type FeelValue, Func, kindOf } from '../values.ts'

/** One parameter of a built-in. Null is refused with a warning unless `nullable`. */
export interface Parameter {
  readonly name: string
  readonly type: FeelType
  readonly optional?: boolean
  readonly nullable?: boolean
}

/** One way to call a built-in. The implementation gets the arguments in order; optional ones left out are null. */
export interface Signature {
  readonly parameters: readonly Parameter[]
  /** Any number of further positional arguments, handed on as one list after the parameters. */
  readonly rest?: Parameter
  readonly call: (args: readonly FeelValue[], runtime: Runtime) => FeelValue
}

export interface BuiltIn {
  readonly name: string
  readonly result: FeelType
  readonly signatures: readonly Signature[]
}

export function parameter(name: string, type: FeelType): Parameter {
  return { name, type }
}

export function optional(name: string, type: FeelType): Parameter {
  return { name, type, optional: true, nullable: true }
}

export function nullable(name: string, type: FeelType): Parameter {
  return { name, type, nullable: true }
}

/** The arguments a signature receives are already of its parameter types: this says so to the compiler. */
export function signature<const A extends readonly FeelValue[]>(
  parameters: readonly Parameter[],
  call: (args: A, runtime: Runtime) => FeelValue,
  rest?: Parameter,
): Signature {
  return { parameters, call: call as unknown as Signature['call'], ...(rest === undefined ? {} : { rest }) }
}

export function define(name: string, result: FeelType, ...signatures: Signature[]): BuiltIn {
  return { name, result, signatures }
}

/** The function value of a built-in: picks the signature that the arguments fit. */
export function functionOf(builtIn: BuiltIn): Func {
  const { name, signatures, result } = builtIn
  const only = signatures.length === 1 && signatures[0]?.rest === undefined ? signatures[0] : undefined
  const parameters = only?.parameters.every((p) => !p.optional)
    ? only.parameters.map((p) => ({ name: p.name, type: p.type }))
    : null
  return new Func(name, parameters, result, (given, names, runtime) => {
    runtime.spend(1)
    let failure: Refused | null = null
    let shaped = false
    for (const candidate of signatures) {
      const order = names === null ? positional(candidate, given) : named(candidate, given, names)
      if (order === null) continue
      shaped = true
      const { args, refused } = bind(candidate, order, given)
      if (refused === null) return candidate.call(args, runtime)
      failure ??= refused
    }
    if (failure !== null) return runtime.warn('call.argument', name, failure[0].name, kindOf(failure[1]))
    if (shaped || names === null) return runtime.warn('call.arity', name, String(given.length))
    return runtime.warn('call.name', name, names.join(', '))
  })
}

/** The first argument that a parameter does not accept. */
type Refused = readonly [Parameter, FeelValue]

/** For each parameter the index of its argument, -1 for none; null when the number of arguments does not fit. */
function positional(candidate: Signature, given: readonly FeelValue[]): number[] | null {
  const { parameters, rest } = candidate
  if (given.length > parameters.length && rest === undefined) return null
  const order = parameters.map((p, i) => (i < given.length ? i : p.optional ? -1 : -2))
  return order.includes(-2) ? null : order
}

function named(candidate: Signature, given: readonly FeelValue[], names: readonly string[]): number[] | null {
  const { parameters, rest } = candidate
  if (rest !== undefined || new Set(names).size !== given.length) return null
  if (names.some((name) => !parameters.some((p) => p.name === name))) return null
  // Named arguments may be left out: they are null.
  return parameters.map((p) => names.indexOf(p.name))
}

function bind(
  candidate: Signature,
  order: readonly number[],
  given: readonly FeelValue[],
): { args: readonly FeelValue[]; refused: Refused | null } {
  let refused: Refused | null = null
  const accept = (p: Parameter, value: FeelValue): FeelValue => {
    const converted = coerce(value, p.type)
    // A list of one null becomes that null.
    if (converted !== undefined && (converted !== null || p.nullable)) return converted
    refused ??= [p, value]
    return null
  }
  const args: FeelValue[] = order.map((index, i) =>
    accept(candidate.parameters[i] as Parameter, given[index] ?? null),
  )
  const { rest } = candidate
  if (rest !== undefined) args.push(given.slice(order.length).map((value) => accept(rest, value)))
  return { args, refused }
}
