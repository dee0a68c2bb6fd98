import { SimulatedDisk } from '@nhip/durable/simulated-disk'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { formatBundle, parseBundle } from './bundle.ts'
import { formatHead, parseHead, signCheckpoint } from './checkpoint.ts'
import { folderReader } from './folder.ts'
import { Ledger } from './ledger.ts'
import { ED25519, signerKey } from './note.ts'
import { bundlePath, TILE_WIDTH, tilePath, tilesOf } from './tile-path.ts'
import { type FindingKind, verifyLedger } from './verify.ts'

const key = signerKey('mau.nhip.example/log', ED25519, new Uint8Array(32).fill(1))
const stranger = signerKey(key.name, ED25519, new Uint8Array(32).fill(2))
const size = 1100

/** The files of a log of 1,100 entries as a web server would give them, and its head when it had 700. */
let files: Map<string, Uint8Array>
let earlier: string
let earlierFiles: Map<string, Uint8Array>

beforeAll(async () => {
  const disk = new SimulatedDisk()
  const ledger = await Ledger.open('/ledger', { key, fs: disk, headEveryMs: 0 })
  const append = (from: number, to: number) =>
    Promise.all(
      Array.from({ length: to - from }, (_, i) =>
        ledger.append(new TextEncoder().encode(`mục số ${from + i}`)),
      ),
    )
  await append(0, 700)
  earlier = formatHead(await ledger.publish())
  earlierFiles = await collect(disk, 700)
  await append(700, size)
  await ledger.close()
  files = await collect(disk, size)
})

async function collect(disk: SimulatedDisk, n: number): Promise<Map<string, Uint8Array>> {
  const reader = folderReader(disk, '/ledger')
  const found = new Map<string, Uint8Array>()
  for (const path of ['checkpoint', ...[...tilesOf(n)].map(tilePath), ...bundles(n)]) {
    const bytes = await reader.read(path)
    if (bytes) found.set(path, bytes)
  }
  return found
}

function bundles(n: number): string[] {
  return Array.from({ length: Math.ceil(n / TILE_WIDTH) }, (_, i) =>
    bundlePath(i, Math.min(TILE_WIDTH, n - i * TILE_WIDTH)),
  )
}

interface Mutation {
  what: string
  /** Findings of which at least one must be there. */
  expected: FindingKind[]
  files: Map<string, Uint8Array>
}

const changed = (path: string, bytes: Uint8Array) => new Map(files).set(path, bytes)
const bytesOf = (path: string) => files.get(path) as Uint8Array
const contentKinds: FindingKind[] = ['leaf-mismatch', 'tile-mismatch', 'root-mismatch', 'missing']

/** Somebody meddles with a copy of the log: one change of one of these kinds, at a place the dice choose. */
const mutation: fc.Arbitrary<() => Mutation> = fc
  .record({ kind: fc.nat(9), file: fc.nat(), at: fc.nat(), bit: fc.nat(7), other: fc.nat() })
  .map(({ kind, file, at, bit, other }) => () => {
    const paths = [...files.keys()]
    const contents = paths.filter((path) => path !== 'checkpoint')
    const path = contents[file % contents.length] as string
    const entriesPaths = bundles(size)
    const bundle = entriesPaths[file % entriesPaths.length] as string
    const entries = parseBundle(bytesOf(bundle)) as Uint8Array[]
    const place = at % entries.length
    switch (kind) {
      case 0: {
        const any = paths[file % paths.length] as string
        const bytes = bytesOf(any).slice()
        bytes[at % bytes.length] = (bytes[at % bytes.length] as number) ^ (1 << bit)
        return {
          what: `flip ${any}`,
          expected: any === 'checkpoint' ? ['bad-signature'] : contentKinds,
          files: changed(any, bytes),
        }
      }
      case 1: {
        const without = new Map(files)
        without.delete(path)
        return { what: `drop ${path}`, expected: ['missing'], files: without }
      }
      case 2: {
        const bytes = bytesOf(path)
        return {
          what: `truncate ${path}`,
          expected: contentKinds,
          files: changed(path, bytes.slice(0, at % bytes.length)),
        }
      }
      case 3:
        return {
          what: `drop entry of ${bundle}`,
          expected: contentKinds,
          files: changed(bundle, formatBundle(entries.filter((_, i) => i !== place))),
        }
      case 4: {
        const more = [
          ...entries.slice(0, place),
          new TextEncoder().encode(`mục thêm ${other}`),
          ...entries.slice(place),
        ]
        return {
          what: `insert into ${bundle}`,
          expected: contentKinds,
          files: changed(bundle, formatBundle(more)),
        }
      }
      case 5: {
        const swapped = entries.slice()
        const to = (place + 1 + (other % (entries.length - 1))) % entries.length
        ;[swapped[place], swapped[to]] = [swapped[to] as Uint8Array, swapped[place] as Uint8Array]
        return {
          what: `swap entries of ${bundle}`,
          expected: ['leaf-mismatch'],
          files: changed(bundle, formatBundle(swapped)),
        }
      }
      case 6: {
        const other_ = entriesPaths[(file + 1) % entriesPaths.length] as string
        const swapped = new Map(files).set(bundle, bytesOf(other_)).set(other_, bytesOf(bundle))
        return { what: `swap ${bundle} and ${other_}`, expected: contentKinds, files: swapped }
      }
      case 7: {
        const head = parseHead(new TextDecoder().decode(bytesOf('checkpoint')))
        const root = head.root.slice()
        root[at % 32] = (root[at % 32] as number) ^ (1 << bit)
        const forged = formatHead(signCheckpoint({ ...head, root }, stranger))
        return {
          what: 'another root signed with a foreign key',
          expected: ['bad-signature'],
          files: changed('checkpoint', new TextEncoder().encode(forged)),
        }
      }
      case 8:
        return { what: 'an old copy put back', expected: ['fork'], files: earlierFiles }
      default: {
        // The holder of the key itself rewrites history: everything fits together, but not with the earlier head.
        const rewritten = entries.slice()
        rewritten[place] = new TextEncoder().encode(`mục viết lại ${other}`)
        return {
          what: `rewrite ${bundle} at ${place}`,
          expected: ['leaf-mismatch', 'inconsistent'],
          files: changed(bundle, formatBundle(rewritten)),
        }
      }
    }
  })

describe('a stranger who verifies', () => {
  it('finds nothing in an untouched copy', async () => {
    const verdict = await verifyLedger(
      { read: async (path) => files.get(path) },
      { keys: [key], since: [earlier] },
    )
    expect(verdict).toMatchObject({ ok: true, size })
  })

  it('finds every change, and names its kind', async () => {
    const runs = process.env.NHIP_FULL === '1' ? 10_000 : process.env.NHIP_TEST_ALL === '1' ? 1_000 : 60
    const last = formatHead(parseHead(new TextDecoder().decode(bytesOf('checkpoint'))))
    await fc.assert(
      fc.asyncProperty(mutation, async (make) => {
        const { what, expected, files: meddled } = make()
        const since = what === 'an old copy put back' ? [earlier, last] : [earlier]
        const verdict = await verifyLedger(
          { read: async (path) => meddled.get(path) },
          { keys: [key], since },
        )
        const kinds = verdict.findings.map((finding) => finding.kind)
        if (verdict.ok || !kinds.some((kind) => expected.includes(kind)))
          throw new Error(`${what}: found ${kinds.join(', ') || 'nothing'}`)
      }),
      { numRuns: runs },
    )
  }, 600_000)

  it('sees a history that its own key holder rewrote and signed again', async () => {
    const disk = new SimulatedDisk()
    const ledger = await Ledger.open('/ledger', { key, fs: disk, headEveryMs: 0 })
    for (let at = 0; at < size; at += 256) {
      await Promise.all(
        Array.from({ length: Math.min(256, size - at) }, (_, i) => {
          const n = at + i
          return ledger.append(new TextEncoder().encode(n === 333 ? 'mục đã bị viết lại' : `mục số ${n}`))
        }),
      )
    }
    await ledger.close()
    const alone = await verifyLedger(folderReader(disk, '/ledger'), { keys: [key] })
    expect(alone.ok).toBe(true)
    const verdict = await verifyLedger(folderReader(disk, '/ledger'), { keys: [key], since: [earlier] })
    expect(verdict.findings.map((finding) => finding.kind)).toEqual(['inconsistent'])
  })
})
