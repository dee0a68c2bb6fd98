import type { Compilable, Kysely, RawBuilder } from 'kysely'
import type { Database } from './schema.ts'

/** Who acts, as it goes into the audit row. Rooms may pass a richer object. */
export interface Actor {
  /** A user's id, a token's owner, or a name such as `system` or `bootstrap`. */
  readonly id: string
  /** On whose behalf, when somebody acts for another. */
  readonly onBehalf?: string
  readonly requestId?: string
  readonly address?: string
}

/** The actor of what the program does by itself: timers, migrations, recovery. */
export const SYSTEM: Actor = { id: 'system' }

/** One line of the audit, as a room writes it. Everything in it must have a canonical JSON form. */
export interface AuditEntry {
  /** `<noun>.<verb>`, in lower case: `unit.rename`, `dataset.create`, `record.read`. */
  action: string
  targetType: string
  targetId: string
  targetVersion?: string | number
  /** The record before and after; null or absent where there is none. Personal fields are masked by the caller. */
  before?: unknown
  after?: unknown
  /** `ok` (default), or the code of the refusal for a denied access. */
  result?: string
  /** In the words of the person who acted. */
  reason?: string
  /** Why the data were used; default `operation`. */
  purpose?: string
  /** Code of the legal basis, for example `ND-224-2026/8`. */
  legalBasis?: string
}

/** The channel on which each audit entry is announced in this process, after its commit. */
export const AUDIT_CHANNEL = 'audit'

/** What is heard on `AUDIT_CHANNEL`. */
export interface Audited {
  who: Actor
  entry: AuditEntry
}

/** An open transaction. It ends when the function that received it returns. */
export interface Tx {
  readonly db: Kysely<Database>
  readonly who: Actor
  /** The instant of the transaction, ISO 8601 with offset, by the node's clock: one for all its rows. */
  readonly at: string
  /** Adds an audit row, written last, in commit order. Returns its id. */
  audit(entry: AuditEntry): string
  /** Tells in-process listeners after the commit, and not at all if there is none. */
  notify(channel: string, payload?: unknown): void
}

export interface TxOptions {
  /**
   * Also try again when the connection was lost, even while committing: only for work that is idempotent.
   * Serialisation failures and deadlocks are always tried again, up to three times.
   */
  retry?: boolean
  /** Why this transaction may change audited tables without an audit row. Use it rarely. */
  unaudited?: string
}

/** A query that has been built and not run. */
export type Query<T> = Compilable<T> | RawBuilder<T>

/** What the records store says of itself. */
export interface RecordsState {
  driver: 'pglite' | 'postgres'
  /** False once the store can take no more work in this process: the process must end and reopen. */
  usable: boolean
  /** Set while the last write met a full disk. */
  diskFull: boolean
}

/** The records as they stood at one moment. */
export interface FrozenRecords {
  /** Asked once; may take seconds. */
  open(): Promise<RecordsCopy>
  /** Ends the hold and whatever was opened. */
  end(): Promise<void>
}

/** All rows of that moment: what a backup keeps of the records, the same on both drivers. */
export interface RecordsCopy {
  driver: 'pglite' | 'postgres'
  /** Version of the database. */
  server: string
  migrations: { name: string; sha256: string }[]
  /** Number of the newest audit row; 0 when there is none. */
  outbox: number
  /** Files that the rows refer to. */
  blobs: { sha256: string; bytes: number }[]
  tables: string[]
  /** Bytes that the tables take in the database. */
  bytes: number
  /** The rows of a table as JSON objects in the database's own words, a few at a time, in the order of the key. */
  rows(table: string): AsyncGenerator<string[]>
}

/**
 * The records: what people and offices decide. On PGlite all transactions queue for one connection, so do no HTTP
 * call, file read or DuckDB query inside one and keep it under 50 ms.
 */
export interface Records {
  /**
   * Runs work in one transaction (READ COMMITTED) and resolves when it is committed and on disk. Work that throws
   * rolls back. A transaction that changes an audited table and adds no audit entry throws in tests and development.
   * @throws {RecordsError} see its codes; asking for a second connection inside `work` is `nested`
   */
  tx<T>(who: Actor, work: (tx: Tx) => Promise<T>, options?: TxOptions): Promise<T>
  /** Runs one reading query. @throws {RecordsError} `not-a-read` when it would change something */
  read<T>(query: (db: Kysely<Database>) => Query<T>): Promise<T[]>
  /** Hears what transactions of this process `notify` on a channel, after their commit. */
  listen(channel: string, hear: (payload: unknown) => void): () => void
  state(): RecordsState
  /** Embedded: CHECKPOINT and sync of every changed file. On a server: nothing, it does so itself. */
  checkpoint(): Promise<void>
  /** VACUUM and ANALYZE, from a nightly job: the embedded store has no autovacuum process. */
  maintain(): Promise<void>
  /** Embedded: a compressed copy of the whole store as bytes (tar.gz). @throws {RecordsError} `unsupported` on a server */
  snapshot(): Promise<Uint8Array>
  /**
   * All rows as they stand now, for a backup, while others go on writing. Embedded, writers wait for a copy of the files
   * to `scratch`, a folder that does not exist yet on the same disk; on a server nobody waits.
   */
  freeze(scratch: string): Promise<FrozenRecords>
  close(): Promise<void>
}

/**
 * - `unique`, `foreign-key`, `check`, `not-null`: a constraint, named in `constraint`.
 * - `serialization`: concurrent transactions, after three tries.
 * - `timeout`: a statement ran longer than allowed.
 * - `disk-full`: nothing of the transaction was kept, earlier rows stay; a door answers 503.
 * - `connection`: the server is not there; the outcome of a commit under way is unknown.
 * - `broken`: the store is not usable in this process any more; end it and reopen.
 * - `nested`, `unaudited`, `not-a-read`, `parameter`, `ended`: mistakes in the program.
 * - `unsupported`: this driver cannot.
 * - `statement`: any other refusal by the database, with its `sqlState`.
 */
export type RecordsErrorCode =
  | 'unique'
  | 'foreign-key'
  | 'check'
  | 'not-null'
  | 'serialization'
  | 'timeout'
  | 'disk-full'
  | 'connection'
  | 'broken'
  | 'nested'
  | 'unaudited'
  | 'not-a-read'
  | 'parameter'
  | 'ended'
  | 'unsupported'
  | 'statement'

export class RecordsError extends Error {
  override readonly name = 'RecordsError'
  readonly code: RecordsErrorCode
  /** SQLSTATE of the database, where it spoke. */
  readonly sqlState: string | undefined
  readonly constraint: string | undefined
  readonly table: string | undefined

  constructor(
    code: RecordsErrorCode,
    message: string,
    more: { sqlState?: string; constraint?: string; table?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause })
    this.code = code
    this.sqlState = more.sqlState
    this.constraint = more.constraint
    this.table = more.table
  }
}
