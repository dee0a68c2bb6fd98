import { Type } from 'typebox'
import { type Route, route } from '../http/declare.ts'
import { Page } from '../http/paging.ts'
import { refuse } from '../http/problem.ts'
import { LoginItem } from './contract.ts'
import { type Identity, idleS, loginCookie, secretHash } from './identity.ts'
import { deleteOwnLogin, loginName, readLogins } from './login-store.ts'

/** The places where the caller is signed in. For a person in front of a browser: a token never sees or ends logins. */
export function loginRoutes(identity: Identity): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/me/logins',
      summary: "The caller's open logins, the newest first",
      permission: 'signed-in',
      responses: { 200: { description: 'Logins', body: Page(LoginItem) } },
      async handle({ caller, cookie, secure }) {
        if (caller.kind !== 'user' || caller.id === null) throw refuse(403, 'person-only')
        const secret = cookie(loginCookie(secure))
        const own = secret === undefined ? null : loginName(secretHash(secret))
        const now = identity.now()
        const logins = await readLogins(identity.records, caller.id, {
          now: new Date(now).toISOString(),
          idleSince: new Date(now - idleS * 1000).toISOString(),
        })
        return {
          status: 200,
          body: { items: logins.map((login) => ({ ...login, current: login.id === own })), nextCursor: null },
        }
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/me/logins/{id}',
      summary: "End one of the caller's logins, at once",
      params: Type.Object({ id: Type.String({ pattern: '^[0-9a-f]{32}$' }) }),
      permission: 'signed-in',
      audit: 'login.close',
      responses: { 204: { description: 'Ended' } },
      async handle({ params, caller, actor }) {
        const { id: userId, kind } = caller
        if (kind !== 'user' || userId === null) throw refuse(403, 'person-only')
        await identity.records.tx(actor, async (tx) => {
          if (!(await deleteOwnLogin(tx, userId, params.id))) throw refuse(404, 'unknown-login')
          tx.audit({
            action: 'login.close',
            targetType: 'user',
            targetId: userId,
            after: { everywhere: false },
          })
        })
        identity.forget()
        return { status: 204 }
      },
    }),
  ]
}
