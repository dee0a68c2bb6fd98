import { civilDay } from '@nhip/calendar/instant'
import { fold } from '@nhip/territory/name-key'
import { Type } from 'typebox'
import type { Caller } from '../http/caller.ts'
import { type Route, route } from '../http/declare.ts'
import { etag } from '../http/etag.ts'
import { Page, Paging } from '../http/paging.ts'
import { refuse } from '../http/problem.ts'
import { accountScope, mayChange, shownMemberships } from './account-scope.ts'
import { RoleAtUnit, UserItem } from './contract.ts'
import type { FourEyes } from './four-eyes.ts'
import { demandGrantable, grantsPower } from './grants.ts'
import { type Identity, loginCookie } from './identity.ts'
import { wholeNode } from './permissions.ts'
import { roleNames } from './roles.ts'
import { signOut } from './sign-in.ts'
import { type Account, readAccounts } from './store.ts'
import { unitName } from './units.ts'
import { addUser, changePassword, changeUser, demandCurrentPassword, disable, enable } from './users.ts'

const closed = { additionalProperties: false } as const
const Text = Type.String({ minLength: 1, maxLength: 200 })
const Password = Type.String({ minLength: 1, maxLength: 1000 })
const ByName = Type.Object({ username: Text })
const Memberships = Type.Array(RoleAtUnit, { maxItems: 50 })

export interface UserRooms {
  identity: Identity
  fourEyes: FourEyes
}

/** Accounts, as far as the caller's roles reach. */
export function userRoutes({ identity, fourEyes }: UserRooms): Route[] {
  const itemsOf = async (caller: Caller, accounts: readonly Account[]): Promise<UserItem[]> => {
    const names = await roleNames(identity)
    return accounts.map((account) => ({
      username: account.username,
      displayName: account.displayName,
      lang: account.lang,
      demo: account.demo,
      disabledAt: account.disabledAt,
      createdAt: account.createdAt,
      version: account.version,
      memberships: shownMemberships(caller, account).map(({ unit, role }) => ({
        unit: unit ?? wholeNode,
        unitName: unitName(identity.units, unit ?? wholeNode),
        role,
        roleName: names(role),
      })),
      lastSeenAt: account.lastSeenAt,
      logins: account.logins,
      editable: mayChange(caller, account.memberships),
    }))
  }
  const visible = async (caller: Caller, username: string): Promise<Account> => {
    const today = civilDay(identity.now())
    const [account] = await readAccounts(identity.records, accountScope(caller), today, username)
    if (!account) throw refuse(404, 'unknown-user', { params: { username } })
    return account
  }
  /** An account that lies wholly in the caller's units. */
  const changeable = async (caller: Caller, username: string): Promise<Account> => {
    const account = await visible(caller, username)
    if (!mayChange(caller, account.memberships))
      throw refuse(403, 'beyond-your-units', { params: { username: account.username } })
    return account
  }

  return [
    route({
      method: 'GET',
      path: '/api/users',
      summary: 'Accounts with a role in the units over which the caller may see accounts',
      query: Type.Object(
        {
          ...Paging,
          q: Type.Optional(Type.String({ maxLength: 100, description: 'part of a name' })),
          unit: Type.Optional(
            Type.String({ maxLength: 200, description: 'a role at this unit or below it' }),
          ),
          role: Type.Optional(Type.String({ maxLength: 60 })),
          state: Type.Optional(Type.Enum(['active', 'disabled'] as const)),
        },
        closed,
      ),
      permission: 'users.read',
      responses: { 200: { description: 'Accounts in the order of their names', body: Page(UserItem) } },
      async handle({ query, caller, cursor, nextCursor }) {
        const accounts = await readAccounts(identity.records, accountScope(caller), civilDay(identity.now()))
        const { q, unit, role, state, limit = 50 } = query
        const wanted = q === undefined ? '' : fold(q)
        const after = cursor() as string | undefined
        const found = accounts.filter(
          (account) =>
            (after === undefined || account.username > after) &&
            (state === undefined || (state === 'disabled') === (account.disabledAt !== null)) &&
            (wanted === '' ||
              account.username.includes(wanted) ||
              fold(account.displayName).includes(wanted)) &&
            ((unit === undefined && role === undefined) ||
              shownMemberships(caller, account).some(
                (held) =>
                  (role === undefined || held.role === role) &&
                  (unit === undefined || identity.reach.covers(unit, held.unit)),
              )),
        )
        const page = found.slice(0, limit)
        const last = page.at(-1)
        return {
          status: 200,
          body: {
            items: await itemsOf(caller, page),
            nextCursor: last && found.length > limit ? nextCursor(last.username) : null,
          },
        }
      },
    }),
    route({
      method: 'GET',
      path: '/api/users/{username}',
      summary: 'One account',
      params: ByName,
      permission: 'users.read',
      responses: { 200: { description: 'The account', body: UserItem } },
      async handle({ params, caller }) {
        const [item] = await itemsOf(caller, [await visible(caller, params.username)])
        return { status: 200, body: item!, headers: { etag: etag(item!.version) } }
      },
    }),
    route({
      method: 'POST',
      path: '/api/users',
      summary: "Add an account with roles in the caller's units",
      body: Type.Object(
        {
          username: Type.String({ pattern: '^[a-zA-Z0-9._-]{2,60}$' }),
          displayName: Text,
          password: Password,
          lang: Type.Optional(Type.Enum(['vi', 'en'] as const)),
          memberships: Memberships,
        },
        closed,
      ),
      permission: 'users.write',
      audit: 'user.create',
      idempotent: true,
      responses: { 201: { description: 'Added', body: Type.Object({ username: Type.String() }, closed) } },
      async handle({ body, caller, actor }) {
        await demandGrantable(identity, caller, body.memberships)
        for (const { unit } of grantsPower(identity, body.memberships))
          await fourEyes.demand(caller, 'user.grant', unit)
        await addUser(identity, actor, body)
        return { status: 201, body: { username: body.username.toLowerCase() } }
      },
    }),
    route({
      method: 'PATCH',
      path: '/api/users/{username}',
      summary:
        'Change an account: its name, its language, all its roles; what it may no longer do ends at once',
      params: ByName,
      body: Type.Object(
        {
          displayName: Type.Optional(Text),
          lang: Type.Optional(Type.Enum(['vi', 'en'] as const)),
          memberships: Type.Optional(Memberships),
        },
        closed,
      ),
      permission: 'users.write',
      audit: 'user.change',
      responses: { 200: { description: 'Changed', body: UserItem } },
      async handle({ params, body, caller, actor, ifMatch }) {
        const account = await changeable(caller, params.username)
        const [before] = await itemsOf(caller, [account])
        ifMatch(account.version, before)
        if (body.memberships !== undefined) {
          if (account.id === caller.id) throw refuse(403, 'own-rights')
          await demandGrantable(identity, caller, body.memberships)
          for (const { unit } of grantsPower(identity, body.memberships, account.memberships))
            await fourEyes.demand(caller, 'user.grant', unit)
        }
        await changeUser(identity, actor, account, body)
        const [item] = await itemsOf(caller, [await visible(caller, params.username)])
        return { status: 200, body: item!, headers: { etag: etag(item!.version) } }
      },
    }),
    route({
      method: 'POST',
      path: '/api/users/{username}/disable',
      summary: 'Disable an account, end its logins, revoke its tokens, at once',
      params: ByName,
      permission: 'users.write',
      audit: 'user.disable',
      responses: { 204: { description: 'Disabled' } },
      async handle({ params, caller, actor }) {
        const account = await changeable(caller, params.username)
        if (account.id === caller.id) throw refuse(403, 'own-rights')
        await disable(identity, actor, account.username)
        return { status: 204 }
      },
    }),
    route({
      method: 'POST',
      path: '/api/users/{username}/enable',
      summary: 'Let a disabled account in again; its tokens stay revoked',
      params: ByName,
      permission: 'users.write',
      audit: 'user.enable',
      responses: { 204: { description: 'Enabled' } },
      async handle({ params, caller, actor }) {
        const account = await changeable(caller, params.username)
        for (const { unit } of grantsPower(identity, atUnits(account)))
          await fourEyes.demand(caller, 'user.grant', unit)
        await enable(identity, actor, account.username)
        return { status: 204 }
      },
    }),
    route({
      method: 'POST',
      path: '/api/users/{username}/logout',
      summary: 'End every login of an account',
      params: ByName,
      permission: 'users.write',
      audit: 'login.close',
      responses: { 204: { description: 'Ended' } },
      async handle({ params, caller, actor }) {
        const account = await changeable(caller, params.username)
        await signOut(identity, { actor, userId: account.id, everywhere: true })
        return { status: 204 }
      },
    }),
    route({
      method: 'PUT',
      path: '/api/users/{username}/password',
      summary: "Set a password and end the account's other logins; for one's own, name the current one",
      params: ByName,
      body: Type.Object({ password: Password, current: Type.Optional(Password) }, closed),
      permission: 'signed-in',
      audit: 'user.password',
      responses: { 204: { description: 'Set' } },
      async handle({ params, body, caller, actor, cookie, secure, address }) {
        if (caller.id !== null && caller.username === params.username.toLowerCase()) {
          // A token, too, has to know it: it shall never become the whole account.
          const attempt = { username: caller.username, address, device: undefined }
          await identity.throttle.charge(attempt)
          await demandCurrentPassword(identity, caller.username, body.current ?? '')
          await identity.throttle.succeeded(attempt)
          const secret = cookie(loginCookie(secure))
          await changePassword(identity, actor, caller.username, body.password, { secret })
        } else {
          if (!caller.permissions.has('users.write'))
            throw refuse(403, 'not-permitted', { params: { permission: 'users.write' } })
          const account = await changeable(caller, params.username)
          await changePassword(identity, actor, account.username, body.password)
        }
        return { status: 204 }
      },
    }),
  ]
}

function atUnits({ memberships }: Account) {
  return memberships.map(({ unit, role }) => ({ unit: unit ?? wholeNode, role }))
}
