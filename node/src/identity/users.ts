import { randomBytes } from 'node:crypto'
import { civilDay } from '@nhip/calendar/instant'
import { refuse } from '../http/problem.ts'
import { type Actor, RecordsError } from '../records/contract.ts'
import type { Role } from './contract.ts'
import { type Identity, secretHash } from './identity.ts'
import { hashPassword } from './password.ts'
import { type Scope, wholeNode } from './permissions.ts'
import { disableUser, findCredential, insertToken, insertUser, updatePassword } from './store.ts'

export const shortestPassword = 10

/** A new account as somebody fills it in. */
export interface Applicant {
  username: string
  displayName: string
  password: string
  lang?: 'vi' | 'en'
  demo?: boolean
  /** `*` for the whole node. */
  memberships: { unit: string; role: Role }[]
}

/** @throws 422 `password-too-short`, 409 `username-taken`, 422 `unknown-unit` */
export async function addUser(identity: Identity, actor: Actor, applicant: Applicant): Promise<string> {
  const username = applicant.username.normalize('NFC').toLowerCase()
  demandPassword(applicant.password)
  const passwordHash = await hashPassword(applicant.password, identity.passwordCost)
  try {
    return await identity.records.tx(actor, async (tx) => {
      const id = await insertUser(tx, {
        username,
        displayName: applicant.displayName.normalize('NFC'),
        passwordHash,
        lang: applicant.lang ?? 'vi',
        demo: applicant.demo ?? false,
        memberships: applicant.memberships.map(({ unit, role }) => ({
          unit: unit === wholeNode ? null : unit,
          role,
        })),
        validFrom: civilDay(identity.now()),
      })
      tx.audit({
        action: 'user.create',
        targetType: 'user',
        targetId: id,
        after: { username, memberships: applicant.memberships },
      })
      return id
    })
  } catch (error) {
    if (error instanceof RecordsError && error.code === 'unique')
      throw refuse(409, 'username-taken', { params: { username } })
    if (error instanceof RecordsError && error.code === 'foreign-key')
      throw refuse(422, 'unknown-unit', {
        params: { unit: applicant.memberships.map(({ unit }) => unit).join(', ') },
      })
    throw error
  }
}

export async function changePassword(
  identity: Identity,
  actor: Actor,
  username: string,
  password: string,
): Promise<void> {
  demandPassword(password)
  const user = await known(identity, username)
  const hash = await hashPassword(password, identity.passwordCost)
  await identity.records.tx(actor, async (tx) => {
    await updatePassword(tx, user.id, hash)
    tx.audit({ action: 'user.password', targetType: 'user', targetId: user.id })
  })
}

/** The account stays, for the audit's sake; its logins end and its tokens are revoked. */
export async function disable(identity: Identity, actor: Actor, username: string): Promise<void> {
  const user = await known(identity, username)
  await identity.records.tx(actor, async (tx) => {
    await disableUser(tx, user.id)
    tx.audit({
      action: 'user.disable',
      targetType: 'user',
      targetId: user.id,
      before: { username: user.username },
    })
  })
  identity.forget()
}

export interface NewToken {
  username: string
  name: string
  scopes: Scope[]
  /** ISO instant, null for one that does not expire. */
  expiresAt: string | null
}

/** Makes a token for a user. The text is returned here and never again: only its hash is stored. */
export async function createToken(
  identity: Identity,
  actor: Actor,
  token: NewToken,
): Promise<{ id: string; token: string }> {
  const user = await known(identity, token.username)
  const text = `nhip_${randomBytes(32).toString('base64url')}`
  const id = await identity.records.tx(actor, async (tx) => {
    const stored = await insertToken(tx, {
      hash: secretHash(text),
      prefix: text.slice(0, 10),
      userId: user.id,
      name: token.name,
      scopes: token.scopes,
      expiresAt: token.expiresAt,
    })
    tx.audit({
      action: 'token.create',
      targetType: 'token',
      targetId: stored,
      after: { user: user.username, name: token.name, scopes: token.scopes, expiresAt: token.expiresAt },
    })
    return stored
  })
  return { id, token: text }
}

async function known(identity: Identity, username: string) {
  const user = await findCredential(identity.records, username)
  if (!user) throw refuse(404, 'unknown-user', { params: { username } })
  return user
}

function demandPassword(password: string): void {
  if ([...password].length < shortestPassword)
    throw refuse(422, 'password-too-short', { params: { least: shortestPassword } })
}
