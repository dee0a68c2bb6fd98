import type { FunctionNode, Node } from './ast.ts'
import { builtIn } from './builtins.ts'
import { Interpreter } from './interpret.ts'
import { Exhausted, type Limits, Runtime, type TraceNode, type Warning } from './runtime.ts'
import type { DateTime } from './temporal.ts'
import type { Context, FeelValue, Func } from './values.ts'

export interface CompileOptions {
  /** Functions by name; default the built-ins of DMN 1.5. The parser must have been given the same list. */
  readonly functionOf?: (name: string) => Func | undefined
  /** What an `external` function body stands for; without it such functions are null with a warning. */
  readonly external?: (body: FeelValue, node: FunctionNode) => Func | null
  /** Whether evaluations record a trace. Off costs nothing. */
  readonly trace?: boolean
}

/** The values of the program's inputs: by name; undefined where there is none. */
export type Inputs = Context | Readonly<Record<string, FeelValue>> | ((name: string) => FeelValue | undefined)

export interface EvaluateOptions {
  /** What `now()` and `today()` give. */
  readonly now?: DateTime
  readonly limits?: Partial<Limits>
}

export interface Evaluation {
  readonly value: FeelValue
  readonly warnings: readonly Warning[]
  readonly trace?: TraceNode
}

/** A compiled expression: evaluates as often as wanted, holds no state. */
export interface Program {
  /** The names the expression reads from outside; `?` is the input of unary tests. */
  readonly inputs: readonly string[]
  /** Evaluates and never throws: errors are null and warnings. */
  evaluate(inputs?: Inputs, options?: EvaluateOptions): Evaluation
  /**
   * Evaluates inside a larger evaluation of the host: values in the order of `inputs`, warnings and budget in the
   * runtime. Throws `Exhausted` when the budget is used up, to be caught where the runtime was made (`guarded`).
   */
  run(values: readonly (FeelValue | undefined)[], runtime: Runtime): FeelValue
}

const NO_INPUTS: Inputs = () => undefined

/** Turns a tree into a program. The tree may hold error nodes: they evaluate to null with a warning. */
export function compile(ast: Node, options: CompileOptions = {}): Program {
  const interpreter = new Interpreter({
    functionOf: options.functionOf ?? builtIn,
    external: options.external,
    trace: options.trace === true,
  })
  const code = interpreter.compile(ast)
  const { inputs, slots } = interpreter
  const blank: FeelValue[] = Array.from({ length: slots }, () => null)
  const run = (values: readonly (FeelValue | undefined)[], runtime: Runtime) =>
    code({ slots: slots === 0 ? blank : blank.slice(), inputs: values, runtime })
  return {
    inputs,
    run,
    evaluate(given = NO_INPUTS, { now, limits } = {}) {
      const runtime = new Runtime({ now, limits })
      const values = inputs.map((name) => read(given, name))
      const root: TraceNode | null = options.trace
        ? { span: ast, kind: 'root', value: null, children: [] }
        : null
      runtime.trace = root
      const value = guarded(runtime, () => run(values, runtime))
      const { warnings } = runtime
      const trace = root?.children[0]
      return trace === undefined ? { value, warnings } : { value, warnings, trace }
    },
  }
}

function read(inputs: Inputs, name: string): FeelValue | undefined {
  if (typeof inputs === 'function') return inputs(name)
  if (isContext(inputs)) return inputs.get(name)
  return Object.hasOwn(inputs, name) ? inputs[name] : undefined
}

function isContext(inputs: Context | Readonly<Record<string, FeelValue>>): inputs is Context {
  return inputs.kind === 'context' && inputs.entries instanceof Map
}

/** Runs a part of an evaluation; a budget that is used up becomes null and a warning. */
export function guarded(runtime: Runtime, run: () => FeelValue): FeelValue {
  try {
    return run()
  } catch (error) {
    if (error instanceof Exhausted) return runtime.warn(error.code)
    // The engine's own stack gave out before our count did: the host called us from deep inside.
    if (error instanceof RangeError && /call stack/i.test(error.message)) return runtime.warn('limit.depth')
    throw error
  }
}
