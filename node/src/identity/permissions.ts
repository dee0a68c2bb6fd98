import type { Message } from '@nhip/canonical/problem'
import type { Caller } from '../http/caller.ts'
import type { Role } from './contract.ts'

/** What a person may do, over the units of their roles; the page `RIGHTS.md` says what each reaches. */
export const permissionNames = {
  'shared.read': { vi: 'Xem dữ liệu dùng chung', en: 'Read shared data' },
  'restricted.read': { vi: 'Xem dữ liệu dùng riêng của đơn vị', en: "Read the unit's restricted data" },
  'personal.read': { vi: 'Xem dữ liệu cá nhân', en: 'Read personal data' },
  'observations.write': { vi: 'Ghi, đính chính số liệu', en: 'Write and correct figures' },
  'imports.write': { vi: 'Nhập tệp số liệu', en: 'Import files' },
  'catalogue.write': { vi: 'Sửa danh mục dữ liệu', en: 'Edit the catalogue' },
  'units.write': { vi: 'Sửa đơn vị', en: 'Edit units' },
  'jobs.read': { vi: 'Xem công việc nền', en: 'See background jobs' },
  'jobs.cancel': { vi: 'Dừng công việc nền', en: 'Stop background jobs' },
  'audit.read': { vi: 'Xem nhật ký kiểm toán', en: 'Read the audit' },
  'users.read': { vi: 'Xem tài khoản', en: 'See accounts' },
  'users.write': { vi: 'Quản lý tài khoản', en: 'Manage accounts' },
  'roles.write': { vi: 'Sửa quyền của vai trò', en: 'Edit what roles may do' },
  'tokens.write': { vi: 'Tạo mã truy cập', en: 'Make access tokens' },
  'alerts.handle': { vi: 'Xử lý cảnh báo', en: 'Handle alerts' },
  'decisions.approve': { vi: 'Phê duyệt', en: 'Approve' },
  'policies.simulate': { vi: 'Chạy mô phỏng chính sách', en: 'Simulate policies' },
  'node.configure': { vi: 'Cấu hình nút', en: 'Configure the node' },
} as const satisfies Record<string, Message>

export type Permission = keyof typeof permissionNames
export const permissions = Object.keys(permissionNames) as Permission[]

const reader: Permission[] = ['shared.read', 'jobs.read', 'tokens.write']
const insider: Permission[] = [...reader, 'restricted.read']
const writer: Permission[] = [
  ...insider,
  'observations.write',
  'imports.write',
  'catalogue.write',
  'jobs.cancel',
]

/** The roles a new node starts with; afterwards the table `role_permission` is the truth. */
export const startingRoles: Record<Role, Message & { permissions: readonly Permission[] }> = {
  viewer: { vi: 'Người xem', en: 'Viewer', permissions: reader },
  officer: { vi: 'Cán bộ', en: 'Officer', permissions: [...writer, 'policies.simulate'] },
  'duty-officer': { vi: 'Trực ban', en: 'Duty officer', permissions: [...writer, 'alerts.handle'] },
  approver: { vi: 'Người phê duyệt', en: 'Approver', permissions: [...insider, 'decisions.approve'] },
  analyst: {
    vi: 'Chuyên viên phân tích',
    en: 'Analyst',
    permissions: [...insider, 'imports.write', 'catalogue.write', 'policies.simulate'],
  },
  administrator: {
    vi: 'Quản trị viên',
    en: 'Administrator',
    permissions: permissions.filter((p) => p !== 'personal.read' && p !== 'decisions.approve'),
  },
  auditor: {
    vi: 'Kiểm tra viên',
    en: 'Auditor',
    permissions: [...insider, 'audit.read', 'users.read'],
  },
}

/** Without these the role that keeps the others could not be mended any more. */
export const keptByAdministrators: readonly Permission[] = ['users.read', 'users.write', 'roles.write']

/** What a token may be cut down to. */
export const scopes = ['ingest', 'read', 'admin'] as const
export type Scope = (typeof scopes)[number]

const scopePermissions: Record<Scope, readonly Permission[]> = {
  ingest: ['observations.write', 'imports.write', 'jobs.read'],
  read: ['shared.read', 'restricted.read', 'personal.read', 'jobs.read', 'audit.read', 'users.read'],
  admin: permissions,
}

/** The permissions that are left of a user's when a token with these scopes is used. */
export function withinScopes(held: Iterable<string>, granted: readonly string[]): Set<string> {
  const allowed = new Set(granted.flatMap((scope) => scopePermissions[scope as Scope] ?? []))
  return new Set([...held].filter((permission) => allowed.has(permission as Permission)))
}

/** The membership at the root: the role holds for every unit. */
export const wholeNode = '*'

/** Whether the caller may do this anywhere at all: the guard of a route. Whether to this thing, `caller.holds` says. */
export function can(caller: Caller, permission: string): boolean {
  return caller.permissions.has(permission)
}
