import type { IrType } from '../ir/node.ts'

/** A column of values and, where null is possible, a byte a row: 1 valid, 0 null. */
export interface Column {
  readonly data: Float64Array | Int32Array | Uint8Array | Int8Array
  readonly valid?: Uint8Array
}
export type Columns = Record<string, Column>

/**
 * Whole households: the members of household `h` are the persons `first[h]` to `first[h + 1] - 1`, in the order of roles
 * and positions. Numbers are scaled integers (`value · 10^scale` by the variable's declared scale), booleans 0 and 1,
 * dates days from 1970-01-01, enumerations places in their list, `role` places in the list of roles.
 */
export interface Chunk {
  readonly households: number
  readonly persons: number
  readonly first: Int32Array
  readonly columns: Columns
}

/**
 * What is added up while the kernel runs. `of` is an output (`tax`, `reform:tax`, or `change:tax`, the reform's less the
 * base's); the result stands in `out[id].data`, added to what is there. Nulls are left out.
 *
 * Every figure is two numbers, `high · 2^40 + low`, so that sums of any size stay exact.
 *
 * - `sum`: one figure a class. Classes are the codes of `by`; without it there is one.
 * - `movement`: how many gain, lose and stay: three figures a class. A change counts from `threshold` units of the
 *   output's scale; without a threshold, any change.
 * - `histogram`: 65,536 figures by the sixteen highest bits of the value as a double (sign, exponent, four bits of
 *   fraction).
 */
export interface Accumulator {
  readonly id: string
  readonly kind: 'sum' | 'movement' | 'histogram'
  readonly of: string
  /** A column of the group that holds whole numbers; persons count as their group does. */
  readonly weight?: string
  /** A column of codes, of the group unless said otherwise. */
  readonly by?: { readonly column: string; readonly size: number; readonly level?: 'person' | 'group' }
  readonly threshold?: number
}

export interface KernelOutput {
  /** `tax` of the base, `reform:tax` of the reform. */
  readonly name: string
  readonly level: 'person' | 'group'
  /** The type of the column; a number's `scale` says what its scaled integers mean. */
  readonly type: IrType
  readonly nullable: boolean
}

/** One pass over a chunk. Holds scratch space: not to be run by two callers at once. */
export interface Kernel {
  /** What was compiled, for reading; empty where nothing is printed. */
  readonly source: string
  readonly inputs: { readonly person: readonly string[]; readonly household: readonly string[] }
  readonly outputs: readonly KernelOutput[]
  /** Columns of the right kinds for so many persons and households, to hand to `run` again and again. */
  columns(persons: number, households: number): Columns
  /**
   * Writes the outputs that have a column in `out`, and adds to its accumulators.
   * @throws {RangeError} when a column is missing or too short, a household has more members than the ranges were
   * proved for, or a weighted value would leave what doubles hold exactly
   */
  run(chunk: Chunk, out: Columns): void
}
