/**
 * The few file operations that durable storage is built from. Everything in this package, and the ledger, does its
 * file work through this interface, so that tests can put faults, a full disk or a power cut underneath.
 *
 * Errors are Node's: an `Error` with `code` `ENOENT`, `EEXIST`, `ENOSPC`, `EIO` and so on.
 */
export interface FileSystem {
  /**
   * - `read`: an existing file, for reading.
   * - `update`: an existing file, for reading and writing.
   * - `create`: a new file, for reading and writing; `EEXIST` when there is one.
   * - `ensure`: an existing or new file, for reading and writing.
   */
  open(path: string, mode: OpenMode): Promise<OpenFile>
  /** Moves a file within one disk, replacing what is at `to`. Durable only after `syncFolder`. */
  rename(from: string, to: string): Promise<void>
  /** Gives a file a second name; `EEXIST` when `to` exists. */
  link(from: string, to: string): Promise<void>
  /** Removes a file; `ENOENT` when there is none. */
  remove(path: string): Promise<void>
  /** Makes a folder and its parents; no error when it is there. */
  makeFolder(path: string): Promise<void>
  /** Names of files and folders in a folder, sorted. */
  list(path: string): Promise<string[]>
  /** What is at `path`, or undefined. */
  stat(path: string): Promise<FileStat | undefined>
  /** Makes names in a folder (new files, renames, removals) survive a power cut. */
  syncFolder(path: string): Promise<void>
  /** Bytes that an unprivileged process may still write on the disk of `path`, and the size of that disk. */
  space(path: string): Promise<{ free: number; total: number }>
}

export type OpenMode = 'read' | 'update' | 'create' | 'ensure'

export interface FileStat {
  kind: 'file' | 'folder'
  size: number
  /** Milliseconds since 1970 of the last change of content, by the disk's clock. */
  modified: number
}

export interface OpenFile {
  /** Reads into `into` from byte `position`; the number of bytes read, 0 at the end, may be short. */
  read(into: Uint8Array, position: number): Promise<number>
  /**
   * Writes the buffers one after another from byte `position`; the number of bytes written **may be short, which is
   * no error** (a disk about to be full). Callers use `writeFully` of `checked-write`.
   */
  write(buffers: readonly Uint8Array[], position: number): Promise<number>
  truncate(length: number): Promise<void>
  size(): Promise<number>
  /** Content and length on disk (`fdatasync`). After a failure the process must stop: see `SyncFailed`. */
  datasync(): Promise<void>
  /** Content and all attributes on disk (`fsync`). */
  sync(): Promise<void>
  close(): Promise<void>
}

/** The `code` of a Node file error, or undefined. */
export function errorCode(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return undefined
}

/** Reads a whole file. */
export async function readWhole(fs: FileSystem, path: string): Promise<Uint8Array> {
  const file = await fs.open(path, 'read')
  try {
    const bytes = new Uint8Array(await file.size())
    let at = 0
    while (at < bytes.length) {
      const n = await file.read(bytes.subarray(at), at)
      if (n === 0) break
      at += n
    }
    return at === bytes.length ? bytes : bytes.slice(0, at)
  } finally {
    await file.close()
  }
}
