import type { Territory } from './territory.ts'
import type { UnitId } from './unit.ts'

export type Reported = 'reported' | 'missing' | 'not-applicable'

interface Count {
  reported: number
  expected: number
  /** Whether any unit on this branch has a row at all, be it only "missing". */
  seen: boolean
}

/**
 * How many of the units that make up a unit have reported. The units counted are those with a row, however far back or ahead in
 * time; a branch without any row counts as one unit that has not reported.
 */
export class Coverage {
  readonly #territory: Territory
  readonly #state: (id: UnitId) => Reported | null

  constructor(territory: Territory, state: (id: UnitId) => Reported | null) {
    this.#territory = territory
    this.#state = state
  }

  of(id: UnitId): { reported: number; expected: number } {
    const before = this.#count(id, 'from')
    const { reported, expected } = before.seen ? before : this.#count(id, 'to')
    return { reported, expected }
  }

  #count(id: UnitId, towards: 'from' | 'to'): Count {
    const state = this.#state(id)
    if (state !== null)
      return {
        reported: state === 'reported' ? 1 : 0,
        expected: state === 'not-applicable' ? 0 : 1,
        seen: true,
      }
    const total = { reported: 0, expected: 0, seen: false }
    for (const edge of towards === 'from'
      ? this.#territory.predecessors(id)
      : this.#territory.successors(id)) {
      const branch = this.#count(edge[towards], towards)
      total.reported += branch.reported
      total.expected += branch.expected
      total.seen ||= branch.seen
    }
    return total.seen ? total : { reported: 0, expected: 1, seen: false }
  }
}
