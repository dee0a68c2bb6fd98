import { dirname } from 'node:path'
import { datasync, syncFolder, writeFully } from './checked-write.ts'
import { DurableError, SyncFailed } from './durable-error.ts'
import type { FileSystem, OpenFile } from './file-system.ts'

export interface AppendOptions {
  /**
   * Turns the items of one group into the bytes that are written, given the file offset where they begin. Default:
   * the items one after another.
   */
  frame?: (items: readonly Uint8Array[], offset: number) => readonly Uint8Array[]
  /** Called once a group is on disk, before its callers are answered: the place to grow what lives in memory. */
  onDurable?: (items: readonly Uint8Array[], offset: number) => void
  /** Largest group, in bytes of items; default 1 MiB. A single larger item is a group of its own. */
  maxGroupBytes?: number
  /** Largest group, in items; default 4,096. */
  maxGroupItems?: number
}

interface Waiting {
  item: Uint8Array
  resolve: (place: AppendPlace) => void
  reject: (error: unknown) => void
}

/** Where an item went: the offset of its group in the file, and its number in the group. */
export interface AppendPlace {
  offset: number
  index: number
}

/**
 * A file that only grows, with group commit: while one `fdatasync` runs, callers queue; then the whole queue goes
 * out in one write and one `fdatasync`. One writer; the caller holds the folder's lock.
 *
 * - An append is answered only after `fdatasync`.
 * - No room: the file is cut back to its last durable length and the *whole* group is refused with `DiskFull`.
 *   Earlier items stay and the file takes appends again when there is room.
 * - A failed `fdatasync`, or a failed cut: this and every later append is refused with `SyncFailed`.
 */
export class AppendFile {
  readonly path: string
  readonly #file: OpenFile
  readonly #options: AppendOptions
  readonly #maxBytes: number
  readonly #maxItems: number
  #length: number
  #queue: Waiting[] = []
  #running: Promise<void> | undefined
  #broken: unknown
  #closed = false

  private constructor(path: string, file: OpenFile, length: number, options: AppendOptions) {
    this.path = path
    this.#file = file
    this.#length = length
    this.#options = options
    this.#maxBytes = options.maxGroupBytes ?? 1024 ** 2
    this.#maxItems = options.maxGroupItems ?? 4096
  }

  /**
   * Opens or creates the file for appending after byte `length`; what lies behind (a torn tail that the caller has
   * looked at) is cut off. The name and the length are durable when this resolves.
   * @throws {DurableError} `sync-failed`: the process must stop
   */
  static async open(
    fs: FileSystem,
    path: string,
    length: number,
    options: AppendOptions = {},
  ): Promise<AppendFile> {
    const existed = (await fs.stat(path)) !== undefined
    const file = await fs.open(path, 'ensure')
    try {
      const size = await file.size()
      if (size < length)
        throw new RangeError(`invalid length: ${length}, the file "${path}" has ${size} bytes`)
      if (size > length) await file.truncate(length)
      if (size > length || !existed) await datasync(file, path)
      if (!existed) await syncFolder(fs, dirname(path))
    } catch (error) {
      await file.close()
      throw error
    }
    return new AppendFile(path, file, length, options)
  }

  /** How many bytes are durable. */
  get length(): number {
    return this.#length
  }

  /** True after a failed sync: the process must stop. */
  get broken(): boolean {
    return this.#broken !== undefined
  }

  /**
   * Appends one item; resolves after it is on disk.
   * @throws {DiskFull} not written, may be tried again later
   * @throws {SyncFailed} outcome unknown until the file is opened again; the process must stop
   */
  append(item: Uint8Array): Promise<AppendPlace> {
    if (this.#closed) return Promise.reject(new Error(`"${this.path}" is closed`))
    if (this.#broken !== undefined) return Promise.reject(this.#broken)
    return new Promise((resolve, reject) => {
      this.#queue.push({ item, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  async #run(): Promise<void> {
    // Callers of the same turn of the event loop join the first group.
    await Promise.resolve()
    while (this.#queue.length > 0) {
      const group = this.#takeGroup()
      try {
        const items = group.map((waiting) => waiting.item)
        const offset = this.#length
        await this.#commit(items, offset)
        this.#options.onDurable?.(items, offset)
        for (const [index, waiting] of group.entries()) waiting.resolve({ offset, index })
      } catch (error) {
        for (const waiting of group) waiting.reject(error)
        if (this.#broken !== undefined) {
          for (const waiting of this.#queue.splice(0)) waiting.reject(this.#broken)
        }
      }
    }
    this.#running = undefined
  }

  #takeGroup(): Waiting[] {
    let bytes = 0
    let n = 0
    while (n < this.#queue.length && n < this.#maxItems) {
      bytes += (this.#queue[n] as Waiting).item.length
      if (n > 0 && bytes > this.#maxBytes) break
      n++
    }
    return this.#queue.splice(0, n)
  }

  async #commit(items: readonly Uint8Array[], offset: number): Promise<void> {
    const buffers = this.#options.frame?.(items, offset) ?? items
    let written: number
    try {
      written = await writeFully(this.#file, this.path, buffers, offset)
    } catch (error) {
      await this.#cutBack(offset)
      throw error
    }
    try {
      await datasync(this.#file, this.path)
    } catch (error) {
      this.#broken = error
      throw error
    }
    this.#length = offset + written
  }

  async #cutBack(length: number): Promise<void> {
    try {
      await this.#file.truncate(length)
      await datasync(this.#file, this.path)
    } catch (error) {
      this.#broken = error instanceof DurableError ? error : new SyncFailed(this.path, error)
      throw this.#broken
    }
  }

  /** Waits for what was handed in, then closes. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
    await this.#file.close()
  }
}
