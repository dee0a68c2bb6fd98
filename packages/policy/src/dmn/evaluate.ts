import type { Problem } from '@nhip/canonical/problem'
import { guarded } from '@nhip/feel/compile'
import { makeFunction } from '@nhip/feel/function'
import { type Limits, Runtime, type Warning } from '@nhip/feel/runtime'
import type { DateTime } from '@nhip/feel/temporal'
import { ANY, type FeelType, functionOf } from '@nhip/feel/types'
import { Context, type FeelValue, type Func } from '@nhip/feel/values'
import { compileFunction, compileOptional, shapeOf } from './boxed.ts'
import { Environment, Names } from './environment.ts'
import type { Code, Surroundings } from './feel-text.ts'
import { ANYTHING, conform, type ItemType, ItemTypes } from './item-type.ts'
import type { Linked, LinkedModel } from './link.ts'
import type {
  BusinessKnowledgeModel,
  Decision,
  DecisionService,
  Definitions,
  DrgElement,
  InputData,
  Place,
  Reference,
} from './model.ts'

export interface DmnOptions {
  /** What `now()` and `today()` give. */
  now?: DateTime
  limits?: Partial<Limits>
}

/** A warning with the file and place of the expression in which it arose. */
export interface PlacedWarning extends Warning {
  place?: Place
}

export interface DmnResult {
  value: FeelValue
  warnings: readonly PlacedWarning[]
  /** The rules that fired, in the order of evaluation. */
  hits: readonly TableHits[]
}

/** Which rules of a decision's table matched; numbers from 1. */
export interface TableHits {
  readonly decision: string
  readonly rules: readonly number[]
}

/** Where the value of a required element comes from, and under which name an expression sees it. */
interface Bound {
  /** Names of imports on the way; empty for the own file. */
  path: string[]
  name: string
  type: FeelType
  value(run: Run): FeelValue
}

/** One request: what was given, what has been worked out, and the budget. */
interface Run {
  runtime: Runtime
  given: ReadonlyMap<DrgElement, FeelValue>
  memo: Map<DrgElement, FeelValue>
  running: Set<DrgElement>
  /** Whose logic is being worked out, innermost last; and what its tables matched. */
  within: string[]
  hits: TableHits[]
}

/** A model that runs: decisions, services and business knowledge by name. Compiled once, evaluated as often as wanted. */
export class DmnEngine {
  readonly #model: LinkedModel
  readonly #types: ItemTypes
  readonly #code = new Map<DrgElement, (run: Run) => FeelValue>()
  readonly #surroundings = new Map<Definitions, Surroundings>()
  readonly #places = new WeakMap<Warning, Place>()
  readonly #hits = new WeakMap<Runtime, Pick<Run, 'within' | 'hits'>>()
  /** Problems of the expressions compiled so far; {@link compileAll} finds all of them. */
  readonly problems: Problem[] = []

  constructor(model: LinkedModel) {
    this.#model = model
    this.#types = new ItemTypes(model)
  }

  /** Compiles every element, so that `problems` is complete. */
  compileAll(): this {
    for (const linked of this.#model.all()) this.#compiled(linked)
    return this
  }

  /** Names of what can be asked of the main model. */
  names(kind: DrgElement['kind']): string[] {
    return this.#model.main.elements.filter((element) => element.kind === kind).map((element) => element.name)
  }

  /**
   * The value of a decision, a decision service or a business knowledge model of the main file. Inputs by name; what a
   * file of an import wants is given in a context named like the import, or by its own name.
   * @throws {RangeError} when there is no such element
   */
  evaluate(
    name: string,
    inputs: Readonly<Record<string, FeelValue>> | Context,
    options: DmnOptions = {},
  ): DmnResult {
    const element = this.#named(name)
    const linked: Linked = { element, definitions: this.#model.main }
    const runtime = new Runtime({
      ...(options.now ? { now: options.now } : {}),
      ...(options.limits ? { limits: options.limits } : {}),
    })
    const seen: Pick<Run, 'within' | 'hits'> = { within: [], hits: [] }
    this.#hits.set(runtime, seen)
    const value = guarded(runtime, () =>
      this.#start(linked, inputs instanceof Context ? inputs : Context.of(inputs), runtime, seen),
    )
    const warnings = runtime.warnings.map((warning) => {
      const place = this.#places.get(warning)
      return place ? { ...warning, place } : warning
    })
    return { value, warnings, hits: seen.hits }
  }

  /** The input data that a decision, service or piece of knowledge needs, directly or through others. */
  inputsOf(name: string): string[] {
    const element = this.#named(name)
    if (element.kind === 'decision service')
      return this.#parameters(element).map((parameter) => parameter.element.name)
    if (element.kind === 'business knowledge model')
      return (element.logic?.parameters ?? []).map((parameter) => parameter.name)
    const names = new Set<string>()
    const seen = new Set<DrgElement>()
    const visit = (at: DrgElement): void => {
      if (seen.has(at)) return
      seen.add(at)
      if (at.kind === 'input data') names.add(at.name)
      if (at.kind !== 'decision') return
      for (const reference of [...at.requiredInputs, ...at.requiredDecisions]) {
        const next = this.#model.find(reference)
        if (next) visit(next.element)
      }
    }
    visit(element)
    return [...names]
  }

  /** The declared type of what {@link evaluate} gives under this name. */
  typeOf(name: string): FeelType {
    const type = this.#typeOf({ element: this.#named(name), definitions: this.#model.main })
    return type.kind === 'function' ? type.result : type
  }

  #named(name: string): DrgElement {
    const found = this.#model.main.elements.filter(
      (element) => element.name === name && element.kind !== 'input data',
    )
    const element = found.find((item) => item.kind === 'decision') ?? found[0]
    if (!element) throw new RangeError(`there is no decision "${name}"`)
    return element
  }

  #start(
    linked: Linked,
    inputs: Context,
    runtime: Runtime,
    { within, hits }: Pick<Run, 'within' | 'hits'>,
  ): FeelValue {
    const { element } = linked
    const given = new Map<DrgElement, FeelValue>()
    if (element.kind === 'decision service') {
      const parameters = this.#parameters(element)
      const values = parameters.map((parameter) => this.#input(parameter, inputs) ?? null)
      const service = this.#service(linked as Linked<DecisionService>, {
        runtime,
        given,
        memo: new Map(),
        running: new Set(),
        within,
        hits,
      })
      return service.call(values, null, runtime)
    }
    for (const other of this.#model.all()) {
      const value = other.element.kind === 'input data' ? this.#input(other, inputs) : undefined
      if (value !== undefined) given.set(other.element, value)
    }
    const run: Run = { runtime, given, memo: new Map(), running: new Set(), within, hits }
    if (element.kind === 'business knowledge model') {
      const knowledge = this.#compiled(linked)(run) as Func | null
      const values = (element.logic?.parameters ?? []).map(({ name }) => inputs.get(name) ?? null)
      return knowledge?.call(values, null, runtime) ?? null
    }
    return this.#value(linked, run)
  }

  /** What was given for an input: by its own name, or inside contexts named like the imports on the way to it. */
  #input({ element, definitions }: Linked, inputs: Context): FeelValue | undefined {
    let at: FeelValue | undefined = inputs
    for (const name of this.#model.aliasPath(this.#model.main, definitions.namespace) ?? []) {
      at = at instanceof Context ? at.get(name) : undefined
    }
    const found = at instanceof Context ? at.get(element.name) : undefined
    return found ?? inputs.get(element.name)
  }

  #value(linked: Linked, run: Run): FeelValue {
    const { element } = linked
    const known = run.memo.get(element)
    if (known !== undefined) return known
    if (run.running.has(element)) {
      return run.runtime.warnHost('host.cycle', {
        vi: `quyết định "${element.name}" cần chính nó`,
        en: `decision "${element.name}" requires itself`,
      })
    }
    run.running.add(element)
    const value = this.#compiled(linked)(run)
    run.running.delete(element)
    run.memo.set(element, value)
    return value
  }

  #compiled(linked: Linked): (run: Run) => FeelValue {
    const known = this.#code.get(linked.element)
    if (known) return known
    let code: (run: Run) => FeelValue
    switch (linked.element.kind) {
      case 'input data':
        code = this.#inputCode(linked as Linked<InputData>)
        break
      case 'decision':
        code = this.#decisionCode(linked as Linked<Decision>)
        break
      case 'business knowledge model':
        code = this.#knowledgeCode(linked as Linked<BusinessKnowledgeModel>)
        break
      case 'decision service':
        code = (run) => this.#service(linked as Linked<DecisionService>, run)
        break
    }
    this.#code.set(linked.element, code)
    return code
  }

  #inputCode({ element, definitions }: Linked<InputData>): (run: Run) => FeelValue {
    const item = this.#itemType(definitions, element.variable.typeRef)
    return (run) => conform(run.given.get(element) ?? null, item, run.runtime)
  }

  #decisionCode({ element, definitions }: Linked<Decision>): (run: Run) => FeelValue {
    const item = this.#itemType(definitions, element.variable.typeRef)
    const bound = this.#bound(definitions, [
      ...element.requiredInputs,
      ...element.requiredDecisions,
      ...element.requiredKnowledge,
    ])
    // A decision without logic has the value that it is given, as an input has.
    if (!element.expression) return (run) => conform(run.given.get(element) ?? null, item, run.runtime)
    const code = compileOptional(element.expression, namesOf(bound), this.#around(definitions))
    return (run) => {
      const given = run.given.get(element)
      if (given !== undefined) return conform(given, item, run.runtime)
      const environment = environmentOf(bound, run)
      run.within.push(element.name)
      const value = code(environment, run.runtime)
      run.within.pop()
      return conform(value, item, run.runtime)
    }
  }

  #knowledgeCode({ element, definitions }: Linked<BusinessKnowledgeModel>): (run: Run) => FeelValue {
    if (!element.logic) return (run) => run.runtime.warn('call.external', element.name)
    const bound = this.#bound(definitions, element.requiredKnowledge)
    const item = this.#itemType(definitions, element.variable.typeRef)
    const result = item.type.kind === 'function' ? { type: item.type.result } : item
    const own = functionOf(
      element.logic.parameters.map(({ name, typeRef }) => ({
        name,
        type: this.#itemType(definitions, typeRef).type,
      })),
      result.type,
    )
    let code: Code | undefined
    const { logic } = element
    return (run) => {
      // Compiled on the first call: the model may call itself.
      code ??= compileFunction(
        logic,
        new Names(namesOf(bound), [[element.variable.name, own]]),
        this.#around(definitions),
        element.name,
        result,
      )
      const environment = environmentOf(bound, run)
      const value = code(environment, run.runtime)
      environment.set(element.variable.name, value)
      return value
    }
  }

  #parameters(element: DecisionService): Linked[] {
    return [...element.inputData, ...element.inputDecisions].flatMap(
      (reference) => this.#model.find(reference) ?? [],
    )
  }

  /** A decision service as a function: its inputs replace what they stand for, and its decisions are worked out anew. */
  #service({ element, definitions }: Linked<DecisionService>, outer: Run): Func {
    const parameters = this.#parameters(element)
    const items = parameters.map((parameter) =>
      this.#itemType(parameter.definitions, parameter.element.variable.typeRef),
    )
    const typed = parameters.map((parameter, i) => ({
      name: parameter.element.variable.name,
      type: (items[i] as ItemType).type,
    }))
    const declared = this.#itemType(definitions, element.variable.typeRef)
    const result = declared.type.kind === 'function' ? { type: declared.type.result } : declared
    return makeFunction(element.name, typed, ANY, (args, runtime) => {
      const given = new Map<DrgElement, FeelValue>()
      for (const [i, parameter] of parameters.entries())
        given.set(parameter.element, conform(args[i] ?? null, items[i] as ItemType, runtime))
      const { running, within, hits } = outer
      const run: Run = { runtime, given, memo: new Map(), running, within, hits }
      const outputs = element.outputDecisions.flatMap((reference) => this.#model.find(reference) ?? [])
      const values = outputs.map(
        (output) => [output.element.variable.name, this.#value(output, run)] as const,
      )
      const value = values.length === 1 ? (values[0]?.[1] ?? null) : new Context(new Map(values))
      return conform(value, result, runtime)
    })
  }

  #bound(definitions: Definitions, references: readonly Reference[]): Bound[] {
    return references.flatMap((reference) => {
      const linked = this.#model.find(reference)
      if (!linked) return []
      const path = this.#model.aliasPath(definitions, linked.definitions.namespace) ?? []
      const { element } = linked
      const isFunction = element.kind === 'business knowledge model' || element.kind === 'decision service'
      return [
        {
          path: path.filter((name) => name !== ''),
          name: element.variable.name,
          type: this.#typeOf(linked),
          value: (run: Run) => (isFunction ? this.#compiled(linked)(run) : this.#value(linked, run)),
        },
      ]
    })
  }

  #typeOf({ element, definitions }: Linked): FeelType {
    const { type } = this.#itemType(definitions, element.variable.typeRef)
    switch (element.kind) {
      case 'business knowledge model': {
        if (type.kind === 'function') return type
        const parameters = (element.logic?.parameters ?? []).map(({ name, typeRef }) => ({
          name,
          type: this.#itemType(definitions, typeRef).type,
        }))
        return functionOf(
          parameters,
          type.kind === 'Any' ? shapeOf(element.logic?.body, this.#around(definitions)) : type,
        )
      }
      case 'decision service': {
        if (type.kind === 'function') return type
        const parameters = this.#parameters(element).map((item) => ({
          name: item.element.variable.name,
          type: this.#itemType(item.definitions, item.element.variable.typeRef).type,
        }))
        return functionOf(parameters, type)
      }
      case 'decision':
        return type.kind === 'Any' ? shapeOf(element.expression, this.#around(definitions)) : type
      default:
        return type
    }
  }

  #itemType(definitions: Definitions, typeRef: string | undefined): ItemType {
    return this.#types.resolve(definitions, typeRef) ?? ANYTHING
  }

  #around(definitions: Definitions): Surroundings {
    const known = this.#surroundings.get(definitions)
    if (known) return known
    const made: Surroundings = {
      itemType: (typeRef) => this.#itemType(definitions, typeRef),
      types: this.#types.named(definitions),
      report: (problem, { file, line, column }) => {
        const own = problem.line ?? 1
        this.problems.push({
          ...problem,
          file,
          line: line + own - 1,
          column: own === 1 ? column : (problem.column ?? 1),
        })
      },
      matched: (runtime, rules) => {
        const seen = this.#hits.get(runtime)
        seen?.hits.push({ decision: seen.within.at(-1) ?? '', rules })
      },
      located: (runtime, since, place) => {
        for (const warning of runtime.warnings.slice(since))
          if (!this.#places.has(warning)) this.#places.set(warning, place)
      },
    }
    this.#surroundings.set(definitions, made)
    return made
  }
}

function namesOf(bound: readonly Bound[]): Names {
  const top = new Map<string, FeelType>()
  for (const { path, name, type } of bound) {
    const [alias, ...rest] = path
    if (alias === undefined) top.set(name, type)
    else top.set(alias, withMember(top.get(alias), rest, name, type))
  }
  return new Names(undefined, top)
}

function withMember(
  outer: FeelType | undefined,
  path: readonly string[],
  name: string,
  type: FeelType,
): FeelType {
  const members = new Map(outer?.kind === 'context' ? outer.members : [])
  const [next, ...rest] = path
  if (next === undefined) members.set(name, type)
  else members.set(next, withMember(members.get(next), rest, name, type))
  return { kind: 'context', members, open: true }
}

function environmentOf(bound: readonly Bound[], run: Run): Environment {
  const top = new Map<string, FeelValue>()
  for (const { path, name, value } of bound) {
    const [alias, ...rest] = path
    if (alias === undefined) top.set(name, value(run))
    else top.set(alias, withEntry(top.get(alias), rest, name, value(run)))
  }
  return new Environment(undefined, top)
}

function withEntry(
  outer: FeelValue | undefined,
  path: readonly string[],
  name: string,
  value: FeelValue,
): Context {
  const entries = new Map(outer instanceof Context ? outer.entries : [])
  const [next, ...rest] = path
  if (next === undefined) entries.set(name, value)
  else entries.set(next, withEntry(entries.get(next), rest, name, value))
  return new Context(entries)
}
