import type { Territory } from '@nhip/territory/territory'
import type { Unit } from '@nhip/territory/unit'
import type { Caller } from '../../http/caller.ts'
import { type Route, route } from '../../http/declare.ts'
import { refuse } from '../../http/problem.ts'
import { type OpenUnits, unitItem } from '../units.ts'
import { Order, Reorganised } from './contract.ts'
import type { Changed } from './reorganise.ts'

/** Units over time, changed by legal acts. */
export function reorganisationRoutes(units: OpenUnits): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/units/changes',
      summary:
        'Add, rename, move and dissolve units as one legal act says; what was before its day stays as it was',
      description:
        'An heir of a dissolved unit begins on the same day: add or rename it in the same order. What lies in a renamed unit, or in one dissolved into a single heir, follows it; else the order says where it goes.',
      body: Order,
      permission: 'units.write',
      audit: 'unit.change',
      responses: { 200: { description: 'What changed, or would change', body: Reorganised } },
      async handle({ body, caller, actor }) {
        const before = units.territory()
        const { territory, began, ended, moved } = await units.reorganise(actor, body, (changed) =>
          demandAbove(caller, before, changed, body.on),
        )
        const shown = (list: readonly Unit[]) => list.map((unit) => unitItem(territory, unit, body.on))
        return { status: 200, body: { began: shown(began), ended: shown(ended), moved: shown(moved) } }
      },
    }),
  ]
}

/** Whoever changes a unit holds `units.write` over what it lies in, before and after: nobody raises or moves their own. */
function demandAbove(caller: Caller, before: Territory, changed: Changed, on: string): void {
  const { began, ended, moved, territory } = changed
  const places: [Unit, Territory][] = [
    ...began.map((unit): [Unit, Territory] => [unit, territory]),
    ...[...ended, ...moved].map((unit): [Unit, Territory] => [unit, before]),
    ...moved.map((unit): [Unit, Territory] => [unit, territory]),
  ]
  for (const [unit, map] of places) {
    let above = map.parentAt(unit.id, on)?.id ?? null
    // What the order itself makes is reached as what it will lie in.
    while (above !== null && before.unit(above) === undefined)
      above = territory.parentAt(above, on)?.id ?? null
    if (!caller.holds('units.write', above))
      throw refuse(403, 'units-beyond-yours', { params: { unit: unit.name.vi } })
  }
}
