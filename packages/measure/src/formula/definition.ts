import type { Message } from '@nhip/canonical/problem'

/** How values of one indicator can be put together over periods or over units: the vocabulary of the catalogue. */
export const AGGREGATIONS = [
  'sum',
  'mean',
  'weighted_mean',
  'ratio',
  'last',
  'first',
  'min',
  'max',
  'count',
  'circular',
  'none',
] as const

export type Agg = (typeof AGGREGATIONS)[number]

/** Civil dates `[from, to)`; null is open. */
export interface Interval {
  readonly from: string | null
  readonly to: string | null
}

/** One version of an indicator: what its numbers mean and how they may be put together. */
export interface Definition {
  readonly code: string
  readonly version: number
  readonly valid: Interval
  readonly name: Message
  readonly kind: 'input' | 'derived'
  readonly type: 'number' | 'ratio' | 'level' | 'yesno' | 'text'
  /** Text of a unit of measure that `@nhip/quantity` reads. */
  readonly uom: string
  /** 1: more is better. */
  readonly direction: 1 | -1
  readonly source: 'auto' | 'declared' | 'survey' | 'expert'
  /** Level of the units that report; values stored above it are control totals. */
  readonly reportedAt: string
  readonly overPeriods: Agg
  readonly overUnits: Agg
  /** Code of the indicator that weighs a `weighted_mean`. */
  readonly weight?: string
  /** Dimensions of its breakdowns. */
  readonly breakdowns?: readonly string[]
  readonly range?: readonly [number, number]
  readonly decimals?: number
  readonly formula?: string
  readonly legal?: { readonly document: string; readonly article: string }
  /** Share of expected units or periods below which an aggregate is missing; default 0. */
  readonly minCoverage?: number
  /** With `last`: how many periods old the latest value may be. */
  readonly maxAge?: number
}

/** What a formula knows of an item: its code, and of its definition whatever there is. */
export type ItemDefinition = { readonly code: string } & Partial<Omit<Definition, 'code'>>
