import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBTimestampTZValue,
  type DuckDBValue,
} from '@duckdb/node-api'
import type { Column } from './columns.ts'
import { ObservationsError } from './errors.ts'
import { DDL, SCRATCH } from './schema.ts'
import { fillUoms, UOM_DDL } from './text-rows.ts'

/** DuckDB hands rows over in chunks of this many; a data chunk cannot be larger. */
const CHUNK_ROWS = 2048

/** After so many rows others are let through: a few milliseconds of work. */
const PAUSE_ROWS = 2 * CHUNK_ROWS

export type Cell = number | bigint | string | boolean | null

/** One connection: one statement at a time, in the order asked. */
export class Connection {
  readonly #duck: DuckDBConnection
  readonly #appenders = new Map<string, DuckDBAppender>()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(duck: DuckDBConnection) {
    this.#duck = duck
  }

  run(sql: string, values?: DuckDBValue[]): Promise<void> {
    return this.exclusively(async () => {
      await this.#duck.run(sql, values)
    })
  }

  /** Runs a query and gives its rows as objects. Int64 comes as number, DECIMAL as scaled bigint, times as epoch milliseconds. */
  rows<T>(sql: string, values?: DuckDBValue[]): Promise<T[]> {
    return this.exclusively(async () => {
      const result = await this.#duck.run(sql, values)
      const names = result.columnNames()
      const rows: Record<string, Cell>[] = []
      for (;;) {
        const chunk = await result.fetchChunk()
        if (!chunk || chunk.rowCount === 0) break
        readChunk(chunk, names, rows)
      }
      return rows as T[]
    })
  }

  /** Runs a query and hands its rows over chunk by chunk, without holding them all. */
  stream<T>(sql: string, each: (rows: T[]) => void | Promise<void>): Promise<void> {
    return this.exclusively(async () => {
      const result = await this.#duck.stream(sql)
      const names = result.columnNames()
      for (;;) {
        const chunk = await result.fetchChunk()
        if (!chunk || chunk.rowCount === 0) break
        const rows: Record<string, Cell>[] = []
        readChunk(chunk, names, rows)
        await each(rows as T[])
      }
    })
  }

  async one<T>(sql: string, values?: DuckDBValue[]): Promise<T> {
    const [row] = await this.rows<T>(sql, values)
    if (row === undefined) throw new Error(`no row: ${sql}`)
    return row
  }

  /** Appends rows column by column, far faster than statements. Part of the open transaction of this connection. */
  append<T>(table: string, columns: readonly Column<T>[], rows: readonly T[]): Promise<void> {
    return this.exclusively(async () => {
      let appender = this.#appenders.get(table)
      if (!appender) {
        const temporary = table.startsWith('temp.')
        appender = await this.#duck.createAppender(
          temporary ? table.slice(5) : table,
          'main',
          temporary ? 'temp' : undefined,
        )
        this.#appenders.set(table, appender)
      }
      const types = columns.map((column) => column.type)
      try {
        for (let start = 0; start < rows.length; start += CHUNK_ROWS) {
          const count = Math.min(CHUNK_ROWS, rows.length - start)
          // Whoever asks for a value must not wait for tens of thousands of rows; a group is written without a pause.
          if (start >= PAUSE_ROWS && start % PAUSE_ROWS === 0) {
            appender.flushSync()
            await nextTurn()
          }
          const chunk = DuckDBDataChunk.create(types, count)
          for (const [i, column] of columns.entries()) column.fill(chunk, i, rows, start, count)
          appender.appendDataChunk(chunk)
        }
        appender.flushSync()
      } catch (error) {
        this.forgetAppenders()
        throw error
      }
    })
  }

  /** BEGIN, the work, COMMIT; ROLLBACK when anything throws. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.run('BEGIN TRANSACTION')
    try {
      const result = await work()
      await this.run('COMMIT')
      return result
    } catch (error) {
      this.forgetAppenders()
      await this.run('ROLLBACK').catch(() => undefined)
      throw error
    }
  }

  /** An appender that failed, or whose transaction was undone, may still hold rows: never use it again. */
  forgetAppenders(): void {
    for (const appender of this.#appenders.values()) {
      try {
        appender.clear()
        appender.closeSync()
      } catch {
        // Its rows are gone either way.
      }
    }
    this.#appenders.clear()
  }

  async close(): Promise<void> {
    await this.exclusively(async () => {
      this.forgetAppenders()
      this.#duck.closeSync()
    })
  }

  private exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => undefined)
    return result
  }
}

function readChunk(chunk: DuckDBDataChunk, names: readonly string[], rows: Record<string, Cell>[]): void {
  const count = chunk.rowCount
  const start = rows.length
  for (let i = 0; i < count; i++) rows.push({})
  for (let column = 0; column < names.length; column++) {
    const name = names[column]!
    const vector = chunk.getColumnVector(column)
    for (let i = 0; i < count; i++) rows[start + i]![name] = cell(vector.getItem(i))
  }
}

function cell(value: DuckDBValue): Cell {
  if (value === null || typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean')
    return value
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof DuckDBTimestampTZValue) return Number(value.micros) / 1000
  if (value instanceof DuckDBDecimalValue) return value.value
  throw new Error(`a column type that this store does not use: ${value.constructor.name}`)
}

export interface DatabaseOptions {
  memory?: string
  threads?: number
}

/**
 * `observations.duckdb` while it is open: one connection that writes, one for derived tables and sealing, two that read.
 * DuckDB holds a POSIX lock on the file: nothing else in this process may open and close it, or the lock is gone.
 */
export class Database {
  readonly write: Connection
  readonly derive: Connection
  readonly #instance: DuckDBInstance
  readonly #readers: Connection[]
  readonly #idle: Connection[]
  readonly #waiting: ((reader: Connection) => void)[] = []

  private constructor(
    instance: DuckDBInstance,
    write: Connection,
    derive: Connection,
    readers: Connection[],
  ) {
    this.#instance = instance
    this.write = write
    this.derive = derive
    this.#readers = readers
    this.#idle = [...readers]
  }

  /** @throws {ObservationsError} `in-use` when another process has the file open */
  static async open(path: string, options: DatabaseOptions): Promise<Database> {
    let instance: DuckDBInstance
    try {
      // The memory limit is given here because the write-ahead log is replayed before any later SET.
      instance = await DuckDBInstance.create(path, {
        memory_limit: options.memory ?? '1GB',
        ...(options.threads ? { threads: String(options.threads) } : {}),
        checkpoint_threshold: '64MB',
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
      })
    } catch (error) {
      if (String(error).includes('lock on file'))
        throw new ObservationsError(
          'in-use',
          {
            vi: `Kho quan trắc "${path}" đang được một chương trình khác mở.`,
            en: `The store of observations "${path}" is open in another program.`,
          },
          { problem: { file: path }, cause: error },
        )
      throw error
    }
    const connections: Connection[] = []
    for (let i = 0; i < 4; i++) {
      const connection = new Connection(await instance.connect())
      await connection.run(`SET TimeZone = 'UTC'`)
      connections.push(connection)
    }
    const [write, derive, ...readers] = connections as [Connection, Connection, ...Connection[]]
    for (const statement of [...DDL, UOM_DDL]) await write.run(statement)
    await fillUoms(write)
    for (const statement of SCRATCH) {
      await write.run(statement)
      await derive.run(statement)
    }
    return new Database(instance, write, derive, readers)
  }

  /** Runs `work` on a free reading connection, first come first served. */
  async read<T>(work: (reader: Connection) => Promise<T>): Promise<T> {
    const reader =
      this.#idle.pop() ?? (await new Promise<Connection>((resolve) => this.#waiting.push(resolve)))
    try {
      return await work(reader)
    } finally {
      const next = this.#waiting.shift()
      if (next) next(reader)
      else this.#idle.push(reader)
    }
  }

  /** Runs `work` while nothing else reads. */
  async withoutReaders<T>(work: () => Promise<T>): Promise<T> {
    const withRest = (left: number): Promise<T> => (left === 0 ? work() : this.read(() => withRest(left - 1)))
    return withRest(this.#readers.length)
  }

  async checkpoint(): Promise<void> {
    await this.write.run('CHECKPOINT')
  }

  async close(): Promise<void> {
    for (const connection of [this.write, this.derive, ...this.#readers])
      await connection.close().catch(() => undefined)
    this.#instance.closeSync()
  }
}

/** Whether DuckDB must be closed and opened again before it can be trusted. */
export function isFatal(error: unknown): boolean {
  return /FATAL|database has been invalidated|IO Error|No space left|Input\/output error/i.test(String(error))
}
