import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { errorCode } from '@nhip/durable/file-system'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import type { RecordsCopy } from '../records/contract.ts'
import type { Part } from './write-archive.ts'

const compress = promisify(gzip)

const READ_BYTES = 256 * 1024
/** Rows are compressed in pieces of about so many bytes, because tar wants a length before the content. */
const PIECE_BYTES = 4 * 1024 ** 2

export function bytesPart(name: string, content: Uint8Array): Part {
  return { name, bytes: content.length, content: [content] }
}

/** A file as it is now, opened before its length is said; undefined when there is none. */
export async function filePart(name: string, path: string): Promise<Part | undefined> {
  let file: Awaited<ReturnType<typeof open>>
  try {
    file = await open(path, 'r')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
  const { size } = await file.stat()
  async function* content() {
    try {
      for (let at = 0; at < size; ) {
        const chunk = new Uint8Array(Math.min(READ_BYTES, size - at))
        const { bytesRead } = await file.read(chunk, 0, chunk.length, at)
        if (bytesRead === 0) return
        at += bytesRead
        yield chunk.subarray(0, bytesRead)
      }
    } finally {
      await file.close()
    }
  }
  // Closing twice is an error that says nothing.
  return { name, bytes: size, content: content(), close: () => file.close().catch(() => undefined) }
}

/** Files under a folder, by their path in it, in order of name; none when it is not there. */
export async function* filesUnder(
  folder: string,
  keep: (path: string) => boolean = () => true,
  inside = '',
): AsyncGenerator<string> {
  let names: string[]
  try {
    names = await nodeFileSystem.list(join(folder, inside))
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return
    throw error
  }
  for (const name of names) {
    const path = inside === '' ? name : `${inside}/${name}`
    if (!keep(path)) continue
    const stat = await nodeFileSystem.stat(join(folder, path))
    if (stat?.kind === 'folder') yield* filesUnder(folder, keep, path)
    else if (stat) yield path
  }
}

/** The rows of a table, `records/<table>/000001.ndjson.gz` and so on; `count` is told how many they were. */
export async function* tableParts(
  copy: RecordsCopy,
  table: string,
  count: (rows: number) => void,
): AsyncGenerator<Part> {
  let lines: string[] = []
  let length = 0
  let piece = 0
  const flush = async () => {
    const bytes = await compress(`${lines.join('\n')}\n`, { level: 4 })
    piece++
    lines = []
    length = 0
    return bytesPart(`records/${table}/${String(piece).padStart(6, '0')}.ndjson.gz`, bytes)
  }
  for await (const rows of copy.rows(table)) {
    count(rows.length)
    for (const row of rows) {
      lines.push(row)
      length += row.length
    }
    if (length >= PIECE_BYTES) yield await flush()
  }
  if (lines.length > 0) yield await flush()
}
