/** The least time between two events of one key, in milliseconds: four a second. */
export const INTERVAL_MS = 250

interface Slot<T> {
  /** When the next one may go out. */
  free: number
  waiting: (() => T) | null
}

/**
 * Lets through the newest of what is offered under a key, at most every `INTERVAL_MS`: the first at once, the last of
 * those that follow when its time comes.
 */
export class Coalescer<T> {
  /** In order of `free`: every key waits equally long, so the oldest stands first. */
  readonly #slots = new Map<string, Slot<T>>()
  readonly #release: (item: T) => void

  constructor(release: (item: T) => void) {
    this.#release = release
  }

  /** @param now monotonic milliseconds */
  offer(key: string, make: () => T, now: number): void {
    const slot = this.#slots.get(key)
    if (slot) slot.waiting = make
    else this.#let(key, make, now)
  }

  /** Releases what has waited long enough. To be called several times in `INTERVAL_MS`. */
  tick(now: number): void {
    for (const [key, slot] of this.#slots) {
      if (slot.free > now) return
      this.#slots.delete(key)
      if (slot.waiting) this.#let(key, slot.waiting, now)
    }
  }

  clear(): void {
    this.#slots.clear()
  }

  #let(key: string, make: () => T, now: number): void {
    this.#slots.set(key, { free: now + INTERVAL_MS, waiting: null })
    this.#release(make())
  }
}
