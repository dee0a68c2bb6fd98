import { AppendFile, type AppendPlace } from './append-file.ts'
import { crc32c } from './crc32c.ts'
import { Damaged } from './durable-error.ts'
import type { FileSystem } from './file-system.ts'
import { readWhole } from './file-system.ts'

/**
 * Format of the file: frames, one for each group that was made durable together.
 *
 *     u32 length    of what follows the header
 *     u32 crc       CRC-32C over offset and body
 *     u64 offset    of this frame in the file
 *     body          for each record: u32 length, bytes
 *
 * All numbers little-endian. A frame is one group, so the next frame was begun only after this one was durable:
 * a bad frame with a good one behind it cannot be a torn tail and is damage. The offset inside the checked bytes
 * keeps a frame that is the content of a record, or that the disk put elsewhere, from being taken for a frame.
 */
const HEADER = 16
const MAX_BODY = 64 * 1024 ** 2

function frame(items: readonly Uint8Array[], offset: number): Uint8Array[] {
  const length = items.reduce((sum, item) => sum + 4 + item.length, 0)
  const bytes = new Uint8Array(HEADER + length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, length, true)
  view.setBigUint64(8, BigInt(offset), true)
  let at = HEADER
  for (const item of items) {
    view.setUint32(at, item.length, true)
    bytes.set(item, at + 4)
    at += 4 + item.length
  }
  view.setUint32(4, crc32c(bytes.subarray(8)), true)
  return [bytes]
}

/** The length of the good frame at `at`, or 0. */
function frameLength(bytes: Uint8Array, view: DataView, at: number): number {
  if (at + HEADER > bytes.length) return 0
  const length = view.getUint32(at, true)
  if (length > MAX_BODY || at + HEADER + length > bytes.length) return 0
  if (view.getBigUint64(at + 8, true) !== BigInt(at)) return 0
  if (view.getUint32(at + 4, true) !== crc32c(bytes.subarray(at + 8, at + HEADER + length))) return 0
  return HEADER + length
}

function goodFrameAfter(bytes: Uint8Array, view: DataView, from: number): number | undefined {
  for (let at = from + 1; at + HEADER <= bytes.length; at++) if (frameLength(bytes, view, at) > 0) return at
  return undefined
}

/** What opening a log found. */
export interface AppendLogContent {
  /** The records, oldest first. */
  records: Uint8Array[]
  /** Bytes that belong to whole frames. */
  length: number
  /** Bytes of an unfinished last group; they were never acknowledged. 0 for a file that was closed well. */
  tornBytes: number
}

/**
 * Reads a log without changing it.
 * @throws {Damaged} when a bad frame has a good one behind it, with the offset of the bad one
 */
export async function readAppendLog(fs: FileSystem, path: string): Promise<AppendLogContent> {
  const bytes = (await fs.stat(path)) === undefined ? new Uint8Array() : await readWhole(fs, path)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const records: Uint8Array[] = []
  let at = 0
  while (at < bytes.length) {
    const length = frameLength(bytes, view, at)
    if (length === 0) {
      const next = goodFrameAfter(bytes, view, at)
      if (next === undefined) break
      throw new Damaged(path, at, {
        vi: `khung dữ liệu sai mã kiểm tra, trong khi khung tại byte ${next} phía sau vẫn đúng`,
        en: `the frame fails its check while the frame at byte ${next} behind it is good`,
      })
    }
    const end = at + length
    for (let item = at + HEADER; item < end; ) {
      const size = view.getUint32(item, true)
      records.push(bytes.slice(item + 4, item + 4 + size))
      item += 4 + size
    }
    at = end
  }
  return { records, length: at, tornBytes: bytes.length - at }
}

/**
 * An append-only log of records with group commit. A record that was acknowledged is there after any crash and
 * comes back in order; a group that was not finished is cut off at the next open.
 */
export class AppendLog {
  readonly #file: AppendFile
  /** What was in the log when it was opened. */
  readonly opened: AppendLogContent

  private constructor(file: AppendFile, opened: AppendLogContent) {
    this.#file = file
    this.opened = opened
  }

  /**
   * Opens or creates a log: reads it, cuts off a torn tail, and is ready to append.
   * @throws {Damaged} nothing is changed
   */
  static async open(fs: FileSystem, path: string): Promise<AppendLog> {
    const content = await readAppendLog(fs, path)
    const file = await AppendFile.open(fs, path, content.length, { frame })
    return new AppendLog(file, content)
  }

  /**
   * Appends a record; resolves after it is on disk. Errors as in `AppendFile.append`.
   * @throws {RangeError} when the record is larger than 63 MiB
   */
  append(record: Uint8Array): Promise<AppendPlace> {
    if (record.length > MAX_BODY - 1024 ** 2) {
      return Promise.reject(new RangeError(`invalid record: ${record.length} bytes, at most 63 MiB`))
    }
    return this.#file.append(record)
  }

  /** Bytes on disk. */
  get length(): number {
    return this.#file.length
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
