import { addDays } from '@nhip/calendar/civil-date'
import { civilDay } from '@nhip/calendar/instant'
import type { Territory } from '@nhip/territory/territory'
import type { Unit } from '@nhip/territory/unit'
import { wholeNode } from './permissions.ts'

/** Deeper than any administration; a circle in the data ends here instead of never. */
const deepest = 32

/**
 * Which units a role reaches: the unit it is held at and all below it, today. Units come and go, so
 *
 * - a closed unit answers with what became of it: it lies in reach when all its successors do, or when it did on its last day;
 * - a role held at a unit that was only renamed goes on at its successor.
 */
export class Reach {
  readonly #territory: () => Territory
  readonly #now: () => number
  #answers = new Map<string, boolean>()
  #for: { territory: Territory | undefined; today: string } = { territory: undefined, today: '' }

  constructor(territory: () => Territory, now: () => number) {
    this.#territory = territory
    this.#now = now
  }

  /** @param unit null for what belongs to no unit: only the whole node reaches it */
  covers(holder: string, unit: string | null): boolean {
    if (holder === wholeNode) return true
    if (unit === null) return false
    if (holder === unit) return true
    const territory = this.#territory()
    const today = civilDay(this.#now())
    if (this.#for.territory !== territory || this.#for.today !== today || this.#answers.size > 100_000) {
      this.#for = { territory, today }
      this.#answers = new Map()
    }
    const key = `${holder} ${unit}`
    let answer = this.#answers.get(key)
    if (answer === undefined) {
      answer = liesIn(territory, unit, renamed(territory, holder), today, deepest)
      this.#answers.set(key, answer)
    }
    return answer
  }
}

/** A unit under the name it bears today, as long as nothing but its name, code or kind changed. */
function renamed(territory: Territory, id: string): ReadonlySet<string> {
  const known = new Set([id])
  let unit = territory.unit(id)
  while (unit !== undefined && unit.valid.to !== null && known.size < deepest) {
    const [only, ...others] = territory.successors(unit.id)
    if (only === undefined || others.length > 0 || only.kind !== 'rename' || known.has(only.to)) break
    known.add(only.to)
    unit = territory.unit(only.to)
  }
  return known
}

function liesIn(
  territory: Territory,
  id: string,
  holders: ReadonlySet<string>,
  today: string,
  steps: number,
): boolean {
  const unit = territory.unit(id)
  if (unit === undefined || steps === 0) return false
  if (chain(territory, unit, lastDay(unit, today)).some((above) => holders.has(above))) return true
  const successors = unit.valid.to === null ? [] : territory.successors(id)
  return (
    successors.length > 0 && successors.every(({ to }) => liesIn(territory, to, holders, today, steps - 1))
  )
}

/** The day on which to ask who a unit belongs to: today, or its last one. */
function lastDay({ valid }: Unit, today: string): string {
  return valid.to === null || valid.to > today ? today : addDays(valid.to, -1)
}

/** A unit and all above it on a day, from the bottom. */
function chain(territory: Territory, unit: Unit, day: string): string[] {
  const ids = [unit.id]
  let above = territory.parentAt(unit.id, day)
  while (above !== undefined && ids.length < deepest) {
    ids.push(above.id)
    above = territory.parentAt(above.id, day)
  }
  return ids
}
