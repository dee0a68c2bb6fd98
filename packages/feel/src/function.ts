import type { Runtime } from './runtime.ts'
import { ANY, coerce, type FeelType, typeText } from './types.ts'
import { type FeelValue, Func, type FuncParameter, kindOf } from './values.ts'

/**
 * A function of fixed parameters: arguments are bound by position or name and converted to the parameter types;
 * one that does not fit makes the result null with a warning. Hosts build business knowledge models and decision
 * services with it. `height` is how deep the body's closures nest, for the guard against runaway recursion.
 */
export function makeFunction(
  name: string,
  parameters: readonly FuncParameter[],
  result: FeelType,
  body: (args: readonly FeelValue[], runtime: Runtime) => FeelValue,
  height = 8,
): Func {
  return new Func(name, parameters, result, (given, names, runtime) => {
    const args = bind(name, parameters, given, names, runtime)
    if (args === null) return null
    runtime.enter(height)
    const value = body(args, runtime)
    runtime.leave(height)
    return result.kind === 'Any' ? value : fit(value, result, runtime)
  })
}

/** The value converted to a type, or null with a warning. */
export function fit(value: FeelValue, type: FeelType, runtime: Runtime): FeelValue {
  const converted = coerce(value, type)
  return converted === undefined ? runtime.warn('type.mismatch', kindOf(value), typeText(type)) : converted
}

function bind(
  name: string,
  parameters: readonly FuncParameter[],
  given: readonly FeelValue[],
  names: readonly string[] | null,
  runtime: Runtime,
): FeelValue[] | null {
  // Named arguments may be left out: they are null.
  const known = names?.every(
    (name, i) => names.indexOf(name) === i && parameters.some((p) => p.name === name),
  )
  if (known === undefined ? given.length !== parameters.length : !known) {
    if (names !== null) {
      runtime.warn('call.name', name, names.join(', '))
      return null
    }
    runtime.warn('call.arity', name, String(given.length))
    return null
  }
  const args: FeelValue[] = []
  for (let i = 0; i < parameters.length; i++) {
    const parameter = parameters[i] as FuncParameter
    const at = names === null ? i : names.indexOf(parameter.name)
    const value = given[at] ?? null
    const converted = parameter.type === ANY ? value : coerce(value, parameter.type)
    if (converted === undefined) {
      runtime.warn('call.argument', name, parameter.name, kindOf(value))
      return null
    }
    args.push(converted)
  }
  return args
}
