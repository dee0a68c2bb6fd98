import { civilDay } from '@nhip/calendar/instant'
import type { Message } from '@nhip/canonical/problem'
import { refuse } from '../http/problem.ts'
import type { Actor } from '../records/contract.ts'
import type { Identity } from './identity.ts'
import { keptByAdministrators, permissionNames } from './permissions.ts'
import { readStoredRoles, replacePermissions, type StoredRole } from './role-store.ts'

export function readRolesOf(identity: Identity): Promise<StoredRole[]> {
  return readStoredRoles(identity.records, civilDay(identity.now()))
}

/** @throws 404 `unknown-role` */
export async function roleOf(identity: Identity, code: string): Promise<StoredRole> {
  const role = (await readRolesOf(identity)).find((one) => one.code === code)
  if (!role) throw refuse(404, 'unknown-role', { params: { role: code } })
  return role
}

/** How roles are called. */
export async function roleNames(identity: Identity): Promise<(code: string) => Message> {
  const names = new Map((await readRolesOf(identity)).map(({ code, name }) => [code, name]))
  return (code) => names.get(code) ?? { vi: code, en: code }
}

/** What a change would add to a role. */
export function addedBy(role: StoredRole, permissions: readonly string[]): string[] {
  return permissions.filter((permission) => !role.permissions.includes(permission))
}

/** @throws 422 on a permission that nobody knows, or when administrators would lose what they mend roles with */
export function demandPermissions(role: string, permissions: readonly string[]): void {
  const unknown = permissions.find((permission) => !(permission in permissionNames))
  if (unknown !== undefined) throw refuse(422, 'unknown-permission', { params: { permission: unknown } })
  const missing = keptByAdministrators.find((permission) => !permissions.includes(permission))
  if (role === 'administrator' && missing !== undefined)
    throw refuse(422, 'role-needs-permission', { params: { role, permission: missing } })
}

/** Replaces what a role allows, at once for everybody who holds it. @throws 412 when somebody else was faster */
export async function changeRole(
  identity: Identity,
  actor: Actor,
  role: StoredRole,
  wanted: readonly string[],
): Promise<void> {
  demandPermissions(role.code, wanted)
  const permissions = [...new Set(wanted)].sort()
  await identity.records.tx(actor, async (tx) => {
    tx.audit({
      action: 'role.change',
      targetType: 'role',
      targetId: role.code,
      before: { permissions: role.permissions },
      after: { permissions },
    })
    if (!(await replacePermissions(tx, role, permissions))) throw refuse(412, 'stale-version')
  })
  await identity.readRoles()
}
