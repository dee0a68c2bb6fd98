import { join } from 'node:path'
import { errorCode, type FileSystem, readWhole } from '@nhip/durable/file-system'
import { makeFolderDurably, replaceFile } from '@nhip/durable/replace-file'
import { formatBundle, parseBundle } from './bundle.ts'
import { type Checkpoint, type Head, openHead } from './checkpoint.ts'
import { folderReader, splitHashes } from './folder.ts'
import { LedgerDamaged } from './ledger-error.ts'
import { type Hash, leafHash, rootHash, sameHash } from './merkle.ts'
import type { VerifierKey } from './note.ts'
import { Rows } from './rows.ts'
import { readTail } from './tail.ts'
import { bundlePath, TILE_WIDTH, tilePath } from './tile-path.ts'

/** What a ledger folder holds when it is opened. */
export interface Recovered {
  head: Head | undefined
  rows: Rows
  /** Entries that are not in a durable full bundle, in order; the first has index `firstOpen`. */
  open: Uint8Array[]
  firstOpen: number
  /** Tail files, oldest first, with their first index. */
  tails: { file: string; first: number; length: number }[]
  /** Bytes of a torn last write, moved to `quarantine/`. */
  tornBytes: number
}

/** Name of the tail file whose first entry has index `first`. */
export function tailName(first: number): string {
  return `${String(first).padStart(16, '0')}.log`
}

/**
 * Reads a folder as a crash may have left it: the signed head and its right edge, then the tail, re-hashed.
 *
 * A bad last frame with nothing good behind it is a write that was never acknowledged: its bytes go to `quarantine/`.
 * Anything else that does not fit the signed head is damage, and nothing is written.
 * @throws {LedgerDamaged} naming the first place that does not fit
 */
export async function recover(
  fs: FileSystem,
  folder: string,
  keys: readonly VerifierKey[],
): Promise<Recovered> {
  const reader = folderReader(fs, folder)
  const note = await reader.read('checkpoint')
  const head = note ? openHead(new TextDecoder().decode(note), keys) : undefined
  const size = head?.size ?? 0

  const readFull = async (level: number, index: number): Promise<Uint8Array> => {
    const path = tilePath({ level, index, width: TILE_WIDTH })
    const bytes = await reader.read(path)
    if (bytes?.length !== TILE_WIDTH * 32)
      throw new LedgerDamaged(
        path,
        bytes ? 'is not a full tile' : 'is missing',
        bytes ? 'không phải là một ô đầy đủ' : 'bị thiếu',
      )
    return bytes
  }

  const partials: Hash[][] = []
  for (let level = 0, row = size; row > 0; level++, row = Math.floor(row / TILE_WIDTH)) {
    partials.push(await partialRow(level, row))
  }
  const rows = new Rows(readFull, size, partials)
  if (head) await checkRoot(head, rows)

  const firstOpen = size - (size % TILE_WIDTH)
  const open = await openEntries()
  const { tails, tornBytes } = await replay()
  return { head, rows, open, firstOpen, tails, tornBytes }

  async function partialRow(level: number, row: number): Promise<Hash[]> {
    const width = row % TILE_WIDTH
    if (width === 0) return []
    const path = tilePath({ level, index: Math.floor(row / TILE_WIDTH), width })
    const bytes = await reader.read(path)
    const hashes = bytes && splitHashes(bytes, width)
    if (!hashes)
      throw new LedgerDamaged(
        path,
        `does not hold the ${width} hashes of the signed head`,
        `không chứa ${width} mã băm của đầu sổ đã ký`,
      )
    return hashes
  }

  async function checkRoot(signed: Checkpoint, stored: Rows): Promise<void> {
    const root = await rootHash(signed.size, (node) => stored.node(node))
    if (!sameHash(root, signed.root)) {
      throw new LedgerDamaged(
        'checkpoint',
        `signs another root at size ${signed.size} than the tiles give`,
        `ký một gốc khác với các ô băm tại kích thước ${signed.size}`,
      )
    }
  }

  /** The entries of the partial bundle, checked against the leaves under the signed head. */
  async function openEntries(): Promise<Uint8Array[]> {
    const width = size % TILE_WIDTH
    if (width === 0) return []
    const path = bundlePath(firstOpen / TILE_WIDTH, width)
    const bytes = await reader.read(path)
    const entries = bytes && parseBundle(bytes)
    const leaves = partials[0] as Hash[]
    if (
      entries?.length !== width ||
      !entries.every((entry, i) => sameHash(leafHash(entry), leaves[i] as Hash))
    ) {
      throw new LedgerDamaged(
        path,
        'does not hold the entries of the signed head',
        'không chứa các mục của đầu sổ đã ký',
      )
    }
    return entries
  }

  async function replay(): Promise<{ tails: Recovered['tails']; tornBytes: number }> {
    const names = (await listed('tail')).filter((name) => /^[0-9]{16}\.log$/.test(name)).sort()
    const found: Recovered['tails'] = []
    let torn = 0
    for (const [i, name] of names.entries()) {
      const path = join(folder, 'tail', name)
      const first = Number(name.slice(0, 16))
      const bytes = await readWhole(fs, path)
      const content = readTail(bytes, first)
      if (content.damage || (content.tornBytes > 0 && i < names.length - 1)) {
        const at = content.damage ?? { index: first + content.frames.length, offset: content.length }
        throw new LedgerDamaged(
          `tail/${name}`,
          `is damaged at entry ${at.index}, byte ${at.offset}, with good entries behind it`,
          `hỏng tại mục ${at.index}, byte ${at.offset}, trong khi các mục phía sau còn nguyên`,
        )
      }
      for (const { index, leaf, entry } of content.frames) {
        if (index > rows.size)
          throw new LedgerDamaged(
            `tail/${name}`,
            `begins at entry ${index}, entry ${rows.size} is missing`,
            `bắt đầu ở mục ${index}, thiếu mục ${rows.size}`,
          )
        if (index === rows.size) {
          rows.append(leaf)
          open.push(entry)
        } else if (!sameHash(await rows.node({ level: 0, index }), leaf)) {
          throw new LedgerDamaged(
            `tail/${name}`,
            `holds another entry ${index} than the signed head covers`,
            `chứa mục ${index} khác với mục mà đầu sổ đã ký`,
          )
        }
      }
      if (content.tornBytes > 0) {
        torn = content.tornBytes
        await quarantine(name, content.length, bytes.slice(content.length))
      }
      found.push({ file: name, first, length: content.length })
    }
    return { tails: found, tornBytes: torn }
  }

  async function quarantine(name: string, offset: number, bytes: Uint8Array): Promise<void> {
    const place = join(folder, 'quarantine')
    await makeFolderDurably(fs, place)
    await replaceFile(fs, join(place, `${name}.${offset}`), bytes)
  }

  async function listed(name: string): Promise<string[]> {
    try {
      return await fs.list(join(folder, name))
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return []
      throw error
    }
  }
}

/** The entries `[first, first + 256)` as a bundle. */
export function bundleOf(
  open: readonly Uint8Array[],
  firstOpen: number,
  index: number,
  size: number,
): Uint8Array {
  const from = index * TILE_WIDTH - firstOpen
  return formatBundle(open.slice(from, Math.min(from + TILE_WIDTH, size - firstOpen)))
}
