import { asDiskFull, DiskFull, SyncFailed } from './durable-error.ts'
import type { FileSystem, OpenFile } from './file-system.ts'

/**
 * Writes all bytes of all buffers from `position`, however many short writes it takes, and returns the number of
 * bytes. A short write is no error in Node: only the returned length tells of it, and a disk about to be full ends
 * in one. A write of no byte at all counts as a full disk.
 *
 * Not durable before a following {@link datasync}.
 * @throws {DiskFull} when there is no room; bytes may have been written beyond `position`, the caller truncates
 */
export async function writeFully(
  file: OpenFile,
  path: string,
  buffers: readonly Uint8Array[],
  position: number,
): Promise<number> {
  let rest = buffers.filter((b) => b.length > 0)
  let at = position
  while (rest.length > 0) {
    let n: number
    try {
      n = await file.write(rest, at)
    } catch (error) {
      throw asDiskFull(path, error)
    }
    if (n <= 0) throw new DiskFull(path)
    at += n
    rest = dropBytes(rest, n)
  }
  return at - position
}

function dropBytes(buffers: readonly Uint8Array[], count: number): Uint8Array[] {
  let skip = count
  let i = 0
  while (i < buffers.length && skip >= (buffers[i] as Uint8Array).length) {
    skip -= (buffers[i] as Uint8Array).length
    i++
  }
  const rest = buffers.slice(i)
  if (skip > 0) rest[0] = (rest[0] as Uint8Array).subarray(skip)
  return rest
}

/** `fdatasync`. @throws {SyncFailed} on any error: the process must stop, a retry proves nothing */
export async function datasync(file: OpenFile, path: string): Promise<void> {
  try {
    await file.datasync()
  } catch (error) {
    throw new SyncFailed(path, error)
  }
}

/** `fsync` of a file. @throws {SyncFailed} on any error: the process must stop */
export async function sync(file: OpenFile, path: string): Promise<void> {
  try {
    await file.sync()
  } catch (error) {
    throw new SyncFailed(path, error)
  }
}

/** `fsync` of a folder: its names survive a power cut. @throws {SyncFailed} on any error: the process must stop */
export async function syncFolder(fs: FileSystem, path: string): Promise<void> {
  try {
    await fs.syncFolder(path)
  } catch (error) {
    throw new SyncFailed(path, error)
  }
}
