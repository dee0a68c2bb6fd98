import type { Place } from '../dmn/model.ts'

/**
 * The typed intermediate form of a policy for one period: a directed acyclic graph in single-assignment form, over one
 * kind of person and one kind of group. Nodes stand after all that they read.
 */

/** Who a value is of: the same for all, one a person, one a group. */
export type Level = 'constant' | 'person' | 'group'

/**
 * A number is `n / 10^scale` with whole `n` between `min` and `max`.
 *
 * - `integer`: `n` in a double, exact because |n| stays below 2^53
 * - `decimal`: FEEL's own decimals of 34 digits; `finite` false where a quotient may have more digits than `scale`
 *   (then `min` and `max` are rounded outward)
 * - `double`: inexact, only below `approximate: true`; the plain value, `scale` 0
 */
export interface NumberType {
  readonly kind: 'number'
  readonly form: 'integer' | 'decimal' | 'double'
  readonly scale: number
  readonly min: bigint
  readonly max: bigint
  readonly finite: boolean
}
/** An enumeration: values are places in the list, from 0. */
export interface CodeType {
  readonly kind: 'code'
  readonly values: readonly string[]
}
/** Days from 1970-01-01. */
export interface DateType {
  readonly kind: 'date'
}
export interface BooleanType {
  readonly kind: 'boolean'
}
export type IrType = NumberType | CodeType | DateType | BooleanType

export type Rounding = 'up' | 'down' | 'floor' | 'ceiling' | 'half up' | 'half down' | 'half even'
export type Test = '<' | '<=' | '>' | '>=' | '='
export type AggregateKind = 'sum' | 'min' | 'max' | 'count' | 'any' | 'all' | 'first'
/** Null is null; numbers are `n` (or, for decimals, their text), booleans 0 and 1, dates and codes their numbers. */
export type Constant = number | string | null

export type Operation =
  /** A column of the population. */
  | { readonly op: 'input'; readonly column: string }
  | { readonly op: 'constant'; readonly value: Constant }
  /** Of one form and scale; `add` also moves dates by days. */
  | { readonly op: 'add' | 'subtract' | 'multiply' | 'divide'; readonly args: readonly [number, number] }
  | { readonly op: 'negate' | 'absolute'; readonly args: readonly [number] }
  /** Times a power of ten: the same value at a finer scale. */
  | { readonly op: 'rescale'; readonly args: readonly [number]; readonly factor: number }
  | { readonly op: 'to-decimal' | 'to-integer' | 'to-double'; readonly args: readonly [number] }
  /** Whole quotient of two integers, rounded; null for a zero divisor. `sure` when the divisor is never zero. */
  | {
      readonly op: 'quotient'
      readonly args: readonly [number, number]
      readonly rounding: Rounding
    }
  /** A decimal rounded to digits after the point. */
  | {
      readonly op: 'round'
      readonly args: readonly [number]
      readonly digits: number
      readonly rounding: Rounding
    }
  /** With the sign of the divisor; null for zero. */
  | { readonly op: 'modulo'; readonly args: readonly [number, number] }
  | { readonly op: 'minimum' | 'maximum'; readonly args: readonly [number, number] }
  | {
      readonly op: 'function'
      readonly name: 'sqrt' | 'exp' | 'log' | 'power'
      readonly args: readonly number[]
    }
  /** Null when one side is null, except that `=` compares nulls. */
  | { readonly op: 'compare'; readonly test: Test; readonly args: readonly [number, number] }
  | { readonly op: 'and' | 'or'; readonly args: readonly [number, number] }
  | { readonly op: 'not' | 'is-null'; readonly args: readonly [number] }
  /** The second when the first is true, else the third. */
  | { readonly op: 'select'; readonly args: readonly [number, number, number] }
  /** The entry of a list of constants at a code. */
  | { readonly op: 'pick'; readonly args: readonly [number]; readonly table: readonly Constant[] }
  /**
   * `base[i] + slope[i] · (x − threshold[i])` for the last threshold below x (or at it, when `reached`), 0 below the
   * first.
   */
  | {
      readonly op: 'piecewise'
      readonly args: readonly [number]
      readonly thresholds: readonly number[]
      readonly bases: readonly number[]
      readonly slopes: readonly number[]
      readonly reached: boolean
    }
  /** Over the members of a group for whom `keep` (the second, when there is one) is true. */
  | { readonly op: 'aggregate'; readonly kind: AggregateKind; readonly args: readonly number[] }
  /** A group's value as its members see it. */
  | { readonly op: 'project'; readonly args: readonly [number] }
  | {
      readonly op: 'date-part'
      readonly part: 'year' | 'month' | 'day' | 'weekday' | 'epoch'
      readonly args: readonly [number]
    }
  | { readonly op: 'add-months' | 'months-between'; readonly args: readonly [number, number] }
  /** Age in whole years; `late`: who is born on 29 February has the birthday on 1 March. */
  | { readonly op: 'age'; readonly args: readonly [number, number]; readonly late: boolean }
  /** An expression that the interpreter works out, once for each distinct tuple of its arguments. */
  | { readonly op: 'memo'; readonly args: readonly number[]; readonly memo: number }

export type IrNode = Operation & {
  readonly id: number
  readonly level: Level
  readonly type: IrType
  /** Whether the value may be null. */
  readonly nullable: boolean
}

export interface IrInput {
  /** The name of the column: the variable's, or `variable@2026-06` for a period other than the run's own. */
  readonly column: string
  /** `role` and `position` stand for the place of a person in the group. */
  readonly variable: string
  readonly period: string | null
  readonly level: 'person' | 'group'
  readonly type: IrType
  readonly nullable: boolean
  readonly node: number
}

export interface IrOutput {
  readonly name: string
  readonly level: 'person' | 'group'
  readonly node: number
  readonly place: Place
}

/** What an expression that stays interpreted does with a tuple: encoded values in, an encoded value out. */
export interface Memo {
  readonly expression: string
  readonly types: readonly IrType[]
  readonly run: (values: readonly unknown[]) => number | object | null
}

export interface Ir {
  readonly period: string
  readonly nodes: readonly IrNode[]
  readonly inputs: readonly IrInput[]
  readonly outputs: readonly IrOutput[]
  readonly memos: readonly Memo[]
  /** Groups may hold so many members: what ranges of sums rest on. */
  readonly maxMembers: number
  /** Role keys by their codes, in the order in which members stand. */
  readonly roles: readonly string[]
}

export const argsOf = (node: Operation): readonly number[] => ('args' in node ? node.args : [])
