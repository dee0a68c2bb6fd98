import { scaleOf } from '@nhip/feel/facets'
import { Num } from '@nhip/feel/number'
import { type Facets, type FeelType, namedType } from '@nhip/feel/types'
import { Range } from '@nhip/feel/values'
import type { LinkedModel } from '../dmn/link.ts'
import type { Definitions, FeelText, ItemDefinition } from '../dmn/model.ts'
import { readCell } from './read-cell.ts'
import { constantOf, formOfCell, type TestForm } from './test-form.ts'

/** What a model says of the values of a name: their kind and everything they are held against. */
export interface Declared {
  /** A kind of FEEL; `context`, `list` for what has parts; `Any` where nothing is said. */
  readonly kind: string
  readonly allowed: readonly FeelText[]
  /** Components of a context. */
  readonly item: { readonly definitions: Definitions; readonly item: ItemDefinition } | null
}

export const UNDECLARED: Declared = { kind: 'Any', allowed: [], item: null }
const MAX_DEPTH = 50

/** The declaration behind a type name as one file sees it. */
export function declaredType(
  model: LinkedModel,
  definitions: Definitions,
  typeRef: string | undefined,
  depth = 0,
): Declared {
  if (typeRef === undefined || depth > MAX_DEPTH) return UNDECLARED
  const own = definitions.itemDefinitions.find((item) => item.name === typeRef)
  if (own) return declaredItem(model, definitions, own, depth + 1)
  for (const item of definitions.imports) {
    const other = model.definitionsOf(item.namespace)
    if (other && item.name !== '' && typeRef.startsWith(`${item.name}.`))
      return declaredType(model, other, typeRef.slice(item.name.length + 1), depth + 1)
  }
  const name = typeRef.replace(/^[A-Za-z_][\w.-]*:/, '')
  const simple = namedType(name)
  if (simple) return { kind: simple.kind, allowed: [], item: null }
  if (name !== typeRef) return declaredType(model, definitions, name, depth + 1)
  return {
    kind: /^\w+\s*</.test(name) ? (name.split('<')[0] as string).trim() : 'Any',
    allowed: [],
    item: null,
  }
}

function declaredItem(
  model: LinkedModel,
  definitions: Definitions,
  item: ItemDefinition,
  depth: number,
): Declared {
  if (item.isCollection) return { kind: 'list', allowed: [], item: null }
  if (item.functionItem) return { kind: 'function', allowed: [], item: null }
  if (item.components.length > 0) return { kind: 'context', allowed: [], item: { definitions, item } }
  const base = declaredType(model, definitions, item.typeRef, depth)
  const own = [item.allowedValues, item.typeConstraint].flatMap((text) => text ?? [])
  return { ...base, allowed: [...base.allowed, ...own] }
}

/** The declaration of a component; nothing is known where there is none. */
export function componentOf(model: LinkedModel, { item }: Declared, name: string): Declared {
  const component = item?.item.components.find((one) => one.name === name)
  return item && component ? declaredItem(model, item.definitions, component, 0) : UNDECLARED
}

/** A declaration as a type with facets, for the checker: listed values, the bounds of a single range. */
export function typeOfDeclared(model: LinkedModel, declared: Declared): FeelType {
  if (declared.kind === 'context' && declared.item) {
    const { definitions, item } = declared.item
    const members = item.components.map(
      (one) => [one.name, typeOfDeclared(model, declaredItem(model, definitions, one, 0))] as const,
    )
    return { kind: 'context', members: new Map(members), open: true }
  }
  const type = namedType(declared.kind) ?? { kind: 'Any' }
  if (!['number', 'string'].includes(declared.kind)) return type
  return { ...type, ...facetsOf(declared.allowed) } as FeelType
}

function facetsOf(allowed: readonly FeelText[]): Facets {
  const [text] = allowed
  if (text === undefined || allowed.length > 1) return {}
  const { ast } = readCell(text.text, ['?'])
  if (ast.negated || ast.any) return {}
  const values = ast.tests.map((test) => constantOf(test)?.value)
  if (values.every((value) => typeof value === 'string' || value instanceof Num))
    return { values: values.filter((value) => value !== undefined) }
  const [range] = values
  if (values.length !== 1 || !(range instanceof Range) || range.form === '=' || range.form === '!=') return {}
  const { start, end, startIncluded, endIncluded } = range
  return {
    ...(start instanceof Num ? { min: start, minExcluded: !startIncluded } : {}),
    ...(end instanceof Num ? { max: end, maxExcluded: !endIncluded } : {}),
  }
}

/** The tests that allowed values put to a value. */
export function formsOfAllowed(allowed: readonly FeelText[]): TestForm[] {
  return allowed.map(({ text }) => formOfCell(readCell(text, ['?']).ast))
}

/** The tests that facets put to a value: bounds and listed values. */
export function formsOfFacets({ min, max, minExcluded, maxExcluded, values }: Facets): TestForm[] {
  const forms: TestForm[] = []
  if (min) forms.push({ op: 'interval', low: { value: min, included: !minExcluded }, high: null })
  if (max) forms.push({ op: 'interval', low: null, high: { value: max, included: !maxExcluded } })
  if (values) forms.push({ op: 'or', tests: values.map((value) => ({ op: 'point', value })) })
  return forms
}

/** Decimals of the numbers of a type: as said, or those of the only values there are. */
export function scaleOfType(type: Facets): number | undefined {
  if (type.scale !== undefined) return type.scale
  const numbers = type.values?.filter((value) => value instanceof Num)
  return numbers && numbers.length > 0 && numbers.length === type.values?.length
    ? Math.max(...numbers.map(scaleOf))
    : undefined
}
