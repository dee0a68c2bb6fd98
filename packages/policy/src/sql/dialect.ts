import type { NumberType } from '../ir/node.ts'

export type Dialect = 'duckdb' | 'postgres'

/** Where the two databases write the same thing differently. */
export interface Words {
  /** Whole numbers below 2^53 and all that is worked out on the way. */
  readonly integer: string
  /** Whole numbers of up to 38 digits. */
  readonly wide: string
  /** Truncating division of whole numbers. */
  divide(a: string, b: string): string
  /** The same of wide ones. */
  divideWide(a: string, b: string): string
  days(date: string): string
  /** A date column that a number of days stands for. */
  date(days: string): string
  /** The member who comes first. */
  first(value: string, order: string, filter: string): string
}

export const DIALECTS: Readonly<Record<Dialect, Words>> = {
  duckdb: {
    integer: 'BIGINT',
    wide: 'HUGEINT',
    divide: (a, b) => `(${a} // ${b})`,
    divideWide: (a, b) => `(${a} // ${b})`,
    days: (date) => `CAST(${date} - DATE '1970-01-01' AS BIGINT)`,
    date: (days) => `(DATE '1970-01-01' + CAST(${days} AS INTEGER))`,
    first: (value, order, filter) => `(array_agg(${value} ORDER BY ${order})${filter})[1]`,
  },
  postgres: {
    integer: 'BIGINT',
    wide: 'NUMERIC',
    divide: (a, b) => `(${a} / ${b})`,
    divideWide: (a, b) => `div(${a}, ${b})`,
    days: (date) => `CAST(${date} - DATE '1970-01-01' AS BIGINT)`,
    date: (days) => `(DATE '1970-01-01' + CAST(${days} AS INTEGER))`,
    first: (value, order, filter) => `(array_agg(${value} ORDER BY ${order})${filter})[1]`,
  },
}

/** HUGEINT holds 38 digits; sums stay below that by a wide margin. */
const WIDEST = 10n ** 36n

export function isWide({ min, max }: NumberType): boolean {
  return min > -WIDEST && max < WIDEST
}
