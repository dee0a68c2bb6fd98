import { aggregate } from '../aggregate.ts'
import { parseBreakdown } from '../breakdown.ts'
import { arity, type Call } from '../call.ts'
import { compareCodePoints } from '../code-points.ts'
import type { Cube } from '../cube.ts'
import type { Expr, Frame } from '../expression.ts'
import { groupsOf, openUnits } from '../groups.ts'
import { itemsOf } from '../items-of.ts'
import { place } from '../pointwise.ts'
import { Refused } from '../refused.ts'
import { quoted, type Relation, type SqlCell } from '../relation.ts'
import { acrossColumns, aggregated, type SetAggregate, setAggregate, typeOfAggregate } from '../set.ts'

/**
 * `sub(expr, "sum")`: the expression for each leaf unit below (a leaf: itself), then put together.
 * `sub(expr, "sum", "kenh")`: the same for each value of a breakdown dimension that its items have.
 */
export function sub(call: Call): Expr {
  arity(call, 2, 3)
  const { lowering, span } = call
  const x = lowering.number(call.args[0]!)
  const how = setAggregate(call, call.args[1])
  const dimension = call.args.length === 2 ? null : lowering.text(call.args[2], span)
  if (dimension !== null && nested(x)) {
    throw new Refused('formula-not-allowed', call.args[0]!, {
      vi: 'không lồng hai "sub" theo phân tổ vào nhau',
      en: 'a "sub" over a breakdown may not stand inside another one',
    })
  }
  return {
    ...place(span),
    operation: dimension === null ? 'sub' : 'sub by part',
    type: typeOfAggregate(how, x),
    args: [x],
    detail: { kind: 'set', aggregate: how },
    inner: () => null,
    evaluate: (frame) =>
      dimension === null ? overLeaves(x, how, frame) : overParts(x, how, dimension, frame),
    sql: (relation) =>
      dimension === null ? overLeavesSql(x, how, relation) : overPartsSql(x, how, dimension, relation),
  }
}

const nested = (x: Expr): boolean => x.operation === 'sub by part' || x.args.some(nested)

function overLeaves(x: Expr, how: SetAggregate, frame: Frame) {
  const column = x.evaluate(frame)
  const isOpen = openUnits(frame.cube, frame.period)
  const { leaves } = groupsOf(frame.cube.units)
  return aggregated(leaves.length, (u) => aggregate(how, column, leaves[u]!.filter(isOpen)))
}

function overParts(x: Expr, how: SetAggregate, dimension: string, frame: Frame) {
  const columns = partsIn(frame.cube, itemsOf(x), dimension).map((value) =>
    x.evaluate({ ...frame, part: { dimension, value }, derived: new Map() }),
  )
  return acrossColumns(how, columns, frame.cube.units.length)
}

/** The values of a dimension that the cells of some items have, ascending. */
function partsIn(cube: Cube, codes: ReadonlySet<string>, dimension: string): string[] {
  const values = new Set<string>()
  for (const code of codes) {
    for (const breakdown of cube.items.get(code)?.keys() ?? []) {
      const value = parseBreakdown(breakdown).get(dimension)
      if (value !== undefined) values.add(value)
    }
  }
  return [...values].sort(compareCodePoints)
}

function overLeavesSql(x: Expr, how: SetAggregate, relation: Relation): SqlCell {
  const cell = relation.cell(x)
  const list = relation.name('l')
  const level = relation.join(
    [cell],
    (step) =>
      `SELECT a.ancestor AS unit, m.period${relation.part('m.')}, list({s: ${cell.s}, v: ${cell.v}} ORDER BY m.unit) AS l FROM ${step} m JOIN leaves a ON a.unit = m.unit WHERE m.is_open GROUP BY ALL`,
    (j) => relation.same(j),
    (j) => [[list, `${j}.l`]],
  )
  return relation.list({ ...cell, level }, list, how)
}

function overPartsSql(x: Expr, how: SetAggregate, dimension: string, relation: Relation): SqlCell {
  const name = dimension.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
  const codes = [...itemsOf(x)].map(quoted).join(', ')
  const found = `SELECT DISTINCT regexp_extract(breakdown, ${quoted(`(^|;)${name}=([^;]*)`)}, 2) AS part FROM ${relation.source.cells} WHERE item IN (${codes || `''`}) AND regexp_matches(breakdown, ${quoted(`(^|;)${name}=`)})`
  const inside = relation.inside(
    `SELECT g.*, b.part FROM grid g CROSS JOIN (${found}) b`,
    ['unit', 'period', 'part'],
    dimension,
  )
  const cell = inside.cell(x)
  const parts = inside.finish()
  const list = relation.name('l')
  const level = relation.join(
    [],
    () =>
      `SELECT unit, period, list({s: ${cell.s}, v: ${cell.v}} ORDER BY part) AS l FROM ${parts} GROUP BY unit, period`,
    (j) => `${j}.unit = t.unit AND ${j}.period = t.period`,
    (j) => [[list, `${j}.l`]],
  )
  return relation.list({ s: list, v: list, level }, list, how)
}
