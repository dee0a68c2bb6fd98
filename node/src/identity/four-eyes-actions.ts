import { Type } from 'typebox'
import { refuse } from '../http/problem.ts'
import { compile, problemsOf } from '../http/validation.ts'
import { accountScope, mayChange } from './account-scope.ts'
import { RoleAtUnit } from './contract.ts'
import type { FourEyesHandler } from './four-eyes.ts'
import { demandGrantable, grantsPower } from './grants.ts'
import type { Identity } from './identity.ts'
import { changeRole, demandPermissions, roleOf } from './roles.ts'
import { accountOf, changeUser, type RoleAt } from './users.ts'

const closed = { additionalProperties: false } as const
const isGrant = compile(
  Type.Object({ memberships: Type.Array(RoleAtUnit, { minItems: 1, maxItems: 50 }) }, closed),
  'body',
)
const isWidening = compile(
  Type.Object({ permissions: Type.Array(Type.String(), { maxItems: 100 }) }, closed),
  'body',
)

/** `user.grant`: all roles that an account shall have, among them one that gives power over others. */
export function grantHandler(identity: Identity): FourEyesHandler {
  return {
    permission: 'users.write',
    async check(caller, username, change) {
      demandShape(isGrant, change)
      const account = await accountOf(identity, username)
      if (account.id === caller.id) throw refuse(403, 'own-rights')
      if (!accountScope(caller).shows(account)) throw refuse(404, 'unknown-user', { params: { username } })
      if (!mayChange(caller, account.memberships))
        throw refuse(403, 'beyond-your-units', { params: { username } })
      const memberships = change.memberships as RoleAt[]
      await demandGrantable(identity, caller, memberships)
      const [first, ...others] = grantsPower(identity, memberships, account.memberships)
      // Who approves answers for every unit in which power is given.
      return first === undefined || others.some(({ unit }) => unit !== first.unit) ? null : first.unit
    },
    async apply(actor, username, change) {
      const account = await accountOf(identity, username)
      await changeUser(identity, actor, account, { memberships: change.memberships as RoleAt[] })
    },
  }
}

/** `role.widen`: what a role shall allow, more than now. */
export function wideningHandler(identity: Identity): FourEyesHandler {
  return {
    permission: 'roles.write',
    async check(caller, code, change) {
      demandShape(isWidening, change)
      await roleOf(identity, code)
      demandPermissions(code, change.permissions as string[])
      if (!caller.holds('roles.write', null))
        throw refuse(403, 'whole-node-only', { params: { permission: 'roles.write' } })
      return null
    },
    async apply(actor, code, change) {
      await changeRole(identity, actor, await roleOf(identity, code), change.permissions as string[])
    },
  }
}

function demandShape(check: ReturnType<typeof compile>, change: Record<string, unknown>): void {
  if (!check(change)) throw refuse(422, 'invalid-request', { errors: problemsOf(check.errors, '/change') })
}
