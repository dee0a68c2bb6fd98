import { AsyncLocalStorage } from 'node:async_hooks'
import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CompiledQuery, Kysely } from 'kysely'
import { type PendingAudit, pendingAudit, writeAudit } from './audit.ts'
import {
  type Actor,
  AUDIT_CHANNEL,
  type AuditEntry,
  type Audited,
  type FrozenRecords,
  type Query,
  type Records,
  RecordsError,
  type RecordsState,
  type Tx,
  type TxOptions,
} from './contract.ts'
import { copyOut } from './copy-out.ts'
import type { Answer, Driver, Link } from './driver.ts'
import { kyselyOver, type Run } from './kysely-dialect.ts'
import { auditedTables, changedTables } from './mutation.ts'
import type { Database } from './schema.ts'

const RETRIES = 3

export interface TransactionOptions {
  /** Throw when a mutating transaction adds no audit entry. */
  strictAudit: boolean
  /** The node's clock. */
  now: () => Date
}

class OpenTransaction implements Tx {
  readonly db: Kysely<Database>
  readonly who: Actor
  readonly at: string
  readonly audits: PendingAudit[] = []
  readonly notices: [string, unknown][] = []
  readonly changed = new Set<string>()
  readonly #link: Link
  readonly #demandRoom: () => Promise<void>
  #ended = false

  constructor(link: Link, who: Actor, at: string, demandRoom: () => Promise<void>) {
    this.#link = link
    this.#demandRoom = demandRoom
    this.who = who
    this.at = at
    this.db = kyselyOver((query) => this.#run(query))
  }

  async #run(query: CompiledQuery): Promise<Answer> {
    if (this.#ended) throw new RecordsError('ended', 'the transaction has ended: await every query inside it')
    if (changedTables(query).length > 0) await this.#demandRoom()
    for (const table of auditedTables(query)) this.changed.add(table)
    return this.#link.query(query.sql, query.parameters)
  }

  audit(entry: AuditEntry): string {
    const pending = pendingAudit(entry)
    this.audits.push(pending)
    return pending.id
  }

  notify(channel: string, payload?: unknown): void {
    this.notices.push([channel, payload])
  }

  end(): void {
    this.#ended = true
  }
}

/** Transactions, reads and notices over a driver: the same for the embedded store and for a server. */
export class TransactionalRecords implements Records {
  readonly #driver: Driver
  readonly #options: TransactionOptions
  readonly #inside = new AsyncLocalStorage<Tx>()
  readonly #ears = new EventEmitter().setMaxListeners(0)
  readonly #reader: Kysely<Database>
  #diskFull = false

  constructor(driver: Driver, options: TransactionOptions) {
    this.#driver = driver
    this.#options = options
    const run: Run = () => {
      throw new RecordsError('ended', 'return the query from read(), do not run it inside')
    }
    this.#reader = kyselyOver(run)
  }

  #guard(): void {
    if (this.#inside.getStore()) {
      throw new RecordsError('nested', 'a second connection inside a transaction: use its own tx.db')
    }
  }

  async tx<T>(who: Actor, work: (tx: Tx) => Promise<T>, options: TxOptions = {}): Promise<T> {
    this.#guard()
    for (let attempt = 0; ; attempt++) {
      try {
        const value = await this.#attempt(who, work, options)
        this.#diskFull = false
        return value
      } catch (error) {
        const code = error instanceof RecordsError ? error.code : undefined
        if (code === 'disk-full') this.#diskFull = true
        const again = code === 'serialization' || (code === 'connection' && options.retry === true)
        if (!again || attempt >= RETRIES) throw error
        await sleep(2 ** attempt * (10 + Math.random() * 20))
      }
    }
  }

  async #attempt<T>(who: Actor, work: (tx: Tx) => Promise<T>, options: TxOptions): Promise<T> {
    const link = await this.#driver.acquire()
    const tx = new OpenTransaction(link, who, this.#options.now().toISOString(), () =>
      this.#driver.demandRoom(),
    )
    let durable: Promise<void>
    let value: T
    try {
      await link.query('BEGIN', [])
      value = await this.#inside.run(tx, () => work(tx))
      tx.end()
      this.#demandAudit(tx, options)
      if (tx.audits.length > 0) await writeAudit(link, who, tx.at, tx.audits)
      durable = (await link.commit()).durable
    } catch (error) {
      tx.end()
      await rollback(link)
      throw error
    }
    link.release()
    await durable
    for (const { entry } of tx.audits)
      this.#ears.emit(`on ${AUDIT_CHANNEL}`, { who, entry } satisfies Audited)
    for (const [channel, payload] of tx.notices) this.#ears.emit(`on ${channel}`, payload)
    return value
  }

  #demandAudit(tx: OpenTransaction, options: TxOptions): void {
    if (!this.#options.strictAudit || tx.audits.length > 0 || options.unaudited !== undefined) return
    if (tx.changed.size === 0) return
    const tables = [...tx.changed].join(', ')
    throw new RecordsError('unaudited', `the transaction changed ${tables} and added no audit entry`)
  }

  async read<T>(build: (db: Kysely<Database>) => Query<T>): Promise<T[]> {
    this.#guard()
    const query = build(this.#reader).compile(this.#reader)
    const changed = changedTables(query)
    if (changed.length > 0) throw new RecordsError('not-a-read', `a read would change ${changed.join(', ')}`)
    const link = await this.#driver.acquire()
    try {
      const { rows } = await link.query(query.sql, query.parameters)
      link.release()
      return rows as T[]
    } catch (error) {
      link.release(isLost(error))
      throw error
    }
  }

  listen(channel: string, hear: (payload: unknown) => void): () => void {
    const event = `on ${channel}`
    this.#ears.on(event, hear)
    return () => this.#ears.off(event, hear)
  }

  state(): RecordsState {
    return { driver: this.#driver.name, usable: this.#driver.usable(), diskFull: this.#diskFull }
  }

  checkpoint(): Promise<void> {
    this.#guard()
    return this.#driver.checkpoint()
  }

  async maintain(): Promise<void> {
    this.#guard()
    const link = await this.#driver.acquire()
    try {
      await link.query('VACUUM (ANALYZE)', [])
    } finally {
      link.release()
    }
  }

  async snapshot(): Promise<Uint8Array> {
    this.#guard()
    return this.#driver.snapshot()
  }

  async freeze(scratch: string): Promise<FrozenRecords> {
    this.#guard()
    const frozen = await this.#driver.freeze(scratch)
    return {
      open: async () => copyOut(this.#driver.name, await frozen.open()),
      end: () => frozen.end(),
    }
  }

  close(): Promise<void> {
    return this.#driver.close()
  }
}

function isLost(error: unknown): boolean {
  return error instanceof RecordsError && (error.code === 'connection' || error.code === 'broken')
}

async function rollback(link: Link): Promise<void> {
  try {
    await link.query('ROLLBACK', [])
    link.release()
  } catch {
    // A connection that cannot even roll back is of no use to anybody.
    link.release(true)
  }
}
