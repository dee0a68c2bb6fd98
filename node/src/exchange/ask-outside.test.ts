import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askOutside, withoutCredentials } from './ask-outside.ts'

const asked: IncomingMessage['headers'][] = []
const server = createServer(({ headers }, response) => {
  asked.push(headers)
  response.end('đã nhận')
})
let host: string
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

const question = { type: 'text/plain', body: 'x', timeoutMs: 5000 }

test('user and password of an address arrive as a header', async () => {
  const answer = await askOutside(`http://hue:m%E1%BA%ADt%20kh%E1%BA%A9u@${host}/q`, question)
  expect(await answer.text()).toBe('đã nhận')
  const [, pair = ''] = /^Basic (.+)$/.exec(asked.at(-1)?.authorization ?? '') ?? []
  expect(Buffer.from(pair, 'base64').toString()).toBe('hue:mật khẩu')
})

test('an address without them is asked as it is', async () => {
  await askOutside(`http://${host}/q`, question)
  expect(asked.at(-1)?.authorization).toBeUndefined()
})

test('a failure does not repeat them', async () => {
  const address = `http://hue:geheim@127.0.0.1:1/q`
  const error = await askOutside(address, question).catch((caught: unknown) => caught)
  expect(String((error as Error).stack) + String((error as Error).cause)).not.toContain('geheim')
  expect(withoutCredentials(address)).toBe('http://127.0.0.1:1/q')
})
