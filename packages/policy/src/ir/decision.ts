import type { Node } from '@nhip/feel/ast'
import { BUILT_IN_NAMES, builtIn } from '@nhip/feel/builtins'
import { parse, parseUnaryTests } from '@nhip/feel/parse'
import { ANY, type FeelType } from '@nhip/feel/types'
import type { DecisionCall, DecisionFile } from '../bundle/model.ts'
import { ItemTypes } from '../dmn/item-type.ts'
import { type Linked, LinkedModel } from '../dmn/link.ts'
import type {
  Definitions,
  DrgElement,
  Expression,
  FeelText,
  FunctionDefinition,
  Reference,
} from '../dmn/model.ts'
import type { Expressions, Scope } from './expression.ts'
import { NotLowered } from './graph.ts'
import { lowerTable } from './table.ts'
import { NULL, type Value } from './value.ts'

const DEPTH = 60

/** Names that an expression of a decision may speak of. */
export interface Around {
  readonly names: ReadonlyMap<string, Value>
  readonly definitions: Definitions
  readonly maxMembers: number
  readonly depth: number
}

/** Decisions of DMN files, inlined where a variable calls them. */
export class DecisionLowering {
  readonly expressions: Expressions
  readonly #files: ReadonlyMap<string, DecisionFile>
  readonly #models = new Map<string, { model: LinkedModel; types: ItemTypes }>()
  readonly #parsed = new Map<string, Node>()
  #current: { model: LinkedModel; types: ItemTypes } | null = null

  constructor(files: ReadonlyMap<string, DecisionFile>, expressions: Expressions) {
    this.#files = files
    this.expressions = expressions
  }

  lower(call: DecisionCall, inputs: readonly (readonly [string, Value])[], maxMembers: number): Value {
    const current = this.#model(call.file)
    const outer = this.#current
    this.#current = current
    try {
      const { elements } = current.model.main
      const named = elements.filter((e) => e.name === call.decision && e.kind !== 'input data')
      const element = named.find((e) => e.kind === 'decision') ?? named[0]
      if (element?.kind !== 'decision')
        throw new NotLowered(
          `"${call.decision}" không phải một quyết định`,
          `"${call.decision}" is no decision`,
        )
      const run: Run = { given: new Map(inputs), memo: new Map(), maxMembers }
      return this.#value({ element, definitions: current.model.main }, run, 0)
    } finally {
      this.#current = outer
    }
  }

  #model(file: string): { model: LinkedModel; types: ItemTypes } {
    const known = this.#models.get(file)
    if (known !== undefined) return known
    const own = this.#files.get(file)
    if (own === undefined) throw new NotLowered(`không có tệp "${file}"`, `there is no file "${file}"`)
    const others = [...this.#files.values()]
      .filter((other) => other !== own)
      .map((other) => other.definitions)
    const model = new LinkedModel(own.definitions, others)
    const made = { model, types: new ItemTypes(model) }
    this.#models.set(file, made)
    return made
  }

  get #here(): { model: LinkedModel; types: ItemTypes } {
    if (this.#current === null) throw new Error('no decision is being lowered')
    return this.#current
  }

  #value(linked: Linked, run: Run, depth: number): Value {
    const { element, definitions } = linked
    const known = run.memo.get(element)
    if (known !== undefined) return known
    if (depth > DEPTH)
      throw new NotLowered('các quyết định gọi nhau quá sâu', 'decisions call each other too deeply')
    let value: Value
    switch (element.kind) {
      case 'input data':
        value = this.conform(run.given.get(element.name) ?? NULL, element.variable.typeRef, definitions)
        break
      case 'decision': {
        if (element.expression === undefined)
          throw new NotLowered(
            `quyết định "${element.name}" không có nội dung`,
            `decision "${element.name}" has no logic`,
          )
        const references = [
          ...element.requiredInputs,
          ...element.requiredDecisions,
          ...element.requiredKnowledge,
        ]
        const around = this.#around(definitions, references, run, depth)
        value = this.conform(
          this.expression(element.expression, around),
          element.variable.typeRef,
          definitions,
        )
        break
      }
      case 'business knowledge model': {
        const { logic } = element
        if (logic === undefined) throw new NotLowered('một hàm ngoài', 'an external function')
        const typeRef = element.variable.typeRef
        value = this.#function(
          logic,
          () => this.#around(definitions, element.requiredKnowledge, run, depth + 1),
          typeRef,
        )
        break
      }
      default:
        throw new NotLowered('dịch vụ quyết định chưa biên dịch được', 'decision services cannot be lowered')
    }
    run.memo.set(element, value)
    return value
  }

  #around(definitions: Definitions, references: readonly Reference[], run: Run, depth: number): Around {
    const names = new Map<string, Value>()
    for (const reference of references) {
      const linked = this.#here.model.find(reference)
      if (linked === undefined) continue
      const path = this.#here.model.aliasPath(definitions, linked.definitions.namespace) ?? []
      if (path.some((name) => name !== ''))
        throw new NotLowered(
          'quyết định ở tệp khác chưa biên dịch được',
          'decisions of imported files cannot be lowered',
        )
      names.set(linked.element.variable.name, this.#value(linked, run, depth + 1))
    }
    return { names, definitions, maxMembers: run.maxMembers, depth }
  }

  #function(logic: FunctionDefinition, around: () => Around, result: string | undefined): Value {
    if (logic.functionKind !== 'FEEL' || logic.body === undefined)
      throw new NotLowered('một hàm ngoài', 'an external function')
    const { body, parameters } = logic
    return {
      kind: 'function',
      call: (args, names) => {
        if (names === null && args.length !== parameters.length)
          throw new NotLowered('số tham số không đúng', 'the number of arguments is wrong')
        const outer = around()
        if (outer.depth > DEPTH) throw new NotLowered('hàm gọi chính nó', 'the function calls itself')
        const inner = new Map(outer.names)
        for (const [i, { name, typeRef }] of parameters.entries()) {
          const at = names === null ? i : names.indexOf(name)
          inner.set(name, this.conform(args[at] ?? NULL, typeRef, outer.definitions))
        }
        return this.conform(this.expression(body, { ...outer, names: inner }), result, outer.definitions)
      },
    }
  }

  // ── expressions ──────────────────────────────────────────────────────────────────────────────────────────────

  expression(expression: Expression, around: Around): Value {
    const value = this.#form(expression, around)
    return expression.kind === 'function'
      ? value
      : this.conform(value, expression.typeRef, around.definitions)
  }

  #optional(expression: Expression | undefined, around: Around): Value {
    return expression === undefined ? NULL : this.expression(expression, around)
  }

  #form(expression: Expression, around: Around): Value {
    const { values } = this.expressions
    switch (expression.kind) {
      case 'literal':
        return this.text(expression, around)
      case 'table':
        return lowerTable(expression, around, this)
      case 'conditional': {
        const condition = this.#optional(expression.condition, around)
        const then = this.#optional(expression.then, around)
        const otherwise = this.#optional(expression.otherwise, around)
        return condition.kind === 'null'
          ? otherwise
          : values.select(values.boolean(condition), then, otherwise)
      }
      case 'context': {
        const names = new Map(around.names)
        const entries = new Map<string, Value>()
        for (const { variable, expression: value } of expression.entries) {
          const inner = { ...around, names }
          if (variable === undefined) return this.#optional(value, inner)
          const own = this.conform(this.#optional(value, inner), variable.typeRef, around.definitions)
          entries.set(variable.name, own)
          names.set(variable.name, own)
        }
        return { kind: 'tuple', entries, absent: null }
      }
      case 'list':
        return { kind: 'list', items: expression.items.map((item) => this.expression(item, around)) }
      case 'invocation': {
        const called = this.#optional(expression.called, around)
        if (called.kind !== 'function') throw new NotLowered('không phải một hàm', 'not a function')
        const args = expression.bindings.map(({ expression: value }) => this.#optional(value, around))
        return called.call(
          args,
          expression.bindings.map(({ parameter }) => parameter.name),
        )
      }
      case 'function':
        return this.#function(expression, () => around, undefined)
      default:
        throw new NotLowered(
          `dạng "${expression.kind}" của DMN chưa biên dịch được`,
          `the DMN form "${expression.kind}" cannot be lowered`,
        )
    }
  }

  /** A FEEL text of the model; with `input` it is read as unary tests. */
  text(text: FeelText, around: Around, input: Value | null = null, inputType?: FeelType): Value {
    return this.expressions.lower(this.#parse(text, around, inputType), this.#scope(around), input)
  }

  #parse({ text }: FeelText, around: Around, input: FeelType | undefined): Node {
    const names = [...around.names.keys(), ...(input === undefined ? [] : ['?'])]
    const key = `${input === undefined ? '' : '?'}${text}|${names.join('|')}`
    const known = this.#parsed.get(key)
    if (known !== undefined) return known
    const read = input === undefined ? parse : parseUnaryTests
    const { ast, problems } = read(text, {
      names,
      typeOf: (name) => (name === '?' ? input : shapeOf(around.names.get(name))),
      functions: BUILT_IN_NAMES,
      types: this.#here.types.named(around.definitions),
    })
    const [problem] = problems
    if (problem !== undefined) throw new NotLowered(problem.message.vi, problem.message.en)
    this.#parsed.set(key, ast)
    return ast
  }

  #scope(around: Around): Scope {
    return {
      read: (name) => {
        const value = around.names.get(name)
        if (value === undefined) throw new NotLowered(`không biết "${name}"`, `"${name}" is not known`)
        return value
      },
      member: () => undefined,
      functionOf: builtIn,
      emptySum: 'null',
      maxMembers: around.maxMembers,
      approximate: false,
    }
  }

  // ── types ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A value at the border of a declared type: null where it is not among the allowed values. */
  conform(value: Value, typeRef: string | undefined, definitions: Definitions): Value {
    if (typeRef === undefined || value.kind === 'null' || value.kind === 'function') return value
    const item = this.#here.types.resolve(definitions, typeRef)
    if (item === undefined) return value
    this.#sameKind(value, item.type)
    if (item.allows === undefined) return value
    const allowed = this.#allowedValues(definitions, typeRef)
    if (allowed.length === 0)
      throw new NotLowered(`kiểu "${typeRef}" ở tệp khác`, `type "${typeRef}" of another file`)
    return allowed.reduce<Value>((kept, text) => this.restricted(kept, text, definitions), value)
  }

  typeOf(typeRef: string | undefined, definitions: Definitions): FeelType {
    return (typeRef === undefined ? undefined : this.#here.types.resolve(definitions, typeRef)?.type) ?? ANY
  }

  /** The listed values of a type, for priorities. */
  listed(typeRef: string | undefined, definitions: Definitions): FeelText | undefined {
    return typeRef === undefined ? undefined : this.#here.types.resolve(definitions, typeRef)?.allowedValues
  }

  /** The value, or null where it does not meet tests. */
  restricted(value: Value, text: FeelText, definitions: Definitions): Value {
    const { graph, values } = this.expressions
    if (value.kind === 'null') return value
    const around: Around = { names: new Map(), definitions, maxMembers: 1, depth: 0 }
    const allowed = values.boolean(this.text(text, around, value, ANY))
    const missing = values.isNull(value)
    return values.select(graph.or(missing, graph.truth(allowed)), value, NULL)
  }

  #sameKind(value: Value, type: FeelType): void {
    if (type.kind === 'Any' || value.kind === 'tuple') return
    const { graph } = this.expressions
    const kind =
      value.kind === 'node'
        ? graph.type(value.id).kind
        : value.kind === 'quotient'
          ? 'number'
          : value.kind === 'duration'
            ? value.unit
            : value.kind
    const wanted =
      type.kind === 'string'
        ? 'code'
        : type.kind === 'days and time duration'
          ? 'seconds'
          : type.kind === 'years and months duration'
            ? 'months'
            : type.kind
    if (kind !== wanted)
      throw new NotLowered(`giá trị không thuộc kiểu ${type.kind}`, `the value is not of type ${type.kind}`)
  }

  #allowedValues(definitions: Definitions, typeRef: string): FeelText[] {
    const own = definitions.itemDefinitions.find((item) => item.name === typeRef)
    if (own === undefined) return []
    if (own.isCollection || own.components.length > 0 || own.typeConstraint || own.functionItem)
      throw new NotLowered(
        `ràng buộc của kiểu "${typeRef}" chưa biên dịch được`,
        `the constraint of type "${typeRef}" cannot be lowered`,
      )
    const below = own.typeRef === undefined ? [] : this.#allowedValues(definitions, own.typeRef)
    return own.allowedValues ? [...below, own.allowedValues] : below
  }
}

interface Run {
  readonly given: ReadonlyMap<string, Value>
  readonly memo: Map<DrgElement, Value>
  readonly maxMembers: number
}

/** The type of a value as far as the parser wants it: the names of components. */
function shapeOf(value: Value | undefined): FeelType {
  if (value?.kind !== 'tuple') return ANY
  const members = [...value.entries].map(([name, entry]) => [name, shapeOf(entry)] as const)
  return { kind: 'context', open: true, members: new Map(members) }
}
