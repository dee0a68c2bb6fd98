import type { Span } from '@nhip/feel/ast'
import type { Uom } from '@nhip/quantity/uom'
import type { Cube } from './cube.ts'
import type { Relation, SqlCell } from './relation.ts'
import type { Column } from './value.ts'

/**
 * Static type of an expression. A number without `uom` takes the unit it is used with: literals, scores, items whose
 * unit nobody stated. `nothing` is the type of `null` and of what could not be typed.
 */
export type FormulaType =
  | { readonly kind: 'number'; readonly uom: Uom | null }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'text' }
  | { readonly kind: 'nothing' }

/** Where an expression is evaluated: a period of a cube, all units at once. */
export interface Frame {
  readonly cube: Cube
  /** Position among the cube's periods; outside of them everything is missing. */
  readonly period: number
  /** Inside `sub(…, dimension)`: the part that items are read for. */
  readonly part: { readonly dimension: string; readonly value: string } | null
  /** Derived indicators already computed in this frame. */
  readonly derived: Map<Expr, Column>
}

/**
 * An expression with its meaning: what it evaluates to in JavaScript and what it is in SQL. Each mechanism of the
 * language makes such objects; both back ends stand side by side in its file.
 */
export interface Expr extends Span {
  /** The name of its mechanism: `item`, `constant`, `+`, `band` … */
  readonly operation: string
  readonly type: FormulaType
  readonly args: readonly Expr[]
  evaluate(frame: Frame): Column
  /** Columns for all units and periods; use {@link Relation.cell}, which keeps each expression's columns. */
  sql(relation: Relation): SqlCell
  /** What an explanation shows beside the arguments. */
  readonly detail?: Detail
  /** The frame in which the arguments are looked at, where it is another one; null: they have no single value here. */
  inner?(frame: Frame): Frame | null
}

export type Detail =
  | { readonly kind: 'constant'; readonly value: number | string | boolean | null }
  | {
      readonly kind: 'item'
      readonly code: string
      /** The filter as written, or the side of the ratio. */
      readonly part: string | null
      /** The breakdowns whose cells it reads. */
      breakdowns(frame: Frame): readonly string[]
    }
  | { readonly kind: 'derived'; readonly code: string }
  | { readonly kind: 'bands'; readonly bands: readonly (readonly [number, number])[] }
  | { readonly kind: 'line'; readonly from: number; readonly to: number }
  | { readonly kind: 'levels'; readonly levels: readonly (readonly [string, number])[] }
  | { readonly kind: 'set'; readonly aggregate: string }
  | { readonly kind: 'shift'; readonly periods: number }

/** Reads the columns of arguments in a frame. */
export const columnsOf = (args: readonly Expr[], frame: Frame): Column[] =>
  args.map((arg) => arg.evaluate(frame))
