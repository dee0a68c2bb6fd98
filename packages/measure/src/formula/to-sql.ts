import type { Expr } from './expression.ts'
import { Relation, type SqlSource } from './relation.ts'

/**
 * Expressions as one DuckDB query: a row per unit and period, ordered, with the columns `unit`, `period` and for the
 * i-th expression `state_i` (0 ok, 1 … 6 as in `STATE`) and `value_i` (null where not ok).
 */
export function toSql(exprs: readonly Expr[], source: SqlSource): string {
  const relation = new Relation(source, 'SELECT * FROM grid', ['unit', 'period'])
  const cells = exprs.map((expr) => relation.cell(expr))
  const last = relation.finish()
  // Tables of descendants only where a step reads them: binding a recursive table costs more than most formulas.
  const text = relation.script.join(',\n')
  const columns = cells.map(({ s, v }, i) => `,\n  ${s} AS state_${i}, ${v} AS value_${i}`)
  return `WITH RECURSIVE ${[...grid(source, text), text].join(',\n')}
SELECT unit, period${columns.join('')}
FROM ${last}
ORDER BY unit, ordinal`
}

function grid({ units, periods }: SqlSource, text: string): string[] {
  const [first, below, leaves] = [
    `grid AS MATERIALIZED (
  SELECT u.code AS unit, a.code AS parent, u.level AS level, p.period, p.ordinal, p.year,
    p.last_day IS NULL OR ((u.opens IS NULL OR u.opens <= p.last_day) AND (u.closes IS NULL OR u.closes > p.last_day)) AS is_open
  FROM ${units} u LEFT JOIN ${units} a ON a.code = u.parent CROSS JOIN ${periods} p)`,
    `below AS (
  SELECT a.code AS ancestor, u.code AS unit FROM ${units} u JOIN ${units} a ON a.code = u.parent
  UNION SELECT a.code, b.unit FROM below b JOIN ${units} c ON c.code = b.ancestor JOIN ${units} a ON a.code = c.parent)`,
    `leaves AS (
  SELECT ancestor, unit FROM below WHERE unit NOT IN (SELECT ancestor FROM below)
  UNION ALL SELECT code, code FROM ${units} WHERE code NOT IN (SELECT ancestor FROM below))`,
  ] as const
  if (text.includes('JOIN leaves ')) return [first, below, leaves]
  return text.includes('JOIN below ') ? [first, below] : [first]
}
