import { BOOLEANS } from './builtins/boolean.ts'
import { CONTEXTS } from './builtins/context.ts'
import { CONVERSION } from './builtins/conversion.ts'
import { LISTS } from './builtins/list.ts'
import { NUMERIC } from './builtins/numeric.ts'
import { RANGES } from './builtins/range.ts'
import { type BuiltIn, functionOf } from './builtins/signature.ts'
import { STRINGS } from './builtins/string.ts'
import { TEMPORAL } from './builtins/temporal.ts'
import type { Func } from './values.ts'

/** Every built-in function of DMN 1.5, 10.3.4, with its signatures. */
export const BUILT_INS: ReadonlyMap<string, BuiltIn> = new Map(
  [...CONVERSION, ...BOOLEANS, ...STRINGS, ...LISTS, ...NUMERIC, ...TEMPORAL, ...RANGES, ...CONTEXTS].map(
    (b) => [b.name, b],
  ),
)

const FUNCTIONS = new Map([...BUILT_INS.values()].map((b) => [b.name, functionOf(b)]))

/** The names of all built-ins, for the `functions` of a scope. Always the same array, so that parsers can cache by it. */
export const BUILT_IN_NAMES: readonly string[] = [...BUILT_INS.keys()]

/** The function value of a built-in. */
export function builtIn(name: string): Func | undefined {
  return FUNCTIONS.get(name)
}
