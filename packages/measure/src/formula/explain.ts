import type { Message } from '@nhip/canonical/problem'
import { uomOfExpr } from './align.ts'
import { TOTAL } from './breakdown.ts'
import type { Cube } from './cube.ts'
import type { Expr, Frame } from './expression.ts'
import type { Formula } from './formula.ts'
import { groupsOf, openUnits } from './groups.ts'
import { itemsOf } from './items-of.ts'
import { type Language, numberText } from './number-text.ts'
import type { FormulaScope } from './scope.ts'
import { MISSING_TEXT, NOTES, sentenceOf } from './sentence.ts'
import { STATE, type Value, valueAt } from './value.ts'

/** One node of an explanation: a part of the formula with what it came to. */
export interface ExplainedNode {
  /** The name of the mechanism: `item`, `/`, `band` … */
  readonly operation: string
  /** That part of the formula as written; of a derived indicator, as its own formula has it. */
  readonly text: string
  readonly code?: string
  readonly name?: Message
  readonly value: Value
  readonly uom: string | null
  /** Value and unit for readers. */
  readonly shown: Message
  /** What the value was read from. */
  readonly observations: readonly string[]
  /** Of a set: reporting ÷ expected. */
  readonly coverage?: number
  readonly children: readonly ExplainedNode[]
}

export interface Explanation {
  readonly tree: ExplainedNode
  readonly sentence: Message
  /** Rules of meaning that decided the value and that differ from policy and DMN. */
  readonly notes: readonly Message[]
}

export interface ExplainOptions {
  readonly unit: string
  /** ISO period; the last of the cube when not said. */
  readonly period?: string
  /** What the result is called; the name of its definition or the formula when not said. */
  readonly name?: Message
}

/**
 * Why a formula has its value for one unit and period: a tree down to the observations, and one sentence.
 * @throws {RangeError} when the cube has no such unit or period
 */
export function explainFormula(
  formula: Formula,
  scope: FormulaScope,
  cube: Cube,
  options: ExplainOptions,
): Explanation {
  const row = cube.units.findIndex(({ code }) => code === options.unit)
  if (row < 0) throw new RangeError(`unknown unit: "${options.unit}"`)
  const period = options.period === undefined ? cube.periods.length - 1 : cube.periods.indexOf(options.period)
  if (period < 0) throw new RangeError(`unknown period: "${options.period}"`)
  const reader = new Explainer(formula.text, scope, cube, row)
  const frame: Frame = { cube, period, part: null, derived: new Map() }
  const tree = reader.node(formula.expr, frame, formula.text)
  const sentence = sentenceOf(
    formula.expr,
    frame,
    options.name ?? { vi: formula.text, en: formula.text },
    reader,
  )
  return { tree, sentence, notes: reader.notes() }
}

/** Reads values, names and sources for one unit. */
export class Explainer {
  readonly scope: FormulaScope
  readonly cube: Cube
  readonly row: number
  readonly text: string
  readonly #notes = new Set<keyof typeof NOTES>()

  constructor(text: string, scope: FormulaScope, cube: Cube, row: number) {
    this.text = text
    this.scope = scope
    this.cube = cube
    this.row = row
  }

  notes(): Message[] {
    return [...this.#notes].map((key) => NOTES[key])
  }

  value(expr: Expr, frame: Frame): Value {
    const column = expr.evaluate(frame)
    const why = column.state[this.row] === STATE.notApplicable ? this.#whyNot(expr, frame) : ''
    return valueAt(column, this.row, expr.type.kind, why)
  }

  /** The reason that the data give for what is not applicable, of the first item that has one. */
  #whyNot(expr: Expr, frame: Frame): string {
    for (const code of itemsOf(expr)) {
      const cells = this.cube.items.get(code)?.get(TOTAL)
      const at = frame.period * this.cube.units.length + this.row
      if (cells?.state[at] === STATE.notApplicable) return cells.text?.[at] ?? code
    }
    return ''
  }

  name(code: string): Message {
    return this.scope.items.get(code)?.name ?? { vi: code, en: code }
  }

  shown(value: Value, expr: Expr, language: Language): string {
    if ('notApplicable' in value) return language === 'vi' ? 'không áp dụng' : 'not applicable'
    if ('missing' in value) return MISSING_TEXT[value.missing][language]
    if (typeof value.ok === 'string') return `"${value.ok}"`
    if (typeof value.ok === 'boolean') {
      return language === 'vi' ? (value.ok ? 'đúng' : 'sai') : value.ok ? 'true' : 'false'
    }
    const { detail } = expr
    if (detail?.kind === 'constant') return numberText(value.ok, null, language, 15)
    const code = detail?.kind === 'item' || detail?.kind === 'derived' ? detail.code : undefined
    return numberText(
      value.ok,
      uomOfExpr(expr),
      language,
      code === undefined ? undefined : this.scope.items.get(code)?.decimals,
    )
  }

  node(expr: Expr, frame: Frame, text: string): ExplainedNode {
    const { detail } = expr
    const value = this.value(expr, frame)
    this.#note(expr, frame, value)
    const code = detail?.kind === 'item' || detail?.kind === 'derived' ? detail.code : undefined
    const inner = expr.inner === undefined ? frame : expr.inner(frame)
    const inside = detail?.kind === 'derived' ? (this.scope.items.get(detail.code)?.formula ?? text) : text
    const outside = inner !== null && (inner.period < 0 || inner.period >= this.cube.periods.length)
    const children = inner === null || outside ? [] : expr.args.map((arg) => this.node(arg, inner, inside))
    const coverage = expr.evaluate(frame).coverage?.[this.row]
    const uom = uomOfExpr(expr)
    return {
      operation: expr.operation,
      text: text.slice(expr.start, expr.end),
      ...(code === undefined ? {} : { code, name: this.name(code) }),
      value,
      uom: uom?.code ?? null,
      shown: { vi: this.shown(value, expr, 'vi'), en: this.shown(value, expr, 'en') },
      observations:
        detail?.kind === 'item' ? this.#observations(detail.code, detail.breakdowns(frame), frame) : [],
      ...(coverage === undefined || Number.isNaN(coverage) ? {} : { coverage }),
      children,
    }
  }

  #observations(code: string, breakdowns: readonly string[], { period }: Frame): string[] {
    const found: string[] = []
    const { below } = groupsOf(this.cube.units)
    const { reportedAt } = this.scope.items.get(code) ?? {}
    const above = reportedAt !== undefined && this.cube.units[this.row]?.level !== reportedAt
    const reporting = above ? below[this.row]!.filter((u) => this.cube.units[u]!.level === reportedAt) : []
    const rows = reporting.length > 0 ? reporting : [this.row]
    for (const breakdown of breakdowns) {
      const cells = this.cube.items.get(code)?.get(breakdown)
      for (const row of rows) {
        const source = cells?.source?.[period * this.cube.units.length + row]
        if (source != null) found.push(source)
      }
    }
    return found
  }

  #note(expr: Expr, frame: Frame, value: Value): void {
    if (!('missing' in value)) return
    if (value.missing === 'zero_denominator') this.#notes.add('zero')
    else if (value.missing === 'domain') this.#notes.add('domain')
    if (['=', '!=', '<', '<=', '>', '>='].includes(expr.operation)) this.#notes.add('compare')
    if (expr.operation === 'if' && !('ok' in this.value(expr.args[0]!, frame))) this.#notes.add('if')
  }

  /** How many units or periods are missing in the set that an expression was made of; null when it is no set. */
  missingMembers(expr: Expr, frame: Frame): { count: number; of: 'unit' | 'period' } | null {
    const groups = groupsOf(this.cube.units)
    const isOpen = openUnits(this.cube, frame.period)
    const count = (column: { state: Uint8Array }, units: readonly number[]): number =>
      units.filter(
        (u) => isOpen(u) && column.state[u] !== STATE.ok && column.state[u] !== STATE.notApplicable,
      ).length
    const x = expr.args[0]
    if (expr.operation === 'children')
      return { count: count(x!.evaluate(frame), groups.children[this.row]!), of: 'unit' }
    if (expr.operation === 'sub')
      return { count: count(x!.evaluate(frame), groups.leaves[this.row]!), of: 'unit' }
    if (expr.operation === 'peers') {
      const others = groups.peers[this.row]!.filter((u) => u !== this.row)
      return { count: count(x!.evaluate(frame), others), of: 'unit' }
    }
    if (expr.detail?.kind !== 'item') return null
    const { reportedAt } = this.scope.items.get(expr.detail.code) ?? {}
    if (reportedAt === undefined || this.cube.units[this.row]!.level === reportedAt) return null
    const reporting = groups.below[this.row]!.filter((u) => this.cube.units[u]!.level === reportedAt)
    return { count: count(expr.evaluate(frame), reporting), of: 'unit' }
  }
}
