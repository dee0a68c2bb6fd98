import { EventStreamReader, type StreamEvent } from './event-stream.ts'

/** `live` from the first event on, `lost` while it is tried again. */
export type LinkState = 'connecting' | 'live' | 'lost'

export interface LinkHooks {
  events(events: readonly StreamEvent[], lastEventId: string | undefined): void
  state(state: LinkState): void
}

/** What a link needs of its surroundings. */
export interface LinkMeans {
  fetch: typeof fetch
  /** Resolves after so many milliseconds, sooner when there is reason to hope. */
  wait(ms: number, signal: AbortSignal): Promise<void>
  random(): number
}

/** The node says every 15 s that it lives; a line silent for longer is dead, whatever the network says. */
export const SILENT_MS = 40_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 10_000

/** How long to wait before the nth try: doubled each time, spread so that a hall of screens does not come back at once. */
export function waitMs(tries: number, random: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS) * (0.5 + random / 2)
}

/** One connection to the live stream that is kept up until it is closed, going on where it was cut. */
export class Link {
  lastEventId: string | undefined
  readonly #hooks: LinkHooks
  readonly #means: LinkMeans
  #ending: AbortController | null = null

  constructor(hooks: LinkHooks, means: LinkMeans, lastEventId?: string) {
    this.#hooks = hooks
    this.#means = means
    this.lastEventId = lastEventId
  }

  /** Opens the stream at this address in place of the one that is open. */
  open(address: string): void {
    this.close()
    this.#ending = new AbortController()
    void this.#keep(address, this.#ending.signal)
  }

  close(): void {
    this.#ending?.abort()
    this.#ending = null
  }

  async #keep(address: string, ended: AbortSignal): Promise<void> {
    for (let tries = 0; !ended.aborted; tries += 1) {
      try {
        await this.#once(address, ended, () => {
          tries = 0
        })
      } catch {
        // Refused, cut or silent: all the same to the reader, who is told that the figures may be old.
      }
      if (ended.aborted) return
      this.#hooks.state('lost')
      await this.#means.wait(waitMs(tries, this.#means.random()), ended)
    }
  }

  /** Reads until the stream ends; throws when it cannot be opened or falls silent. */
  async #once(address: string, ended: AbortSignal, opened: () => void): Promise<void> {
    const silence = new AbortController()
    let alarm = setTimeout(() => silence.abort(), SILENT_MS)
    const stop = () => silence.abort()
    ended.addEventListener('abort', stop)
    try {
      const answer = await this.#means.fetch(address, {
        credentials: 'same-origin',
        cache: 'no-store',
        signal: silence.signal,
        headers: {
          Accept: 'text/event-stream',
          ...(this.lastEventId === undefined ? {} : { 'Last-Event-ID': this.lastEventId }),
        },
      })
      if (!answer.ok || !answer.body) throw new Error(`stream refused with ${answer.status}`)
      const reader = new EventStreamReader(this.lastEventId)
      const text = new TextDecoder()
      const body = answer.body.getReader()
      for (;;) {
        const { done, value } = await body.read()
        if (done || ended.aborted) return
        clearTimeout(alarm)
        alarm = setTimeout(stop, SILENT_MS)
        const events = reader.read(text.decode(value, { stream: true }))
        this.lastEventId = reader.lastEventId
        if (events.some(({ name }) => name === 'ready')) {
          opened()
          this.#hooks.state('live')
        }
        this.#hooks.events(events, this.lastEventId)
      }
    } finally {
      clearTimeout(alarm)
      ended.removeEventListener('abort', stop)
      silence.abort()
    }
  }
}
