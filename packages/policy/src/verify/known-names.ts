import { type FeelType, namedType } from '@nhip/feel/types'
import type { Linked, LinkedModel } from '../dmn/link.ts'
import type { Definitions, DrgElement, Expression, Reference } from '../dmn/model.ts'
import { type Declared, declaredType, typeOfDeclared, UNDECLARED } from './declared.ts'

/** A name that an expression may read: where it comes from and what is declared of it. */
export interface KnownName {
  readonly element: DrgElement | null
  readonly declared: Declared
  /** With facets, as far as anything is known of the values. */
  readonly type: FeelType
}

export type KnownNames = ReadonlyMap<string, KnownName>

/** Types that a host knows better than the model says: of input data by name, with bounds and listed values. */
export type InputTypes = ReadonlyMap<string, FeelType>

/** The names an element's expression sees: what it requires, by the names of the variables. */
export function namesOf(
  model: LinkedModel,
  { element, definitions }: Linked,
  inputTypes: InputTypes,
): Map<string, KnownName> {
  const names = new Map<string, KnownName>()
  for (const reference of requirementsOf(element)) {
    const found = model.find(reference)
    // What lies in an import is read through the import's name: nothing is known of its parts here.
    const alias =
      found && model.aliasPath(definitions, found.definitions.namespace)?.find((name) => name !== '')
    if (!found) continue
    if (alias !== undefined) {
      names.set(alias, { element: null, declared: UNDECLARED, type: { kind: 'Any' } })
      continue
    }
    names.set(found.element.variable.name, knownName(model, found, inputTypes))
  }
  return names
}

function knownName(model: LinkedModel, { element, definitions }: Linked, inputTypes: InputTypes): KnownName {
  const declared = declaredType(model, definitions, element.variable.typeRef)
  const given = element.kind === 'input data' ? inputTypes.get(element.name) : undefined
  return { element, declared, type: given ?? typeOfDeclared(model, declared) }
}

/** Everything an element requires: inputs, decisions, knowledge. */
export function requirementsOf(element: DrgElement): readonly Reference[] {
  switch (element.kind) {
    case 'decision':
      return [...element.requiredInputs, ...element.requiredDecisions, ...element.requiredKnowledge]
    case 'business knowledge model':
      return element.requiredKnowledge
    default:
      return []
  }
}

/** A declared name that is no element of the graph: a parameter, an entry of a context. */
export function localName(
  model: LinkedModel,
  definitions: Definitions,
  typeRef: string | undefined,
): KnownName {
  const declared = declaredType(model, definitions, typeRef)
  return { element: null, declared, type: typeOfDeclared(model, declared) }
}

/** A value of which only the kind is known. */
export function nameOfKind(kind: string): KnownName {
  const type = namedType(kind) ?? { kind: 'Any' }
  return { element: null, declared: { ...UNDECLARED, kind }, type }
}

/** The expressions directly inside another. */
export function partsOf(expression: Expression): Expression[] {
  const some = (...parts: (Expression | undefined)[]) => parts.filter((part) => part !== undefined)
  switch (expression.kind) {
    case 'context':
      return some(...expression.entries.map((entry) => entry.expression))
    case 'list':
      return expression.items
    case 'relation':
      return expression.rows.flat()
    case 'invocation':
      return some(expression.called, ...expression.bindings.map((binding) => binding.expression))
    case 'function':
      return some(expression.body)
    case 'conditional':
      return some(expression.condition, expression.then, expression.otherwise)
    case 'filter':
      return some(expression.source, expression.match)
    case 'for':
    case 'some':
    case 'every':
      return some(expression.source, expression.body)
    default:
      return []
  }
}
