import { leafHash, sameHash } from './merkle.ts'

/**
 * Frame of an entry that is not yet in a durable full bundle:
 *
 *     u32 length of the entry, its place in its group above bit 20 ‖ u64 index ‖ 32-byte leaf hash ‖ entry
 *
 * Numbers are little-endian. The leaf hash doubles as the checksum. A group is written and synced as one, and the next
 * begins only afterwards: after a power cut its pages may have reached the disk in any order, a good frame behind a bad one.
 */
const HEADER = 44
const PLACE = 2 ** 20
/** Places are 12 bits; `AppendFile` makes no larger groups. */
export const MAX_GROUP = 4096

/** Larger entries are refused: the ledger holds statements, not payloads. */
export const MAX_ENTRY = 16 * 1024

export interface Framed {
  index: number
  /** Number within the group of entries that were synced together. */
  place: number
  leaf: Uint8Array
  entry: Uint8Array
}

export function frame({ index, place, leaf, entry }: Framed): Uint8Array {
  const bytes = new Uint8Array(HEADER + entry.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, place * PLACE + entry.length, true)
  view.setBigUint64(4, BigInt(index), true)
  bytes.set(leaf, 12)
  bytes.set(entry, HEADER)
  return bytes
}

export interface TailContent {
  frames: Framed[]
  /** Bytes of whole frames. */
  length: number
  /** Bytes behind them: a last write that a crash cut short; never acknowledged. */
  tornBytes: number
  /** A bad frame with a good one of a later group behind it: its own group was on disk once, so this is no torn write. */
  damage?: { index: number; offset: number }
}

/** Reads the frames of a tail file whose first entry has index `first`, re-hashing each. */
export function readTail(bytes: Uint8Array, first: number): TailContent {
  const frames: Framed[] = []
  let at = 0
  while (at < bytes.length) {
    const found = frameAt(bytes, at)
    if (!found || found.index !== first + frames.length) break
    if (found.place !== 0 && found.place !== (frames.at(-1)?.place ?? -1) + 1) break
    frames.push(found)
    at += HEADER + found.entry.length
  }
  const content = { frames, length: at, tornBytes: bytes.length - at }
  const next = first + frames.length
  for (let later = at + 1; later + HEADER <= bytes.length; later++) {
    const found = frameAt(bytes, later)
    if (found && found.index - found.place > next) return { ...content, damage: { index: next, offset: at } }
  }
  return content
}

function frameAt(bytes: Uint8Array, at: number): Framed | undefined {
  if (at + HEADER > bytes.length) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset + at)
  const head = view.getUint32(0, true)
  const length = head % PLACE
  if (length > MAX_ENTRY || at + HEADER + length > bytes.length) return undefined
  const entry = bytes.slice(at + HEADER, at + HEADER + length)
  const leaf = bytes.slice(at + 12, at + HEADER)
  if (!sameHash(leafHash(entry), leaf)) return undefined
  return { index: Number(view.getBigUint64(4, true)), place: Math.floor(head / PLACE), leaf, entry }
}
