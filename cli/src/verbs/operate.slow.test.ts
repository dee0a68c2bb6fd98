import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { readSettings } from '@nhip/node/config'
import { openNode, type RunningNode, serve } from '@nhip/node/main'
import { programArguments } from '@nhip/node/thread'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryServer } from '../../../node/src/records/temporary-records.ts'
import { main } from '../frame.ts'

// What an operator does with a node that runs and with one that is stopped, through the command alone, while people and
// sensors write through the API. Once with embedded records, once with a database server.

const folder = mkdtempSync(join(tmpdir(), 'nhip-operate-'))
const server = await temporaryServer()
if (typeof server === 'string') console.log(`skipped: an operator's day on a database server: ${server}`)
const running: RunningNode[] = []
afterAll(async () => {
  for (const node of running) await node.stop()
  if (typeof server !== 'string') await server.end()
  rmSync(folder, { recursive: true, force: true })
})

async function nhip(argv: string[], input = '') {
  const out: Buffer[] = []
  const err: string[] = []
  const sink = (into: (chunk: Buffer) => void) =>
    new Writable({
      write(chunk, _encoding, done) {
        into(Buffer.from(chunk))
        done()
      },
    })
  const code = await main([...argv, '--lang', 'en'], {
    stdout: sink((chunk) => out.push(chunk)),
    stderr: sink((chunk) => err.push(String(chunk))),
    stdin: Readable.from([input]),
  })
  return { code, bytes: Buffer.concat(out), out: Buffer.concat(out).toString(), err: err.join('') }
}
const settingsOf = (flags: Record<string, string>) =>
  readSettings({ port: '0', profile: 'empty', log: 'error', ...flags }, {})

const at = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString()

describe.each(['pglite', 'postgres'] as const)("an operator's day, records on %s", (driver) => {
  const absent = driver === 'postgres' && typeof server === 'string'
  const data = join(folder, `${driver}-data`)
  const restored = join(folder, `${driver}-restored`)
  const file = join(folder, `${driver}.tar`)
  let database: string | undefined
  let flags: string[]
  let node: RunningNode
  let token: string

  beforeAll(async () => {
    if (absent) return
    database = typeof server === 'string' || driver === 'pglite' ? undefined : await server.database()
    const settings = settingsOf({ data, ...(database ? { databaseUrl: database } : {}) })
    node = await serve({ settings, passwordCost: 4 })
    running.push(node)
    flags = ['--data', data, ...(database ? ['--database-url', database] : [])]
  }, 300_000)

  const send = async (n: number, count: number) => {
    const observations = Array.from({ length: count }, (_, i) => ({
      entity: 'urn:nhip:Station:1',
      property: 'pm25',
      at: at(n + i),
      value: (n + i) / 3,
    }))
    const answer = await fetch(`${node.url}/api/observations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ dataset: 'air', observations }),
    })
    expect([answer.status, answer.status < 300 ? '' : await answer.text()]).toEqual([200, ''])
  }

  test.skipIf(absent)('accounts and tokens, through the node that runs', async () => {
    const add = ['user', 'add', 'tram', '--role', 'administrator', ...flags]
    expect(await nhip(add, 'mat-khau-thu-nghiem\n')).toMatchObject({ code: 0, err: '' })
    expect((await nhip(['user', 'list', ...flags])).out).toContain('tram')
    const made = await nhip(['token', 'create', '--user', 'tram', '--scope', 'ingest,read,admin', ...flags])
    token = made.out.trim()
    expect(token).toMatch(/^nhip_/)
    const second = await nhip(['token', 'create', '--user', 'tram', '--scope', 'read', '--json', ...flags])
    const { id } = JSON.parse(second.out) as { id: string }
    expect(await nhip(['token', 'revoke', id, ...flags])).toMatchObject({ code: 0 })
    const listed = JSON.parse((await nhip(['token', 'list', '--user', 'tram', '--json', ...flags])).out)
    expect(listed.map((one: { revokedAt: string | null }) => one.revokedAt === null).sort()).toEqual([
      false,
      true,
    ])
    expect((await nhip(['token', 'revoke', id, ...flags])).code).toBe(2)
    expect((await nhip(['user', 'disable', 'nobody', ...flags])).code).toBe(2)
  })

  test.skipIf(absent)(
    'a backup while people and sensors write: nothing acknowledged before it is missing',
    async () => {
      const call = (path: string, body: unknown) =>
        fetch(`${node.url}${path}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      const dataset = { code: 'air', name: { vi: 'Không khí', en: 'Air' }, autoCreate: true }
      const made = await call('/api/datasets', dataset)
      expect([made.status < 300, await made.text()]).toEqual([true, expect.any(String)])
      await send(0, 1000)
      let stop = false
      let sent = 1000
      let users = 0
      const sensors = (async () => {
        while (!stop) {
          await send(sent, 100)
          sent += 100
        }
      })()
      const people = (async () => {
        while (!stop) {
          const body = {
            username: `nguoi-${users}`,
            displayName: 'Người',
            password: 'mat-khau-thu-nghiem',
            memberships: [],
          }
          expect((await call('/api/users', body)).status).toBe(201)
          users++
        }
      })()
      const before = { sent: 0, users: 0 }
      try {
        await new Promise((resolve) => setTimeout(resolve, 500))
        Object.assign(before, { sent, users })
        const saved = await nhip(['backup', '--out', file, '--json', ...flags])
        expect([saved.code, saved.err]).toEqual([0, ''])
        const { observations } = JSON.parse(saved.out) as { observations: number }
        expect(observations).toBeGreaterThanOrEqual(before.sent)
      } finally {
        stop = true
        await Promise.all([sensors, people])
      }
      expect(sent).toBeGreaterThan(before.sent)
      expect((await nhip(['backup', '--out', file, ...flags])).code).toBe(2)

      const target = typeof server === 'string' ? undefined : await server.database()
      // From the one kind of store into the other.
      const to = driver === 'pglite' && target ? ['--database-url', target] : []
      const back = await nhip(['restore', file, '--data', restored, '--json', ...to])
      expect([back.code, back.err]).toEqual([0, ''])
      const { observations: lastSeq } = JSON.parse(back.out) as { observations: number }
      const doctor = await nhip(['doctor', '--data', restored, ...to])
      expect([doctor.code, doctor.out.match(/[✗!].*/g)]).toEqual([0, null])

      const copy = await openNode({
        settings: settingsOf({ data: restored, ...(to[1] ? { databaseUrl: to[1] } : {}) }),
        passwordCost: 4,
      })
      try {
        expect(await copy.observations.contentHash()).toBe(await node.observations.contentHash(lastSeq))
        const rows = await copy.records.read((db) =>
          db.selectFrom('user_account').select('username').where('username', 'like', 'nguoi-%'),
        )
        expect(rows.length).toBeGreaterThanOrEqual(before.users)
      } finally {
        await copy.close()
      }
    },
    600_000,
  )

  test.skipIf(absent)(
    'the same export from a node that runs and from the folder once it is stopped; the lake',
    async () => {
      const series = ['export', 'series', '--entity', 'urn:nhip:Station:1', '--property', 'pm25', ...flags]
      const parquet = join(folder, `${driver}.parquet`)
      const live = await nhip([...series, '--to', at(1000)])
      expect([live.code, live.out.split('\r\n').length]).toEqual([0, 1002])
      expect(JSON.parse((await nhip(['lake', 'seal', '--json', ...flags])).out)).toHaveLength(1)
      expect((await nhip(['lake', 'verify', ...flags])).code).toBe(0)
      const rebuilt = await nhip(['lake', 'rebuild', '--json', ...flags])
      expect(JSON.parse(rebuilt.out)).toMatchObject({ equal: true })

      await node.stop()
      running.splice(running.indexOf(node), 1)
      const stopped = await nhip([...series, '--to', at(1000)])
      expect(stopped.out).toBe(live.out)
      expect((await nhip([...series, '--to', at(1000), '--format', 'parquet', '--out', parquet])).code).toBe(
        0,
      )
      expect((await nhip(['lake', 'verify', ...flags])).code).toBe(0)
      expect((await nhip(['doctor', ...flags])).code).toBe(0)
      const { DuckDBInstance } = await import('@duckdb/node-api')
      const duck = await (await DuckDBInstance.create()).connect()
      const read = await duck.runAndReadAll(`SELECT count(*)::INTEGER, max(value) FROM '${parquet}'`)
      expect(read.getRows()).toEqual([[1000, 333]])
      expect((await nhip([...series, '--as-known', '2020'])).out.split('\r\n')).toHaveLength(2)
    },
    300_000,
  )
})

test('killed in the middle, a backup has no name and a restore no place; both can simply be done again', async () => {
  const data = join(folder, 'pglite-data')
  const program = programArguments(new URL('../frame.ts', import.meta.url))
  const killed = (argv: string[], when: () => boolean) =>
    new Promise<void>((resolve) => {
      const child = spawn(process.execPath, [...program, ...argv], { stdio: 'ignore' })
      const look = setInterval(() => {
        if (when()) child.kill('SIGKILL')
      }, 2)
      child.once('exit', () => {
        clearInterval(look)
        resolve()
      })
    })
  const out = join(folder, 'killed.tar')
  await killed(['backup', '--data', data, '--out', out], () => existsSync(`${out}.part`))
  expect(existsSync(out)).toBe(false)
  expect((await nhip(['backup', '--data', data, '--out', out])).code).toBe(0)
  expect(readdirSync(folder).filter((name) => name.startsWith('killed.tar'))).toEqual(['killed.tar'])

  const to = join(folder, 'killed')
  const moments = ['observations/manifest', 'node-id', 'records/PG_VERSION']
  for (const part of process.env.NHIP_FULL === '1' ? moments : moments.slice(0, 1)) {
    await killed(['restore', out, '--data', to], () => existsSync(join(`${to}.restoring`, part)))
    expect([part, existsSync(to)]).toEqual([part, false])
  }
  expect((await nhip(['restore', out, '--data', to])).code).toBe(0)
  expect((await nhip(['doctor', '--data', to])).code).toBe(0)
  expect(existsSync(`${to}.restoring`)).toBe(false)
  expect(JSON.parse(readFileSync(join(to, 'node-id'), 'utf8'))).toEqual(
    JSON.parse(readFileSync(join(data, 'node-id'), 'utf8')),
  )
}, 600_000)
