import type { StreamEvent } from './event-stream.ts'
import { type Interest, streamAddress } from './interest.ts'
import { Link, type LinkMeans, type LinkState } from './link.ts'

/** What tabs of one browser tell one another. */
type Message =
  | { kind: 'want'; tab: string; interests: Interest[] }
  | { kind: 'left'; tab: string }
  | { kind: 'leader' }
  | { kind: 'joined' }
  | { kind: 'restart' }
  | { kind: 'events'; events: readonly StreamEvent[]; lastEventId: string | undefined }
  | { kind: 'state'; state: LinkState; since: number }

/** Where the tabs meet: both are missing in old browsers, locks also on plain http. Then each tab has its own stream. */
export interface Meeting {
  locks: Pick<LockManager, 'request'>
  channel: Pick<BroadcastChannel, 'postMessage' | 'onmessage' | 'close'>
}

export interface LiveState {
  link: LinkState
  /** Since when, epoch milliseconds. */
  since: number
}

/** Changes of what is wanted within this time are one change of the stream. */
const GATHER_MS = 150

/**
 * The live stream as a tab sees it. Of all tabs of a browser one, the leader, holds the connection, wide enough for what
 * all of them show, and passes on what it hears; when it is closed another takes over at the same place.
 */
export class LiveClient {
  readonly #meeting: Meeting | null
  readonly #link: Link
  readonly #tab = Math.random().toString(36).slice(2)
  readonly #own = new Set<Interest>()
  /** What the other tabs show, by tab. */
  readonly #others = new Map<string, Interest[]>()
  readonly #hearers = new Set<(events: readonly StreamEvent[]) => void>()
  readonly #watchers = new Set<() => void>()
  readonly #ending = new AbortController()
  #state: LiveState = { link: 'connecting', since: Date.now() }
  #started = false
  #leads = false
  #address = ''
  #gathering: ReturnType<typeof setTimeout> | undefined

  constructor(means: LinkMeans, meeting: Meeting | null) {
    this.#meeting = meeting
    this.#link = new Link(
      {
        events: (events, lastEventId) => {
          this.#tell({ kind: 'events', events, lastEventId })
          this.#hear(events)
        },
        state: (link) => {
          if (link === this.#state.link) return
          this.#become({ link, since: Date.now() })
          this.#tell({ kind: 'state', state: link, since: this.#state.since })
        },
      },
      means,
    )
  }

  /** Connects, or waits until the tab that is connected closes. */
  start(): void {
    if (this.#started) return
    this.#started = true
    if (!this.#meeting) {
      this.#lead()
      return
    }
    this.#meeting.channel.onmessage = ({ data }) => this.#receive(data as Message)
    this.#tell({ kind: 'joined' })
    this.#meeting.locks
      .request('nhip.stream', { signal: this.#ending.signal }, () => {
        this.#lead()
        // Held until the tab goes.
        return new Promise<void>((resolve) => this.#ending.signal.addEventListener('abort', () => resolve()))
      })
      .catch(() => undefined)
  }

  stop(): void {
    clearTimeout(this.#gathering)
    this.#link.close()
    this.#tell({ kind: 'left', tab: this.#tab })
    this.#ending.abort()
    this.#meeting?.channel.close()
  }

  /** Asks for a figure until the returned function is called. */
  want(interest: Interest): () => void {
    this.#own.add(interest)
    this.#wantsChanged()
    return () => {
      this.#own.delete(interest)
      this.#wantsChanged()
    }
  }

  /** Opens the stream anew: whoever signs in or out may see other things. */
  restart(): void {
    if (this.#leads) this.#reopen()
    else this.#tell({ kind: 'restart' })
  }

  hear(hearer: (events: readonly StreamEvent[]) => void): () => void {
    this.#hearers.add(hearer)
    return () => this.#hearers.delete(hearer)
  }

  get state(): LiveState {
    return this.#state
  }

  /** Told of each change of `state`. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  #lead(): void {
    this.#leads = true
    this.#tell({ kind: 'leader' })
    // The others are given time to say what they show.
    this.#gather()
  }

  #gather(): void {
    clearTimeout(this.#gathering)
    this.#gathering = setTimeout(() => {
      const wanted = streamAddress([...this.#own, ...[...this.#others.values()].flat()])
      if (wanted !== this.#address) this.#open(wanted)
    }, GATHER_MS)
  }

  #open(address: string): void {
    this.#address = address
    this.#link.open(address)
  }

  #reopen(): void {
    if (this.#address !== '') this.#open(this.#address)
  }

  #wantsChanged(): void {
    if (this.#leads) this.#gather()
    else this.#tell({ kind: 'want', tab: this.#tab, interests: [...this.#own] })
  }

  #receive(message: Message): void {
    if (message.kind === 'events') {
      this.#link.lastEventId = message.lastEventId
      this.#hear(message.events)
    } else if (message.kind === 'state') this.#become({ link: message.state, since: message.since })
    else if (message.kind === 'leader') this.#wantsChanged()
    else if (!this.#leads) return
    else if (message.kind === 'restart') this.#reopen()
    else if (message.kind === 'joined')
      this.#tell({ kind: 'state', state: this.#state.link, since: this.#state.since })
    else {
      if (message.kind === 'want') this.#others.set(message.tab, message.interests)
      else this.#others.delete(message.tab)
      this.#gather()
    }
  }

  #hear(events: readonly StreamEvent[]): void {
    if (events.length > 0) for (const hearer of this.#hearers) hearer(events)
  }

  #become(state: LiveState): void {
    this.#state = state
    for (const watcher of this.#watchers) watcher()
  }

  #tell(message: Message): void {
    if (!this.#ending.signal.aborted) this.#meeting?.channel.postMessage(message)
  }
}
