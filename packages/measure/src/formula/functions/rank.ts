import { uomOf } from '@nhip/quantity/uom-text'
import { arity, type Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { groupsOf, openUnits } from '../groups.ts'
import { place } from '../pointwise.ts'
import { emptyColumn, STATE } from '../value.ts'

/** `rank(x)`: 1 for the greatest among the unit and its peers; equal values share the better rank (1, 2, 2, 4). */
export function rank(call: Call): Expr {
  return placed(call, {
    js: (above) => above + 1,
    sql: (window) => `(rank() OVER (${window} DESC))::DOUBLE`,
    uom: 'rank',
  })
}

/** What a unit's place among its peers is made into. */
interface Placing {
  /** From how many peers are above and below it, and how many have a value, itself included; NaN is no place. */
  js(above: number, below: number, all: number): number
  /** The same, given the window up to the column that it is ordered by and the partition without order. */
  sql(ordered: string, partition: string): string
  readonly uom: string
}

/** The place of x among the unit and its peers that exist and have a value. */
export function placed(call: Call, { js, sql, uom }: Placing): Expr {
  arity(call, 1)
  const x = call.lowering.number(call.args[0]!)
  return {
    ...place(call.span),
    operation: call.name,
    type: { kind: 'number', uom: uomOf(uom) },
    args: [x],
    detail: { kind: 'set', aggregate: call.name },
    evaluate(frame) {
      const column = x.evaluate(frame)
      const rows = frame.cube.units.length
      const isOpen = openUnits(frame.cube, frame.period)
      const result = emptyColumn(rows, STATE.ok)
      const done = new Set<readonly number[]>()
      for (let u = 0; u < rows; u++) {
        result.state[u] = column.state[u] || (isOpen(u) ? STATE.ok : STATE.notReported)
      }
      for (const family of groupsOf(frame.cube.units).peers) {
        if (done.has(family)) continue
        done.add(family)
        const ranked = family.filter((u) => result.state[u] === STATE.ok)
        ranked.sort((a, b) => (column.value[b] as number) - (column.value[a] as number))
        placeFamily(ranked, column.value, (u, above, below) => {
          const y = js(above, below, ranked.length)
          if (Number.isNaN(y)) result.state[u] = STATE.zeroDenominator
          else result.value[u] = y
        })
      }
      return { ...result, coverage: column.coverage }
    },
    sql(relation) {
      const cell = relation.cell(x)
      const raw = relation.name('x')
      const partition = `PARTITION BY t.period, t.parent, t.level${relation.part('t.')}, (${cell.s} = 0 AND t.is_open)`
      // -0 sorts before 0 otherwise.
      const level = relation.columns(
        [cell],
        [[raw, sql(`${partition} ORDER BY ${cell.v} + 0::DOUBLE`, partition)]],
      )
      return relation.add(
        [{ ...cell, level }],
        `CASE WHEN ${cell.s} > 0 THEN ${cell.s} WHEN NOT t.is_open THEN 2 WHEN ${raw} IS NULL THEN 3 ELSE 0 END`,
        `CASE WHEN ${cell.s} = 0 AND t.is_open THEN ${raw} END`,
      )
    },
  }
}

/** Calls back with how many are above and below each of units that stand in descending order. */
function placeFamily(
  ranked: readonly number[],
  value: Float64Array,
  tell: (unit: number, above: number, below: number) => void,
): void {
  for (let i = 0; i < ranked.length; ) {
    let end = i
    while (end < ranked.length && value[ranked[end]!] === value[ranked[i]!]) end++
    for (let k = i; k < end; k++) tell(ranked[k]!, i, ranked.length - end)
    i = end
  }
}
