import type { Node, TestsNode } from '@nhip/feel/ast'
import type { Num } from '@nhip/feel/number'
import * as number from '@nhip/feel/number'
import { parseNumber } from '@nhip/feel/number'
import { parseUnaryTests } from '@nhip/feel/parse'
import { ANY } from '@nhip/feel/types'
import { listedValues } from '../dmn/item-type.ts'
import type { DecisionTable, FeelText } from '../dmn/model.ts'
import type { Around, DecisionLowering } from './decision.ts'
import { NotLowered } from './graph.ts'
import { NULL, ofFeel, ofNode, type Value } from './value.ts'

interface Rule {
  readonly hit: number
  readonly output: Value
  /** One a column of outputs. */
  readonly outputs: readonly Value[]
}

/** A decision table (DMN 1.5, chapter 8) as choices between its rules. */
export function lowerTable(table: DecisionTable, around: Around, owner: DecisionLowering): Value {
  const { graph, values } = owner.expressions
  const { definitions } = around
  let allowed = graph.boolean(true)
  const inputs = table.inputs.map(({ expression, typeRef, values: tests }) => {
    const value = owner.conform(owner.text(expression, around), typeRef, definitions)
    if (tests !== undefined && value.kind !== 'null') {
      const bare = { ...around, names: new Map<string, Value>() }
      const verdict = (of: Value) => values.boolean(owner.text(tests, bare, of, ANY))
      const met = allowsAll(value, verdict, owner) ? graph.boolean(true) : verdict(value)
      allowed = graph.and(allowed, graph.or(values.isNull(value), graph.truth(met)))
    }
    return { value, type: owner.typeOf(typeRef, definitions) }
  })
  const rules = table.rules.map((rule): Rule => {
    const hit = inputs.reduce((all, { value, type }, i) => {
      const cell = rule.inputs[i]
      if (isAny(cell)) return all
      const test = owner.text(cell as FeelText, around, value, type)
      const id = values.scalar(test)
      if (id === undefined) return graph.boolean(false)
      return graph.and(all, graph.truth(values.boolean(test)))
    }, graph.boolean(true))
    const outputs = table.outputs.map((output, i) => {
      const cell = rule.outputs[i]
      const written = cell && cell.text.trim() !== '' ? owner.text(cell, around) : NULL
      const typed = owner.conform(written, output.typeRef, definitions)
      return output.values === undefined ? typed : owner.restricted(typed, output.values, definitions)
    })
    return { hit, outputs, output: rowOf(table, outputs) }
  })
  const otherwise = table.outputs.some(({ defaultEntry }) => defaultEntry)
    ? rowOf(
        table,
        table.outputs.map(({ defaultEntry, typeRef }) =>
          defaultEntry ? owner.conform(owner.text(defaultEntry, around), typeRef, definitions) : NULL,
        ),
      )
    : NULL
  const result = decide(table, rules, otherwise, around, owner)
  return values.select(allowed, result, NULL)
}

/** Whether every word that an input can be is allowed. */
function allowsAll(
  value: Value,
  verdict: (of: Value) => number,
  { expressions: { graph } }: DecisionLowering,
): boolean {
  const type = value.kind === 'node' ? graph.type(value.id) : undefined
  return (
    type?.kind === 'code' &&
    type.values.every((_, code) => graph.isTrue(verdict(ofNode(graph.constant(code, type)))))
  )
}

function isAny(cell: FeelText | undefined): boolean {
  const text = cell?.text.trim() ?? ''
  return text === '' || text === '-'
}

function rowOf(table: DecisionTable, outputs: readonly Value[]): Value {
  if (outputs.length === 1) return outputs[0] ?? NULL
  const entries = table.outputs.map(({ name }, i) => [name ?? '', outputs[i] ?? NULL] as const)
  return { kind: 'tuple', entries: new Map(entries), absent: null }
}

function decide(
  table: DecisionTable,
  rules: readonly Rule[],
  otherwise: Value,
  around: Around,
  owner: DecisionLowering,
): Value {
  switch (table.hitPolicy) {
    case 'FIRST':
      return first(rules, otherwise, owner)
    case 'UNIQUE':
      return areDisjoint(table) ? first(rules, otherwise, owner) : single(rules, otherwise, owner)
    case 'ANY':
      return agreed(rules, otherwise, owner)
    case 'PRIORITY':
      return first(byPriority(table, rules, around, owner), otherwise, owner)
    case 'COLLECT':
      if (table.aggregation !== undefined) return collected(table.aggregation, rules, otherwise, owner)
  }
  throw new NotLowered(
    `bảng ${table.hitPolicy} cho một danh sách`,
    `a table of hit policy ${table.hitPolicy} gives a list`,
  )
}

function first(
  rules: readonly Rule[],
  otherwise: Value,
  { expressions: { values } }: DecisionLowering,
): Value {
  return values.choose(
    rules.map(({ hit, output }) => [hit, output]),
    otherwise,
  )
}

/** UNIQUE where rules may meet: two hits are null. */
function single(rules: readonly Rule[], otherwise: Value, { expressions }: DecisionLowering): Value {
  const { graph, values } = expressions
  let later = graph.boolean(false)
  let result = otherwise
  for (const { hit, output } of [...rules].reverse()) {
    result = values.select(hit, values.select(later, NULL, output), result)
    later = graph.or(hit, later)
  }
  return result
}

/** ANY: several hits must say the same. */
function agreed(rules: readonly Rule[], otherwise: Value, { expressions }: DecisionLowering): Value {
  const { graph, values, comparison } = expressions
  let result = otherwise
  for (const [i, { hit, output }] of [...rules.entries()].reverse()) {
    const differs = rules.slice(i + 1).reduce((any, other) => {
      if (output.kind === 'tuple' || other.output.kind === 'tuple')
        throw new NotLowered('bảng ANY nhiều cột kết quả', 'a table of hit policy ANY with several outputs')
      const same = comparison.equal(output, other.output)
      return graph.or(any, graph.and(other.hit, graph.not(graph.truth(same))))
    }, graph.boolean(false))
    result = values.select(hit, values.select(differs, NULL, output), result)
  }
  return result
}

/** Outputs are known beforehand, so that the strongest rule is the first of an order made here. */
function byPriority(
  table: DecisionTable,
  rules: readonly Rule[],
  around: Around,
  owner: DecisionLowering,
): Rule[] {
  const { graph, comparison } = owner.expressions
  const orders = table.outputs.map(({ values, typeRef }) => {
    const listed = values ?? owner.listed(typeRef, around.definitions)
    return (listed && listedValues(listed))?.map((value) => ofFeel(value, graph))
  })
  const rank = (value: Value, column: number): number => {
    if (value.kind === 'null') return Number.MAX_SAFE_INTEGER
    if (value.kind !== 'node' || graph.valueOf(value.id) === undefined)
      throw new NotLowered(
        'bảng PRIORITY có kết quả phải tính',
        'a table of hit policy PRIORITY with computed outputs',
      )
    const at = orders[column]?.findIndex((one) => graph.isTrue(comparison.equal(one, value))) ?? -1
    return at < 0 ? Number.MAX_SAFE_INTEGER : at
  }
  const ranked = rules.map((rule) => ({ rule, ranks: rule.outputs.map(rank) }))
  ranked.sort((a, b) => {
    const at = a.ranks.findIndex((own, i) => own !== b.ranks[i])
    return at < 0 ? 0 : (a.ranks[at] as number) - (b.ranks[at] as number)
  })
  return ranked.map(({ rule }) => rule)
}

function collected(
  kind: NonNullable<DecisionTable['aggregation']>,
  rules: readonly Rule[],
  otherwise: Value,
  { expressions }: DecisionLowering,
): Value {
  const { graph, values, arithmetic } = expressions
  const [zero, one] = [graph.integer(0n), graph.integer(1n)]
  let any = graph.boolean(false)
  let total: number | null = null
  for (const { hit, output } of rules) {
    const own = kind === 'COUNT' ? one : values.number(output)
    if (kind === 'SUM' || kind === 'COUNT') {
      const part = arithmetic.select(hit, own, zero)
      total = total === null ? part : arithmetic.add(total, part)
    } else if (total === null) total = own
    else {
      const both: number = arithmetic.extreme(kind === 'MIN' ? 'minimum' : 'maximum', total, own)
      total = arithmetic.select(hit, arithmetic.select(any, both, own), total)
    }
    any = graph.or(any, hit)
  }
  return total === null ? otherwise : values.select(any, ofNode(total), otherwise)
}

// ── rules that cannot meet ───────────────────────────────────────────────────────────────────────────────────────

interface Piece {
  readonly low: Num | null
  readonly high: Num | null
  readonly lowIncluded: boolean
  readonly highIncluded: boolean
}
/** What literal tests of a cell allow: words, or intervals of numbers. */
type Cell = { readonly words: ReadonlySet<string> } | { readonly pieces: readonly Piece[] } | null

const MAX_PAIRS = 200_000

/** Whether each two rules have a column whose literal tests exclude each other. */
function areDisjoint(table: DecisionTable): boolean {
  const cells = table.rules.map((rule) => table.inputs.map((_, i) => cellOf(rule.inputs[i])))
  if ((cells.length * cells.length) / 2 > MAX_PAIRS) return false
  return cells.every((row, i) =>
    cells.slice(i + 1).every((other) => row.some((cell, column) => excludes(cell, other[column] ?? null))),
  )
}

function cellOf(text: FeelText | undefined): Cell {
  if (text === undefined || isAny(text)) return null
  const { ast, problems } = parseUnaryTests(
    text.text,
    { names: ['?'], functions: [] },
    { unknownNames: 'keep' },
  )
  if (problems.length > 0 || ast.kind !== 'tests' || ast.negated || ast.any) return null
  const words = ast.tests.flatMap((test) => (test.kind === 'string' ? [test.value] : []))
  if (words.length === ast.tests.length) return { words: new Set(words) }
  const pieces = (ast as TestsNode).tests.map(pieceOf)
  return pieces.every((piece) => piece !== null) ? { pieces } : null
}

function pieceOf(test: Node): Piece | null {
  const literal = (node: Node): Num | null => {
    if (node.kind === 'number') return parseNumber(node.text)
    const below = node.kind === 'negation' ? literal(node.operand) : null
    return below && number.negate(below)
  }
  if (test.kind === 'unary') {
    const value = literal(test.operand)
    if (value === null) return null
    const { operator } = test
    if (operator === '<' || operator === '<=')
      return { low: null, high: value, lowIncluded: false, highIncluded: operator === '<=' }
    if (operator === '>' || operator === '>=')
      return { low: value, high: null, lowIncluded: operator === '>=', highIncluded: false }
    return null
  }
  if (test.kind === 'range') {
    const [low, high] = [literal(test.low), literal(test.high)]
    if (low === null || high === null) return null
    return { low, high, lowIncluded: test.lowIncluded, highIncluded: test.highIncluded }
  }
  const value = literal(test)
  return value && { low: value, high: value, lowIncluded: true, highIncluded: true }
}

function excludes(a: Cell, b: Cell): boolean {
  if (a === null || b === null) return false
  if ('words' in a) return 'words' in b && [...a.words].every((word) => !b.words.has(word))
  if ('words' in b) return false
  return a.pieces.every((x) => b.pieces.every((y) => isBelow(x, y) || isBelow(y, x)))
}

function isBelow(a: Piece, b: Piece): boolean {
  if (a.high === null || b.low === null) return false
  const order = number.compare(a.high, b.low)
  return order < 0 || (order === 0 && !(a.highIncluded && b.lowIncluded))
}
