import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TemporaryRecords, temporaryRecords } from '../records/temporary-records.ts'
import { SignInThrottle } from './throttle.ts'

let temporary: TemporaryRecords
let clock = Date.UTC(2026, 10, 22)
beforeAll(async () => {
  temporary = await temporaryRecords({ now: () => new Date(clock) })
})
afterAll(() => temporary.end())

const secret = Buffer.alloc(32, 9)
const open = () => new SignInThrottle(temporary.records, () => clock, secret)
const from = (address: string, username = 'lan', device?: string) => ({ username, address, device })
const seconds = 1000

/** Milliseconds that an attempt has to wait; 0 when it counts. */
async function wait(throttle: SignInThrottle, attempt: ReturnType<typeof from>): Promise<number> {
  try {
    await throttle.charge(attempt)
    return 0
  } catch (error) {
    expect(error).toMatchObject({ status: 429, code: 'too-many-attempts' })
    return Number((error as { details: { headers: Record<string, string> } }).details.headers['retry-after'])
  }
}

test('five wrong passwords are free, then each makes the next wait twice as long, up to an hour', async () => {
  const throttle = open()
  const attempt = from('10.1.0.1', 'minh')
  for (let n = 0; n < 5; n += 1) expect(await wait(throttle, attempt)).toBe(0)
  const waits: number[] = []
  for (let n = 0; n < 9; n += 1) {
    const left = await wait(throttle, attempt)
    waits.push(left)
    clock += left * seconds
    expect(await wait(throttle, attempt)).toBe(0)
  }
  expect(waits).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600])
})

test('a restart forgets nothing; a day without a wrong password everything', async () => {
  expect(await wait(open(), from('10.1.0.1', 'minh'))).toBe(3600)
  clock += 25 * 3600 * seconds
  expect(await wait(open(), from('10.1.0.1', 'minh'))).toBe(0)
})

test('many at once gain nothing: of fifty at the same moment five are looked at', async () => {
  const throttle = open()
  const waits = await Promise.all(Array.from({ length: 50 }, () => wait(throttle, from('10.2.0.1', 'hoa'))))
  expect(waits.filter((left) => left === 0)).toHaveLength(5)
})

test('whoever tries an account from elsewhere does not lock out its owner, even behind the same proxy', async () => {
  const throttle = open()
  const device = throttle.deviceCookie('lan')
  for (let n = 0; n < 110; n += 1) await wait(throttle, from(`203.0.113.${n}`))
  for (let n = 0; n < 20; n += 1) await wait(throttle, from('10.3.0.1'))
  expect(await wait(throttle, from('10.3.0.1'))).toBeGreaterThan(0)
  expect(await wait(throttle, from('10.3.0.1', 'lan', device))).toBe(0)
  // The device has its own count, and opens nothing for another name.
  for (let n = 0; n < 4; n += 1) expect(await wait(throttle, from('10.3.0.1', 'lan', device))).toBe(0)
  expect(await wait(throttle, from('10.3.0.1', 'lan', device))).toBe(30)
  for (let n = 0; n < 5; n += 1) await wait(throttle, from('10.3.0.9', 'tuan', device))
  expect(await wait(throttle, from('10.3.0.9', 'tuan', device))).toBe(30)
})

test('a forged, foreign or old device cookie is none', async () => {
  const throttle = open()
  const good = throttle.deviceCookie('mai')
  const [nonce, expires, signature] = good.split('.')
  const forged = [
    `${nonce}.${Number(expires) + 1}.${signature}`,
    `x${good}`,
    new SignInThrottle(temporary.records, () => clock, Buffer.alloc(32, 1)).deviceCookie('mai'),
    '',
    '..',
  ]
  for (const [n, cookie] of forged.entries()) {
    const attempt = from(`10.4.0.${n}`, 'mai', cookie)
    for (let tries = 0; tries < 5; tries += 1) await wait(throttle, attempt)
    // Counted by address, as if there were no cookie: the same address without one has to wait as well.
    expect(await wait(throttle, from(`10.4.0.${n}`, 'mai'))).toBe(30)
  }
  const start = clock
  clock += 181 * 24 * 3600 * seconds
  for (let tries = 0; tries < 5; tries += 1) await wait(throttle, from('10.4.1.1', 'mai', good))
  expect(await wait(throttle, from('10.4.1.1', 'mai'))).toBe(30)
  clock = start
})

test('one password tried on many names is stopped by its address; a network of IPv6 addresses is one', async () => {
  const throttle = open()
  let looked = 0
  for (let n = 0; n < 60; n += 1)
    if ((await wait(throttle, from(`2001:db8:0:7::${n.toString(16)}`, `nguoi-${n}`))) === 0) looked += 1
  expect(looked).toBe(30)
  expect(await wait(throttle, from('2001:db8:0:8::1', 'nguoi-61'))).toBe(0)
})

test('the right password forgives the wrong ones before it, and does not count against the address', async () => {
  const throttle = open()
  for (let n = 0; n < 40; n += 1) {
    const attempt = from('10.5.0.1', `can-bo-${n}`)
    expect(await wait(throttle, attempt)).toBe(0)
    await throttle.succeeded(attempt)
  }
  const forgetful = from('10.5.0.1', 'dung')
  for (let n = 0; n < 4; n += 1) expect(await wait(throttle, forgetful)).toBe(0)
  await throttle.succeeded(forgetful)
  for (let n = 0; n < 5; n += 1) expect(await wait(throttle, forgetful)).toBe(0)
})
