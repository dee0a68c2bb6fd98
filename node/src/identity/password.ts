import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** log2 of scrypt's N: about 0.3 s and 128 MB for one guess. */
export const standardCost = 17

const r = 8
const p = 1
const length = 32

function derive(password: string, salt: Buffer, cost: number): Promise<Buffer> {
  const n = 2 ** cost
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, length, { N: n, r, p, maxmem: 256 * n * r }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
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
