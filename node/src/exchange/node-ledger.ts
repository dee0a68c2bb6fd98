import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import { replaceFile } from '@nhip/durable/replace-file'
import { commit, type Envelope, envelopeBytes, parseEnvelope } from '@nhip/ledger/envelope'
import { folderReader } from '@nhip/ledger/folder'
import { Ledger } from '@nhip/ledger/ledger'
import { LedgerFork } from '@nhip/ledger/ledger-error'
import { formatVerifierKey, type SignerKey } from '@nhip/ledger/note'
import { type Records, SYSTEM } from '../records/contract.ts'
import { type NodeKeys, nodeKeys } from './keys.ts'
import { type AuditRow, dropIndex, indexedSize, lastOutbox, rowsAfter, saveIndex } from './store.ts'
import { askBeforeSigning, type WitnessPeer } from './witness-client.ts'

export interface NodeLedgerOptions {
  /** `DIR/ledger` */
  folder: string
  nodeId: string
  records: Records
  onError: (error: unknown) => void
  /** Between two looks at the outbox; default 250 ms. */
  everyMs?: number
  /** Asked what they hold of this log before anything new is signed. */
  witnesses?: readonly WitnessPeer[]
  /** How long a start waits for them; default 3 s. */
  guardMs?: number
}

const BATCH = 500

/**
 * The node's ledger and the pump that feeds it: audit rows in commit order, each exactly once. The audit row is the
 * outbox; its number is in the entry, so that after a crash the last entry says where to go on.
 */
export class NodeLedger {
  readonly ledger: Ledger
  readonly keys: NodeKeys
  /** Whether a witness has confirmed, at this start, that the folder is no old copy. */
  readonly guarded: boolean
  readonly #records: Records
  readonly #nodeId: string
  readonly #onError: (error: unknown) => void
  readonly #timer: ReturnType<typeof setInterval>
  #next: number
  #pumping: Promise<void> | undefined
  #held: Promise<unknown> | undefined
  #closed = false

  private constructor(
    options: NodeLedgerOptions,
    ledger: Ledger,
    keys: NodeKeys,
    { next, guarded }: { next: number; guarded: boolean },
  ) {
    this.ledger = ledger
    this.keys = keys
    this.guarded = guarded
    this.#records = options.records
    this.#nodeId = options.nodeId
    this.#onError = options.onError
    this.#next = next
    this.#timer = setInterval(() => {
      this.pump().catch(this.#onError)
    }, options.everyMs ?? 250)
    this.#timer.unref()
  }

  /**
   * Opens the ledger of a node, making key and folder at the first start, and brings `ledger_index` up to it.
   * @throws {LedgerError} `ledger-damaged`; `ledger-fork` when the records or a witness have seen more entries, or
   *   others, than the folder holds
   */
  static async open(options: NodeLedgerOptions): Promise<NodeLedger> {
    await mkdir(options.folder, { recursive: true })
    const keys = await nodeKeys(options.folder, options.nodeId)
    await nameFormat(options.folder, keys.log)
    const known = await indexedSize(options.records)
    const guarded = await guard(options)
    const ledger = await Ledger.open(options.folder, { key: keys.log, knownSize: known })
    try {
      await indexEntries(ledger, options.records, known)
      return new NodeLedger(options, ledger, keys, { next: (await lastAppended(ledger)) + 1, guarded })
    } catch (error) {
      await ledger.close()
      throw error
    }
  }

  get vkey(): string {
    return formatVerifierKey(this.keys.log)
  }

  /** Audit rows that are not in the ledger yet. */
  async waiting(): Promise<number> {
    return Math.max(0, (await lastOutbox(this.#records)) - this.#next + 1)
  }

  /** Appends what is in the outbox now. */
  pump(): Promise<void> {
    if (this.#closed || this.#held) return Promise.resolve()
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = undefined
    })
    return this.#pumping
  }

  /**
   * Runs work while nothing is appended and a head covers all that was: then the ledger's files hold just what the
   * records say of it, and what the audit has beyond it waits in the outbox.
   */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    while (this.#held) await this.#held
    const held = this.#still(work).finally(() => {
      this.#held = undefined
    })
    this.#held = held.catch(() => undefined)
    return held
  }

  async #still<T>(work: () => Promise<T>): Promise<T> {
    await this.#pumping?.catch(() => undefined)
    if (this.ledger.state().size > 0) await this.ledger.publish()
    return work()
  }

  async #pump(): Promise<void> {
    while (!this.#held) {
      const rows = await rowsAfter(this.#records, this.#next - 1, BATCH)
      if (rows.length === 0) return
      for (const [i, row] of rows.entries()) {
        if (Number(row.outbox) !== this.#next + i) {
          throw new Error(`the outbox has a gap: after ${this.#next + i - 1} comes ${row.outbox}`)
        }
      }
      // Handed over in one turn, so that the ledger's order is the outbox's.
      const places = await Promise.all(
        rows.map((row) => this.ledger.append(envelopeBytes(this.envelopeOf(row)))),
      )
      const index = places.map((place, i) => ({ outbox: this.#next + i, index: place.index }))
      this.#next += rows.length
      await this.#records.tx(SYSTEM, (tx) => saveIndex(tx, index), {
        unaudited: 'a projection of the ledger',
      })
    }
  }

  /** What an audit row says in the ledger: the payload is only committed to, its salt stays beside it. */
  envelopeOf(row: AuditRow): Envelope {
    return {
      v: 1,
      id: row.id,
      nonce: Buffer.from(row.nonce).toString('hex'),
      outbox: Number(row.outbox),
      time: row.at,
      node: this.#nodeId,
      who: row.actor,
      ...(row.on_behalf === null ? {} : { onBehalfOf: row.on_behalf }),
      purpose: row.purpose,
      ...(row.legal_basis === null ? {} : { legalBasis: row.legal_basis }),
      action: row.action,
      object: {
        type: row.target_type,
        id: row.target_id,
        ...(row.target_version === null ? {} : { version: row.target_version }),
        commitment: commit(payloadOf(row), row.salt),
      },
      result: row.result,
    }
  }

  /** Drops the projection and reads it back from the ledger's own entries. */
  async rebuildIndex(): Promise<void> {
    await this.#records.tx(SYSTEM, dropIndex, { unaudited: 'a projection of the ledger' })
    await indexEntries(this.ledger, this.#records, 0)
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.pump().catch(this.#onError)
    this.#closed = true
    await this.ledger.close()
  }
}

/** What an entry commits to: the record before and after, and the reason in the words of whoever acted. */
export function payloadOf({ before, after, reason }: Pick<AuditRow, 'before' | 'after' | 'reason'>): unknown {
  return { before: before ?? null, after: after ?? null, reason }
}

/** The outbox number of the last entry; 0 for an empty ledger. */
async function lastAppended(ledger: Ledger): Promise<number> {
  const { size } = ledger.state()
  if (size === 0) return 0
  const envelope = parseEnvelope(await ledger.entry(size - 1))
  if (!envelope) throw new Error(`entry ${size - 1} of the ledger is no envelope`)
  return envelope.outbox
}

/** Entries that reached the ledger but not the index, as a crash between the two leaves them. */
async function indexEntries(ledger: Ledger, records: Records, from: number): Promise<void> {
  const { size } = ledger.state()
  for (let first = from; first < size; first += 1000) {
    const places: { outbox: number; index: number }[] = []
    for (let index = first; index < Math.min(size, first + 1000); index++) {
      const envelope = parseEnvelope(await ledger.entry(index))
      if (!envelope) throw new Error(`entry ${index} of the ledger is no envelope`)
      places.push({ outbox: envelope.outbox, index })
    }
    await records.tx(SYSTEM, (tx) => saveIndex(tx, places), { unaudited: 'a projection of the ledger' })
  }
}

/** Names format and key beside the files, so that `nhip ledger` works on a node's folder as on any other. */
async function nameFormat(folder: string, key: SignerKey): Promise<void> {
  const file = join(folder, 'format.json')
  if (await nodeFileSystem.stat(file)) return
  const format = { format: 1, origin: key.name, keys: [formatVerifierKey(key)] }
  await replaceFile(nodeFileSystem, file, new TextEncoder().encode(`${JSON.stringify(format, null, 2)}\n`))
}

/**
 * Whether a witness agrees with the head on disk; false when none is there to ask. A head is on disk before a witness
 * sees it, so a witness that holds more means an old copy of the folder.
 */
async function guard({ folder, witnesses = [], guardMs = 3000 }: NodeLedgerOptions): Promise<boolean> {
  if (witnesses.length === 0) return false
  const bytes = await folderReader(nodeFileSystem, folder).read('checkpoint')
  const note = bytes && new TextDecoder().decode(bytes)
  const { known, answered, fork } = await askBeforeSigning(witnesses, note, guardMs)
  const size = note === undefined ? 0 : Number(note.split('\n')[1])
  if (known > size || fork !== null) throw new LedgerFork(size, known)
  return answered > 0
}
