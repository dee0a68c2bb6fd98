import { Type } from 'typebox'
import type { Caller } from '../http/caller.ts'
import { type Route, route } from '../http/declare.ts'
import { approvalRoutes } from './approval-routes.ts'
import { auditRoutes } from './audit-routes.ts'
import { Me } from './contract.ts'
import type { FourEyes } from './four-eyes.ts'
import { type Identity, loginCookie, loginLifeS } from './identity.ts'
import { loginRoutes } from './login-routes.ts'
import { roleRoutes } from './role-routes.ts'
import { roleNames } from './roles.ts'
import type { SetUp } from './set-up.ts'
import { signIn, signOut } from './sign-in.ts'
import { findUser } from './store.ts'
import { deviceLifeS } from './throttle.ts'
import { tokenRoutes } from './token-routes.ts'
import { unitRoutes } from './unit-routes.ts'
import { unitName } from './units.ts'
import { userRoutes } from './user-routes.ts'

const closed = { additionalProperties: false } as const
const Text = Type.String({ minLength: 1, maxLength: 200 })

export interface IdentityRooms {
  identity: Identity
  setUp: SetUp
  fourEyes: FourEyes
}

export function identityRoutes(rooms: IdentityRooms): Route[] {
  const { identity } = rooms
  return [
    ...sessionRoutes(rooms),
    ...loginRoutes(identity),
    ...userRoutes(rooms),
    ...roleRoutes(rooms),
    ...tokenRoutes(identity),
    ...approvalRoutes(rooms),
    ...auditRoutes(identity),
    ...unitRoutes(identity),
  ]
}

function sessionRoutes({ identity, setUp }: IdentityRooms): Route[] {
  const me = async (caller: Caller): Promise<Me> => {
    const user = caller.id === null ? undefined : await findUser(identity.records, caller.id)
    const names = await roleNames(identity)
    return {
      username: caller.username,
      displayName: user?.displayName ?? caller.username,
      memberships: caller.memberships.map(({ unit, role }) => ({
        unit,
        unitName: unitName(identity.units, unit),
        role,
        roleName: names(role),
      })),
      permissions: [...caller.permissions].sort(),
      lang: user?.lang ?? 'vi',
    }
  }

  return [
    route({
      method: 'POST',
      path: '/api/login',
      summary: 'Sign in: sets the login cookie',
      body: Type.Object({ username: Text, password: Type.String({ minLength: 1, maxLength: 1000 }) }, closed),
      permission: 'public',
      audit: 'login.open',
      limit: 'sign-in',
      responses: { 200: { description: 'Signed in', body: Me } },
      async handle({ body, address, headers, requestId, secure, cookie, setCookie }) {
        const agent = headers['user-agent']
        const { secret, device } = await signIn(identity, {
          ...body,
          address,
          requestId,
          device: cookie(deviceCookie),
          agent: typeof agent === 'string' ? agent : null,
        })
        const name = loginCookie(secure)
        setCookie(name, secret, loginLifeS)
        setCookie(deviceCookie, device, deviceLifeS)
        const credentials = { authorization: undefined, cookies: { [name]: secret }, address, secure }
        return { status: 200, body: await me(await identity.authenticate(credentials)) }
      },
    }),
    route({
      method: 'POST',
      path: '/api/logout',
      summary: 'Sign out, here or everywhere',
      body: Type.Object({ everywhere: Type.Optional(Type.Boolean()) }, closed),
      permission: 'signed-in',
      audit: 'login.close',
      responses: { 204: { description: 'Signed out' } },
      async handle({ body, caller, actor, cookie, secure, setCookie }) {
        const name = loginCookie(secure)
        if (caller.id !== null)
          await signOut(identity, {
            actor,
            userId: caller.id,
            secret: cookie(name),
            everywhere: body.everywhere ?? false,
          })
        setCookie(name, '', 0)
        return { status: 204 }
      },
    }),
    route({
      method: 'GET',
      path: '/api/me',
      summary: 'Who is signed in and what they may do',
      permission: 'signed-in',
      responses: { 200: { description: 'The caller', body: Me } },
      handle: async ({ caller }) => ({ status: 200, body: await me(caller) }),
    }),
    route({
      method: 'GET',
      path: '/api/setup',
      summary: 'Whether the first account has still to be made',
      permission: 'public',
      responses: { 200: { description: 'State', body: Type.Object({ needed: Type.Boolean() }, closed) } },
      handle: () => ({ status: 200, body: { needed: setUp.code !== null } }),
    }),
    route({
      method: 'POST',
      path: '/api/setup',
      summary: 'Make the first administrator with the code that the program printed',
      body: Type.Object(
        {
          code: Text,
          username: Username,
          displayName: Text,
          password: Type.String({ minLength: 1, maxLength: 1000 }),
        },
        closed,
      ),
      permission: 'public',
      audit: 'user.create',
      limit: 'sign-in',
      responses: { 201: { description: 'Made', body: Type.Object({ username: Type.String() }, closed) } },
      async handle({ body }) {
        await setUp.finish(body)
        return { status: 201, body: { username: body.username.toLowerCase() } }
      },
    }),
  ]
}

/** Names the device for the sign-in throttle alone: it opens nothing. */
const deviceCookie = 'nhip_device'

const Username = Type.String({ pattern: '^[a-zA-Z0-9._-]{2,60}$' })
