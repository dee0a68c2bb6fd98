import { sql } from 'kysely'
import type { Records, Tx } from '../records/contract.ts'
import { uuidv7 } from '../records/uuidv7.ts'
import type { Role } from './contract.ts'
import { startingRoles } from './permissions.ts'

/** A user as it is stored, without the password. */
export interface User {
  id: string
  username: string
  displayName: string
  lang: 'vi' | 'en'
  demo: boolean
  disabledAt: string | null
  createdAt: string
  version: number
}

export interface Membership {
  unit: string | null
  role: string
}

export interface Credential extends User {
  passwordHash: string | null
  failedAttempts: number
  lockedUntil: string | null
}

const userColumns = sql`id, username, display_name AS "displayName", lang, demo, disabled_at AS "disabledAt",
  created_at AS "createdAt", version`

export async function seedRoles(records: Records, actor: { id: string }): Promise<void> {
  const [known] = await records.read<{ n: string }>(() => sql`SELECT count(*) AS n FROM role`)
  if (Number(known?.n) > 0) return
  await records.tx(actor, async (tx) => {
    for (const [code, { vi, en, permissions }] of Object.entries(startingRoles)) {
      await sql`INSERT INTO role (code, name_vi, name_en) VALUES (${code}, ${vi}, ${en})`.execute(tx.db)
      await sql`INSERT INTO role_permission (role_code, permission)
        SELECT ${code}, unnest(${permissions as string[]}::text[])`.execute(tx.db)
    }
    tx.audit({
      action: 'role.create',
      targetType: 'role',
      targetId: '*',
      after: { roles: Object.keys(startingRoles) },
    })
  })
}

/** Permissions by role. */
export async function readRoles(records: Records): Promise<Map<string, string[]>> {
  const rows = await records.read<{ role: string; permission: string }>(
    () => sql`SELECT role_code AS role, permission FROM role_permission ORDER BY role_code, permission`,
  )
  const roles = new Map<string, string[]>()
  for (const { role, permission } of rows) roles.set(role, [...(roles.get(role) ?? []), permission])
  return roles
}

export async function readUsers(records: Records): Promise<User[]> {
  return records.read<User>(() => sql`SELECT ${userColumns} FROM user_account ORDER BY username`)
}

export async function countUsers(records: Records): Promise<number> {
  const [row] = await records.read<{ n: string }>(() => sql`SELECT count(*) AS n FROM user_account`)
  return Number(row?.n)
}

export async function findCredential(records: Records, username: string): Promise<Credential | undefined> {
  const [row] = await records.read<Credential>(
    () => sql`SELECT ${userColumns}, password_hash AS "passwordHash", failed_attempts AS "failedAttempts",
      locked_until AS "lockedUntil" FROM user_account WHERE username = ${username.toLowerCase()}`,
  )
  return row
}

export async function findUser(records: Records, id: string): Promise<User | undefined> {
  const [row] = await records.read<User>(() => sql`SELECT ${userColumns} FROM user_account WHERE id = ${id}`)
  return row
}

export async function readMemberships(records: Records, userId: string, day: string): Promise<Membership[]> {
  return records.read<Membership>(
    () => sql`SELECT unit_id AS unit, role_code AS role FROM membership
      WHERE user_id = ${userId} AND valid_from <= ${day}::date AND (valid_to IS NULL OR valid_to > ${day}::date)
      ORDER BY role_code, unit_id`,
  )
}

export interface NewUser {
  username: string
  displayName: string
  passwordHash: string
  lang: 'vi' | 'en'
  demo: boolean
  memberships: { unit: string | null; role: Role }[]
  validFrom: string
}

export async function insertUser(tx: Tx, user: NewUser): Promise<string> {
  const id = uuidv7()
  await sql`INSERT INTO user_account (id, username, display_name, lang, password_hash, password_changed_at, demo)
    VALUES (${id}, ${user.username}, ${user.displayName}, ${user.lang}, ${user.passwordHash}, ${tx.at}, ${user.demo})`.execute(
    tx.db,
  )
  for (const { unit, role } of user.memberships)
    await sql`INSERT INTO membership (id, user_id, unit_id, role_code, valid_from)
      VALUES (${uuidv7()}, ${id}, ${unit}, ${role}, ${user.validFrom}::date)`.execute(tx.db)
  return id
}

export async function updatePassword(tx: Tx, userId: string, passwordHash: string): Promise<void> {
  await sql`UPDATE user_account SET password_hash = ${passwordHash}, password_changed_at = ${tx.at},
    failed_attempts = 0, locked_until = NULL, version = version + 1, updated_at = ${tx.at} WHERE id = ${userId}`.execute(
    tx.db,
  )
}

/** Disables an account, ends its logins and revokes its tokens. */
export async function disableUser(tx: Tx, userId: string): Promise<void> {
  await sql`UPDATE user_account SET disabled_at = ${tx.at}, version = version + 1, updated_at = ${tx.at}
    WHERE id = ${userId}`.execute(tx.db)
  await sql`DELETE FROM login WHERE user_id = ${userId}`.execute(tx.db)
  await sql`UPDATE token SET revoked_at = ${tx.at} WHERE user_id = ${userId} AND revoked_at IS NULL`.execute(
    tx.db,
  )
}

export async function recordAttempt(
  tx: Tx,
  userId: string,
  attempt: { failed: number; lockedUntil: string | null },
): Promise<void> {
  await sql`UPDATE user_account SET failed_attempts = ${attempt.failed}, locked_until = ${attempt.lockedUntil}
    WHERE id = ${userId}`.execute(tx.db)
}

export interface StoredLogin {
  userId: string
  seenAt: string
  expiresAt: string
}

export async function insertLogin(
  tx: Tx,
  login: {
    idHash: Uint8Array
    userId: string
    expiresAt: string
    address: string | null
    agent: string | null
  },
): Promise<void> {
  await sql`INSERT INTO login (id_hash, user_id, created_at, seen_at, expires_at, address, agent)
    VALUES (${login.idHash}, ${login.userId}, ${tx.at}, ${tx.at}, ${login.expiresAt}, ${login.address}, ${login.agent})`.execute(
    tx.db,
  )
}

export async function findLogin(records: Records, idHash: Uint8Array): Promise<StoredLogin | undefined> {
  const [row] = await records.read<StoredLogin>(
    () => sql`SELECT user_id AS "userId", seen_at AS "seenAt", expires_at AS "expiresAt" FROM login
      WHERE id_hash = ${idHash}`,
  )
  return row
}

export async function touchLogin(tx: Tx, idHash: Uint8Array): Promise<void> {
  await sql`UPDATE login SET seen_at = ${tx.at} WHERE id_hash = ${idHash}`.execute(tx.db)
}

/** Ends one login, or all of a user's. */
export async function deleteLogins(
  tx: Tx,
  which: { idHash: Uint8Array } | { userId: string },
): Promise<void> {
  if ('idHash' in which) await sql`DELETE FROM login WHERE id_hash = ${which.idHash}`.execute(tx.db)
  else await sql`DELETE FROM login WHERE user_id = ${which.userId}`.execute(tx.db)
}

export interface StoredToken {
  id: string
  userId: string
  name: string
  scopes: string[]
  prefix: string
  createdAt: string
  expiresAt: string | null
  revokedAt: string | null
}

const tokenColumns = sql`id, user_id AS "userId", name, scopes, prefix, created_at AS "createdAt",
  expires_at AS "expiresAt", revoked_at AS "revokedAt"`

export async function insertToken(
  tx: Tx,
  token: {
    hash: Uint8Array
    prefix: string
    userId: string
    name: string
    scopes: string[]
    expiresAt: string | null
  },
): Promise<string> {
  const id = uuidv7()
  await sql`INSERT INTO token (id, hash, prefix, user_id, name, scopes, created_at, expires_at)
    VALUES (${id}, ${token.hash}, ${token.prefix}, ${token.userId}, ${token.name}, ${token.scopes}::text[], ${tx.at},
      ${token.expiresAt})`.execute(tx.db)
  return id
}

export async function findToken(records: Records, hash: Uint8Array): Promise<StoredToken | undefined> {
  const [row] = await records.read<StoredToken>(
    () => sql`SELECT ${tokenColumns} FROM token WHERE hash = ${hash}`,
  )
  return row
}

export async function readTokens(records: Records, userId: string): Promise<StoredToken[]> {
  return records.read<StoredToken>(
    () => sql`SELECT ${tokenColumns} FROM token WHERE user_id = ${userId} ORDER BY created_at DESC`,
  )
}

/** @returns false when there is no such token of that user */
export async function revokeToken(tx: Tx, id: string, userId: string): Promise<boolean> {
  const { rows } = await sql`UPDATE token SET revoked_at = ${tx.at}
    WHERE id = ${id} AND user_id = ${userId} AND revoked_at IS NULL RETURNING id`.execute(tx.db)
  return rows.length > 0
}
