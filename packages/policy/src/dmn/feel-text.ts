import { BUILT_IN_NAMES } from '@nhip/feel/builtins'
import { compile as compileFeel, type Program } from '@nhip/feel/compile'
import { parse, parseUnaryTests } from '@nhip/feel/parse'
import type { FeelProblem } from '@nhip/feel/problem'
import type { Runtime } from '@nhip/feel/runtime'
import type { FeelType } from '@nhip/feel/types'
import type { FeelValue } from '@nhip/feel/values'
import type { Environment, Names } from './environment.ts'
import type { ItemType } from './item-type.ts'
import { javaFunction } from './java-functions.ts'
import type { FeelText, Place } from './model.ts'

/** A compiled expression: its value in an environment. */
export type Code = (environment: Environment, runtime: Runtime) => FeelValue

/** What a compiler of boxed expressions needs to know of the model around it. */
export interface Surroundings {
  /** The type a name stands for in this file. */
  itemType(typeRef: string | undefined): ItemType
  types: ReadonlyMap<string, FeelType>
  report(problem: FeelProblem, place: Place): void
  /** Takes note of the rules of a table that matched, by their numbers from 1. */
  matched(runtime: Runtime, rules: readonly number[]): void
  /** Remembers in which expression a warning arose. */
  located(runtime: Runtime, since: number, place: Place): void
}

/** Compiles a FEEL text; with `input` it is read as unary tests of a value named `?`. */
export function compileText(text: FeelText, names: Names, around: Surroundings, input?: FeelType): Code {
  const all = names.all()
  const scope = {
    names: all,
    typeOf: (name: string) => (name === '?' ? input : names.typeOf(name)),
    functions: BUILT_IN_NAMES,
    types: around.types,
  }
  const read = input ? parseUnaryTests : parse
  const { ast, problems } = read(text.text, scope, { unknownNames: 'keep' })
  for (const problem of problems) around.report(problem, text)
  const program = compileFeel(ast, {
    external: (body, node) =>
      javaFunction(
        body,
        node.parameters.map(({ name }) => name),
      ),
  })
  return locate(program, text, around)
}

function locate(program: Program, place: Place, around: Surroundings): Code {
  const { inputs } = program
  return (environment, runtime) => {
    const since = runtime.warnings.length
    const value = program.run(
      inputs.map((name) => environment.get(name)),
      runtime,
    )
    if (runtime.warnings.length > since) around.located(runtime, since, place)
    return value
  }
}
