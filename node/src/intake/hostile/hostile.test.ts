import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Attacked } from './attack.fixture.ts'
import { hostileInputs } from './generate.fixture.ts'

let attacked: Attacked
beforeAll(async () => {
  attacked = await Attacked.start()
}, 300_000)
afterAll(() => attacked?.stop())

test('hostile inputs, two or three of every family: refused or flagged with value, rule and place, and nothing breaks', async () => {
  const inputs = await hostileInputs(36, 'a part of them')
  const faults: string[] = []
  for (const input of inputs) {
    const fault = await attacked.send(input)
    if (fault !== null) faults.push(`${input.family}: ${input.what}: ${fault}`)
  }
  expect(faults).toEqual([])
  expect(await attacked.isWell()).toBe(true)
}, 300_000)

test('fifty connections that send a byte now and then keep nobody else waiting', async () => {
  const { hostname, port } = new URL(attacked.node.url)
  const slow = Array.from({ length: 50 }, () => connect(Number(port), hostname).on('error', () => undefined))
  const drip = setInterval(() => {
    for (const socket of slow) if (socket.writable) socket.write('G')
  }, 10)
  try {
    for (let i = 0; i < 10; i++) expect(await attacked.isWell()).toBe(true)
  } finally {
    clearInterval(drip)
    for (const socket of slow) socket.destroy()
  }
})
