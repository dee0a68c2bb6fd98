/**
 * Timers in slots of time: setting one and the passing of time cost the same however many there are. A timer beyond one
 * turn of the wheel waits in its slot and is looked at once a turn. Timers are never taken out: whoever no longer needs
 * one says so when it goes off.
 */
export class TimerWheel<T> {
  readonly #slots: { at: number; item: T }[][]
  readonly #slotMs: number
  /** Number of the newest slot that has been emptied. */
  #passed: number
  #size = 0

  /** @param start epoch milliseconds from which time passes */
  constructor(start: number, { slotMs = 1000, slots = 4096 } = {}) {
    this.#slotMs = slotMs
    this.#slots = Array.from({ length: slots }, () => [])
    this.#passed = Math.floor(start / slotMs)
  }

  get size(): number {
    return this.#size
  }

  /** Goes off at the first {@link advance} to a time after `at`. */
  set(at: number, item: T): void {
    const slot = Math.max(Math.floor(at / this.#slotMs), this.#passed)
    this.#slots[slot % this.#slots.length]!.push({ at, item })
    this.#size += 1
  }

  /** What has gone off by `now`, in no particular order. A clock that goes back sets nothing off. */
  advance(now: number): T[] {
    const current = Math.floor(now / this.#slotMs)
    const due: T[] = []
    // The newest slot is looked at again: it may hold timers of its later part.
    const first = Math.max(this.#passed, current - this.#slots.length + 1)
    for (let slot = first; slot <= current; slot++) {
      const index = slot % this.#slots.length
      const waiting = this.#slots[index]!
      if (waiting.length === 0) continue
      const later: { at: number; item: T }[] = []
      for (const timer of waiting) {
        if (timer.at < now) due.push(timer.item)
        else later.push(timer)
      }
      this.#slots[index] = later
    }
    this.#passed = Math.max(this.#passed, current)
    this.#size -= due.length
    return due
  }
}
