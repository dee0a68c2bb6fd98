import { civilDay } from '@nhip/calendar/instant'
import { fold } from '@nhip/territory/name-key'
import { holds, parseUnitId, type Unit } from '@nhip/territory/unit'
import { fullName } from '@nhip/territory/unit-kind'
import { Type } from 'typebox'
import type { Caller } from '../http/caller.ts'
import { type Route, route } from '../http/declare.ts'
import { Page, Paging } from '../http/paging.ts'
import { refuse } from '../http/problem.ts'
import { Me, roles, UnitItem } from './contract.ts'
import { type Identity, loginCookie, loginLifeS } from './identity.ts'
import { scopes, wholeNode } from './permissions.ts'
import type { SetUp } from './set-up.ts'
import { signIn, signOut } from './sign-in.ts'
import { findUser, readTokens, readUsers, revokeToken } from './store.ts'
import { type Units, unitItem } from './units.ts'
import { addUser, changePassword, createToken, disable } from './users.ts'

const closed = { additionalProperties: false } as const
const Instant = Type.String({ format: 'date-time' })
const Text = Type.String({ minLength: 1, maxLength: 200 })

const UserItem = Type.Object(
  {
    username: Type.String(),
    displayName: Type.String(),
    lang: Type.Enum(['vi', 'en'] as const),
    demo: Type.Boolean(),
    disabledAt: Type.Union([Instant, Type.Null()]),
    createdAt: Instant,
  },
  closed,
)

const TokenItem = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    prefix: Type.String(),
    scopes: Type.Array(Type.String()),
    createdAt: Instant,
    expiresAt: Type.Union([Instant, Type.Null()]),
    revokedAt: Type.Union([Instant, Type.Null()]),
  },
  closed,
)

export interface IdentityRooms {
  identity: Identity
  units: Units
  setUp: SetUp
}

export function identityRoutes({ identity, units, setUp }: IdentityRooms): Route[] {
  const me = async (caller: Caller): Promise<Me> => {
    const user = caller.id === null ? undefined : await findUser(identity.records, caller.id)
    const territory = units.territory()
    return {
      username: caller.username,
      displayName: user?.displayName ?? caller.username,
      memberships: caller.memberships.map(({ unit, role }) => {
        const found = territory.unit(unit)
        return {
          unit,
          unitName: unit === wholeNode ? 'Toàn nút' : found ? fullName(found).vi : unit,
          role: role as Me['memberships'][number]['role'],
        }
      }),
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
      async handle({ body, address, headers, requestId, secure, setCookie }) {
        const agent = headers['user-agent']
        const { secret } = await signIn(identity, {
          ...body,
          address,
          requestId,
          agent: typeof agent === 'string' ? agent : null,
        })
        setCookie(loginCookie(secure), secret, loginLifeS)
        return {
          status: 200,
          body: await me(
            await identity.authenticate({
              authorization: undefined,
              cookies: { [loginCookie(secure)]: secret },
              address,
            }),
          ),
        }
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
      async handle({ body, caller, cookie, secure, setCookie }) {
        const name = loginCookie(secure)
        if (caller.id !== null)
          await signOut(identity, {
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
        { code: Text, username: Text, displayName: Text, password: Type.String({ maxLength: 1000 }) },
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
    route({
      method: 'GET',
      path: '/api/users',
      summary: 'Accounts',
      permission: 'users.read',
      responses: { 200: { description: 'All accounts', body: Page(UserItem) } },
      async handle() {
        const users = await readUsers(identity.records)
        const items = users.map(({ id: _id, version: _version, ...shown }) => shown)
        return { status: 200, body: { items, nextCursor: null } }
      },
    }),
    route({
      method: 'POST',
      path: '/api/users',
      summary: 'Add an account',
      body: Type.Object(
        {
          username: Type.String({ pattern: '^[a-zA-Z0-9._-]{2,60}$' }),
          displayName: Text,
          password: Type.String({ maxLength: 1000 }),
          lang: Type.Optional(Type.Enum(['vi', 'en'] as const)),
          memberships: Type.Array(
            Type.Object(
              {
                unit: Type.String({ description: 'unit id, or * for the whole node' }),
                role: Type.Enum(roles),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
      permission: 'users.write',
      audit: 'user.create',
      idempotent: true,
      responses: { 201: { description: 'Added', body: Type.Object({ username: Type.String() }, closed) } },
      async handle({ body, actor }) {
        await addUser(identity, actor, body)
        return { status: 201, body: { username: body.username.toLowerCase() } }
      },
    }),
    route({
      method: 'POST',
      path: '/api/users/{username}/disable',
      summary: 'Disable an account, end its logins, revoke its tokens',
      params: Type.Object({ username: Text }),
      permission: 'users.write',
      audit: 'user.disable',
      responses: { 204: { description: 'Disabled' } },
      async handle({ params, actor }) {
        await disable(identity, actor, params.username)
        return { status: 204 }
      },
    }),
    route({
      method: 'PUT',
      path: '/api/users/{username}/password',
      summary: "Set a password; one may always set one's own",
      params: Type.Object({ username: Text }),
      body: Type.Object({ password: Type.String({ maxLength: 1000 }) }, closed),
      permission: 'signed-in',
      audit: 'user.password',
      responses: { 204: { description: 'Set' } },
      async handle({ params, body, caller, actor }) {
        const own = caller.kind === 'user' && caller.username === params.username.toLowerCase()
        if (!own && !caller.permissions.has('users.write'))
          throw refuse(403, 'not-permitted', { params: { permission: 'users.write' } })
        await changePassword(identity, actor, params.username, body.password)
        return { status: 204 }
      },
    }),
    route({
      method: 'GET',
      path: '/api/tokens',
      summary: "The caller's tokens, without their text",
      permission: 'tokens.write',
      responses: { 200: { description: 'Tokens', body: Page(TokenItem) } },
      async handle({ caller }) {
        const tokens = caller.id === null ? [] : await readTokens(identity.records, caller.id)
        const items = tokens.map(({ userId: _userId, ...shown }) => shown)
        return { status: 200, body: { items, nextCursor: null } }
      },
    }),
    route({
      method: 'POST',
      path: '/api/tokens',
      summary: 'Make a token for programs; its text is shown this once',
      body: Type.Object(
        {
          name: Text,
          scopes: Type.Array(Type.Enum(scopes), { minItems: 1 }),
          user: Type.Optional(Type.String({ description: 'another user, with users.write' })),
          expiresAt: Type.Optional(Type.Union([Instant, Type.Null()])),
        },
        closed,
      ),
      permission: 'tokens.write',
      audit: 'token.create',
      responses: {
        201: { description: 'Made', body: Type.Object({ id: Type.String(), token: Type.String() }, closed) },
      },
      async handle({ body, caller, actor }) {
        const username = body.user ?? caller.username
        if (username !== caller.username && !caller.permissions.has('users.write'))
          throw refuse(403, 'not-permitted', { params: { permission: 'users.write' } })
        // A token never allows more than the token or login it was made with.
        const wanted = { username, name: body.name, scopes: body.scopes, expiresAt: body.expiresAt ?? null }
        if (caller.kind === 'token') throw refuse(403, 'token-by-token')
        return { status: 201, body: await createToken(identity, actor, wanted) }
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/tokens/{id}',
      summary: "Revoke one of the caller's tokens",
      params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
      permission: 'tokens.write',
      audit: 'token.revoke',
      responses: { 204: { description: 'Revoked' } },
      async handle({ params, caller, actor }) {
        const revoked =
          caller.id !== null &&
          (await identity.records.tx(actor, async (tx) => {
            tx.audit({ action: 'token.revoke', targetType: 'token', targetId: params.id })
            return revokeToken(tx, params.id, caller.id!)
          }))
        if (!revoked) throw refuse(404, 'unknown-token')
        identity.forget()
        return { status: 204 }
      },
    }),
    ...unitRoutes(units, identity.now),
  ]
}

function unitRoutes(units: Units, now: () => number): Route[] {
  const Levels = UnitItem.properties.level
  return [
    route({
      method: 'GET',
      path: '/api/units',
      summary: 'Administrative units as they stand on a day',
      query: Type.Object(
        {
          ...Paging,
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 5000, default: 50 })),
          as_of: Type.Optional(Type.String({ format: 'date', description: 'today by default' })),
          level: Type.Optional(Levels),
          parent: Type.Optional(
            Type.String({ description: 'unit id or code: only units directly under it' }),
          ),
          q: Type.Optional(
            Type.String({ maxLength: 100, description: 'part of a name, marks do not matter; or a code' }),
          ),
          total: Type.Optional(Type.Boolean({ default: false })),
        },
        closed,
      ),
      permission: 'public',
      responses: { 200: { description: 'Units in the order of their codes', body: Page(UnitItem) } },
      handle({ query, cursor, nextCursor }) {
        const territory = units.territory()
        const day = query.as_of ?? civilDay(now())
        const wanted = matching(query.q)
        const parent = query.parent === undefined ? undefined : territory.resolve(query.parent, day).unit
        if (query.parent !== undefined && !parent)
          throw refuse(404, 'unknown-unit', { params: { unit: query.parent } })
        const among = parent ? territory.childrenAt(parent.id, day) : territory.units({ at: day })
        const found = among
          .filter((unit) => (query.level === undefined || unit.level === query.level) && wanted(unit))
          .sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0))
        const after = cursor() as string | undefined
        const rest = after === undefined ? found : found.filter(({ code, id }) => `${code} ${id}` > after)
        const limit = query.limit ?? 50
        const page = rest.slice(0, limit)
        const last = page.at(-1)
        return {
          status: 200,
          body: {
            items: page.map((unit) => unitItem(territory, unit, day)),
            nextCursor: last && rest.length > limit ? nextCursor(`${last.code} ${last.id}`) : null,
            ...(query.total ? { total: found.length } : {}),
          },
        }
      },
    }),
    route({
      method: 'GET',
      path: '/api/units/{id}',
      summary: 'One unit, by its id or by its code on a day, with what it came from and what became of it',
      params: Type.Object({ id: Type.String({ maxLength: 200 }) }),
      query: Type.Object({ as_of: Type.Optional(Type.String({ format: 'date' })) }, closed),
      permission: 'public',
      responses: {
        200: {
          description: 'The unit',
          body: Type.Object(
            {
              ...UnitItem.properties,
              predecessors: Type.Array(Succession),
              successors: Type.Array(Succession),
            },
            closed,
          ),
        },
      },
      handle({ params, query }) {
        const territory = units.territory()
        const byId = parseUnitId(params.id) ? territory.unit(params.id) : undefined
        const day = query.as_of ?? byId?.valid.from ?? civilDay(now())
        const resolved = byId ? { unit: byId, problem: undefined } : territory.resolve(params.id, day)
        if (!resolved.unit)
          throw refuse(404, 'unknown-unit', { params: { unit: params.id }, errors: [resolved.problem] })
        const { unit } = resolved
        const shown = holds(unit.valid, civilDay(now())) ? civilDay(now()) : day
        const link = (id: string, kind: string, on: string, share: string | null) => {
          const other = territory.unit(id)
          return { unit: id, name: other ? fullName(other).vi : id, kind, on, share }
        }
        return {
          status: 200,
          body: {
            ...unitItem(territory, unit, shown),
            predecessors: territory.predecessors(unit.id).map((e) => link(e.from, e.kind, e.on, e.share)),
            successors: territory.successors(unit.id).map((e) => link(e.to, e.kind, e.on, e.share)),
          },
        }
      },
    }),
  ]
}

const Succession = Type.Object(
  {
    unit: Type.String(),
    name: Type.String(),
    kind: Type.String(),
    on: Type.String({ format: 'date' }),
    share: Type.Union([Type.String({ description: 'exact decimal' }), Type.Null()]),
  },
  closed,
)

function matching(q: string | undefined): (unit: Unit) => boolean {
  if (q === undefined || q.trim() === '') return () => true
  const wanted = fold(q)
  return (unit) =>
    unit.code === q.trim() ||
    ` ${fold(fullName(unit).vi)} `.includes(wanted) ||
    fold(unit.name.en).includes(wanted)
}
