import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, callForAll } from './reach.ts'

const names = Array.from({ length: 450 }, (_, i) => `tram-${i}`)
let server: Server
let url = ''
beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://node')
    if (pathname === '/api/imports') {
      const message = { vi: 'Dòng 7: không có trạm này.', en: 'Line 7: there is no such station.' }
      response.writeHead(422).end(JSON.stringify({ detail: 'x', errors: [{ message }] }))
      return
    }
    const from = Number(searchParams.get('cursor') ?? 0)
    const to = from + Number(searchParams.get('limit'))
    const nextCursor = to < names.length ? String(to) : null
    response.end(JSON.stringify({ items: names.slice(from, to), nextCursor }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

test('a list is read to its last page', async () => {
  expect(await callForAll({ url, token: null }, '/api/users', 'vi')).toEqual(names)
})

test.each([
  ['vi', 'Dòng 7: không có trạm này.'],
  ['en', 'Line 7: there is no such station.'],
])('what the node found wrong is said in the language asked for: %s', async (lang, words) => {
  const refused = call({ url, token: null }, 'POST', '/api/imports', {}, lang)
  await expect(refused).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(words) })
})
