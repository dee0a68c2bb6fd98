import { anonymous, type Caller } from './caller.ts'

/** A person, for tests, who holds permissions over the whole node. */
export function callerWith(permissions: readonly string[], more: Partial<Caller> = {}): Caller {
  const held = new Set(permissions)
  return {
    ...anonymous,
    kind: 'user',
    id: 'u-7',
    username: 'lan',
    permissions: held,
    memberships: [{ unit: '*', role: 'officer' }],
    holds: (permission) => held.has(permission),
    ...more,
  }
}
