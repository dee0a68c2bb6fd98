import { createHash, timingSafeEqual } from 'node:crypto'
import { civilDay } from '@nhip/calendar/instant'
import { anonymous, type Caller } from '../http/caller.ts'
import { refuse } from '../http/problem.ts'
import type { Credentials } from '../http/serve.ts'
import { type Records, SYSTEM } from '../records/contract.ts'
import { standardCost } from './password.ts'
import { startingRoles, wholeNode, withinScopes } from './permissions.ts'
import { Reach } from './reach.ts'
import { readRoles, seedRoles } from './role-store.ts'
import { findLogin, findToken, findUser, readMemberships, touchLogin, touchToken } from './store.ts'
import { SignInThrottle } from './throttle.ts'
import type { Units } from './units.ts'

export interface IdentityOptions {
  records: Records
  units: Units
  /** Acts as an administrator while it is set (`NHIP_BOOTSTRAP_TOKEN`). */
  bootstrapToken?: string
  /** The key of this run that lies in the data folder: whoever may read the folder may open the stores anyway. */
  operatorToken?: string
  /** Signs the cookies by which devices are known again; random when absent: they are then known until the next start. */
  secret?: Buffer
  /** log2 of scrypt's N; only tests lower it. */
  passwordCost?: number
  /** No rate limit for tokens that are used from this computer. */
  unlimitedLoopback?: boolean
  now?: () => number
}

/** A login ends after 12 hours without a request, and after seven days in any case. */
export const idleS = 12 * 3600
export const loginLifeS = 7 * 24 * 3600

/** How long a recognised caller is believed without asking the database again; every change of rights ends it at once. */
const believedMs = 5_000
const touchEveryMs = 5 * 60_000

/** A person as their roles make them, before a token cuts anything away. */
interface Person {
  id: string
  username: string
  roles: { unit: string; role: string; permissions: ReadonlySet<string> }[]
}

/** Recognises callers and knows what their roles allow. */
export class Identity {
  readonly records: Records
  readonly units: Units
  readonly reach: Reach
  readonly throttle: SignInThrottle
  readonly passwordCost: number
  readonly now: () => number
  readonly #options: IdentityOptions
  #roles: Map<string, string[]>
  readonly #believed = new Map<string, { caller: Caller; until: number }>()
  /** Grows with each change of rights: what was read before one is not believed after it. */
  #changes = 0

  private constructor(options: IdentityOptions, roles: Map<string, string[]>) {
    this.#options = options
    this.#roles = roles
    this.records = options.records
    this.units = options.units
    this.passwordCost = options.passwordCost ?? standardCost
    this.now = options.now ?? Date.now
    this.reach = new Reach(() => options.units.territory(), this.now)
    this.throttle = new SignInThrottle(options.records, this.now, options.secret)
  }

  static async open(options: IdentityOptions): Promise<Identity> {
    await seedRoles(options.records, SYSTEM)
    return new Identity(options, await readRoles(options.records))
  }

  /** Who a request comes from. @throws a 401 problem on a token or login that is not valid (any more) */
  async authenticate({ authorization, cookies, address, secure }: Credentials): Promise<Caller> {
    if (authorization !== undefined) {
      const token = /^Bearer (\S+)$/i.exec(authorization)?.[1]
      if (token === undefined) throw invalid()
      const caller = await this.#byToken(token)
      return this.#options.unlimitedLoopback && loopback.test(address)
        ? { ...caller, limitKey: unlimited }
        : caller
    }
    const login = cookies[loginCookie(secure)]
    return login === undefined ? anonymous : this.#byLogin(login)
  }

  /** A person as if they had just signed in; null when there is none or the account is disabled. */
  async callerOf(userId: string): Promise<Caller | null> {
    const person = await this.#person(userId)
    return person && this.#caller(person, { kind: 'user', limitKey: `user ${userId}`, ...unlimitedRights })
  }

  /** Forgets who was recognised, after a change of accounts, memberships, logins or tokens. */
  forget(): void {
    this.#changes += 1
    this.#believed.clear()
  }

  /** Takes up what roles allow after a change of them. */
  async readRoles(): Promise<void> {
    this.#roles = await readRoles(this.records)
    this.forget()
  }

  /** Permissions of a set of roles. */
  permissionsOf(roles: Iterable<string>): Set<string> {
    return new Set([...roles].flatMap((role) => this.#roles.get(role) ?? []))
  }

  async #byToken(token: string): Promise<Caller> {
    const configured = this.#configured(token)
    if (configured !== null) return operator(configured)
    const hash = secretHash(token)
    const key = `token ${hash.toString('base64')}`
    const known = this.#recall(key)
    if (known) return known
    const changes = this.#changes
    const stored = await findToken(this.records, hash)
    const now = this.now()
    if (!stored || stored.revokedAt !== null) throw invalid()
    if (stored.expiresAt !== null && Date.parse(stored.expiresAt) <= now) throw invalid()
    const person = await this.#person(stored.userId)
    if (!person) throw invalid()
    const used = stored.lastUsedAt === null ? 0 : Date.parse(stored.lastUsedAt)
    if (now - used > touchEveryMs) await noted(touchToken(this.records, stored.id))
    const { unit, datasets } = stored
    const caller = this.#caller(person, {
      kind: 'token',
      limitKey: `token ${stored.id}`,
      scopes: stored.scopes,
      unit,
      datasets: datasets === null ? null : new Set(datasets),
    })
    // A token may end within the seconds for which it would be believed.
    const end = stored.expiresAt === null ? Infinity : Date.parse(stored.expiresAt)
    return this.#believe(key, caller, changes, end)
  }

  async #byLogin(secret: string): Promise<Caller> {
    const hash = secretHash(secret)
    const key = `login ${hash.toString('base64')}`
    const known = this.#recall(key)
    if (known) return known
    const changes = this.#changes
    const login = await findLogin(this.records, hash)
    const now = this.now()
    const seen = login ? Date.parse(login.seenAt) : 0
    // An ended login is no error for a reader: the page simply becomes that of a visitor.
    if (!login || Date.parse(login.expiresAt) <= now || seen + idleS * 1000 <= now) return anonymous
    const person = await this.#person(login.userId)
    if (!person) return anonymous
    if (now - seen > touchEveryMs) await noted(touchLogin(this.records, login.userId, hash))
    const caller = this.#caller(person, { kind: 'user', limitKey: `login ${key}`, ...unlimitedRights })
    return this.#believe(key, caller, changes, Date.parse(login.expiresAt))
  }

  async #person(id: string): Promise<Person | null> {
    const user = await findUser(this.records, id)
    if (!user || user.disabledAt !== null) return null
    const memberships = await readMemberships(this.records, id, civilDay(this.now()))
    const roles = memberships.map(({ unit, role }) => ({
      unit: unit ?? wholeNode,
      role,
      permissions: this.permissionsOf([role]),
    }))
    return { id, username: user.username, roles }
  }

  #caller(
    { id, username, roles }: Person,
    token: {
      kind: 'user' | 'token'
      limitKey: string
      /** Null: everything the roles allow. */
      scopes: readonly string[] | null
      unit: string | null
      datasets: ReadonlySet<string> | null
    },
  ): Caller {
    const { reach } = this
    const { kind, limitKey, scopes, unit: limit, datasets } = token
    const held = roles.flatMap((role) => [...role.permissions])
    const permissions = scopes === null ? new Set(held) : withinScopes(held, scopes)
    const inLimit = (unit: string | null) => limit === null || reach.covers(limit, unit)
    return {
      kind,
      id,
      username,
      lang: null,
      permissions,
      memberships: roles.map(({ unit, role }) => ({ unit, role })),
      limitKey,
      holds: (permission, unit) =>
        permissions.has(permission) &&
        inLimit(unit) &&
        roles.some((role) => role.permissions.has(permission) && reach.covers(role.unit, unit)),
      within: ({ code, owner }) => inLimit(owner) && (datasets === null || datasets.has(code)),
      datasets,
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

  #believe(key: string, caller: Caller, changes: number, end: number): Caller {
    if (changes !== this.#changes) return caller
    if (this.#believed.size > 10_000) this.#believed.clear()
    this.#believed.set(key, { caller, until: Math.min(end, this.now() + believedMs) })
    return caller
  }
}

/** A login cuts nothing away from what the roles allow. */
const unlimitedRights = { scopes: null, unit: null, datasets: null }

/** Whoever may read the data folder or the environment of the program: everything an administrator may, everywhere. */
function operator(username: 'bootstrap' | 'operator'): Caller {
  const permissions = new Set<string>(startingRoles.administrator.permissions)
  return {
    kind: 'bootstrap',
    id: null,
    username,
    lang: null,
    permissions,
    memberships: [{ unit: wholeNode, role: 'administrator' }],
    limitKey: username,
    holds: (permission) => permissions.has(permission),
    within: () => true,
    datasets: null,
  }
}

/** When somebody was last seen is good to know, and no reason to refuse a request when it cannot be written. */
async function noted(write: Promise<void>): Promise<void> {
  await write.catch(() => undefined)
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
