import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { bundleSpans, formatBundle } from '@nhip/ledger/bundle'
import { formatHead, signCheckpoint } from '@nhip/ledger/checkpoint'
import { leafRow, parentRow, rootHash } from '@nhip/ledger/merkle'
import type { SignerKey } from '@nhip/ledger/note'
import { bundlePath, TILE_WIDTH, tileOfNode, tilePath } from '@nhip/ledger/tile-path'

/**
 * Writes the files of a log of `size` entries as the ledger leaves them, without its syncs: a large log in the time
 * that hashing takes. `size` is a multiple of 256, so that no row of leaves is partial.
 */
export async function generateLog(
  folder: string,
  size: number,
  key: SignerKey,
  entry: (n: number) => Uint8Array,
): Promise<void> {
  const made = new Set<string>()
  const write = (path: string, bytes: Uint8Array) => {
    const file = join(folder, path)
    if (!made.has(dirname(file))) mkdirSync(dirname(file), { recursive: true })
    made.add(dirname(file))
    writeFileSync(file, bytes)
  }
  const tile = (level: number, index: number, hashes: Uint8Array) =>
    write(tilePath({ level, index, width: hashes.length / 32 }), hashes)

  /** Rows above the leaves, whole. */
  const rows: Uint8Array[] = [new Uint8Array(), new Uint8Array((size / TILE_WIDTH) * 32)]
  for (let bundle = 0; bundle * TILE_WIDTH < size; bundle++) {
    const entries = Array.from({ length: TILE_WIDTH }, (_, i) => entry(bundle * TILE_WIDTH + i))
    const bytes = formatBundle(entries)
    write(bundlePath(bundle, TILE_WIDTH), bytes)
    const leaves = leafRow(bytes, bundleSpans(bytes) ?? [])
    tile(0, bundle, leaves)
    rows[1]?.set(rootOf(leaves), bundle * 32)
  }
  for (let level = 1, row = rows[1]; row && row.length > 0; row = rows[++level]) {
    const roots: Uint8Array[] = []
    for (let at = 0; at < row.length; at += TILE_WIDTH * 32) {
      const hashes = row.subarray(at, at + TILE_WIDTH * 32)
      tile(level, at / (TILE_WIDTH * 32), hashes)
      if (hashes.length === TILE_WIDTH * 32) roots.push(rootOf(hashes))
    }
    rows.push(new Uint8Array(Buffer.concat(roots)))
  }
  const root = await rootHash(size, (node) => {
    const { level, index, first, count } = tileOfNode(node.level, node.index)
    const from = (index * TILE_WIDTH + first) * 32
    return rootOf((rows[level] as Uint8Array).subarray(from, from + count * 32))
  })
  write(
    'checkpoint',
    new TextEncoder().encode(formatHead(signCheckpoint({ origin: key.name, size, root }, key))),
  )
}

function rootOf(row: Uint8Array): Uint8Array {
  let hashes = row
  while (hashes.length > 32) hashes = parentRow(hashes)
  return hashes
}
