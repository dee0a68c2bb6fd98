import { BUILT_IN_NAMES } from '@nhip/feel/builtins'
import { compile } from '@nhip/feel/compile'
import { fit } from '@nhip/feel/function'
import { parse, parseType, parseUnaryTests } from '@nhip/feel/parse'
import type { Runtime } from '@nhip/feel/runtime'
import { ANY, type FeelType, functionOf, listOf, namedType } from '@nhip/feel/types'
import { Context, type FeelValue, isList, toText } from '@nhip/feel/values'
import type { LinkedModel } from './link.ts'
import type { Definitions, FeelText, ItemDefinition } from './model.ts'

/** A declared type: its FEEL type and the values it allows. */
export interface ItemType {
  type: FeelType
  /** True when the value is allowed; absent when everything of the type is. Never asked about null. */
  allows?: (value: FeelValue, runtime: Runtime) => boolean
  /** The allowed values as they are listed, for the order of outputs. */
  allowedValues?: FeelText
}

export const ANYTHING: ItemType = { type: ANY }
const MAX_DEPTH = 50

/** Resolves the type names of a linked model, item definitions of imports included (`import.name`). */
export class ItemTypes {
  readonly #model: LinkedModel
  readonly #known = new Map<string, ItemType>()

  constructor(model: LinkedModel) {
    this.#model = model
  }

  /** The type of that name as a file sees it; anything where there is none (`undefined` for an unknown name). */
  resolve(definitions: Definitions, typeRef: string | undefined): ItemType | undefined {
    if (typeRef === undefined) return ANYTHING
    return this.#resolve(definitions, typeRef, 0)
  }

  #resolve(definitions: Definitions, typeRef: string, depth: number): ItemType | undefined {
    const key = `${definitions.namespace}#${typeRef}`
    const known = this.#known.get(key)
    if (known) return known
    const found = this.#look(definitions, typeRef, depth)
    if (found) this.#known.set(key, found)
    return found
  }

  #look(definitions: Definitions, typeRef: string, depth: number): ItemType | undefined {
    if (depth > MAX_DEPTH) return ANYTHING
    const own = definitions.itemDefinitions.find((item) => item.name === typeRef)
    if (own) return this.#itemType(definitions, own, depth + 1)
    for (const item of definitions.imports) {
      const other = this.#model.definitionsOf(item.namespace)
      if (other && item.name !== '' && typeRef.startsWith(`${item.name}.`)) {
        return this.#resolve(other, typeRef.slice(item.name.length + 1), depth + 1)
      }
    }
    // DMN 1.1 named the built-in types with a prefix.
    const name = typeRef.replace(/^[A-Za-z_][\w.-]*:/, '')
    const simple = namedType(name)
    if (simple) return { type: simple }
    if (/[<>]/.test(name)) {
      const { type, problems } = parseType(name, {
        names: [],
        functions: [],
        types: this.#namedTypes(definitions, depth),
      })
      if (problems.length === 0 && type.type) return { type: type.type }
    }
    return name === typeRef ? undefined : this.#look(definitions, name, depth + 1)
  }

  /** Every item definition by name, for `instance of` and parameter types in expressions. */
  named(definitions: Definitions): ReadonlyMap<string, FeelType> {
    return this.#namedTypes(definitions, 0)
  }

  #namedTypes(definitions: Definitions, depth: number): Map<string, FeelType> {
    const types = new Map<string, FeelType>()
    for (const { name } of definitions.itemDefinitions) {
      const resolved = this.#resolve(definitions, name, depth + 1)
      if (resolved) types.set(name, resolved.type)
    }
    for (const item of definitions.imports) {
      const other = this.#model.definitionsOf(item.namespace)
      for (const { name } of other?.itemDefinitions ?? []) {
        const resolved = other && this.#resolve(other, name, depth + 1)
        if (resolved) types.set(`${item.name}.${name}`, resolved.type)
      }
    }
    return types
  }

  #itemType(definitions: Definitions, item: ItemDefinition, depth: number): ItemType {
    const base = this.#baseType(definitions, item, depth)
    const allows: NonNullable<ItemType['allows']>[] = []
    if (base.allows) allows.push(base.allows)
    if (item.allowedValues) allows.push(tests(item.allowedValues))
    const one: ItemType = {
      type: base.type,
      ...(allows.length > 0 ? { allows: all(allows) } : {}),
      ...(item.allowedValues
        ? { allowedValues: item.allowedValues }
        : base.allowedValues
          ? { allowedValues: base.allowedValues }
          : {}),
    }
    const whole = item.isCollection ? collection(one) : one
    if (!item.typeConstraint) return whole
    const constraint = tests(item.typeConstraint)
    return { ...whole, allows: all(whole.allows ? [whole.allows, constraint] : [constraint]) }
  }

  #baseType(definitions: Definitions, item: ItemDefinition, depth: number): ItemType {
    if (item.functionItem) {
      const parameters = item.functionItem.parameters.map(({ name, typeRef }) => ({
        name,
        type: this.#typeOrAny(definitions, typeRef, depth),
      }))
      return {
        type: functionOf(parameters, this.#typeOrAny(definitions, item.functionItem.outputTypeRef, depth)),
      }
    }
    if (item.components.length === 0) {
      return (
        (item.typeRef === undefined ? undefined : this.#resolve(definitions, item.typeRef, depth + 1)) ??
        ANYTHING
      )
    }
    const members = new Map(
      item.components.map((component) => [component.name, this.#itemType(definitions, component, depth + 1)]),
    )
    const type: FeelType = {
      kind: 'context',
      members: new Map([...members].map(([name, member]) => [name, member.type])),
    }
    const checked = [...members].filter(([, member]) => member.allows)
    if (checked.length === 0) return { type }
    return {
      type,
      allows: (value, runtime) =>
        !(value instanceof Context) ||
        checked.every(([name, member]) => {
          const entry = value.get(name) ?? null
          return entry === null || (member.allows?.(entry, runtime) ?? true)
        }),
    }
  }

  #typeOrAny(definitions: Definitions, typeRef: string | undefined, depth: number): FeelType {
    return (typeRef === undefined ? undefined : this.#resolve(definitions, typeRef, depth + 1))?.type ?? ANY
  }
}

function collection({ type, allows, allowedValues }: ItemType): ItemType {
  return {
    type: listOf(type),
    ...(allows
      ? {
          allows: (value, runtime) =>
            !isList(value) || value.every((item) => item === null || allows(item, runtime)),
        }
      : {}),
    ...(allowedValues ? { allowedValues } : {}),
  }
}

function all(checks: readonly NonNullable<ItemType['allows']>[]): NonNullable<ItemType['allows']> {
  return checks.length === 1
    ? (checks[0] as NonNullable<ItemType['allows']>)
    : (value, runtime) => checks.every((check) => check(value, runtime))
}

/** Unary tests that a value must meet: allowed values, input values. */
export function tests({ text }: FeelText): NonNullable<ItemType['allows']> {
  const { ast } = parseUnaryTests(text, { names: ['?'], functions: BUILT_IN_NAMES }, { unknownNames: 'keep' })
  const program = compile(ast)
  return (value, runtime) => {
    const mark = runtime.warnings.length
    const result = program.run(
      program.inputs.map((name) => (name === '?' ? value : undefined)),
      runtime,
    )
    // A test that does not fit the kind of the value is simply not met.
    runtime.forgetSince(mark)
    return result === true
  }
}

/** The values of a list of allowed values, in their order, where they are all literals. */
export function listedValues({ text }: FeelText): readonly FeelValue[] | undefined {
  const { ast, problems } = parse(`[${text}]`, { names: [], functions: [] })
  if (problems.length > 0) return undefined
  const { value, warnings } = compile(ast).evaluate()
  return isList(value) && warnings.length === 0 ? value : undefined
}

/** A value converted to a declared type and held against its allowed values; null with a warning where it does not fit. */
export function conform(value: FeelValue, item: ItemType, runtime: Runtime): FeelValue {
  if (value === null) return null
  const fitted = item.type.kind === 'Any' ? value : fit(value, item.type, runtime)
  if (fitted === null || !item.allows || item.allows(fitted, runtime)) return fitted
  const shown = toText(fitted).slice(0, 200)
  return runtime.warnHost(
    'host.not-allowed',
    {
      vi: `giá trị ${shown} không nằm trong các giá trị cho phép`,
      en: `the value ${shown} is not among the allowed values`,
    },
    [shown],
  )
}
