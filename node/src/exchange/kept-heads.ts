import { join } from 'node:path'
import { errorCode, type FileSystem, readWhole } from '@nhip/durable/file-system'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import { makeFolderDurably, replaceFile } from '@nhip/durable/replace-file'
import { formatHead, type Head, openHead } from '@nhip/ledger/checkpoint'
import { type Cosigned, cosign, verifiedCosignatures } from '@nhip/ledger/cosignature'
import type { Ledger } from '@nhip/ledger/ledger'
import type { NoteSignature, SignerKey, VerifierKey } from '@nhip/ledger/note'
import { formatReceipt } from '@nhip/ledger/receipt'

export interface KeptHeadsOptions {
  ledger: Ledger
  logKey: VerifierKey
  heartbeat: SignerKey
  /** Whose cosignatures are looked for in kept heads after a restart. */
  witnesses: readonly VerifierKey[]
  /** `DIR/ledger` */
  folder: string
  fs?: FileSystem
  /** Milliseconds since 1970. */
  now?: () => number
  /** Between two heads kept for their own sake; default 10 min. */
  keepEveryMs?: number
  /** Between two heartbeats; default 60 s. */
  beatEveryMs?: number
  onError: (error: unknown) => void
}

/** A head with the cosignatures of witnesses on it. */
export interface CosignedHead {
  head: Head
  by: Cosigned[]
}

/**
 * Heads that outlive the next one: those that were stamped or cosigned, and one each ten minutes. Whoever verifies the
 * log later demands that it continues each of them. Also the heartbeat: the node's own cosigner dates the newest head
 * again and again, so that "nothing new" looks different from "dead".
 */
export class KeptHeads {
  readonly #options: KeptHeadsOptions
  readonly #fs: FileSystem
  readonly #timers: ReturnType<typeof setInterval>[]
  #cosigned: CosignedHead | undefined
  #beat: { text: string; time: number; signature: NoteSignature } | undefined
  #lastKept: { size: number; at: number }

  private constructor(
    options: KeptHeadsOptions,
    found: CosignedHead | undefined,
    lastKept: { size: number; at: number },
  ) {
    this.#options = options
    this.#fs = options.fs ?? nodeFileSystem
    this.#cosigned = found
    this.#lastKept = lastKept
    const beat = options.beatEveryMs ?? 60_000
    this.#timers = [
      setInterval(() => this.beat(), beat),
      setInterval(
        () => void this.keepNow().catch(options.onError),
        Math.min(60_000, options.keepEveryMs ?? 60_000),
      ),
    ]
    for (const timer of this.#timers) timer.unref()
    this.beat()
  }

  static async open(options: KeptHeadsOptions): Promise<KeptHeads> {
    const fs = options.fs ?? nodeFileSystem
    const place = join(options.folder, 'heads')
    const sizes = (await listed(fs, place))
      .flatMap((name) => (/^\d+\.note$/.test(name) ? [Number.parseInt(name, 10)] : []))
      .sort((a, b) => b - a)
    let found: CosignedHead | undefined
    for (const size of sizes.slice(0, SEARCHED)) {
      try {
        const note = new TextDecoder().decode(await readWhole(fs, join(place, `${size}.note`)))
        const head = openHead(note, [options.logKey])
        const by = verifiedCosignatures(head.note, options.witnesses)
        if (by.length === 0) continue
        found = { head, by }
        break
      } catch (error) {
        // A kept head that no longer reads is evidence lost, not a reason to stop.
        options.onError(error)
      }
    }
    const newest = sizes[0]
    const stat = newest === undefined ? undefined : await fs.stat(join(place, `${newest}.note`))
    return new KeptHeads(options, found, { size: newest ?? 0, at: stat?.modified ?? 0 })
  }

  /** The newest head that a witness has cosigned. */
  get cosigned(): CosignedHead | undefined {
    return this.#cosigned
  }

  /** Seconds since 1970 of the last heartbeat; null before the first head. */
  get heartbeat(): number | null {
    if (!this.#beat) this.beat()
    return this.#beat?.time ?? null
  }

  /** Writes a head to `heads/`, with the cosignatures that it has by now. */
  keep(head: Head): Promise<void> {
    return this.#write(this.#cosigned?.head.size === head.size ? this.#cosigned.head : head)
  }

  async #write(head: Head): Promise<void> {
    const place = join(this.#options.folder, 'heads')
    await makeFolderDurably(this.#fs, place)
    await replaceFile(this.#fs, join(place, `${head.size}.note`), new TextEncoder().encode(formatHead(head)))
    if (head.size >= this.#lastKept.size) this.#lastKept = { size: head.size, at: this.#now() }
  }

  /** Keeps the newest head when the last kept one is older than ten minutes. */
  async keepNow(): Promise<void> {
    const head = this.#options.ledger.head()
    if (!head || head.size === this.#lastKept.size) return
    if (this.#now() - this.#lastKept.at < (this.#options.keepEveryMs ?? 600_000)) return
    await this.keep(head)
  }

  /** Adds cosignatures that have been verified, and keeps the head with them. */
  async addCosignatures(head: Head, signatures: readonly NoteSignature[]): Promise<void> {
    const before = this.#cosigned?.head.size === head.size ? this.#cosigned.head : head
    const fresh = before.note.signatures.filter(
      (old) => !signatures.some(({ name, keyId }) => name === old.name && keyId === old.keyId),
    )
    const together: Head = { ...head, note: { ...head.note, signatures: [...fresh, ...signatures] } }
    await this.#write(together)
    if (this.#cosigned && this.#cosigned.head.size > head.size) return
    this.#cosigned = { head: together, by: verifiedCosignatures(together.note, this.#options.witnesses) }
  }

  /** Dates the newest head. */
  beat(): void {
    const head = this.#options.ledger.head()
    if (!head) return
    const time = Math.floor(this.#now() / 1000)
    this.#beat = {
      text: head.note.text,
      time,
      signature: cosign(head.note.text, time, this.#options.heartbeat),
    }
  }

  /** The newest head as it is served: with the heartbeat, and the cosignatures it has by now. */
  note(): string | undefined {
    const head = this.#options.ledger.head()
    if (!head) return undefined
    if (this.#beat?.text !== head.note.text) this.beat()
    const cosigned = this.#cosigned?.head.size === head.size ? this.#cosigned.head : head
    const signatures = [...cosigned.note.signatures, ...(this.#beat ? [this.#beat.signature] : [])]
    return formatHead({ ...cosigned, note: { ...cosigned.note, signatures } })
  }

  /** A receipt under the newest head that witnesses cosigned, where that covers the entry; else under the newest. */
  async receipt(index: number): Promise<string> {
    const { ledger } = this.#options
    const head = this.#cosigned?.head
    if (!head || index >= head.size) return ledger.receipt(index)
    const [path, entry] = await Promise.all([ledger.inclusion(index, head.size), ledger.entry(index)])
    return formatReceipt({ index, path, entry, head })
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }

  #now(): number {
    return (this.#options.now ?? Date.now)()
  }
}

/** Kept heads are looked through from the newest; one without a cosignature each ten minutes, for a week. */
const SEARCHED = 1008

async function listed(fs: FileSystem, folder: string): Promise<string[]> {
  try {
    return await fs.list(folder)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw error
  }
}
