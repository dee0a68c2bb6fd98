import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { sql } from 'kysely'
import { refuse } from '../http/problem.ts'
import { type Records, SYSTEM } from '../records/contract.ts'

/** How many wrong passwords are free, how long the first wait after them is, and the longest. It doubles each time. */
interface Patience {
  free: number
  firstWaitMs: number
  longestWaitMs: number
}

const minute = 60_000
/** After this long without a wrong password all is forgotten. */
const memoryMs = 24 * 60 * minute

/**
 * Who is slowed down by what. A device that this account has signed in from has its own count and answers to no other:
 * whoever tries passwords from elsewhere, or from behind the same proxy, cannot lock its owner out. Everybody else is
 * counted three ways: with this name from this address, from this address at all (a spray over names), and for this name
 * from everywhere (a spray over addresses).
 */
const patience = {
  device: { free: 5, firstWaitMs: minute / 2, longestWaitMs: 60 * minute },
  pair: { free: 5, firstWaitMs: minute / 2, longestWaitMs: 60 * minute },
  address: { free: 30, firstWaitMs: minute / 2, longestWaitMs: 15 * minute },
  name: { free: 100, firstWaitMs: minute / 2, longestWaitMs: 15 * minute },
} satisfies Record<string, Patience>
type Kind = keyof typeof patience

/** A device stays known for this long after a sign-in. */
export const deviceLifeS = 180 * 24 * 3600

export interface SignInAttempt {
  username: string
  address: string
  /** The device's cookie, when it sent one. */
  device: string | undefined
}

/** Slows wrong passwords down, in the records: a restart forgets nothing. Names that nobody bears are slowed down alike. */
export class SignInThrottle {
  readonly #records: Records
  readonly #now: () => number
  readonly #secret: Buffer

  constructor(records: Records, now: () => number, secret: Buffer = randomBytes(32)) {
    this.#records = records
    this.#now = now
    this.#secret = secret
  }

  /**
   * Counts an attempt before its password is looked at, so that many at once gain nothing.
   *
   * @throws a 429 problem while one of its counts has to wait; such an attempt does not count
   */
  async charge(attempt: SignInAttempt): Promise<void> {
    const now = this.#now()
    const forgotten = new Date(now - memoryMs).toISOString()
    await this.#records.tx(SYSTEM, async (tx) => {
      await sql`DELETE FROM sign_in_throttle WHERE last_at < ${forgotten}`.execute(tx.db)
      for (const [kind, key] of this.#keysOf(attempt)) {
        const { rows } = await sql<{ failed: number; till: string | null }>`INSERT INTO sign_in_throttle
            (key, failed, last_at) VALUES (${key}, 1, ${tx.at})
          ON CONFLICT (key) DO UPDATE SET failed = sign_in_throttle.failed + 1, last_at = excluded.last_at
          RETURNING failed, waits_till AS till`.execute(tx.db)
        const { failed = 1, till = null } = rows[0] ?? {}
        if (till !== null && Date.parse(till) > now) throw mustWait(Date.parse(till) - now)
        const wait = waitAfter(patience[kind], failed)
        if (wait > 0)
          await sql`UPDATE sign_in_throttle SET waits_till = ${new Date(now + wait).toISOString()}
            WHERE key = ${key}`.execute(tx.db)
      }
    })
  }

  /** After the right password: the wrong ones of this device, or of this name from this address, are forgiven. */
  async succeeded(attempt: SignInAttempt): Promise<void> {
    await this.#records.tx(SYSTEM, async (tx) => {
      for (const [kind, key] of this.#keysOf(attempt)) {
        if (kind === 'device' || kind === 'pair')
          await sql`DELETE FROM sign_in_throttle WHERE key = ${key}`.execute(tx.db)
        else
          await sql`UPDATE sign_in_throttle SET failed = failed - 1,
              waits_till = CASE WHEN failed > ${patience[kind].free} THEN waits_till END
            WHERE key = ${key}`.execute(tx.db)
      }
    })
  }

  /** The cookie by which a device is known to have signed in to an account. */
  deviceCookie(username: string): string {
    const payload = `${randomBytes(12).toString('base64url')}.${Math.floor(this.#now() / 1000) + deviceLifeS}`
    return `${payload}.${this.#sign(username, payload)}`
  }

  #keysOf({ username, address, device }: SignInAttempt): [Kind, string][] {
    const name = username.normalize('NFC').toLowerCase()
    const known = device === undefined ? null : this.#deviceOf(name, device)
    if (known !== null) return [['device', `device ${known}`]]
    const network = networkOf(address)
    return [
      ['pair', `pair ${network} ${name}`],
      ['address', `address ${network}`],
      ['name', `name ${name}`],
    ]
  }

  #deviceOf(username: string, cookie: string): string | null {
    const [nonce = '', expires = '', signature = ''] = cookie.split('.')
    const given = Buffer.from(signature)
    const expected = Buffer.from(this.#sign(username, `${nonce}.${expires}`))
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
    return Number(expires) * 1000 > this.#now() ? nonce : null
  }

  #sign(username: string, payload: string): string {
    const name = username.normalize('NFC').toLowerCase()
    return createHmac('sha256', this.#secret).update(`device\n${name}\n${payload}`).digest('base64url')
  }
}

function mustWait(ms: number) {
  const seconds = Math.ceil(ms / 1000)
  return refuse(429, 'too-many-attempts', {
    params: { seconds },
    headers: { 'retry-after': String(seconds) },
  })
}

function waitAfter({ free, firstWaitMs, longestWaitMs }: Patience, failed: number): number {
  return failed < free ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(30, failed - free))
}

/** Whoever has one IPv6 address has the 2^64 of its network. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (!isIPv6(plain)) return plain
  const [head = '', tail] = plain.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = [...before, ...Array(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
