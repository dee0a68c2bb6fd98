import type { Problem } from '@nhip/canonical/problem'
import type { Caller } from '../../http/caller.ts'
import type { Candidate } from '../candidate.ts'
import type { Admitted } from '../contract.ts'
import { faultOfReading, isOfTheStore } from './refusal.ts'

/** Most readings that go to the store at once: `admit` names the faults of at most so many. */
const mostAtOnce = 1000

/** Judges and stores readings of a caller, the valid ones; the faults carry the number of their reading as `line`. */
export type Store = (candidates: readonly Candidate[], caller: Caller) => Promise<Pick<Admitted, 'errors'>>

interface Waiting {
  candidate: Candidate
  settle(problems: Problem[]): void
  fail(error: unknown): void
}

/**
 * Readings of one source for one dataset, in the order in which they came. What arrives while a group is being committed
 * is the next group, so one commit acknowledges as many messages as were waiting for it.
 */
export class Lane {
  readonly #store: Store
  readonly #idle: () => void
  #caller: Caller
  #waiting: Waiting[] = []
  #running = false

  /** `idle` is called when nothing waits any more. */
  constructor(store: Store, caller: Caller, idle: () => void) {
    this.#store = store
    this.#caller = caller
    this.#idle = idle
  }

  /**
   * Resolves after the commit, with why the reading was refused if it was.
   *
   * @throws when the reading has to be sent again
   */
  push(candidate: Candidate, caller: Caller): Promise<Problem[]> {
    // The newest picture of the caller: rights that were taken away hold for what has not been judged yet.
    this.#caller = caller
    return new Promise((settle, fail) => {
      this.#waiting.push({ candidate, settle, fail })
      if (this.#running) return
      this.#running = true
      // The other messages of what has just been read from the sockets join the group.
      setImmediate(() => void this.#run())
    })
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) await this.#commit(this.#waiting.splice(0, mostAtOnce))
    this.#running = false
    this.#idle()
  }

  async #commit(group: Waiting[]): Promise<void> {
    try {
      const candidates = group.map(({ candidate }, i) => {
        candidate.place = { line: i }
        return candidate
      })
      const { errors } = await this.#store(candidates, this.#caller)
      const faults = group.map((): Problem[] => [])
      for (const { line, ...problem } of errors) faults[line!]!.push(problem)
      for (const [i, { settle }] of group.entries()) settle(faults[i]!)
    } catch (error) {
      const faults = faultOfReading(error)
      if (group.length > 1 && !isOfTheStore(error)) {
        // One reading that nobody can store shall not hold the others up for ever.
        for (const one of group) await this.#commit([one])
      } else if (faults) for (const { settle } of group) settle(faults)
      else for (const { fail } of group) fail(error)
    }
  }
}
