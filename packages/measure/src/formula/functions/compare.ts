import { align, VERBS } from '../align.ts'
import { type Call, KIND_NAMES, typeRefusal } from '../call.ts'
import { columnsOf, type Expr } from '../expression.ts'
import { place, pointwise, worstState } from '../pointwise.ts'
import { worst } from '../relation.ts'
import { leastCoverage, STATE } from '../value.ts'

const TESTS: Record<string, (a: number, b: number) => boolean> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

/** `= != < <= > >=`: of numbers in one unit; of texts and booleans only `=` and `!=`. Missing when a side is. */
export function compare({ name, args: nodes, span, lowering }: Call): Expr {
  return comparison(
    name,
    nodes.map((node) => lowering.expr(node)),
    span,
  )
}

/** The comparison of two expressions. */
export function comparison(operator: string, operands: readonly Expr[], span: Call['span']): Expr {
  const kind = operands.find((operand) => operand.type.kind !== 'nothing')?.type.kind ?? 'number'
  const other = operands.find((operand) => operand.type.kind !== kind && operand.type.kind !== 'nothing')
  const equality = operator === '=' || operator === '!='
  if (other !== undefined) {
    throw typeRefusal(other, KIND_NAMES[kind]!, KIND_NAMES[other.type.kind]!)
  }
  if (kind !== 'number' && !equality) throw typeRefusal(operands[0]!, KIND_NAMES.number!, KIND_NAMES[kind]!)
  if (kind === 'text') return ofTexts(operator, operands, span)
  const test = TESTS[operator]!
  return pointwise({
    operation: operator,
    span,
    type: { kind: 'boolean' },
    args: kind === 'number' ? align(operands, VERBS.compare).args : operands,
    js: ([a, b]) => Number(test(a as number, b as number)),
    sql: ([a, b]) => `${a} ${operator === '!=' ? '<>' : operator} ${b}`,
  })
}

function ofTexts(operator: string, args: readonly Expr[], span: Call['span']): Expr {
  const wanted = operator === '='
  return {
    ...place(span),
    operation: operator,
    type: { kind: 'boolean' },
    args,
    evaluate(frame) {
      const columns = columnsOf(args, frame)
      const rows = frame.cube.units.length
      const state = new Uint8Array(rows)
      const value = new Float64Array(rows)
      for (let i = 0; i < rows; i++) {
        const s = worstState(columns, i)
        state[i] = s
        if (s === STATE.ok) value[i] = Number((columns[0]!.text?.[i] === columns[1]!.text?.[i]) === wanted)
      }
      return { state, value, text: null, coverage: leastCoverage(columns) }
    },
    sql(relation) {
      const cells = args.map((arg) => relation.cell(arg))
      return relation.add(
        cells,
        worst(cells),
        `CASE WHEN ${worst(cells)} = 0 THEN ${cells[0]!.v} ${wanted ? '=' : '<>'} ${cells[1]!.v} END`,
      )
    },
  }
}
