/** What a driver answers to one statement: rows as objects by column name, and how many rows it changed. */
export interface Answer {
  rows: Record<string, unknown>[]
  affected: bigint | undefined
}

/** One connection, held by one user at a time. */
export interface Link {
  /** Runs one statement; parameters are what `values.ts` takes. @throws {RecordsError} */
  query(sql: string, parameters: readonly unknown[]): Promise<Answer>
  /**
   * Commits. Resolves when the transaction is visible; `durable` when it is also on disk. The connection may be
   * given back in between, so that the next transaction runs while the disk is busy.
   */
  commit(): Promise<{ durable: Promise<void> }>
  /** Gives the connection back; a broken one is thrown away. */
  release(broken?: boolean): void
}

/** A database as it stood at one moment. */
export interface Frozen {
  /** Inside a transaction that sees that moment and changes nothing. Asked once; may take seconds. */
  open(): Promise<Link>
  end(): Promise<void>
}

/** One way to reach a Postgres database. */
export interface Driver {
  readonly name: 'pglite' | 'postgres'
  /** Waits for a free connection. @throws {RecordsError} `broken` or `connection` */
  acquire(): Promise<Link>
  usable(): boolean
  /**
   * Called before a statement that writes. @throws {RecordsError} `disk-full` while the disk is too full to go on
   * safely
   */
  demandRoom(): Promise<void>
  checkpoint(): Promise<void>
  snapshot(): Promise<Uint8Array>
  /**
   * The database as it stands now, to be read at leisure while others go on writing.
   * @param scratch a folder that does not exist and may be made, on the disk of the store
   */
  freeze(scratch: string): Promise<Frozen>
  close(): Promise<void>
}
