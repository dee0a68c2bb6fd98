import { randomBytes } from 'node:crypto'
import { refuse } from '../http/problem.ts'
import type { Identity } from './identity.ts'
import { loginLifeS, secretHash } from './identity.ts'
import { verifyPassword } from './password.ts'
import { deleteLogins, findCredential, insertLogin } from './store.ts'

export interface SignInRequest {
  username: string
  password: string
  address: string
  /** The cookie of a device that has signed in before. */
  device: string | undefined
  agent: string | null
  requestId: string
}

/**
 * Checks a password and opens a login.
 *
 * @returns the secrets for the cookies of the login and of the device
 * @throws a 401 problem that does not tell a wrong name from a wrong password; 429 while the throttle makes it wait
 */
export async function signIn(
  identity: Identity,
  request: SignInRequest,
): Promise<{ secret: string; device: string; userId: string }> {
  const { records, throttle } = identity
  await throttle.charge(request)
  const user = await findCredential(records, request.username)
  const right = await verifyPassword(request.password, user?.passwordHash ?? null, identity.passwordCost)
  const actor = (id: string) => ({ id, address: request.address, requestId: request.requestId })
  if (!user || !right || user.disabledAt !== null) {
    if (user)
      await records.tx(actor(user.id), async (tx) => {
        tx.audit({
          action: 'login.refuse',
          targetType: 'user',
          targetId: user.id,
          result: right ? 'disabled' : 'wrong-password',
        })
      })
    throw refuse(401, 'wrong-password')
  }
  await throttle.succeeded(request)
  const secret = randomBytes(32).toString('base64url')
  await records.tx(actor(user.id), async (tx) => {
    await insertLogin(tx, {
      idHash: secretHash(secret),
      userId: user.id,
      expiresAt: new Date(identity.now() + loginLifeS * 1000).toISOString(),
      address: request.address,
      agent: request.agent?.slice(0, 300) ?? null,
    })
    tx.audit({ action: 'login.open', targetType: 'user', targetId: user.id })
  })
  return { secret, device: throttle.deviceCookie(user.username), userId: user.id }
}

/** Ends this login of a user, or every one. */
export async function signOut(
  identity: Identity,
  who: {
    actor: { id: string; requestId?: string; address?: string }
    userId: string
    secret?: string
    everywhere: boolean
  },
): Promise<void> {
  await identity.records.tx(who.actor, async (tx) => {
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
