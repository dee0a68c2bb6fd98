import type { Expr } from './expression.ts'

/** The codes of all items that an expression reads, those inside derived indicators included. */
export function itemsOf(expr: Expr): ReadonlySet<string> {
  const codes = new Set<string>()
  const todo = [expr]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (next.detail?.kind === 'item') codes.add(next.detail.code)
    todo.push(...next.args)
  }
  return codes
}
