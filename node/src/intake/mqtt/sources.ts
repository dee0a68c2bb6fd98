import { formatInstant } from '@nhip/calendar/instant'
import type { Problem } from '@nhip/canonical/problem'
import type { GatewayItem } from './contract.ts'

/** Of the faults between two reports so many are named; the others are counted. */
const faultsInReport = 20

/** What a source is told of its rejected readings, on its topic `error`. */
export interface Report {
  at: string
  errors: (Problem & { topic: string })[]
  /** Faults that this report has no room for. */
  more: number
}

/** What is known of the sources that publish: counts since the start, state, and the reports that they are sent. */
export class Sources {
  readonly #known = new Map<string, Source>()
  readonly #now: () => number
  readonly #everyMs: number
  #tell: (source: string, report: Report) => void = () => undefined

  /** @param everyMs least time between two reports to one source */
  constructor(now: () => number, everyMs = 1000) {
    this.#now = now
    this.#everyMs = everyMs
  }

  /** Where reports go: the broker, once there is one. */
  reportTo(tell: (source: string, report: Report) => void): void {
    this.#tell = tell
  }

  of(name: string): Source {
    let source = this.#known.get(name)
    if (!source) {
      source = new Source((report) => this.#tell(name, report), this.#now, this.#everyMs)
      this.#known.set(name, source)
    }
    return source
  }

  items(): GatewayItem[] {
    return [...this.#known]
      .map(([name, source]) => source.item(name))
      .sort((a, b) => (a.source < b.source ? -1 : 1))
  }

  close(): void {
    for (const source of this.#known.values()) source.close()
  }
}

export class Source {
  readonly counts = { messages: 0, accepted: 0, unchanged: 0, flagged: 0, rejected: 0, lost: 0 }
  #state: GatewayItem['state'] = 'unknown'
  #stateSince: number | null = null
  #lastMessageAt: number | null = null
  #faults: Report['errors'] = []
  #more = 0
  #timer: NodeJS.Timeout | null = null
  readonly #send: (report: Report) => void
  readonly #now: () => number
  readonly #everyMs: number

  constructor(send: (report: Report) => void, now: () => number, everyMs: number) {
    this.#send = send
    this.#now = now
    this.#everyMs = everyMs
  }

  heard(): void {
    this.counts.messages += 1
    this.#lastMessageAt = this.#now()
  }

  says(state: 'online' | 'offline'): void {
    if (state !== this.#state) this.#stateSince = this.#now()
    this.#state = state
  }

  /** Counts refused readings and tells the source of them, at once or with the next report. */
  rejected(topic: string, readings: number, problems: readonly Problem[]): void {
    this.counts.rejected += readings
    const room = faultsInReport - this.#faults.length
    this.#faults.push(...problems.slice(0, room).map((problem) => ({ topic, ...problem })))
    this.#more += Math.max(0, problems.length - room)
    if (this.#timer === null) this.#report()
  }

  item(source: string): GatewayItem {
    return {
      source,
      state: this.#state,
      stateSince: this.#stateSince === null ? null : formatInstant(this.#stateSince),
      lastMessageAt: this.#lastMessageAt === null ? null : formatInstant(this.#lastMessageAt),
      ...this.counts,
    }
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer)
  }

  #report(): void {
    this.#timer = null
    if (this.#faults.length === 0) return
    this.#send({ at: formatInstant(this.#now()), errors: this.#faults, more: this.#more })
    this.#faults = []
    this.#more = 0
    this.#timer = setTimeout(() => this.#report(), this.#everyMs)
    this.#timer.unref()
  }
}
