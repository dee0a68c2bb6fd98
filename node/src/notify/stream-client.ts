import { Readable } from 'node:stream'

/** Unsent bytes above which a reader is told to read anew instead. */
export const UNSENT_BYTES = 1024 * 1024

/** A reader that takes nothing for so long, in milliseconds, is cut off. */
export const STUCK_MS = 60_000

export interface ClientHooks {
  /** The next piece of what the reader missed; 'later' when there is none in this turn; 'live' when there is no more. */
  missed(): Buffer | 'later' | 'live'
  /** What replaces everything unsent once that is too much. */
  tooSlow(): Buffer
  /** The reader has gone, or was sent away. */
  gone(): void
}

/**
 * One open stream as the body of an answer. First it gives, piece by piece as the reader takes them, what was missed;
 * then whatever `send` hands over.
 */
export class StreamClient extends Readable {
  readonly #hooks: ClientHooks
  #queue: Buffer[] = []
  #unsent = 0
  #wanted = false
  #live = false
  #ended = false
  #taken = true
  #takenAt = 0

  constructor(hooks: ClientHooks, hello: Buffer) {
    super({ highWaterMark: 64 * 1024 })
    this.#hooks = hooks
    this.#queue.push(hello)
    this.#unsent = hello.length
  }

  /** Bytes that wait for the reader. */
  get unsent(): number {
    return this.#unsent + this.readableLength
  }

  send(bytes: Buffer): void {
    if (this.#ended) return
    const full = this.unsent + bytes.length > UNSENT_BYTES
    const added = full ? this.#hooks.tooSlow() : bytes
    if (full) this.#queue = []
    this.#unsent = full ? 0 : this.#unsent
    this.#queue.push(added)
    this.#unsent += added.length
    this.#pass()
  }

  /** Says a last word and ends. */
  finish(bytes: Buffer): void {
    if (this.#ended) return
    this.send(bytes)
    this.#ended = true
    if (this.#queue.length === 0) this.push(null)
  }

  /** Cuts off a reader that has not taken anything for long. @param now monotonic milliseconds */
  checkStuck(now: number): void {
    if (this.#taken || this.unsent === 0) this.#takenAt = now
    else if (now - this.#takenAt > STUCK_MS) this.destroy()
    this.#taken = false
  }

  override _read(): void {
    this.#taken = true
    this.#wanted = true
    this.#pass()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#ended = true
    this.#queue = []
    this.#hooks.gone()
    done(error)
  }

  #pass(): void {
    while (this.#wanted && !this.destroyed) {
      if (this.#queue.length > 0) {
        const [first] = this.#queue
        const bytes = this.#queue.length === 1 ? first! : Buffer.concat(this.#queue)
        this.#queue = []
        this.#unsent = 0
        this.#wanted = this.push(bytes)
        if (this.#ended) this.push(null)
      } else if (this.#live || this.#ended) return
      else {
        const missed = this.#hooks.missed()
        if (missed === 'live') this.#live = true
        else if (missed === 'later') {
          setImmediate(() => this.#pass())
          return
        } else this.#wanted = this.push(missed)
      }
    }
  }
}
