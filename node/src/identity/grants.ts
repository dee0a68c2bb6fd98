import type { Caller } from '../http/caller.ts'
import { refuse } from '../http/problem.ts'
import type { Identity } from './identity.ts'
import { wholeNode } from './permissions.ts'
import { readRolesOf } from './roles.ts'
import type { Membership } from './store.ts'
import { demandUnit } from './units.ts'
import type { RoleAt } from './users.ts'

/** Roles that let their holders give roles: two persons give them. */
const power = ['users.write', 'roles.write', 'decisions.approve']

/** @throws 422 on a role or unit that is not there, 403 where the caller does not manage accounts */
export async function demandGrantable(
  identity: Identity,
  caller: Caller,
  memberships: readonly RoleAt[],
): Promise<void> {
  const known = new Set((await readRolesOf(identity)).map(({ code }) => code))
  for (const { unit, role } of memberships) {
    if (!known.has(role)) throw refuse(422, 'unknown-role', { params: { role } })
    if (unit !== wholeNode) demandUnit(identity.units, unit)
    if (!caller.holds('users.write', placeOf(unit)))
      throw refuse(403, 'grant-beyond-your-units', { params: { unit } })
  }
  // Somebody without any role is nobody's: only whoever answers for the whole node has such accounts.
  if (memberships.length === 0 && !caller.holds('users.write', null)) throw refuse(422, 'membership-missing')
}

/** Those of the new memberships that give power which the account does not have yet, with their units. */
export function grantsPower(
  identity: Identity,
  memberships: readonly RoleAt[],
  before: readonly Membership[] = [],
): { unit: string | null; role: string }[] {
  return memberships
    .map(({ unit, role }) => ({ unit: placeOf(unit), role }))
    .filter(({ unit, role }) => {
      const held = identity.permissionsOf([role])
      return (
        power.some((permission) => held.has(permission)) &&
        !before.some((one) => one.role === role && identity.reach.covers(one.unit ?? wholeNode, unit))
      )
    })
}

function placeOf(unit: string): string | null {
  return unit === wholeNode ? null : unit
}
