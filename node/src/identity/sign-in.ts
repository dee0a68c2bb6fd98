import { randomBytes } from 'node:crypto'
import { refuse } from '../http/problem.ts'
import type { Identity } from './identity.ts'
import { loginLifeS, secretHash } from './identity.ts'
import { verifyPassword } from './password.ts'
import { deleteLogins, findCredential, insertLogin, recordAttempt } from './store.ts'

/** Wrong passwords in a row after which an account waits, twice as long each time, up to an hour. */
const freeAttempts = 5
const firstWaitMs = 30_000
const longestWaitMs = 3_600_000

export interface SignInRequest {
  username: string
  password: string
  address: string
  agent: string | null
  requestId: string
}

/**
 * Checks a password and opens a login.
 *
 * @returns the secret for the cookie
 * @throws a 401 problem that does not tell a wrong name from a wrong password; 429 while an account waits
 */
export async function signIn(
  identity: Identity,
  request: SignInRequest,
): Promise<{ secret: string; userId: string }> {
  const { records } = identity
  const user = await findCredential(records, request.username)
  const now = identity.now()
  if (user?.lockedUntil && Date.parse(user.lockedUntil) > now) {
    const seconds = Math.ceil((Date.parse(user.lockedUntil) - now) / 1000)
    throw refuse(429, 'too-many-attempts', {
      params: { seconds },
      headers: { 'retry-after': String(seconds) },
    })
  }
  const right = await verifyPassword(request.password, user?.passwordHash ?? null, identity.passwordCost)
  if (!user || !right || user.disabledAt !== null) {
    if (user) {
      const failed = user.failedAttempts + 1
      const wait =
        failed < freeAttempts ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** (failed - freeAttempts))
      await records.tx(
        { id: user.id, address: request.address, requestId: request.requestId },
        async (tx) => {
          await recordAttempt(tx, user.id, {
            failed,
            lockedUntil: wait === 0 ? null : new Date(now + wait).toISOString(),
          })
          tx.audit({
            action: 'login.refuse',
            targetType: 'user',
            targetId: user.id,
            result: 'wrong-password',
          })
        },
      )
    }
    throw refuse(401, 'wrong-password')
  }
  const secret = randomBytes(32).toString('base64url')
  await records.tx({ id: user.id, address: request.address, requestId: request.requestId }, async (tx) => {
    await insertLogin(tx, {
      idHash: secretHash(secret),
      userId: user.id,
      expiresAt: new Date(now + loginLifeS * 1000).toISOString(),
      address: request.address,
      agent: request.agent?.slice(0, 300) ?? null,
    })
    if (user.failedAttempts > 0) await recordAttempt(tx, user.id, { failed: 0, lockedUntil: null })
    tx.audit({ action: 'login.open', targetType: 'user', targetId: user.id })
  })
  return { secret, userId: user.id }
}

/** Ends this login, or every login of the user. */
export async function signOut(
  identity: Identity,
  who: { userId: string; secret: string | undefined; everywhere: boolean },
): Promise<void> {
  await identity.records.tx({ id: who.userId }, async (tx) => {
    if (who.everywhere) await deleteLogins(tx, { userId: who.userId })
    else if (who.secret !== undefined) await deleteLogins(tx, { idHash: secretHash(who.secret) })
    tx.audit({
      action: 'login.close',
      targetType: 'user',
      targetId: who.userId,
      after: { everywhere: who.everywhere },
    })
  })
  identity.forget()
}
