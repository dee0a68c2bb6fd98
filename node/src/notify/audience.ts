import type { Caller } from '../http/caller.ts'
import type { Credentials } from '../http/serve.ts'
import { type Filter, matches } from './filter.ts'
import type { LiveEvent } from './live-event.ts'
import type { MayReceive } from './may-receive.ts'
import type { StreamClient } from './stream-client.ts'

/** Streams of one login, token or of visitors with equal filters: judged, written out and sent together. */
export class Audience {
  readonly key: string
  readonly credentials: Credentials
  /** As identity last recognised them. */
  caller: Caller
  /** All its open streams. */
  readonly members = new Set<StreamClient>()
  /** Those that have caught up. */
  readonly live = new Set<StreamClient>()
  readonly #filter: Filter
  readonly #mayReceive: MayReceive
  #frames: string[] = []

  constructor(
    key: string,
    who: { credentials: Credentials; caller: Caller },
    filter: Filter,
    mayReceive: MayReceive,
  ) {
    this.key = key
    this.credentials = who.credentials
    this.caller = who.caller
    this.#filter = filter
    this.#mayReceive = mayReceive
  }

  receives(event: LiveEvent): boolean {
    const { dataset } = event.about
    const named = dataset !== undefined && this.#filter.datasets?.has(dataset) === true
    return matches(this.#filter, event) && this.#mayReceive(this.caller, event.about, named)
  }

  write(frame: string): void {
    this.#frames.push(frame)
  }

  /** Hands what was written to all streams, encoded once. */
  flush(): void {
    if (this.#frames.length === 0) return
    const bytes = Buffer.from(this.#frames.join(''))
    this.#frames = []
    for (const client of this.live) client.send(bytes)
  }
}
