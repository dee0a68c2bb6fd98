import { randomBytes } from 'node:crypto'
import { civilDay } from '@nhip/calendar/instant'
import { refuse } from '../http/problem.ts'
import { type Actor, RecordsError } from '../records/contract.ts'
import { everyAccount } from './account-scope.ts'
import { type Identity, secretHash } from './identity.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { type Scope, wholeNode } from './permissions.ts'
import {
  type Account,
  deleteLogins,
  disableUser,
  enableUser,
  findCredential,
  insertToken,
  insertUser,
  type Membership,
  readAccounts,
  updatePassword,
  updateUser,
} from './store.ts'

export const shortestPassword = 10

/** A role at a unit as it is written outside: `*` for the whole node. */
export interface RoleAt {
  unit: string
  role: string
}

/** A new account as somebody fills it in. */
export interface Applicant {
  username: string
  displayName: string
  password: string
  lang?: 'vi' | 'en'
  demo?: boolean
  memberships: RoleAt[]
}

/** @throws 422 `password-too-short`, 409 `username-taken`, 422 `unknown-unit`, 422 `unknown-role` */
export async function addUser(identity: Identity, actor: Actor, applicant: Applicant): Promise<string> {
  const username = applicant.username.normalize('NFC').toLowerCase()
  demandPassword(applicant.password)
  const passwordHash = await hashPassword(applicant.password, identity.passwordCost)
  return withKnownPlaces(applicant.memberships, username, () =>
    identity.records.tx(actor, async (tx) => {
      const id = await insertUser(tx, {
        username,
        displayName: applicant.displayName.normalize('NFC'),
        passwordHash,
        lang: applicant.lang ?? 'vi',
        demo: applicant.demo ?? false,
        memberships: stored(applicant.memberships),
        validFrom: civilDay(identity.now()),
      })
      tx.audit({
        action: 'user.create',
        targetType: 'user',
        targetId: id,
        after: { username, memberships: applicant.memberships },
      })
      return id
    }),
  )
}

/** An account with its roles. @throws 404 `unknown-user` */
export async function accountOf(identity: Identity, username: string): Promise<Account> {
  const [account] = await readAccounts(identity.records, everyAccount, civilDay(identity.now()), username)
  if (!account) throw refuse(404, 'unknown-user', { params: { username } })
  return account
}

export interface UserChange {
  displayName?: string
  lang?: 'vi' | 'en'
  /** All roles that the account shall have from today on. */
  memberships?: RoleAt[]
}

/** Changes an account; what its roles no longer allow ends at once. @throws 412 when somebody else was faster */
export async function changeUser(
  identity: Identity,
  actor: Actor,
  account: Account,
  change: UserChange,
): Promise<void> {
  const { memberships, ...rest } = change
  const done = await withKnownPlaces(memberships ?? [], account.username, () =>
    identity.records.tx(actor, async (tx) => {
      tx.audit({
        action: 'user.change',
        targetType: 'user',
        targetId: account.id,
        before: shown(account),
        after: { ...shown(account), ...rest, ...(memberships === undefined ? {} : { memberships }) },
      })
      const wanted = {
        ...(rest.displayName === undefined ? {} : { displayName: rest.displayName.normalize('NFC') }),
        ...(rest.lang === undefined ? {} : { lang: rest.lang }),
        ...(memberships === undefined ? {} : { memberships: stored(memberships) }),
      }
      if (!(await updateUser(tx, account, wanted, civilDay(identity.now()))))
        throw refuse(412, 'stale-version')
    }),
  )
  identity.forget()
  return done
}

/** Sets a password and ends the account's logins, but for the one it was done with. */
export async function changePassword(
  identity: Identity,
  actor: Actor,
  username: string,
  password: string,
  but?: { secret: string | undefined },
): Promise<void> {
  demandPassword(password)
  const user = await known(identity, username)
  const hash = await hashPassword(password, identity.passwordCost)
  await identity.records.tx(actor, async (tx) => {
    await updatePassword(tx, user.id, hash)
    const kept = but?.secret === undefined ? {} : { but: secretHash(but.secret) }
    await deleteLogins(tx, { userId: user.id, ...kept })
    tx.audit({ action: 'user.password', targetType: 'user', targetId: user.id })
  })
  identity.forget()
}

/** @throws 403 `wrong-current-password` */
export async function demandCurrentPassword(
  identity: Identity,
  username: string,
  password: string,
): Promise<void> {
  const user = await known(identity, username)
  if (!(await verifyPassword(password, user.passwordHash, identity.passwordCost)))
    throw refuse(403, 'wrong-current-password')
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

/** Lets a disabled account in again, with its password and roles; tokens stay revoked. */
export async function enable(identity: Identity, actor: Actor, username: string): Promise<void> {
  const user = await known(identity, username)
  await identity.records.tx(actor, async (tx) => {
    await enableUser(tx, user.id)
    tx.audit({
      action: 'user.enable',
      targetType: 'user',
      targetId: user.id,
      after: { username: user.username },
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
  /** Good for this unit and below it alone. */
  unit?: string | null
  /** Good for these datasets alone. */
  datasets?: string[] | null
}

/** Makes a token for a user. The text is returned here and never again: only its hash is stored. */
export async function createToken(
  identity: Identity,
  actor: Actor,
  token: NewToken,
): Promise<{ id: string; token: string }> {
  const user = await known(identity, token.username)
  const { name, scopes, expiresAt, unit = null, datasets = null } = token
  const text = `nhip_${randomBytes(32).toString('base64url')}`
  const id = await withKnownPlaces(unit === null ? [] : [{ unit, role: '' }], user.username, () =>
    identity.records.tx(actor, async (tx) => {
      const made = await insertToken(tx, {
        hash: secretHash(text),
        prefix: text.slice(0, 10),
        userId: user.id,
        name,
        scopes,
        expiresAt,
        unit,
        datasets,
      })
      tx.audit({
        action: 'token.create',
        targetType: 'token',
        targetId: made,
        after: { user: user.username, name, scopes, expiresAt, unit, datasets },
      })
      return made
    }),
  )
  return { id, token: text }
}

/** Turns what the tables refuse into what was wrong with the request. */
async function withKnownPlaces<T>(
  memberships: readonly RoleAt[],
  username: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof RecordsError)) throw error
    if (error.code === 'unique' && error.constraint?.startsWith('user_account'))
      throw refuse(409, 'username-taken', { params: { username } })
    if (error.code === 'unique') throw refuse(422, 'membership-twice')
    if (error.code === 'foreign-key' && error.constraint?.includes('role'))
      throw refuse(422, 'unknown-role', { params: { role: memberships.map(({ role }) => role).join(', ') } })
    if (error.code === 'foreign-key')
      throw refuse(422, 'unknown-unit', { params: { unit: memberships.map(({ unit }) => unit).join(', ') } })
    throw error
  }
}

function stored(memberships: readonly RoleAt[]): Membership[] {
  return memberships.map(({ unit, role }) => ({ unit: unit === wholeNode ? null : unit, role }))
}

function shown({ username, displayName, lang, memberships }: Account) {
  return {
    username,
    displayName,
    lang,
    memberships: memberships.map(({ unit, role }) => ({ unit: unit ?? wholeNode, role })),
  }
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
