/**
 * Stretches of valid time in which a series may already hold facts. An instant outside them is certainly new, so a
 * history loaded in order, even behind live readings, needs no look at what is stored.
 *
 * At most `LIMIT` stretches are kept; the two closest are then joined. Joining only makes the answer "perhaps" more
 * often, never wrong.
 */
const LIMIT = 8

export class Spans {
  /** Closed stretches `[start, end]`, ascending, disjoint. */
  readonly #spans: [number, number][]

  constructor(spans: readonly (readonly [number, number])[] = []) {
    this.#spans = spans.map(([start, end]) => [start, end])
  }

  copy(): Spans {
    return new Spans(this.#spans)
  }

  mayHold(time: number): boolean {
    for (let i = this.#spans.length - 1; i >= 0; i--) {
      const [start, end] = this.#spans[i]!
      if (time > end) return false
      if (time >= start) return true
    }
    return false
  }

  add(time: number): void {
    let after = this.#spans.length
    while (after > 0 && this.#spans[after - 1]![0] > time) after--
    const before = this.#spans[after - 1]
    if (before) {
      if (time > before[1]) before[1] = time
      return
    }
    this.#spans.unshift([time, time])
    if (this.#spans.length > LIMIT) this.#joinClosest()
  }

  #joinClosest(): void {
    let closest = 1
    let gap = Number.POSITIVE_INFINITY
    for (let i = 1; i < this.#spans.length; i++) {
      const between = this.#spans[i]![0] - this.#spans[i - 1]![1]
      if (between < gap) {
        gap = between
        closest = i
      }
    }
    this.#spans[closest - 1]![1] = this.#spans[closest]![1]
    this.#spans.splice(closest, 1)
  }
}
