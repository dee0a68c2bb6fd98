import { align, VERBS } from '../align.ts'
import { type Call, typeRefusal } from '../call.ts'
import { columnsOf, type Expr, type FormulaType } from '../expression.ts'
import { place } from '../pointwise.ts'
import { type Column, STATE } from '../value.ts'

/** `if c then a else b`: missing when the condition is (FEEL would take the else). */
export function conditional({ args: nodes, span, lowering }: Call): Expr {
  const condition = lowering.boolean(nodes[0]!)
  const { args: branches, type } = oneType(nodes.slice(1).map((node) => lowering.expr(node)))
  const args = [condition, ...branches]
  return {
    ...place(span),
    operation: 'if',
    type,
    args,
    evaluate(frame) {
      const [c, a, b] = columnsOf(args, frame) as [Column, Column, Column]
      return choose(frame.cube.units.length, type, (i) =>
        c.state[i] === STATE.ok ? (c.value[i] === 1 ? a : b) : c,
      )
    },
    sql(relation) {
      const cells = args.map((arg) => relation.cell(arg))
      const [c, a, b] = cells as [(typeof cells)[0], (typeof cells)[0], (typeof cells)[0]]
      return relation.add(
        cells,
        `CASE WHEN ${c.s} <> 0 THEN ${c.s} WHEN ${c.v}::BOOLEAN THEN ${a.s} ELSE ${b.s} END`,
        `CASE WHEN ${c.s} <> 0 THEN NULL WHEN ${c.v}::BOOLEAN THEN ${a.v} ELSE ${b.v} END`,
      )
    },
  }
}

/** Expressions of which one will be the result: of one kind, numbers in one unit. */
export function oneType(exprs: readonly Expr[]): { args: Expr[]; type: FormulaType } {
  const kind = exprs.find((expr) => expr.type.kind !== 'nothing')?.type.kind ?? 'nothing'
  const other = exprs.find((expr) => expr.type.kind !== kind && expr.type.kind !== 'nothing')
  if (other !== undefined) {
    throw typeRefusal(
      other,
      { vi: 'cùng kiểu với nhánh kia', en: 'the type of the other branch' },
      {
        vi: 'kiểu khác',
        en: 'another type',
      },
    )
  }
  if (kind !== 'number') return { args: [...exprs], type: { kind } }
  const { args, uom } = align(exprs, VERBS.combine)
  return { args, type: { kind: 'number', uom } }
}

/** A column whose rows come from the column that `of` names for each. */
export function choose(rows: number, type: FormulaType, of: (row: number) => Column): Column {
  const state = new Uint8Array(rows)
  const value = new Float64Array(rows)
  const text = type.kind === 'text' ? Array.from({ length: rows }, (): string | null => null) : null
  let coverage: Float64Array | null = null
  for (let i = 0; i < rows; i++) {
    const from = of(i)
    state[i] = from.state[i] as number
    if (state[i] === STATE.ok) {
      value[i] = from.value[i] as number
      if (text !== null) text[i] = from.text?.[i] ?? null
    }
    if (from.coverage !== null) {
      coverage ??= new Float64Array(rows).fill(Number.NaN)
      coverage[i] = from.coverage[i] as number
    }
  }
  return { state, value, text, coverage }
}
