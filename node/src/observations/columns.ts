import {
  BIGINT,
  DECIMAL,
  DOUBLE,
  type DuckDBDataChunk,
  DuckDBDecimalValue,
  type DuckDBType,
  INTEGER,
  SMALLINT,
  TIMESTAMPTZ,
  UINTEGER,
  UTINYINT,
  VARCHAR,
} from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'

/**
 * How a column of a table is filled from rows. Numbers go into a typed array and from there into DuckDB's memory in one
 * copy: a value object, a bigint and a bit of validity for every cell cost more than the insert itself.
 */
export interface Column<T> {
  readonly type: DuckDBType
  fill(chunk: DuckDBDataChunk, column: number, rows: readonly T[], start: number, count: number): void
}

type Read<T, V> = (row: T) => V | null
type Numbers = Int16Array | Int32Array | Uint8Array | Uint32Array | Float64Array

export const int16 = <T>(read: Read<T, number>) => numbers(SMALLINT, Int16Array, read)
export const int32 = <T>(read: Read<T, number>) => numbers(INTEGER, Int32Array, read)
export const uint8 = <T>(read: Read<T, number>) => numbers(UTINYINT, Uint8Array, read)
export const uint32 = <T>(read: Read<T, number>) => numbers(UINTEGER, Uint32Array, read)
export const double = <T>(read: Read<T, number>) => numbers(DOUBLE, Float64Array, read)
/** A whole number within ±2^53. */
export const int64 = <T>(read: Read<T, number>) => wholes(BIGINT, read, 1)
/** Epoch milliseconds; DuckDB counts microseconds. */
export const instant = <T>(read: Read<T, number>) => wholes(TIMESTAMPTZ, read, 1000)
export const text = <T>(read: Read<T, string>) => objects(VARCHAR, read, (value) => value)
/** Millionths. */
export const decimal = <T>(read: Read<T, bigint>) =>
  objects(DECIMAL(38, 6), read, (value) => new DuckDBDecimalValue(value, 38, 6))

/** The same column over rows that hold the row it reads. */
export function within<T, U>(column: Column<U>, pick: (row: T) => U): Column<T> {
  return {
    type: column.type,
    fill: (chunk, at, rows, start, count) =>
      column.fill(chunk, at, rows.slice(start, start + count).map(pick), 0, count),
  }
}

function numbers<T>(
  type: DuckDBType,
  Kind: new (length: number) => Numbers,
  read: Read<T, number>,
): Column<T> {
  return {
    type,
    fill(chunk, column, rows, start, count) {
      const values = new Kind(count)
      const validity = new Validity(count)
      for (let i = 0; i < count; i++) {
        const value = read(rows[start + i]!)
        if (value === null) validity.clear(i)
        else values[i] = value
      }
      copy(chunk, column, values, validity)
    },
  }
}

/** A double counts exactly to here. */
const SAFE = Number.MAX_SAFE_INTEGER

function wholes<T>(type: DuckDBType, read: Read<T, number>, factor: number): Column<T> {
  return {
    type,
    fill(chunk, column, rows, start, count) {
      const values = new BigInt64Array(count)
      const halves = new Int32Array(values.buffer)
      const validity = new Validity(count)
      for (let i = 0; i < count; i++) {
        const value = read(rows[start + i]!)
        if (value === null) {
          validity.clear(i)
          continue
        }
        const whole = value * factor
        if (whole > SAFE || whole < -SAFE) {
          values[i] = BigInt(value) * BigInt(factor)
          continue
        }
        // The low half first, as on every machine that DuckDB's Node bindings are built for.
        halves[2 * i] = whole | 0
        halves[2 * i + 1] = Math.floor(whole / 2 ** 32)
      }
      copy(chunk, column, values, validity)
    },
  }
}

function objects<T, V>(
  type: DuckDBType,
  read: Read<T, V>,
  make: (value: V) => string | DuckDBDecimalValue,
): Column<T> {
  return {
    type,
    fill(chunk, column, rows, start, count) {
      const validity = new Validity(count)
      for (let i = 0; i < count; i++) if (read(rows[start + i]!) === null) validity.clear(i)
      if (validity.cleared === count) return copy(chunk, column, null, validity)
      const vector = chunk.getColumnVector(column)
      for (let i = 0; i < count; i++) {
        const value = read(rows[start + i]!)
        vector.setItem(i, value === null ? null : make(value))
      }
      vector.flush()
    },
  }
}

/** One bit a row, set where there is a value. */
class Validity {
  cleared = 0
  #bits: Uint8Array | null = null
  readonly #count: number

  constructor(count: number) {
    this.#count = count
  }

  clear(row: number): void {
    // Whole words of 64 rows, as DuckDB reads them.
    this.#bits ??= new Uint8Array(Math.ceil(this.#count / 64) * 8).fill(0xff)
    this.#bits[row >> 3]! &= ~(1 << (row & 7))
    this.cleared++
  }

  get bits(): Uint8Array | null {
    return this.#bits
  }
}

function copy(
  chunk: DuckDBDataChunk,
  column: number,
  values: Numbers | BigInt64Array | null,
  { bits }: Validity,
): void {
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, column)
  if (values !== null)
    duckdb.copy_data_to_vector(vector, 0, values.buffer as ArrayBuffer, 0, values.byteLength)
  if (bits === null) return
  duckdb.vector_ensure_validity_writable(vector)
  duckdb.copy_data_to_vector_validity(vector, 0, bits.buffer as ArrayBuffer, 0, bits.byteLength)
}
