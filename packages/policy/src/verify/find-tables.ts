import type { Linked, LinkedModel } from '../dmn/link.ts'
import type { DecisionTable, Expression } from '../dmn/model.ts'
import { type InputTypes, type KnownName, localName, nameOfKind, namesOf, partsOf } from './known-names.ts'

/** A decision table where it stands. */
export interface FoundTable {
  readonly owner: Linked
  readonly table: DecisionTable
  readonly names: ReadonlyMap<string, KnownName>
  /** Whether the table is the whole logic of a decision: then its cases can be run through the model. */
  readonly whole: boolean
}

/** Every decision table of a model's element, with the names that its cells may read. */
export function tablesOf(model: LinkedModel, owner: Linked, inputTypes: InputTypes): FoundTable[] {
  const { element } = owner
  const root =
    element.kind === 'decision'
      ? element.expression
      : element.kind === 'business knowledge model'
        ? element.logic
        : undefined
  if (root === undefined) return []
  const found: FoundTable[] = []
  const visit = (expression: Expression, names: ReadonlyMap<string, KnownName>): void => {
    if (expression.kind === 'table') {
      found.push({ owner, table: expression, names, whole: expression === root })
      return
    }
    const inner = new Map(names)
    if (expression.kind === 'function') {
      for (const { name, typeRef } of expression.parameters)
        inner.set(name, localName(model, owner.definitions, typeRef))
    } else if (expression.kind === 'for' || expression.kind === 'some' || expression.kind === 'every') {
      inner.set(expression.variable, nameOfKind('Any'))
      inner.set('partial', nameOfKind('list'))
    } else if (expression.kind === 'filter') inner.set('item', nameOfKind('Any'))
    if (expression.kind === 'context') {
      for (const entry of expression.entries) {
        if (entry.expression) visit(entry.expression, new Map(inner))
        if (entry.variable)
          inner.set(entry.variable.name, localName(model, owner.definitions, entry.variable.typeRef))
      }
      return
    }
    for (const part of partsOf(expression)) visit(part, inner)
  }
  visit(root, namesOf(model, owner, inputTypes))
  return found
}
