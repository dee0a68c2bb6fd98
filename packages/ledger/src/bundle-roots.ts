import { bundleSpans, type EntrySpan } from './bundle.ts'
import { leafRow, parentRow, sameHash } from './merkle.ts'
import { bundlePath, TILE_WIDTH, tilePath } from './tile-path.ts'

/** Roots of bundles in a row, 32 bytes each, and which of them are sound. */
export interface BundleRoots {
  roots: Uint8Array
  /** 1 where the bundle holds 256 entries whose leaves are those of its tile; 0 where it wants a closer look. */
  sound: Uint8Array
}

/** Hashes whole bundles from `first` on and compares each with its tile. */
export function bundleRoots(
  read: (path: string) => Uint8Array | undefined,
  first: number,
  count: number,
  onBundle?: (first: number, bytes: Uint8Array, entries: readonly EntrySpan[]) => void,
): BundleRoots {
  const roots = new Uint8Array(count * 32)
  const sound = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    const bytes = read(bundlePath(first + i, TILE_WIDTH))
    const spans = bytes && bundleSpans(bytes)
    if (!bytes || spans?.length !== TILE_WIDTH) continue
    onBundle?.((first + i) * TILE_WIDTH, bytes, spans)
    const leaves = leafRow(bytes, spans)
    const stored = read(tilePath({ level: 0, index: first + i, width: TILE_WIDTH }))
    if (!stored || !sameHash(stored, leaves)) continue
    roots.set(rowRoot(leaves), i * 32)
    sound[i] = 1
  }
  return { roots, sound }
}

/** Root of a row of 2^k hashes. */
export function rowRoot(hashes: Uint8Array): Uint8Array {
  let row = new Uint8Array(hashes.buffer, hashes.byteOffset, hashes.length)
  while (row.length > 32) row = parentRow(row)
  return row
}
