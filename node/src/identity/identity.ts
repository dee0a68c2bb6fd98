import { createHash, timingSafeEqual } from 'node:crypto'
import { civilDay } from '@nhip/calendar/instant'
import { anonymous, type Caller } from '../http/caller.ts'
import { refuse } from '../http/problem.ts'
import type { Credentials } from '../http/serve.ts'
import { type Records, SYSTEM } from '../records/contract.ts'
import { standardCost } from './password.ts'
import { startingRoles, wholeNode, withinScopes } from './permissions.ts'
import { findLogin, findToken, findUser, readMemberships, readRoles, seedRoles, touchLogin } from './store.ts'

export interface IdentityOptions {
  records: Records
  /** Acts as an administrator while it is set (`NHIP_BOOTSTRAP_TOKEN`). */
  bootstrapToken?: string
  /** The key of this run that lies in the data folder: whoever may read the folder may open the stores anyway. */
  operatorToken?: string
  /** log2 of scrypt's N; only tests lower it. */
  passwordCost?: number
  /** No rate limit for tokens that are used from this computer. */
  unlimitedLoopback?: boolean
  now?: () => number
}

/** A login ends after 12 hours without a request, and after seven days in any case. */
export const idleS = 12 * 3600
export const loginLifeS = 7 * 24 * 3600

/** How long a recognised caller is believed without asking the database again. */
const believedMs = 5_000
const touchEveryMs = 5 * 60_000

/** Recognises callers and knows what their roles allow. */
export class Identity {
  readonly records: Records
  readonly passwordCost: number
  readonly now: () => number
  readonly #options: IdentityOptions
  readonly #roles: Map<string, string[]>
  readonly #believed = new Map<string, { caller: Caller; until: number }>()

  private constructor(options: IdentityOptions, roles: Map<string, string[]>) {
    this.#options = options
    this.#roles = roles
    this.records = options.records
    this.passwordCost = options.passwordCost ?? standardCost
    this.now = options.now ?? Date.now
  }

  static async open(options: IdentityOptions): Promise<Identity> {
    await seedRoles(options.records, SYSTEM)
    return new Identity(options, await readRoles(options.records))
  }

  /** Who a request comes from. @throws a 401 problem on a token or login that is not valid (any more) */
  async authenticate({ authorization, cookies, address }: Credentials): Promise<Caller> {
    if (authorization !== undefined) {
      const token = /^Bearer (\S+)$/i.exec(authorization)?.[1]
      if (token === undefined) throw invalid()
      const caller = await this.#byToken(token)
      return this.#options.unlimitedLoopback && loopback.test(address)
        ? { ...caller, limitKey: unlimited }
        : caller
    }
    const login = cookies[loginCookie(true)] ?? cookies[loginCookie(false)]
    return login === undefined ? anonymous : this.#byLogin(login)
  }

  /** Forgets who was recognised, after a change of accounts, logins or tokens. */
  forget(): void {
    this.#believed.clear()
  }

  /** Permissions of a set of roles. */
  permissionsOf(roles: Iterable<string>): Set<string> {
    return new Set([...roles].flatMap((role) => this.#roles.get(role) ?? []))
  }

  async #byToken(token: string): Promise<Caller> {
    const configured = this.#configured(token)
    if (configured !== null) {
      return {
        kind: 'bootstrap',
        id: null,
        username: configured,
        lang: null,
        permissions: new Set(startingRoles.administrator.permissions),
        memberships: [{ unit: wholeNode, role: 'administrator' }],
        limitKey: configured,
      }
    }
    const hash = secretHash(token)
    const key = `token ${hash.toString('base64')}`
    const known = this.#recall(key)
    if (known) return known
    const stored = await findToken(this.records, hash)
    const now = this.now()
    if (!stored || stored.revokedAt !== null) throw invalid()
    if (stored.expiresAt !== null && Date.parse(stored.expiresAt) <= now) throw invalid()
    const user = await this.#user(stored.userId)
    if (!user) throw invalid()
    return this.#believe(key, {
      ...user,
      kind: 'token',
      permissions: withinScopes(user.permissions, stored.scopes),
      limitKey: `token ${stored.id}`,
    })
  }

  async #byLogin(secret: string): Promise<Caller> {
    const hash = secretHash(secret)
    const key = `login ${hash.toString('base64')}`
    const known = this.#recall(key)
    if (known) return known
    const login = await findLogin(this.records, hash)
    const now = this.now()
    const seen = login ? Date.parse(login.seenAt) : 0
    // An ended login is no error for a reader: the page simply becomes that of a visitor.
    if (!login || Date.parse(login.expiresAt) <= now || seen + idleS * 1000 <= now) return anonymous
    const user = await this.#user(login.userId)
    if (!user) return anonymous
    if (now - seen > touchEveryMs) await this.records.tx({ id: login.userId }, (tx) => touchLogin(tx, hash))
    return this.#believe(key, { ...user, limitKey: `login ${key}` })
  }

  async #user(id: string): Promise<Caller | null> {
    const user = await findUser(this.records, id)
    if (!user || user.disabledAt !== null) return null
    const memberships = await readMemberships(this.records, id, civilDay(this.now()))
    return {
      kind: 'user',
      id: user.id,
      username: user.username,
      lang: null,
      permissions: this.permissionsOf(memberships.map(({ role }) => role)),
      memberships: memberships.map(({ unit, role }) => ({ unit: unit ?? wholeNode, role })),
      limitKey: null,
    }
  }

  /** Who a token that is not in the database stands for. */
  #configured(token: string): 'bootstrap' | 'operator' | null {
    const { bootstrapToken, operatorToken } = this.#options
    const hash = secretHash(token)
    if (bootstrapToken !== undefined && timingSafeEqual(hash, secretHash(bootstrapToken))) return 'bootstrap'
    if (operatorToken !== undefined && timingSafeEqual(hash, secretHash(operatorToken))) return 'operator'
    return null
  }

  #recall(key: string): Caller | null {
    const found = this.#believed.get(key)
    if (found && found.until > this.now()) return found.caller
    this.#believed.delete(key)
    return null
  }

  #believe(key: string, caller: Caller): Caller {
    if (this.#believed.size > 10_000) this.#believed.clear()
    this.#believed.set(key, { caller, until: this.now() + believedMs })
    return caller
  }
}

/** Callers with this key are not counted by the rate limit. */
export const unlimited = 'unlimited'

const loopback = /^(?:::ffff:)?127\.|^::1$/

/** Browsers accept the `__Host-` prefix only over TLS, where it also keeps the cookie from other hosts. */
export function loginCookie(secure: boolean): string {
  return secure ? '__Host-nhip_login' : 'nhip_login'
}

/** Secrets are stored as this: they are random, so a fast hash is enough. */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

function invalid() {
  return refuse(401, 'token-invalid', {
    headers: { 'www-authenticate': 'Bearer realm="nhip", error="invalid_token"' },
  })
}
