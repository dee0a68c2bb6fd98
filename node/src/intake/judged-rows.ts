import type { Verdict } from './admit.ts'

/** Values that are held in memory between judging a file and storing it, about 150 bytes each. */
const mostHeld = 400_000

/** What the rows of a file have come to, held so that they need not be read and judged a second time. */
export class JudgedRows {
  #verdicts: Verdict[] = []
  #rows = 0
  #complete = true

  /** False once there were too many: then nothing is held. */
  get complete(): boolean {
    return this.#complete
  }

  get portions(): number {
    return this.#verdicts.length
  }

  add(verdict: Verdict): void {
    this.#rows += verdict.rows.length
    if (this.#rows > mostHeld) {
      this.#complete = false
      this.#verdicts = []
    }
    if (this.#complete) this.#verdicts.push(verdict)
  }

  /** Hands over what is held, in order, and lets go of it. */
  *take(): Generator<Verdict> {
    this.#verdicts.reverse()
    for (let next = this.#verdicts.pop(); next !== undefined; next = this.#verdicts.pop()) yield next
  }
}
