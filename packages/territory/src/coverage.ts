import type { Territory } from './territory.ts'
import type { UnitId } from './unit.ts'

export type Reported = 'reported' | 'missing' | 'not-applicable'

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
    const own = this.#state(id)
    if (own !== null)
      return { reported: own === 'reported' ? 1 : 0, expected: own === 'not-applicable' ? 0 : 1 }
    const units = new Map<UnitId, Reported>()
    if (!this.#collect(id, 'from', units)) {
      units.clear()
      this.#collect(id, 'to', units)
    }
    let reported = 0
    let expected = 0
    for (const state of units.values()) {
      if (state === 'reported') reported++
      if (state !== 'not-applicable') expected++
    }
    return { reported, expected }
  }

  /** Adds the units with a row that a unit came from or went to, each once, by however many ways; true when there is any. */
  #collect(id: UnitId, towards: 'from' | 'to', into: Map<UnitId, Reported>): boolean {
    const state = this.#state(id)
    if (state !== null) {
      into.set(id, state)
      return true
    }
    const below = new Map<UnitId, Reported>()
    let any = false
    for (const edge of towards === 'from'
      ? this.#territory.predecessors(id)
      : this.#territory.successors(id)) {
      if (this.#collect(edge[towards], towards, below)) any = true
    }
    if (any) for (const [unit, found] of below) into.set(unit, found)
    else into.set(id, 'missing')
    return any
  }
}
