import type { Territory } from '@nhip/territory/territory'
import type { Caller } from '../http/caller.ts'
import type { Role } from './contract.ts'

/** What a person may do. Rights = permission × unit subtree × class of the dataset (`mayRead` of the catalogue). */
export const permissions = [
  'shared.read',
  'restricted.read',
  'personal.read',
  'observations.write',
  'imports.write',
  'catalogue.write',
  'units.write',
  'jobs.read',
  'jobs.cancel',
  'audit.read',
  'users.read',
  'users.write',
  'tokens.write',
  'alerts.handle',
  'decisions.approve',
  'policies.simulate',
  'node.configure',
] as const
export type Permission = (typeof permissions)[number]

const reader: Permission[] = ['shared.read', 'jobs.read', 'tokens.write']
const writer: Permission[] = [
  ...reader,
  'observations.write',
  'imports.write',
  'catalogue.write',
  'jobs.cancel',
]

/** The roles a new node starts with; afterwards the table `role_permission` is the truth. */
export const startingRoles: Record<Role, { vi: string; en: string; permissions: readonly Permission[] }> = {
  viewer: { vi: 'Người xem', en: 'Viewer', permissions: reader },
  officer: { vi: 'Cán bộ', en: 'Officer', permissions: [...writer, 'policies.simulate'] },
  'duty-officer': { vi: 'Trực ban', en: 'Duty officer', permissions: [...writer, 'alerts.handle'] },
  approver: { vi: 'Người phê duyệt', en: 'Approver', permissions: [...reader, 'decisions.approve'] },
  analyst: {
    vi: 'Chuyên viên phân tích',
    en: 'Analyst',
    permissions: [...reader, 'imports.write', 'catalogue.write', 'policies.simulate'],
  },
  administrator: {
    vi: 'Quản trị viên',
    en: 'Administrator',
    permissions: permissions.filter((p) => p !== 'personal.read' && p !== 'decisions.approve'),
  },
  auditor: {
    vi: 'Kiểm tra viên',
    en: 'Auditor',
    permissions: [...reader, 'restricted.read', 'audit.read', 'users.read'],
  },
}

/** What a token may be cut down to. */
export const scopes = ['ingest', 'read', 'admin'] as const
export type Scope = (typeof scopes)[number]

const scopePermissions: Record<Scope, readonly Permission[]> = {
  ingest: ['observations.write', 'imports.write', 'jobs.read'],
  read: ['shared.read', 'restricted.read', 'personal.read', 'jobs.read', 'audit.read', 'users.read'],
  admin: permissions,
}

/** The permissions that are left of a user's when a token with these scopes is used. */
export function withinScopes(held: ReadonlySet<string>, granted: readonly string[]): Set<string> {
  const allowed = new Set(granted.flatMap((scope) => scopePermissions[scope as Scope] ?? []))
  return new Set([...held].filter((permission) => allowed.has(permission as Permission)))
}

/** The membership at the root: the role holds for every unit. */
export const wholeNode = '*'

export interface Target {
  /** Unit the thing belongs to. */
  unit?: string
}

/**
 * The one question of rights: may the caller do this, to that? Without a target the answer is whether the caller may do
 * it anywhere at all.
 */
export function can(
  caller: Caller,
  permission: string,
  target?: Target & { territory: Territory; today: string },
): boolean {
  if (!caller.permissions.has(permission)) return false
  if (target?.unit === undefined || caller.kind === 'bootstrap') return true
  const { territory, today } = target
  let unit: string | undefined = target.unit
  // A unit that is closed today is answered for by whoever answers for where it last belonged.
  const day = territory.unit(unit)?.valid.to === null ? today : (territory.unit(unit)?.valid.from ?? today)
  for (let steps = 0; unit !== undefined && steps < 32; steps += 1) {
    if (caller.memberships.some((m) => m.unit === unit || m.unit === wholeNode)) return true
    unit = territory.parentAt(unit, day)?.id
  }
  return caller.memberships.some((m) => m.unit === wholeNode)
}
