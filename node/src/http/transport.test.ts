import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Type } from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anonymous } from './caller.ts'
import { type Incoming, route } from './declare.ts'
import { openDoor } from './door.ts'
import { application } from './serve.ts'

const Seen = Type.Object({ address: Type.String(), secure: Type.Boolean() })
const routes = [
  route({
    method: 'GET',
    path: '/api/seen',
    summary: 'What the node sees of a request',
    permission: 'public',
    responses: { 200: { description: 'Seen', body: Seen } },
    handle: ({ address, secure, setCookie }: Incoming) => {
      setCookie('mau', 'x', 60)
      return { status: 200, body: { address, secure } }
    },
  }),
]

const health = () => ({
  status: 'ok' as const,
  version: '0',
  profile: 'empty' as const,
  uptimeS: 0,
  stores: {},
  writable: true,
})
const options = {
  routes,
  authenticate: async () => anonymous,
  can: () => false,
  version: '0',
  secret: Buffer.alloc(32, 3),
  health,
  checkAnswers: true,
}

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const openssl = hasOpenssl()
if (!openssl) console.log('skipped: no openssl to make a certificate with')

describe.skipIf(!openssl)('with a certificate of its own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nhip-tls-'))
  const cert = join(folder, 'cert.pem')
  const key = join(folder, 'key.pem')
  let door: Awaited<ReturnType<typeof openDoor>>
  let app: Awaited<ReturnType<typeof application>>
  beforeAll(async () => {
    execFileSync(
      'openssl',
      `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout ${key} -out ${cert}`.split(
        ' ',
      ),
      { stdio: 'ignore' },
    )
    door = await openDoor({
      host: '127.0.0.1',
      port: 0,
      tls: { cert, key },
      health,
      onFault: () => undefined,
    })
    app = await application({ ...options, server: door.server })
    door.attach((incoming, response) => app.routing(incoming, response))
  })
  afterAll(async () => {
    await door.drain(100)
    await app.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Asks with a client that trusts this certificate and no other. */
  const ask = (more: object = {}) =>
    new Promise<{ headers: Record<string, unknown>; body: string }>((resolve, reject) => {
      const asking = request(`${door.url}/api/seen`, { ca: readFileSync(cert), ...more }, (answer) => {
        let body = ''
        answer.on('data', (chunk) => {
          body += String(chunk)
        })
        answer.on('end', () => resolve({ headers: answer.headers, body }))
      })
      asking.on('error', reject)
      asking.end()
    })

  test('whoever trusts it is served by TLS: the browser is told to stay there, cookies are its own', async () => {
    const { headers, body } = await ask()
    expect(door.url).toMatch(/^https:/)
    expect(JSON.parse(body)).toEqual({ address: '127.0.0.1', secure: true })
    expect(headers['strict-transport-security']).toContain('max-age=31536000')
    expect(String(headers['set-cookie'])).toMatch(
      /^mau=x; Max-Age=60; Path=\/; HttpOnly; Secure; SameSite=Lax/,
    )
  })

  test('old versions of TLS are refused, and so is a client that does not trust the certificate', async () => {
    await expect(ask({ maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).rejects.toThrow()
    await expect(ask({ ca: undefined })).rejects.toThrow(/self.signed/)
  })
})

describe('behind a proxy', () => {
  const forwarded = {
    'x-forwarded-for': '198.51.100.7',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'nhip.example',
  }
  const seen = async (trustProxy: string[], from: string, headers: Record<string, string>) => {
    const app = await application({ ...options, trustProxy })
    const answer = await app.inject({ url: '/api/seen', headers, remoteAddress: from })
    await app.close()
    return { ...answer.json(), cookie: /Secure/.test(String(answer.headers['set-cookie'])) }
  }

  test.each<[string, string[], string, Record<string, string>, object]>([
    [
      'a trusted one is believed',
      ['10.0.0.0/8'],
      '10.2.3.4',
      forwarded,
      { address: '198.51.100.7', secure: true, cookie: true },
    ],
    [
      'one that nobody trusts is not',
      [],
      '10.2.3.4',
      forwarded,
      { address: '10.2.3.4', secure: false, cookie: false },
    ],
    [
      'one outside the trusted network is not',
      ['10.0.0.0/8'],
      '203.0.113.9',
      forwarded,
      { address: '203.0.113.9', secure: false, cookie: false },
    ],
    [
      'an address that the client made up before the proxy is passed over',
      ['10.0.0.0/8'],
      '10.2.3.4',
      { 'x-forwarded-for': '127.0.0.1, 198.51.100.7' },
      { address: '198.51.100.7', secure: false, cookie: false },
    ],
    [
      'a row of trusted ones is passed through',
      ['10.0.0.0/8', '192.0.2.1'],
      '10.2.3.4',
      { 'x-forwarded-for': '198.51.100.7, 192.0.2.1' },
      { address: '198.51.100.7', secure: false, cookie: false },
    ],
  ])('%s', async (_name, trustProxy, from, headers, expected) => {
    expect(await seen(trustProxy, from, headers)).toEqual(expected)
  })
})
