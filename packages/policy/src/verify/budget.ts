/**
 * How much work a check may do. Steps are comparisons of two sets, so that a run without a clock ends at the same place
 * every time; with a clock (milliseconds, from the host) it also ends in time, counted from its first step.
 */
export class Budget {
  readonly #clock: (() => number) | undefined
  readonly #ms: number
  #deadline: number | undefined
  #steps: number
  #untilClock = 0

  constructor(steps: number, ms = Number.POSITIVE_INFINITY, clock?: () => number) {
    this.#steps = steps
    this.#clock = clock
    this.#ms = ms
  }

  /** Takes steps; false when the budget is used up, and from then on. */
  spend(steps: number): boolean {
    this.#steps -= steps
    this.#untilClock -= steps
    if (this.#untilClock <= 0 && this.#clock !== undefined) {
      this.#untilClock = 20_000
      this.#deadline ??= this.#clock() + this.#ms
      if (this.#clock() > this.#deadline) this.#steps = -1
    }
    return this.#steps >= 0
  }

  get spent(): boolean {
    return this.#steps < 0
  }
}

/** A third of a second of work of one core, so that all searches of a hostile table end within one. */
export const DEFAULT_STEPS = 4_000_000
/** No table has more regions that a person would read, and memory stays small. */
export const MAX_PIECES = 300_000
