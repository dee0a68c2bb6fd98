import { Type } from 'typebox'
import type { Caller } from '../http/caller.ts'
import { type Route, route } from '../http/declare.ts'
import { Page } from '../http/paging.ts'
import { refuse } from '../http/problem.ts'
import { accountScope, mayChange } from './account-scope.ts'
import { TokenItem } from './contract.ts'
import type { Identity } from './identity.ts'
import { scopes } from './permissions.ts'
import { findTokenOwner, readTokens, revokeToken, type StoredToken } from './store.ts'
import { demandUnit, unitName } from './units.ts'
import { accountOf, createToken } from './users.ts'

const closed = { additionalProperties: false } as const
const Instant = Type.String({ format: 'date-time' })
const Text = Type.String({ minLength: 1, maxLength: 200 })

/** Tokens for programs: one's own, and those of accounts that one manages. */
export function tokenRoutes(identity: Identity): Route[] {
  const itemOf = ({ userId: _userId, ...token }: StoredToken, user: string): TokenItem => ({
    ...token,
    user,
    unitName: token.unit === null ? null : unitName(identity.units, token.unit),
  })
  /** Whose tokens are meant; another's only for who manages that account. */
  const holderOf = async (caller: Caller, username: string | undefined) => {
    if (username === undefined || username.toLowerCase() === caller.username)
      return caller.id === null ? null : { id: caller.id, username: caller.username }
    if (!caller.permissions.has('users.write'))
      throw refuse(403, 'not-permitted', { params: { permission: 'users.write' } })
    const account = await accountOf(identity, username)
    if (!accountScope(caller).shows(account)) throw refuse(404, 'unknown-user', { params: { username } })
    if (!mayChange(caller, account.memberships))
      throw refuse(403, 'beyond-your-units', { params: { username: account.username } })
    return account
  }

  return [
    route({
      method: 'GET',
      path: '/api/tokens',
      summary: "The caller's tokens, or those of an account that the caller manages, without their text",
      query: Type.Object({ user: Type.Optional(Text) }, closed),
      permission: 'tokens.write',
      responses: { 200: { description: 'Tokens', body: Page(TokenItem) } },
      async handle({ query, caller }) {
        const holder = await holderOf(caller, query.user)
        const tokens = holder === null ? [] : await readTokens(identity.records, holder.id)
        const items = tokens.map((token) => itemOf(token, holder?.username ?? ''))
        return { status: 200, body: { items, nextCursor: null } }
      },
    }),
    route({
      method: 'POST',
      path: '/api/tokens',
      summary: 'Make a token for programs; its text is shown this once',
      description:
        'A token never allows more than its user: scopes, unit and datasets only cut away. A token cannot make tokens.',
      body: Type.Object(
        {
          name: Text,
          scopes: Type.Array(Type.Enum(scopes), { minItems: 1 }),
          user: Type.Optional(Type.String({ ...Text, description: 'another user, with users.write' })),
          expiresAt: Type.Optional(Type.Union([Instant, Type.Null()])),
          unit: Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()])),
          datasets: Type.Optional(
            Type.Union([
              Type.Array(Type.String({ maxLength: 100 }), { minItems: 1, maxItems: 1000 }),
              Type.Null(),
            ]),
          ),
        },
        closed,
      ),
      permission: 'tokens.write',
      audit: 'token.create',
      responses: {
        201: { description: 'Made', body: Type.Object({ id: Type.String(), token: Type.String() }, closed) },
      },
      async handle({ body, caller, actor, receivedAt }) {
        if (caller.kind === 'token') throw refuse(403, 'token-by-token')
        const { user, name, scopes: granted, expiresAt = null, unit = null, datasets = null } = body
        const holder = await holderOf(caller, user)
        if (holder === null) throw refuse(404, 'unknown-user', { params: { username: caller.username } })
        if (unit !== null) demandUnit(identity.units, unit)
        if (expiresAt !== null && Date.parse(expiresAt) <= receivedAt)
          throw refuse(422, 'expires-in-the-past', { params: { value: expiresAt } })
        const wanted = { username: holder.username, name, scopes: granted, expiresAt, unit, datasets }
        return { status: 201, body: await createToken(identity, actor, wanted) }
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/tokens/{id}',
      summary: 'Revoke a token, at once',
      params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
      permission: 'tokens.write',
      audit: 'token.revoke',
      responses: { 204: { description: 'Revoked' } },
      async handle({ params, caller, actor }) {
        const owner = await findTokenOwner(identity.records, params.id)
        const account = owner === undefined ? undefined : await accountOf(identity, owner)
        if (!account || !(account.id === caller.id || mayChange(caller, account.memberships)))
          throw refuse(404, 'unknown-token')
        const revoked = await identity.records.tx(actor, async (tx) => {
          tx.audit({ action: 'token.revoke', targetType: 'token', targetId: params.id })
          return revokeToken(tx, params.id, account.id)
        })
        if (!revoked) throw refuse(404, 'unknown-token')
        identity.forget()
        return { status: 204 }
      },
    }),
  ]
}
