import { type FormulaScope, scopeOf } from '../formula/scope.ts'
import type { Framework } from './framework.ts'

/** What the formula of a leaf may speak of: leaves without a formula, denominators, attributes and `items`. */
export function formulaScope(framework: Framework): FormulaScope {
  const uom = (text: string | null) => (text === null ? {} : { uom: text })
  const items = new Map<string, Parameters<typeof scopeOf>[0] extends Iterable<infer T> ? T : never>()
  for (const code of framework.denominators) items.set(code, { code })
  for (const code of framework.attributes) items.set(code, { code, type: 'text' })
  for (const i of framework.leaves) {
    const node = framework.nodes[i]!
    if (node.formula === null) items.set(node.code, { code: node.code, ...uom(node.uom) })
  }
  for (const input of framework.inputs) {
    items.set(input.code, { code: input.code, breakdowns: input.breakdowns, ...uom(input.uom) })
  }
  return scopeOf(items.values())
}
