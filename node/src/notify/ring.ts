import type { LiveEvent } from './live-event.ts'

/** An event in its place: numbers are given one by one. */
export interface Told {
  n: number
  /** Monotonic milliseconds. */
  at: number
  event: LiveEvent
}

export interface RingLimits {
  /** Events kept at most. */
  most: number
  /** For how long, in milliseconds. */
  ageMs: number
}

/** What was told lately, for those who come back: ten minutes or 100,000 events, whichever is less. */
export class Ring {
  readonly #limits: RingLimits
  /** Kept events lie at `#start` and behind; what lies before is dropped from time to time. */
  #told: Told[] = []
  #start = 0
  #last = 0

  constructor(limits: RingLimits = { most: 100_000, ageMs: 600_000 }) {
    this.#limits = limits
  }

  /** Number of the newest event, kept or not. */
  get last(): number {
    return this.#last
  }

  get size(): number {
    return this.#told.length - this.#start
  }

  add(event: LiveEvent, now: number): Told {
    this.#last += 1
    const told = { n: this.#last, at: now, event }
    this.#told.push(told)
    if (this.size > this.#limits.most) this.#start += 1
    this.trim(now)
    return told
  }

  /** Whether everything after number `n` is still here. */
  reaches(n: number): boolean {
    return n <= this.#last && n >= this.#last - this.size
  }

  /** The event after number `n`, which `reaches`; undefined when it was the newest. */
  after(n: number): Told | undefined {
    return this.#told[this.#start + this.size - (this.#last - n)]
  }

  /** Lets go of what is too old. */
  trim(now: number): void {
    while (this.#start < this.#told.length && this.#told[this.#start]!.at < now - this.#limits.ageMs)
      this.#start += 1
    if (this.#start > 1000 && this.#start > this.#told.length / 2) {
      this.#told = this.#told.slice(this.#start)
      this.#start = 0
    }
  }

  /** Drops everything, and says of every number given so far that what followed it is gone. */
  forget(): void {
    this.#told = []
    this.#start = 0
    this.#last += 1
  }
}
