import { sql } from 'kysely'
import { type Records, SYSTEM, type Tx } from '../records/contract.ts'
import { uuidv7 } from '../records/uuidv7.ts'
import type { AccountScope } from './account-scope.ts'

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
}

const userColumns = sql`id, username, display_name AS "displayName", lang, demo, disabled_at AS "disabledAt",
  created_at AS "createdAt", version`

export async function readUsers(records: Records): Promise<User[]> {
  return records.read<User>(() => sql`SELECT ${userColumns} FROM user_account ORDER BY username`)
}

/** An account with its roles of today and its open logins. */
export interface Account extends User {
  memberships: Membership[]
  lastSeenAt: string | null
  logins: number
}

/** Accounts as far as a scope shows them, in the order of their names. */
export async function readAccounts(
  records: Records,
  scope: AccountScope,
  day: string,
  username?: string,
): Promise<Account[]> {
  const rows = await records.read<Omit<Account, 'logins'> & { logins: string }>(
    () => sql`SELECT ${userColumns},
        coalesce((SELECT jsonb_agg(jsonb_build_object('unit', m.unit_id, 'role', m.role_code)
            ORDER BY m.role_code, m.unit_id)
          FROM membership m WHERE m.user_id = user_account.id AND m.valid_from <= ${day}::date
            AND (m.valid_to IS NULL OR m.valid_to > ${day}::date)), '[]'::jsonb) AS memberships,
        (SELECT max(seen_at) FROM login WHERE user_id = user_account.id) AS "lastSeenAt",
        (SELECT count(*) FROM login WHERE user_id = user_account.id AND expires_at > now()) AS logins
      FROM user_account WHERE (${username ?? null}::text IS NULL OR username = ${username?.toLowerCase() ?? null}::text)
      ORDER BY username`,
  )
  return rows.map((row) => ({ ...row, logins: Number(row.logins) })).filter((account) => scope.shows(account))
}

export async function countUsers(records: Records): Promise<number> {
  const [row] = await records.read<{ n: string }>(() => sql`SELECT count(*) AS n FROM user_account`)
  return Number(row?.n)
}

export async function findCredential(records: Records, username: string): Promise<Credential | undefined> {
  const [row] = await records.read<Credential>(
    () =>
      sql`SELECT ${userColumns}, password_hash AS "passwordHash" FROM user_account WHERE username = ${username.toLowerCase()}`,
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
  memberships: Membership[]
  validFrom: string
}

export async function insertUser(tx: Tx, user: NewUser): Promise<string> {
  const id = uuidv7()
  await sql`INSERT INTO user_account (id, username, display_name, lang, password_hash, password_changed_at, demo)
    VALUES (${id}, ${user.username}, ${user.displayName}, ${user.lang}, ${user.passwordHash}, ${tx.at}, ${user.demo})`.execute(
    tx.db,
  )
  await addMemberships(tx, id, user.memberships, user.validFrom)
  return id
}

async function addMemberships(
  tx: Tx,
  userId: string,
  memberships: readonly Membership[],
  day: string,
): Promise<void> {
  for (const { unit, role } of memberships)
    await sql`INSERT INTO membership (id, user_id, unit_id, role_code, valid_from)
      VALUES (${uuidv7()}, ${userId}, ${unit}, ${role}, ${day}::date)`.execute(tx.db)
}

/**
 * Changes an account that is still of a version. Memberships that go end today; one that began today is taken out, for it
 * never held a day.
 *
 * @returns false when somebody else changed it meanwhile
 */
export async function updateUser(
  tx: Tx,
  user: { id: string; version: number },
  change: { displayName?: string; lang?: 'vi' | 'en'; memberships?: readonly Membership[] },
  day: string,
): Promise<boolean> {
  const { rows } = await sql`UPDATE user_account SET
      display_name = coalesce(${change.displayName ?? null}, display_name), lang = coalesce(${change.lang ?? null}, lang),
      version = version + 1, updated_at = ${tx.at} WHERE id = ${user.id} AND version = ${user.version} RETURNING id`.execute(
    tx.db,
  )
  if (rows.length === 0) return false
  if (change.memberships !== undefined) {
    await sql`DELETE FROM membership WHERE user_id = ${user.id} AND valid_from >= ${day}::date`.execute(tx.db)
    await sql`UPDATE membership SET valid_to = ${day}::date WHERE user_id = ${user.id}
      AND (valid_to IS NULL OR valid_to > ${day}::date)`.execute(tx.db)
    await addMemberships(tx, user.id, change.memberships, day)
  }
  return true
}

export async function updatePassword(tx: Tx, userId: string, passwordHash: string): Promise<void> {
  await sql`UPDATE user_account SET password_hash = ${passwordHash}, password_changed_at = ${tx.at},
    version = version + 1, updated_at = ${tx.at} WHERE id = ${userId}`.execute(tx.db)
}

/** Disables an account, ends its logins and revokes its tokens. */
export async function disableUser(tx: Tx, userId: string): Promise<void> {
  await sql`UPDATE user_account SET disabled_at = ${tx.at}, version = version + 1, updated_at = ${tx.at}
    WHERE id = ${userId}`.execute(tx.db)
  await deleteLogins(tx, { userId })
  await sql`UPDATE token SET revoked_at = ${tx.at} WHERE user_id = ${userId} AND revoked_at IS NULL`.execute(
    tx.db,
  )
}

/** Lets a disabled account in again; its tokens stay revoked. */
export async function enableUser(tx: Tx, userId: string): Promise<void> {
  await sql`UPDATE user_account SET disabled_at = NULL, version = version + 1, updated_at = ${tx.at}
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

export async function touchLogin(records: Records, userId: string, idHash: Uint8Array): Promise<void> {
  await records.tx({ id: userId }, async (tx) => {
    await sql`UPDATE login SET seen_at = ${tx.at} WHERE id_hash = ${idHash}`.execute(tx.db)
  })
}

/** Ends one login, or all of a user's, but for one. */
export async function deleteLogins(
  tx: Tx,
  which: { idHash: Uint8Array } | { userId: string; but?: Uint8Array },
): Promise<void> {
  if ('idHash' in which) await sql`DELETE FROM login WHERE id_hash = ${which.idHash}`.execute(tx.db)
  else
    await sql`DELETE FROM login WHERE user_id = ${which.userId}
      AND (${which.but ?? null}::bytea IS NULL OR id_hash <> ${which.but ?? null}::bytea)`.execute(tx.db)
}

export interface StoredToken {
  id: string
  userId: string
  name: string
  scopes: string[]
  prefix: string
  createdAt: string
  expiresAt: string | null
  lastUsedAt: string | null
  revokedAt: string | null
  /** Good for this unit and below it alone; null for wherever the user's roles reach. */
  unit: string | null
  /** Good for these datasets alone; null for all. */
  datasets: string[] | null
}

const tokenColumns = sql`id, user_id AS "userId", name, scopes, prefix, created_at AS "createdAt",
  expires_at AS "expiresAt", last_used_at AS "lastUsedAt", revoked_at AS "revokedAt", unit_id AS unit, datasets`

export async function insertToken(
  tx: Tx,
  token: {
    hash: Uint8Array
    prefix: string
    userId: string
    name: string
    scopes: string[]
    expiresAt: string | null
    unit: string | null
    datasets: string[] | null
  },
): Promise<string> {
  const id = uuidv7()
  await sql`INSERT INTO token (id, hash, prefix, user_id, name, scopes, created_at, expires_at, unit_id, datasets)
    VALUES (${id}, ${token.hash}, ${token.prefix}, ${token.userId}, ${token.name}, ${token.scopes}::text[], ${tx.at},
      ${token.expiresAt}, ${token.unit}, ${token.datasets}::text[])`.execute(tx.db)
  return id
}

export async function findToken(records: Records, hash: Uint8Array): Promise<StoredToken | undefined> {
  const [row] = await records.read<StoredToken>(
    () => sql`SELECT ${tokenColumns} FROM token WHERE hash = ${hash}`,
  )
  return row
}

export async function touchToken(records: Records, id: string): Promise<void> {
  await records.tx(
    SYSTEM,
    async (tx) => {
      await sql`UPDATE token SET last_used_at = ${tx.at} WHERE id = ${id}`.execute(tx.db)
    },
    { unaudited: 'when a token was last used is a note, not a decision' },
  )
}

export async function readTokens(records: Records, userId: string): Promise<StoredToken[]> {
  return records.read<StoredToken>(
    () => sql`SELECT ${tokenColumns} FROM token WHERE user_id = ${userId} ORDER BY created_at DESC`,
  )
}

/** @returns false when there is no such token of that user that still holds */
export async function revokeToken(tx: Tx, id: string, userId: string): Promise<boolean> {
  const { rows } = await sql`UPDATE token SET revoked_at = ${tx.at}
    WHERE id = ${id} AND user_id = ${userId} AND revoked_at IS NULL RETURNING id`.execute(tx.db)
  return rows.length > 0
}

/** The user of a token. */
export async function findTokenOwner(records: Records, id: string): Promise<string | undefined> {
  const [row] = await records.read<{ username: string }>(
    () => sql`SELECT u.username FROM token t JOIN user_account u ON u.id = t.user_id WHERE t.id = ${id}`,
  )
  return row?.username
}
