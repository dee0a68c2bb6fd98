import type { TilingKind } from '@nhip/calendar/period'
import { aggregateColumns } from './aggregate-sql.ts'
import type { Agg } from './definition.ts'

/** Where a view finds its data; each name is a table, a view or a query in parentheses. */
export interface SqlSource {
  /** `unit, period, item, breakdown` (`*` is the total), `state` (0 ok, 1 … 6 as in `STATE`), `value, text, numerator, denominator`. */
  readonly cells: string
  /** `code, parent, level, opens, closes`. */
  readonly units: string
  /** `period` (ISO, one kind, without gaps, '' for none), `ordinal` from 0, `year`, `last_day`. */
  readonly periods: string
  /** What the periods are; for `at(x, @"-P1Y")`. */
  readonly kind?: TilingKind | null
}

/** The columns that hold one expression. */
export interface SqlCell {
  /** Column of the state, never null. */
  readonly s: string
  /** Column of the value, null where the state is not ok. */
  readonly v: string
  /** From which step of the relation on the columns are there. */
  readonly level: number
}

interface Step {
  readonly columns: string[]
  readonly joins: string[]
}

/** Counters and finished steps, shared by a relation and those inside it. */
interface Script {
  readonly steps: string[]
  counter: number
}

/**
 * A query that grows: one row per unit and period, and step by step the columns of more and more expressions. What an
 * expression needs stands in an earlier step, so that no text is repeated however deep a formula is.
 */
export class Relation {
  readonly source: SqlSource
  /** Columns that tell its rows apart. */
  readonly keys: readonly string[]
  /** Inside `sub(…, dimension)`: the dimension whose values are the column `part`. */
  readonly dimension: string | null
  readonly #script: Script
  readonly #base: string
  readonly #name: string
  readonly #steps: Step[] = []
  readonly #cells = new Map<unknown, SqlCell>()

  constructor(
    source: SqlSource,
    base: string,
    keys: readonly string[],
    script?: Script,
    dimension: string | null = null,
  ) {
    this.source = source
    this.keys = keys
    this.dimension = dimension
    this.#script = script ?? { steps: [], counter: 0 }
    this.#base = base
    this.#name = `r${this.#script.counter++}`
  }

  /** A relation of other rows whose steps stand before this one's. */
  inside(base: string, keys: readonly string[], dimension: string | null): Relation {
    return new Relation(this.source, base, keys, this.#script, dimension)
  }

  /** The columns of an expression, made once. */
  cell(expr: { sql(relation: Relation): SqlCell }): SqlCell {
    return this.once(expr, () => expr.sql(this))
  }

  /** The columns kept under a key, made once. */
  once(key: unknown, make: () => SqlCell): SqlCell {
    let found = this.#cells.get(key)
    if (found === undefined) {
      found = make()
      this.#cells.set(key, found)
    }
    return found
  }

  /** `, part` (of a row `t`) where rows are told apart by a part too. */
  part(row = ''): string {
    return this.dimension === null ? '' : `, ${row}part`
  }

  /** Condition that a joined row is of the same unit or parent, period and part as the row `t`. */
  same(joined: string, unit = 'unit'): string {
    return `${joined}.unit = t.${unit} AND ${joined}.period = t.period${this.dimension === null ? '' : ` AND ${joined}.part = t.part`}`
  }

  name(prefix: string): string {
    return `${prefix}${this.#script.counter++}`
  }

  /** Adds columns that read those of `after`: `aliases` in order, each seeing the earlier ones. */
  columns(after: readonly SqlCell[], columns: readonly [alias: string, sql: string][]): number {
    const level = 1 + Math.max(0, ...after.map((cell) => cell.level))
    this.#step(level).columns.push(...columns.map(([alias, sql]) => `${sql} AS ${alias}`))
    return level
  }

  /** A cell by the SQL of its state and value. */
  add(after: readonly SqlCell[], state: string, value: string): SqlCell {
    const [s, v] = [this.name('s'), this.name('v')]
    return {
      s,
      v,
      level: this.columns(after, [
        [s, state],
        [v, value],
      ]),
    }
  }

  /**
   * Joins a query over the step before (given its name) and adds columns that read it.
   * @param on condition between the row `t` and the joined row, given the joined row's name
   */
  join(
    after: readonly SqlCell[],
    query: (step: string) => string,
    on: (joined: string) => string,
    columns: (joined: string) => [alias: string, sql: string][],
  ): number {
    const level = 1 + Math.max(0, ...after.map((cell) => cell.level))
    const joined = this.name('j')
    const step = this.#step(level)
    step.joins.push(`LEFT JOIN (${query(this.#stepName(level - 1))}) ${joined} ON ${on(joined)}`)
    step.columns.push(...columns(joined).map(([alias, sql]) => `${sql} AS ${alias}`))
    return level
  }

  /** The aggregate over a column of lists of structs: see `aggregateColumns`. */
  list(after: SqlCell, list: string, how: Agg, minCoverage = 0): SqlCell {
    const { columns, s, v } = aggregateColumns(how, list, (prefix) => this.name(prefix), minCoverage)
    let level = after.level
    // A step each: a column that others read is not computed again inside each of them.
    for (const column of columns) level = this.columns([{ s, v, level }], [column])
    return { s, v, level }
  }

  /** Writes its steps to the script and gives the name of the last one. */
  finish(): string {
    this.#script.steps.push(`${this.#stepName(0)} AS MATERIALIZED (${this.#base})`)
    this.#steps.forEach(({ columns, joins }, i) => {
      const select = `SELECT t.*${columns.map((column) => `,\n    ${column}`).join('')}`
      const from = `\n  FROM ${this.#stepName(i)} t${joins.map((join) => `\n  ${join}`).join('')}`
      // A step that a join of the next one reads again is kept instead of being computed twice.
      const kept = (this.#steps[i + 1]?.joins.length ?? 0) > 0 ? ' AS MATERIALIZED' : ' AS'
      this.#script.steps.push(`${this.#stepName(i + 1)}${kept} (\n  ${select}${from})`)
    })
    return this.#stepName(this.#steps.length)
  }

  /** All steps written so far, in order. */
  get script(): readonly string[] {
    return this.#script.steps
  }

  #stepName(level: number): string {
    return `${this.#name}_${level}`
  }

  #step(level: number): Step {
    while (this.#steps.length < level) this.#steps.push({ columns: [], joins: [] })
    return this.#steps[level - 1] as Step
  }
}

/** A text literal. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A double literal: DuckDB would read `0.1` as a decimal. */
export const double = (x: number): string =>
  Number.isInteger(x) && Math.abs(x) < 1e15 ? `${Object.is(x, -0) ? 0 : x}::DOUBLE` : `'${x}'::DOUBLE`

/** The state that several operands give together. */
export const worst = (cells: readonly SqlCell[]): string =>
  cells.length === 1 ? (cells[0] as SqlCell).s : `greatest(${cells.map((cell) => cell.s).join(', ')})`
