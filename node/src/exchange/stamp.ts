import type { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import { makeFolderDurably, replaceFile } from '@nhip/durable/replace-file'
import type { Head } from '@nhip/ledger/checkpoint'
import type { Ledger } from '@nhip/ledger/ledger'
import { checkTimeStamp, headImprint, timeStampRequest } from '@nhip/ledger/time-stamp'
import { type Records, SYSTEM } from '../records/contract.ts'
import { askOutside, withoutCredentials } from './ask-outside.ts'
import type { KeptHeads } from './kept-heads.ts'
import { latestStamp, saveStamp } from './store.ts'

export interface StamperOptions {
  ledger: Ledger
  heads: KeptHeads
  records: Records
  /** `DIR/ledger` */
  folder: string
  /** Tried in turn until one answers well. */
  authorities: readonly string[]
  anchors: readonly X509Certificate[]
  /** Default 60 s. */
  everyMs?: number
  timeoutMs?: number
  now?: () => number
  onError: (authority: string, error: unknown) => void
}

const MAX_ANSWER = 64 * 1024
/** While a stamp is missing it is asked for more often: all is stamped within a minute of the authority's return. */
const RETRY_MS = 15_000
/** RFC 3161 clocks further from ours than this are said aloud; the stamp is kept all the same. */
const MAX_CLOCK_DIFFERENCE_MS = 5 * 60_000

/**
 * Has an outside authority stamp the ledger's newest head, again and again and beside all other work: nothing waits
 * for it. One stamp covers every entry below its size, so an outage needs no queue: the first answer afterwards covers all.
 */
export class Stamper {
  readonly #options: StamperOptions
  readonly #timer: ReturnType<typeof setInterval>
  #running: Promise<void> | undefined
  #stampedSize = 0
  #pendingSince: number | null = null
  #lastTry = 0
  #clockDifferenceMs: number | null = null

  constructor(options: StamperOptions) {
    this.#options = options
    const everyMs = options.everyMs ?? 60_000
    this.#timer = setInterval(
      () => {
        if (this.#pendingSince !== null || this.#now() - this.#lastTry >= everyMs) void this.stamp()
      },
      Math.min(everyMs, RETRY_MS),
    )
    this.#timer.unref()
  }

  /** Since when a signed head waits for a stamp, in milliseconds since 1970; null when none waits. */
  get pendingSince(): number | null {
    return this.#pendingSince
  }

  /** The authority's clock minus ours at its last answer, when they were more than five minutes apart. */
  get clockDifferenceMs(): number | null {
    return this.#clockDifferenceMs
  }

  #now(): number {
    return (this.#options.now ?? Date.now)()
  }

  stamp(): Promise<void> {
    this.#lastTry = this.#now()
    this.#running ??= this.#stamp()
      .catch((error: unknown) => this.#options.onError('records', error))
      .finally(() => {
        this.#running = undefined
      })
    return this.#running
  }

  async #stamp(): Promise<void> {
    const { authorities, ledger, records } = this.#options
    const head = ledger.head()
    if (!head || authorities.length === 0) return
    this.#stampedSize = Math.max(this.#stampedSize, (await latestStamp(records))?.size ?? 0)
    if (head.size <= this.#stampedSize) {
      this.#pendingSince = null
      return
    }
    this.#pendingSince ??= this.#now()
    for (const authority of authorities) {
      try {
        await this.#ask(authority, head)
        this.#stampedSize = head.size
        this.#pendingSince = null
        return
      } catch (error) {
        this.#options.onError(withoutCredentials(authority), error)
      }
    }
  }

  async #ask(authority: string, head: Head): Promise<void> {
    const request = timeStampRequest(headImprint(head.note.text))
    const response = await askOutside(authority, {
      type: 'application/timestamp-query',
      body: new Uint8Array(request.bytes),
      timeoutMs: this.#options.timeoutMs ?? 10_000,
    })
    if (!response.ok) throw new Error(`HTTP ${response.status}`)
    const bytes = await readAtMost(response, MAX_ANSWER)
    const stamp = checkTimeStamp(bytes, {
      imprint: request.imprint,
      nonce: request.nonce,
      anchors: this.#options.anchors,
    })
    const difference = stamp.time - this.#now()
    this.#clockDifferenceMs = Math.abs(difference) > MAX_CLOCK_DIFFERENCE_MS ? difference : null
    if (this.#clockDifferenceMs !== null)
      this.#options.onError(
        withoutCredentials(authority),
        new Error(`its clock and ours are ${Math.round(difference / 1000)} s apart`),
      )
    const { folder, records } = this.#options
    const save = async (place: string, name: string, content: Uint8Array) => {
      await makeFolderDurably(nodeFileSystem, join(folder, place))
      await replaceFile(nodeFileSystem, join(folder, place, name), content)
    }
    await this.#options.heads.keep(head)
    await save('stamps', `${head.size}.tsq`, request.bytes)
    await save('stamps', `${head.size}.tsr`, bytes)
    const time = new Date(stamp.time).toISOString()
    await records.tx(
      SYSTEM,
      (tx) => saveStamp(tx, { size: head.size, authority: withoutCredentials(authority), time }),
      {
        unaudited: 'a projection of the ledger',
      },
    )
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#running
  }
}

async function readAtMost(response: Response, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of response.body ?? []) {
    length += part.length
    if (length > limit) throw new Error(`an answer of more than ${limit} bytes`)
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts))
}
