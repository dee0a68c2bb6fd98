import type { Span } from '@nhip/feel/ast'
import { uomOf } from '@nhip/quantity/uom-text'
import type { ItemDefinition } from './definition.ts'
import type { Expr } from './expression.ts'
import { place } from './pointwise.ts'

/** An indicator with a formula of its own, inside another formula: computed once in each frame. */
export function derived(span: Span, definition: ItemDefinition, body: Expr): Expr {
  const type =
    body.type.kind === 'number' && body.type.uom === null && definition.uom
      ? { kind: 'number' as const, uom: uomOf(definition.uom) }
      : body.type
  return {
    ...place(span),
    operation: 'derived',
    type,
    args: [body],
    detail: { kind: 'derived', code: definition.code },
    evaluate(frame) {
      let column = frame.derived.get(body)
      if (column === undefined) {
        column = body.evaluate(frame)
        frame.derived.set(body, column)
      }
      return column
    },
    sql: (relation) => relation.cell(body),
  }
}
