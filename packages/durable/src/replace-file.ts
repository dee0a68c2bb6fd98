import { randomUUID } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { sync, syncFolder, writeFully } from './checked-write.ts'
import { asDiskFull } from './durable-error.ts'
import { errorCode, type FileSystem } from './file-system.ts'

const TEMPORARY = '.tmp-'

/**
 * Puts `bytes` at `path` in one step: a reader, and the disk after a power cut at any moment, has either the old
 * file or the whole new one. Writes a temporary file beside it, syncs, renames, syncs the folder. The temporary
 * name holds `.tmp-`; {@link removeTemporaries} clears what a crash left.
 *
 * @throws {DiskFull} nothing changed
 * @throws {SyncFailed} the process must stop
 */
export async function replaceFile(fs: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path)
  const temporary = join(folder, `${basename(path)}${TEMPORARY}${randomUUID()}`)
  try {
    const file = await fs.open(temporary, 'create')
    try {
      await writeFully(file, temporary, [bytes], 0)
      await sync(file, temporary)
    } finally {
      await file.close()
    }
    await fs.rename(temporary, path)
  } catch (error) {
    await fs.remove(temporary).catch(() => undefined)
    throw asDiskFull(path, error)
  }
  await syncFolder(fs, folder)
}

/**
 * Moves a finished file to its final name, durably: syncs the file, renames, syncs both folders. For files that
 * another program wrote (a Parquet segment, an upload).
 */
export async function publishFile(fs: FileSystem, from: string, to: string): Promise<void> {
  const file = await fs.open(from, 'update')
  try {
    await sync(file, from)
  } finally {
    await file.close()
  }
  try {
    await fs.rename(from, to)
  } catch (error) {
    throw asDiskFull(to, error)
  }
  await syncFolder(fs, dirname(to))
  if (dirname(from) !== dirname(to)) await syncFolder(fs, dirname(from))
}

/** Removes a file so that it stays removed. No error when there is none. */
export async function removeFile(fs: FileSystem, path: string): Promise<void> {
  try {
    await fs.remove(path)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return
    throw error
  }
  await syncFolder(fs, dirname(path))
}

/** Makes a folder and its parents durably: each new name is synced in the folder that holds it. */
export async function makeFolderDurably(fs: FileSystem, path: string): Promise<void> {
  const missing: string[] = []
  for (let at = path; (await fs.stat(at)) === undefined; at = dirname(at)) {
    missing.push(at)
    if (dirname(at) === at) break
  }
  if (missing.length === 0) return
  try {
    await fs.makeFolder(path)
  } catch (error) {
    throw asDiskFull(path, error)
  }
  for (const made of missing.reverse()) await syncFolder(fs, dirname(made))
}

/** Removes temporary files that a crash left in a folder; their number. Only while no other process writes there. */
export async function removeTemporaries(fs: FileSystem, folder: string): Promise<number> {
  const left = (await fs.list(folder)).filter((name) => name.includes(TEMPORARY))
  for (const name of left) await fs.remove(join(folder, name))
  if (left.length > 0) await syncFolder(fs, folder)
  return left.length
}
