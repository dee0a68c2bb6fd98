import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { BackupError } from './backup-error.ts'
import { FORMAT, type Manifest, OPENING } from './manifest.ts'
import { verifyArchive } from './read-archive.ts'
import { readTarHeader, tarHeader } from './tar.ts'
import { type Part, writeArchive } from './write-archive.ts'

const folder = mkdtempSync(join(tmpdir(), 'nhip-archive-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const opening = {
  format: FORMAT,
  program: '0.1.0',
  node: 'n-1',
  profile: 'empty' as const,
  createdAt: '2026-11-22T00:00:00Z',
  estimatedBytes: 10,
}
const bytes = (text: string) => new TextEncoder().encode(text)
const part = (name: string, content: Uint8Array): Part => ({
  name,
  bytes: content.length,
  content: [content],
})
const files: Record<string, Uint8Array> = {
  'records/audit/000001.ndjson.gz': bytes('một dòng\n'.repeat(200)),
  'blobs/aa/empty': new Uint8Array(),
  'ledger/checkpoint': bytes('x'.repeat(512)),
}

async function archive(more: Partial<Manifest> = {}): Promise<Buffer> {
  async function* parts() {
    yield part(OPENING, bytes(JSON.stringify(opening)))
    for (const [name, content] of Object.entries(files)) yield part(name, content)
  }
  const chunks: Uint8Array[] = []
  const manifest = (parts: Manifest['parts']): Manifest => ({
    ...opening,
    finishedAt: '2026-11-22T00:00:01Z',
    records: { driver: 'pglite', server: '18.6', migrations: [], rows: {}, leftOut: [], outbox: 0 },
    observations: { lastSeq: 0, segments: 0, duckdb: '1.5.5' },
    ledger: { size: 0, origin: '' },
    blobs: 1,
    missing: [],
    unknown: [],
    parts,
    ...more,
  })
  for await (const chunk of writeArchive(parts(), manifest)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Handed over in pieces of any length, as files and networks do. */
async function* pieces(all: Uint8Array, size: number) {
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size)
}

async function refusal(all: Uint8Array, size = 1000): Promise<BackupError> {
  const error = await verifyArchive(pieces(all, size)).catch((e: unknown) => e)
  expect(error).toBeInstanceOf(BackupError)
  return error as BackupError
}

test('any tar unpacks it, and it reads itself, whatever the pieces it comes in', async () => {
  const all = await archive()
  for (const size of [1, 511, 512, 100_000]) {
    const manifest = await verifyArchive(pieces(all, size))
    expect(manifest.parts.map(({ name }) => name)).toEqual([OPENING, ...Object.keys(files)])
  }
  writeFileSync(join(folder, 'a.tar'), all)
  execFileSync('tar', ['-xf', 'a.tar'], { cwd: folder })
  for (const [name, content] of Object.entries(files))
    expect(readFileSync(join(folder, name))).toEqual(Buffer.from(content))
  execFileSync('sha256sum', ['-c', '-'], {
    cwd: folder,
    input: `${readFileSync(join(folder, 'manifest.sha256'), 'utf8').trim()}  manifest.json\n`,
  })
})

test('cut off anywhere, it is refused and the part is named', async () => {
  const all = await archive()
  for (let length = 0; length < all.length; length += 97) {
    const { code, problem } = await refusal(all.subarray(0, length))
    expect(code).toBe('backup-truncated')
    expect(problem.path).toBeTruthy()
  }
})

test('with any one bit changed, it is refused and the part is named', async () => {
  const all = await archive()
  await fc.assert(
    fc.asyncProperty(fc.nat(all.length - 1), fc.nat(7), async (at, bit) => {
      const changed = Buffer.from(all)
      changed[at] = (changed[at] as number) ^ (1 << bit)
      const { code, problem } = await refusal(changed)
      if (code !== 'backup-format') expect(problem.path).toBeTruthy()
    }),
    { numRuns: 400 },
  )
})

test('the part whose content changed is the one that is named', async () => {
  const all = await archive()
  const at = all.indexOf('một dòng')
  all[at + 30] = (all[at + 30] as number) ^ 1
  expect((await refusal(all)).problem.path).toBe('records/audit/000001.ndjson.gz')
})

test('what is no backup, and one of a later program, are told apart', async () => {
  expect((await refusal(Buffer.alloc(2000, 'abc'))).code).toBe('backup-format')
  const later = Buffer.from(
    (await archive()).toString('latin1').replace('"format":1', '"format":9'),
    'latin1',
  )
  expect((await refusal(later)).message).toContain('format 9')
})

test('a part that is not as long as it said is no backup', async () => {
  async function* wrong() {
    yield { ...part('a', bytes('abc')), bytes: 4 }
  }
  await expect(async () => {
    for await (const _chunk of writeArchive(wrong(), () => ({}) as Manifest)) {
      // Read to its end.
    }
  }).rejects.toThrow('"a"')
})

test('headers: written, read, and nothing else is one', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-zA-Z0-9/._-]{1,100}$/), fc.nat(2 ** 32), (name, length) => {
      expect(readTarHeader(tarHeader({ name, bytes: length }))).toEqual({ name, bytes: length })
    }),
  )
  expect(readTarHeader(new Uint8Array(512).fill(7))).toBeUndefined()
  expect(() => tarHeader({ name: 'ạ'.repeat(60), bytes: 1 })).toThrow('invalid name')
  expect(() => tarHeader({ name: 'a', bytes: 8 ** 11 })).toThrow('invalid length')
})
