import { createServer as createTcpServer } from 'node:net'
import { expect, test } from 'vitest'
import { openDoor } from './door.ts'
import { listen } from './listening.ts'

const minute = 60_000
const noDescriptors = () => Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' })

test('a door outlives a connection that the system refuses it, says so for a minute and remembers it', async () => {
  let clock = Date.UTC(2026, 10, 22, 1)
  const faults: Error[] = []
  const server = createTcpServer()
  const { place, state } = await listen(
    server,
    { host: '127.0.0.1', port: 0 },
    (error) => void faults.push(error),
    () => clock,
  )
  expect(place).toMatch(/^127\.0\.0\.1:\d+$/)
  expect(state()).toEqual({ status: 'open' })
  server.emit('error', noDescriptors())
  const detail = 'EMFILE, 2026-11-22T01:00:00.000Z'
  expect(faults.map(({ message }) => message)).toEqual(['accept EMFILE'])
  expect(state()).toEqual({ status: 'faulty', detail })
  clock += minute
  expect(state()).toEqual({ status: 'open', detail })
  await new Promise((resolve) => server.close(resolve))
  expect(state()).toEqual({ status: 'closed', detail })
})

test('a port that is taken is refused to whoever starts', async () => {
  const first = createTcpServer()
  const { place } = await listen(first, { host: '127.0.0.1', port: 0 }, () => undefined)
  const port = Number(place.split(':')[1])
  await expect(listen(createTcpServer(), { host: '127.0.0.1', port }, () => undefined)).rejects.toMatchObject(
    { code: 'EADDRINUSE' },
  )
  first.close()
})

test('the HTTP door goes on answering after such an error', async () => {
  const faults: Error[] = []
  const door = await openDoor({
    host: '127.0.0.1',
    port: 0,
    health: () => ({
      status: 'starting',
      version: '0',
      profile: 'empty',
      uptimeS: 0,
      stores: {},
      writable: false,
    }),
    onFault: (error) => void faults.push(error),
  })
  door.server.emit('error', noDescriptors())
  expect(faults).toHaveLength(1)
  expect(door.state().status).toBe('faulty')
  const answer = await fetch(`${door.url}/healthz`)
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ status: 'starting' })
  await door.drain(0)
})
