import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { refuse } from '../http/problem.ts'

/** log2 of scrypt's N: about 0.3 s and 128 MB for one guess. */
export const standardCost = 17

const r = 8
const p = 1
const length = 32

/** A flood of sign-ins must not take all memory: so many are worked out at once, so many wait, the rest is refused. */
const atOnce = 2
const mostWaiting = 50
let working = 0
const waiting: (() => void)[] = []

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (working >= atOnce) {
    if (waiting.length >= mostWaiting) throw refuse(503, 'overloaded', { headers: { 'retry-after': '5' } })
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else working += 1
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else working -= 1
  }
}

function derive(password: string, salt: Buffer, cost: number): Promise<Buffer> {
  const n = 2 ** cost
  return inTurn(
    () =>
      new Promise((resolve, reject) => {
        scrypt(password.normalize('NFC'), salt, length, { N: n, r, p, maxmem: 256 * n * r }, (error, key) =>
          error ? reject(error) : resolve(key),
        )
      }),
  )
}

/** `scrypt$17$<salt>$<key>`, both in base64url. */
export async function hashPassword(password: string, cost = standardCost): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, cost)
  return `scrypt$${cost}$${salt.toString('base64url')}$${key.toString('base64url')}`
}

/** Whether a password is the hashed one. A hash of null takes as long as a real one, so that names cannot be probed. */
export async function verifyPassword(
  password: string,
  hash: string | null,
  cost = standardCost,
): Promise<boolean> {
  const [, n = String(cost), salt = 'AAAAAAAAAAAAAAAAAAAAAA', key = ''] = (hash ?? '').split('$')
  const derived = await derive(password, Buffer.from(salt, 'base64url'), Number(n))
  const expected = Buffer.from(key, 'base64url')
  return expected.length === derived.length && timingSafeEqual(expected, derived)
}
