import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatHead } from './checkpoint.ts'
import { Ledger } from './ledger.ts'
import { ED25519, signerKey } from './note.ts'
import { verifyFolder } from './verify-folder.ts'

const key = signerKey('mau.nhip.example/log', ED25519, new Uint8Array(32).fill(5))
const folder = mkdtempSync(join(tmpdir(), 'nhip-verify-'))
const size = 33_000
/** The first entry of the second task of the threads: one number is left out before it. */
const gap = 16_384
const heads: string[] = []

beforeAll(async () => {
  const ledger = await Ledger.open(folder, { key, headEveryMs: 0 })
  const entry = (n: number) =>
    new TextEncoder().encode(`{"action":"a","outbox":${n < gap ? n : n + 1},"v":1}`)
  for (const to of [20_123, 32_768, size]) {
    const from = ledger.state().size
    await Promise.all(Array.from({ length: to - from }, (_, i) => ledger.append(entry(from + i))))
    heads.push(formatHead(await ledger.publish()))
  }
  await ledger.close()
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Verdict with threads; it must be the one without. */
async function verdict() {
  const options = { keys: [key], since: heads }
  const threaded = await verifyFolder(folder, { ...options, workers: 2 })
  expect(threaded).toEqual(await verifyFolder(folder, { ...options, workers: 0 }))
  return { ok: threaded.ok, kinds: threaded.findings.map(({ kind, index }) => `${kind} ${index}`) }
}

async function changed(path: string, change: (bytes: Buffer) => Buffer) {
  const file = join(folder, path)
  const before = readFileSync(file)
  writeFileSync(file, change(Buffer.from(before)))
  try {
    return await verdict()
  } finally {
    writeFileSync(file, before)
  }
}
const flip = (bytes: Buffer) => bytes.fill((bytes[100] ?? 0) ^ 1, 100, 101)

describe('verifying a folder with several threads', () => {
  it('finds the row of the audit that is missing, and nothing else', async () => {
    expect(await verdict()).toEqual({ ok: false, kinds: [`missing ${gap}`] })
  }, 30_000)

  it.runIf(process.env.NHIP_TEST_ALL === '1')(
    'names the same changes at the same places',
    async () => {
      const found = await changed('tile/entries/100', flip)
      expect(found.kinds).toContain('leaf-mismatch 25602')
    },
    30_000,
  )
})
