import { Type } from 'typebox'
import { refuse } from '../http/problem.ts'
import { compile, problemsOf } from '../http/validation.ts'
import { accountScope, mayChange } from './account-scope.ts'
import { RoleAtUnit } from './contract.ts'
import type { FourEyesHandler } from './four-eyes.ts'
import { demandGrantable, grantsPower } from './grants.ts'
import type { Identity } from './identity.ts'
import { wholeNode } from './permissions.ts'
import { changeRole, demandPermissions, roleOf } from './roles.ts'
import type { Account } from './store.ts'
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
      const unit = first === undefined || others.some((one) => one.unit !== first.unit) ? null : first.unit
      return { unit, before: { memberships: listOf(account) }, version: account.version }
    },
    async apply(actor, username, change, { version }) {
      const account = { ...(await accountOf(identity, username)), version }
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
      const { permissions, version } = await roleOf(identity, code)
      demandPermissions(code, change.permissions as string[])
      if (!caller.holds('roles.write', null))
        throw refuse(403, 'whole-node-only', { params: { permission: 'roles.write' } })
      return { unit: null, before: { permissions: permissions.toSorted() }, version }
    },
    async apply(actor, code, change, { version }) {
      const role = { ...(await roleOf(identity, code)), version }
      await changeRole(identity, actor, role, change.permissions as string[])
    },
  }
}

/** The roles of an account in an order that does not depend on how they came about. */
function listOf({ memberships }: Account): RoleAt[] {
  return memberships
    .map(({ unit, role }) => ({ unit: unit ?? wholeNode, role }))
    .sort((a, b) => (`${a.unit} ${a.role}` < `${b.unit} ${b.role}` ? -1 : 1))
}

function demandShape(check: ReturnType<typeof compile>, change: Record<string, unknown>): void {
  if (!check(change)) throw refuse(422, 'invalid-request', { errors: problemsOf(check.errors, '/change') })
}
