import type { Dataset } from '../catalogue/catalogue.ts'
import type { NewObservation } from '../observations/observations.ts'
import type { Actor } from '../records/contract.ts'
import { type IntakeRooms, prepareCatalogue, type Verdict } from './admit.ts'

/** Portions that may be on their way to the disk: as one half of them is written, the other forms the next group. */
const underWay = 6

/**
 * Stores the judged rows of a file in their order. The next portion is made ready while those before it are written;
 * whoever ends, well or not, waits until {@link settled}: nothing of the file may reach the store afterwards.
 */
export class ImportWriter {
  readonly #rooms: IntakeRooms
  readonly #dataset: Dataset
  readonly #actor: Actor
  readonly #writing: Promise<void>[] = []
  /** Rows that the store had already. */
  unchanged = 0
  /** Rows that got a quality bit from the values before them. */
  flagged = 0

  constructor(rooms: IntakeRooms, dataset: Dataset, actor: Actor) {
    this.#rooms = rooms
    this.#dataset = dataset
    this.#actor = actor
  }

  /** @throws when an earlier portion could not be stored */
  async write(verdict: Verdict): Promise<void> {
    await prepareCatalogue(this.#rooms.catalogue, this.#dataset, verdict, this.#actor)
    if (verdict.rows.length === 0) return
    const writing = this.#append(verdict.rows)
    // Its failure is heard by whoever waits for it in its turn.
    writing.catch(() => undefined)
    this.#writing.push(writing)
    if (this.#writing.length >= underWay) await this.#writing.shift()
  }

  /** @throws when a portion could not be stored, after the others have been */
  async settled(): Promise<void> {
    const ended = await Promise.allSettled(this.#writing.splice(0))
    for (const one of ended) if (one.status === 'rejected') throw one.reason
  }

  async #append(rows: NewObservation[]): Promise<void> {
    const { unchanged, flagged } = await this.#rooms.observations.append(rows)
    this.unchanged += unchanged
    this.flagged += flagged
  }
}
