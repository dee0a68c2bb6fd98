import { parseBundle } from './bundle.ts'
import { type Head, openHead, parseHead } from './checkpoint.ts'
import { type Cosigned, verifiedCosignatures } from './cosignature.ts'
import { joinHashes, type LedgerReader } from './folder.ts'
import { type Hash, leafHash, rootHash, sameHash } from './merkle.ts'
import { NoteError, toBase64, type VerifierKey } from './note.ts'
import { Rows } from './rows.ts'
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
  onEntry?: (index: number, entry: Uint8Array) => void
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

  const rows = new Rows(() => Promise.reject(new Error('every tile is compared before it is let go')))
  const rootNow = () => rootHash(rows.size, (node) => rows.node(node))
  const earlierAt = new Map<number, Head[]>()
  for (const old of earlier) earlierAt.set(old.size, [...(earlierAt.get(old.size) ?? []), old])
  const compareRoots = async () => {
    for (const old of earlierAt.get(rows.size) ?? []) {
      const root = await rootNow()
      if (!sameHash(old.root, root)) {
        find({ kind: 'inconsistent', index: old.size, expected: toBase64(old.root), actual: toBase64(root) })
      }
    }
  }
  await compareRoots()
  for (let bundle = 0; bundle * TILE_WIDTH < head.size && findings.length < limit; bundle++) {
    const width = Math.min(TILE_WIDTH, head.size - bundle * TILE_WIDTH)
    const path = bundlePath(bundle, width)
    const bytes = await reader.read(path)
    const entries = bytes && parseBundle(bytes)
    if (!entries || entries.length !== width) {
      find({
        kind: bytes ? 'leaf-mismatch' : 'missing',
        path,
        index: bundle * TILE_WIDTH,
        expected: `${width} entries`,
        ...(bytes ? { actual: entries ? `${entries.length} entries` : 'not a bundle' } : {}),
      })
      return result(head, trust, cosigned)
    }
    const stored = await reader.read(tilePath({ level: 0, index: bundle, width }))
    for (const [i, entry] of entries.entries()) {
      const leaf = leafHash(entry)
      const index = rows.size
      if (stored?.length === width * 32 && !sameHash(stored.subarray(i * 32, i * 32 + 32), leaf)) {
        find({
          kind: 'leaf-mismatch',
          index,
          path,
          expected: toBase64(stored.subarray(i * 32, i * 32 + 32)),
          actual: toBase64(leaf),
        })
      }
      rows.append(leaf)
      if (earlierAt.has(rows.size)) await compareRoots()
      options.onEntry?.(index, entry)
    }
    checked.entries += entries.length
    for (const tile of rows.closed()) {
      await compareTile(tilePath({ level: tile.level, index: tile.index, width: TILE_WIDTH }), tile.hashes)
      rows.written(tile)
    }
  }
  for (const { level, index, hashes } of rows.partials()) {
    if (hashes.length > 0) await compareTile(tilePath({ level, index, width: hashes.length }), hashes)
  }
  const root = await rootNow()
  if (rows.size === head.size && !sameHash(root, head.root)) {
    find({
      kind: 'root-mismatch',
      index: head.size,
      path: 'checkpoint',
      expected: toBase64(head.root),
      actual: toBase64(root),
    })
  }
  return result(head, trust, cosigned)

  async function compareTile(path: string, hashes: readonly Hash[]): Promise<void> {
    checked.tiles++
    const stored = await reader.read(path)
    if (!stored) find({ kind: 'missing', path })
    else if (!sameHash(stored, joinHashes(hashes))) find({ kind: 'tile-mismatch', path })
  }
}

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
