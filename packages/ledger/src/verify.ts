import { bundleSpans, type EntrySpan } from './bundle.ts'
import { rowRoot } from './bundle-roots.ts'
import { type Head, openHead, parseHead } from './checkpoint.ts'
import { type Cosigned, verifiedCosignatures } from './cosignature.ts'
import type { LedgerReader } from './folder.ts'
import { type Hash, leafRow, type Node, rootHash, sameHash } from './merkle.ts'
import { NoteError, toBase64, type VerifierKey } from './note.ts'
import { joinHashes, Rows } from './rows.ts'
import { bundlePath, TILE_WIDTH, tilePath } from './tile-path.ts'

export type FindingKind =
  | 'leaf-mismatch'
  | 'tile-mismatch'
  | 'root-mismatch'
  | 'bad-signature'
  | 'inconsistent'
  | 'missing'
  | 'torn-tail'
  | 'backdated'
  | 'stamp-invalid'
  | 'fork'

export interface Finding {
  kind: FindingKind
  severity: 'error' | 'warning'
  index?: number
  path?: string
  expected?: string
  actual?: string
}

export interface VerifyOptions {
  /** Keys that are known from elsewhere to be the log's. Without one the log may be consistent, but vouches for itself. */
  keys?: readonly VerifierKey[]
  witnesses?: readonly VerifierKey[]
  /** Earlier heads of the same log, signed, which it must continue. */
  since?: readonly string[]
  /** Told each whole bundle whose entries have been hashed: the index of the first, and where each stands in `bytes`. */
  onBundle?: (first: number, bytes: Uint8Array, entries: readonly EntrySpan[]) => void
  /**
   * Somebody else's hashing of the first `count` whole bundles: the root of each, asked for in order, or undefined for
   * one that is to be read here. `onBundle` is then told of the others only.
   */
  bundles?: { count: number; root(bundle: number): Promise<Uint8Array | undefined> }
  /** Findings after which it stops; default 100. */
  limit?: number
}

export interface Verification {
  ok: boolean
  origin: string | null
  size: number
  root: string | null
  trust: 'pinned' | 'none'
  cosignedBy: { name: string; time: number }[]
  checked: { entries: number; tiles: number; heads: number }
  findings: Finding[]
}

/**
 * Reads a whole log as a stranger would: hashes every entry, rebuilds every tile, compares the root with the signed
 * head, and demands that the log continues each earlier head.
 */
export async function verifyLedger(reader: LedgerReader, options: VerifyOptions = {}): Promise<Verification> {
  const findings: Finding[] = []
  const limit = options.limit ?? 100
  const checked = { entries: 0, tiles: 0, heads: 0 }
  const find = (finding: Omit<Finding, 'severity'>) => findings.push({ severity: 'error', ...finding })
  const result = (
    head?: Head,
    trust: Verification['trust'] = 'none',
    cosigned: Cosigned[] = [],
  ): Verification => ({
    ok: findings.length === 0,
    origin: head?.origin ?? null,
    size: head?.size ?? 0,
    root: head ? toBase64(head.root) : null,
    trust,
    cosignedBy: cosigned.map(({ key, time }) => ({ name: key.name, time })),
    checked,
    findings,
  })

  const note = await reader.read('checkpoint')
  if (!note) {
    find({ kind: 'missing', path: 'checkpoint' })
    return result()
  }
  let head: Head
  let cosigned: Cosigned[] = []
  const source = new TextDecoder().decode(note)
  try {
    head = options.keys?.length ? openHead(source, options.keys) : parseHead(source)
    cosigned = verifiedCosignatures(head.note, options.witnesses ?? [])
  } catch (error) {
    find({ kind: 'bad-signature', path: 'checkpoint', actual: reason(error) })
    return result()
  }
  checked.heads = 1
  const trust = options.keys?.length ? 'pinned' : 'none'
  const earlier = readEarlier(options, head, find)
  checked.heads += earlier.length

  // The tree over whole bundles: a leaf of it is the root of 256 entries, so its rows are the log's rows from the second on.
  const bundles = new Rows(() => Promise.reject(new Error('every tile is compared before it is let go')))
  const rootAt = (size: number, leaves: Uint8Array) =>
    rootHash(size, ({ level, index }) =>
      level >= BUNDLE_LEVEL
        ? bundles.node({ level: level - BUNDLE_LEVEL, index })
        : nodeOf(leaves, level, index),
    )
  const compareRoot = async (old: Head, leaves: Uint8Array) => {
    const root = await rootAt(old.size, leaves)
    if (!sameHash(old.root, root))
      find({ kind: 'inconsistent', index: old.size, expected: toBase64(old.root), actual: toBase64(root) })
  }
  const toCompare = [...earlier].sort((a, b) => a.size - b.size)
  const compareUpTo = async (size: number, leaves: Uint8Array) => {
    while (toCompare[0] && toCompare[0].size <= size) await compareRoot(toCompare.shift() as Head, leaves)
  }
  await compareUpTo(0, new Uint8Array())

  const count = Math.ceil(head.size / TILE_WIDTH)
  const widthOf = (bundle: number) => Math.min(TILE_WIDTH, head.size - bundle * TILE_WIDTH)
  const filesOf = async (bundle: number) =>
    Promise.all([
      reader.read(bundlePath(bundle, widthOf(bundle))),
      reader.read(tilePath({ level: 0, index: bundle, width: widthOf(bundle) })),
    ])
  const quick = options.bundles
  const files = quick ? undefined : readAhead(count, filesOf)
  let last: Uint8Array = new Uint8Array()
  for (let bundle = 0; bundle < count && findings.length < limit; bundle++) {
    const width = widthOf(bundle)
    const path = bundlePath(bundle, width)
    const end = bundle * TILE_WIDTH + width
    const elsewhere = quick !== undefined && bundle < quick.count
    const known = elsewhere ? await quick.root(bundle) : undefined
    // A head inside the bundle is compared by its leaves.
    if (known && !(toCompare[0] && toCompare[0].size < end)) {
      checked.entries += width
      checked.tiles++
      bundles.append(known)
      await closeTiles(end)
      continue
    }
    const [bytes, stored] = await (files ? files.next() : filesOf(bundle))
    const spans = bytes && bundleSpans(bytes)
    if (!bytes || !spans || spans.length !== width) {
      find({
        kind: bytes ? 'leaf-mismatch' : 'missing',
        path,
        index: bundle * TILE_WIDTH,
        expected: `${width} entries`,
        ...(bytes ? { actual: spans ? `${spans.length} entries` : 'not a bundle' } : {}),
      })
      return result(head, trust, cosigned)
    }
    const leaves = leafRow(bytes, spans)
    compareLeaves(bundle, leaves, stored)
    if (!elsewhere) options.onBundle?.(bundle * TILE_WIDTH, bytes, spans)
    checked.entries += width
    if (width < TILE_WIDTH) {
      last = leaves
    } else {
      // Heads inside this bundle are compared before it becomes a leaf of the tree above.
      await compareUpTo(end - 1, leaves)
      bundles.append(rowRoot(leaves))
    }
    await closeTiles(end)
  }
  if (checked.entries === head.size) {
    for (const { level, index, hashes } of bundles.partials())
      if (hashes.length > 0)
        await compareTile(tilePath({ level: level + 1, index, width: hashes.length }), hashes)
    const root = await rootAt(head.size, last)
    if (!sameHash(root, head.root))
      find({
        kind: 'root-mismatch',
        index: head.size,
        path: 'checkpoint',
        expected: toBase64(head.root),
        actual: toBase64(root),
      })
  }
  return result(head, trust, cosigned)

  /** Heads of this size, then the tiles above that the last bundle made full. */
  async function closeTiles(size: number): Promise<void> {
    await compareUpTo(size, last)
    for (const tile of bundles.closed()) {
      const { level, index, hashes } = tile
      await compareTile(tilePath({ level: level + 1, index, width: TILE_WIDTH }), hashes)
      bundles.written(tile)
    }
  }

  /** The leaves of a bundle against its tile of hashes: the tile is named when it differs, and each leaf that does. */
  function compareLeaves(bundle: number, leaves: Uint8Array, stored: Uint8Array | undefined): void {
    checked.tiles++
    const width = leaves.length / 32
    const tile = tilePath({ level: 0, index: bundle, width })
    if (!stored) return void find({ kind: 'missing', path: tile })
    if (sameHash(stored, leaves)) return
    for (let at = 0; at < leaves.length && stored.length === leaves.length; at += 32) {
      const [expected, actual] = [stored.subarray(at, at + 32), leaves.subarray(at, at + 32)]
      if (sameHash(expected, actual)) continue
      find({
        kind: 'leaf-mismatch',
        index: bundle * TILE_WIDTH + at / 32,
        path: bundlePath(bundle, width),
        expected: toBase64(expected),
        actual: toBase64(actual),
      })
    }
    find({ kind: 'tile-mismatch', path: tile })
  }

  async function compareTile(path: string, hashes: readonly Hash[]): Promise<void> {
    checked.tiles++
    const stored = await reader.read(path)
    if (!stored) find({ kind: 'missing', path })
    else if (!sameHash(stored, joinHashes(hashes))) find({ kind: 'tile-mismatch', path })
  }
}

/** 2^8 entries to a bundle. */
const BUNDLE_LEVEL = 8

/** A subtree within the last bundle, from its leaves; `index` counts over the whole log. */
function nodeOf(leaves: Uint8Array, level: number, index: Node['index']): Hash {
  const from = (index * 2 ** level) % TILE_WIDTH
  return rowRoot(leaves.subarray(from * 32, (from + 2 ** level) * 32))
}

/** Starts the next few readings before they are asked for, so that hashing does not wait for the disk. */
function readAhead<T>(count: number, read: (n: number) => Promise<T>): { next(): Promise<T> } {
  const begun: Promise<T>[] = []
  let n = 0
  return {
    next() {
      while (begun.length < AHEAD && n < count) {
        const reading = read(n++)
        // A reading that fails is met when its turn comes, or never, when the check ends before.
        reading.catch(() => undefined)
        begun.push(reading)
      }
      return begun.shift() as Promise<T>
    },
  }
}

const AHEAD = 8

/** Opens the earlier heads that the log must continue; one that is larger than the log is a log cut short. */
function readEarlier(
  options: VerifyOptions,
  head: Head,
  find: (finding: Omit<Finding, 'severity'>) => void,
): Head[] {
  const found: Head[] = []
  for (const source of options.since ?? []) {
    try {
      const old = options.keys?.length ? openHead(source, options.keys) : parseHead(source)
      if (old.origin !== head.origin)
        find({ kind: 'inconsistent', expected: head.origin, actual: old.origin })
      else if (old.size > head.size)
        find({
          kind: 'fork',
          index: old.size,
          expected: `at least ${old.size} entries`,
          actual: `${head.size} entries`,
        })
      else found.push(old)
    } catch (error) {
      find({ kind: 'bad-signature', actual: reason(error) })
    }
  }
  return found
}

function reason(error: unknown): string {
  if (error instanceof NoteError) return error.message
  throw error
}
