import { join } from 'node:path'
import { AppendFile } from '@nhip/durable/append-file'
import { DiskFull } from '@nhip/durable/durable-error'
import type { FileSystem } from '@nhip/durable/file-system'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import { makeFolderDurably, removeFile, removeTemporaries, replaceFile } from '@nhip/durable/replace-file'
import { parseBundle } from './bundle.ts'
import { type Checkpoint, formatHead, type Head, signCheckpoint } from './checkpoint.ts'
import { folderReader, TileWriter } from './folder.ts'
import {
  EntryTooLarge,
  LedgerBroken,
  LedgerDamaged,
  LedgerError,
  LedgerFork,
  LedgerFull,
} from './ledger-error.ts'
import { consistencyProof, type Hash, inclusionProof, leafHash, rootHash } from './merkle.ts'
import type { NoteSignature, SignerKey } from './note.ts'
import { formatReceipt } from './receipt.ts'
import { bundleOf, type Recovered, recover, tailName } from './recover.ts'
import { joinHashes, type Rows } from './rows.ts'
import { frame, MAX_ENTRY, MAX_GROUP } from './tail.ts'
import { bundlePath, TILE_WIDTH, tilePath } from './tile-path.ts'

export interface LedgerOptions {
  /** The log's key; its name is the origin. */
  key: SignerKey
  fs?: FileSystem
  /** Between two heads while the tree grows; default 1,000 ms. 0: only by {@link Ledger.publish}. */
  headEveryMs?: number
  /** A new tail file is begun past this size; default 8 MiB. */
  tailBytes?: number
  /** Size of a head that an outside memory (a witness, a peer) is known to hold: the guard against a restored old copy. */
  knownSize?: number
}

export interface LedgerState {
  size: number
  signed: number
  mode: 'open' | 'full' | 'broken'
}

/**
 * An append-only, signed Merkle log in a folder. One writer; the caller holds the folder's lock.
 *
 * An append resolves only after its bytes are on disk. A head is published only after everything it covers is on disk
 * in the form in which it is served. See SPEC.md for what a crash may leave.
 */
export class Ledger {
  readonly origin: string
  readonly #folder: string
  readonly #fs: FileSystem
  readonly #key: SignerKey
  readonly #tailBytes: number
  readonly #writer: TileWriter
  readonly #rows: Rows
  #open: Uint8Array[]
  #firstOpen: number
  #tails: { file: string; first: number }[]
  #tail: AppendFile
  /** Index of the first entry, and the leaves, of the last few groups, by the group's place in the tail file. */
  readonly #groups = new Map<number, { first: number; leaves: Hash[] }>()
  #pending: { leaf: Hash; entry: Uint8Array }[] = []
  #head: Head | undefined
  #mode: LedgerState['mode'] = 'open'
  #publishing: Promise<Head> | undefined
  #waiting: { index: number; resolve(head: Head): void; reject(error: unknown): void }[] = []
  #timer: ReturnType<typeof setInterval> | undefined
  #rotating: Promise<void> | undefined
  #closed = false

  private constructor(folder: string, options: LedgerOptions, found: Recovered, tail: AppendFile) {
    this.origin = options.key.name
    this.#folder = folder
    this.#fs = options.fs ?? nodeFileSystem
    this.#key = options.key
    this.#tailBytes = options.tailBytes ?? 8 * 1024 ** 2
    this.#writer = new TileWriter(this.#fs, folder)
    this.#rows = found.rows
    this.#open = found.open
    this.#firstOpen = found.firstOpen
    this.#tails = found.tails.map(({ file, first }) => ({ file, first }))
    this.#tail = tail
    this.#head = found.head
    const every = options.headEveryMs ?? 1000
    if (every > 0) {
      this.#timer = setInterval(() => {
        // A failed publishing is in the mode and is met again by the next one; nobody waits for this promise.
        if (this.#head?.size !== this.#rows.size) this.publish().catch(() => undefined)
      }, every)
      this.#timer.unref()
    }
  }

  /**
   * Opens a ledger folder, or begins one in an empty folder.
   * @throws {LedgerError} `ledger-damaged`, `ledger-fork`: nothing was changed, nothing may be written
   */
  static async open(folder: string, options: LedgerOptions): Promise<Ledger> {
    const fs = options.fs ?? nodeFileSystem
    await makeFolderDurably(fs, join(folder, 'tail'))
    await removeTemporaries(fs, folder)
    const found = await recover(fs, folder, [options.key])
    const known = Math.max(options.knownSize ?? 0, found.head?.size ?? 0)
    if (found.rows.size < known) throw new LedgerFork(found.rows.size, known)
    const last = found.tails.at(-1)
    const first = last?.first ?? found.rows.size
    const holder: { ledger?: Ledger } = {}
    const tail = await Ledger.#openTail(fs, folder, tailName(first), last?.length ?? 0, holder)
    if (!last) found.tails.push({ file: tailName(first), first, length: 0 })
    const ledger = new Ledger(folder, options, found, tail)
    holder.ledger = ledger
    if (found.rows.size > 0 && found.head?.size !== found.rows.size) await ledger.publish()
    return ledger
  }

  static #openTail(
    fs: FileSystem,
    folder: string,
    name: string,
    length: number,
    holder: { ledger?: Ledger },
  ): Promise<AppendFile> {
    return AppendFile.open(fs, join(folder, 'tail', name), length, {
      frame: (items, offset) => (holder.ledger as Ledger).#frame(items, offset),
      onDurable: () => (holder.ledger as Ledger).#grow(),
      maxGroupItems: MAX_GROUP,
    })
  }

  state(): LedgerState {
    return { size: this.#rows.size, signed: this.#head?.size ?? 0, mode: this.#mode }
  }

  /** The newest published head; undefined before the first. */
  head(): Head | undefined {
    return this.#head
  }

  /**
   * Appends an entry; resolves after it is on disk, with its index.
   * @throws {LedgerError} `entry-too-large`, `ledger-full` (may be tried again), `ledger-broken` (reopen), `ledger-closed`
   */
  async append(entry: Uint8Array): Promise<{ index: number; leafHash: Hash }> {
    if (entry.length > MAX_ENTRY) throw new EntryTooLarge(entry.length, MAX_ENTRY)
    if (this.#rotating) await this.#rotating
    if (this.#mode === 'broken') throw new LedgerBroken(undefined)
    if (this.#closed)
      throw new LedgerError('ledger-closed', { vi: 'Sổ cái đã đóng.', en: 'The ledger is closed.' })
    const tail = this.#tail
    try {
      const place = await tail.append(entry)
      this.#mode = 'open'
      const group = this.#groups.get(place.offset) as { first: number; leaves: Hash[] }
      return { index: group.first + place.index, leafHash: group.leaves[place.index] as Hash }
    } catch (error) {
      throw this.#failed(error)
    }
  }

  /** Frames one group. Its indices are those that follow the tree as it stands: a refused group leaves no gap. */
  #frame(items: readonly Uint8Array[], offset: number): Uint8Array[] {
    const first = this.#rows.size
    // Callers of the group before may not have been answered yet: a few groups stay known.
    for (const old of [...this.#groups.keys()].slice(0, -4)) this.#groups.delete(old)
    this.#pending = items.map((entry) => ({ entry, leaf: leafHash(entry) }))
    this.#groups.set(offset, { first, leaves: this.#pending.map(({ leaf }) => leaf) })
    return this.#pending.map(({ leaf, entry }, i) => frame({ index: first + i, place: i, leaf, entry }))
  }

  /** Called once the framed group is on disk. */
  #grow(): void {
    for (const { leaf, entry } of this.#pending) {
      this.#rows.append(leaf)
      this.#open.push(entry)
    }
    this.#pending = []
  }

  #failed(error: unknown): unknown {
    if (error instanceof DiskFull) {
      this.#mode = 'full'
      return new LedgerFull(error)
    }
    if (error instanceof LedgerError) return error
    // A failed sync, or a disk that fails in a way nobody foresaw: what it holds is known only after reopening.
    this.#mode = 'broken'
    return new LedgerBroken(error)
  }

  /**
   * Publishes a head over all that is durable now: bundles and tiles first, then the signature, then the file
   * `checkpoint` in one step.
   */
  publish(): Promise<Head> {
    this.#publishing ??= this.#publish().finally(() => {
      this.#publishing = undefined
    })
    return this.#publishing
  }

  async #publish(): Promise<Head> {
    const size = this.#rows.size
    if (this.#head?.size === size) return this.#head
    if (this.#mode === 'broken') throw new LedgerBroken(undefined)
    try {
      const { files, closed } = this.#filesFor(size)
      const root = await rootHash(size, (node) => this.#rows.node(node))
      await this.#writer.write(files)
      for (const tile of closed) this.#rows.written(tile)
      const head = signCheckpoint({ origin: this.origin, size, root }, this.#key)
      await replaceFile(
        this.#fs,
        join(this.#folder, 'checkpoint'),
        new TextEncoder().encode(formatHead(head)),
      )
      this.#head = head
      await this.#dropCovered(size)
      await this.#writer.dropPartials(
        files.filter(({ path }) => !path.includes('.p/')).map(({ path }) => path),
      )
      this.#waiting = this.#waiting.filter((waiter) => {
        if (waiter.index < size) waiter.resolve(head)
        return waiter.index >= size
      })
      return head
    } catch (error) {
      const failure = this.#failed(error)
      for (const waiter of this.#waiting.splice(0)) waiter.reject(failure)
      throw failure
    }
  }

  /** All files that a head of `size` needs and that are not on disk yet. Taken in one turn: appends go on meanwhile. */
  #filesFor(size: number) {
    const files: { path: string; bytes: Uint8Array }[] = []
    for (let index = this.#firstOpen / TILE_WIDTH; index * TILE_WIDTH < size; index++) {
      const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH)
      files.push({
        path: bundlePath(index, width),
        bytes: bundleOf(this.#open, this.#firstOpen, index, size),
      })
    }
    const closed = this.#rows.closed()
    for (const { level, index, hashes } of closed) {
      files.push({ path: tilePath({ level, index, width: TILE_WIDTH }), bytes: joinHashes(hashes) })
    }
    for (const { level, index, hashes } of this.#rows.partials()) {
      if (hashes.length > 0)
        files.push({ path: tilePath({ level, index, width: hashes.length }), bytes: joinHashes(hashes) })
    }
    return { files, closed }
  }

  /** Entries in durable full bundles leave memory, and tail files that hold nothing else leave the disk. */
  async #dropCovered(size: number): Promise<void> {
    const covered = size - (size % TILE_WIDTH)
    this.#open = this.#open.slice(covered - this.#firstOpen)
    this.#firstOpen = covered
    if (this.#tail.length > this.#tailBytes) await this.#rotate()
    while (this.#tails.length > 1 && (this.#tails[1] as { first: number }).first <= covered) {
      const old = this.#tails.shift() as { file: string }
      await removeFile(this.#fs, join(this.#folder, 'tail', old.file))
    }
  }

  async #rotate(): Promise<void> {
    let done = () => {}
    this.#rotating = new Promise((resolve) => {
      done = resolve
    })
    const old = this.#tail
    try {
      await old.close()
      const first = this.#rows.size
      try {
        this.#tail = await Ledger.#openTail(this.#fs, this.#folder, tailName(first), 0, { ledger: this })
        this.#tails.push({ file: tailName(first), first })
      } catch (error) {
        // No room for a new file: the old one is taken up again.
        if (!(error instanceof DiskFull)) throw error
        const name = (this.#tails.at(-1) as { file: string }).file
        this.#tail = await Ledger.#openTail(this.#fs, this.#folder, name, old.length, { ledger: this })
      }
    } finally {
      this.#rotating = undefined
      done()
    }
  }

  /** The first head that covers an entry. @throws {RangeError} when there is no such entry */
  covered(index: number): Promise<Head> {
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.#rows.size) {
      return Promise.reject(
        new RangeError(`invalid index: ${index} is not below the size ${this.#rows.size}`),
      )
    }
    if (this.#head && index < this.#head.size) return Promise.resolve(this.#head)
    return new Promise((resolve, reject) => this.#waiting.push({ index, resolve, reject }))
  }

  /** Audit path of an entry under the head of `size`. */
  inclusion(index: number, size: number): Promise<Hash[]> {
    return inclusionProof(index, size, (node) => this.#rows.node(node))
  }

  /** Proof that the log at size `to` continues the one at size `from`. @throws {RangeError} past the log */
  consistency(from: number, to: number): Promise<Hash[]> {
    return consistencyProof(from, to, (node) => this.#rows.node(node))
  }

  /** The bytes of an entry. @throws {RangeError} when there is no such entry */
  async entry(index: number): Promise<Uint8Array> {
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.#rows.size) {
      throw new RangeError(`invalid index: ${index} is not below the size ${this.#rows.size}`)
    }
    if (index >= this.#firstOpen) return this.#open[index - this.#firstOpen] as Uint8Array
    const path = bundlePath(Math.floor(index / TILE_WIDTH), TILE_WIDTH)
    const bytes = await folderReader(this.#fs, this.#folder).read(path)
    const entry = bytes && parseBundle(bytes)?.[index % TILE_WIDTH]
    if (!entry) throw new LedgerDamaged(path, `does not hold entry ${index}`, `không chứa mục ${index}`)
    return entry
  }

  /** A receipt under the newest head that covers the entry, with the cosignatures known for that head. */
  async receipt(index: number, cosignatures: readonly NoteSignature[] = []): Promise<string> {
    const head = await this.covered(index)
    const [path, entry] = await Promise.all([this.inclusion(index, head.size), this.entry(index)])
    const signatures = [...head.note.signatures, ...cosignatures]
    return formatReceipt({ index, path, entry, head: { ...head, note: { ...head.note, signatures } } })
  }

  /** Root at an earlier size, for comparing with heads kept elsewhere. */
  async checkpointAt(size: number): Promise<Checkpoint> {
    return { origin: this.origin, size, root: await rootHash(size, (node) => this.#rows.node(node)) }
  }

  /** Publishes what is durable, then closes the files. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    clearInterval(this.#timer)
    await this.#publishing?.catch(() => undefined)
    await this.#tail.close()
    if (this.#mode !== 'broken' && this.#rows.size > 0) await this.publish()
  }
}
