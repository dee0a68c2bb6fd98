import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { anonymous } from './caller.ts'
import { application } from './serve.ts'

const pages = mkdtempSync(join(tmpdir(), 'nhip-pages-'))
let app: FastifyInstance

beforeAll(async () => {
  mkdirSync(join(pages, 'assets'))
  for (const name of [
    'index.html',
    'assets/lab.worker-3686WcQI.js',
    'assets/index-3686WcQI.js',
    'lab.worker-3686WcQI.js',
  ])
    writeFileSync(join(pages, name), name)
  app = await application({
    routes: [],
    authenticate: async () => anonymous,
    can: () => false,
    version: 'test',
    secret: Buffer.alloc(32, 1),
    health: () => ({ status: 'ok', version: '', profile: 'empty', uptimeS: 0, stores: {}, writable: true }),
    pages,
  })
})

afterAll(async () => {
  await app.close()
  rmSync(pages, { recursive: true })
})

const policyOf = async (method: 'GET' | 'HEAD', url: string): Promise<string> =>
  String((await app.inject({ method, url })).headers['content-security-policy'])

test.each(['GET', 'HEAD'] as const)(
  '%s: the laboratory’s worker may compile, and reaches no address',
  async (method) => {
    const policy = await policyOf(method, '/assets/lab.worker-3686WcQI.js')
    expect(policy).toContain("script-src 'self' 'unsafe-eval'")
    expect(policy).toContain("connect-src 'none'")
  },
)

test.each([
  '/',
  '/policy-lab',
  '/assets/index-3686WcQI.js',
  '/lab.worker-3686WcQI.js',
  '/assets/lab.worker-x.js',
])('nothing else may: %s', async (url) => {
  expect(await policyOf('GET', url)).not.toContain('unsafe-eval')
})
