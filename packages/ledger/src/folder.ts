import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { datasync, syncFolder, writeFully } from '@nhip/durable/checked-write'
import { asDiskFull } from '@nhip/durable/durable-error'
import type { FileSystem } from '@nhip/durable/file-system'
import { errorCode, readWhole } from '@nhip/durable/file-system'
import { makeFolderDurably } from '@nhip/durable/replace-file'
import type { Hash } from './merkle.ts'

/** A ledger's files, whoever serves them: a folder here, a web server elsewhere. */
export interface LedgerReader {
  /** Bytes of a file by its path in the ledger, or undefined when there is none. */
  read(path: string): Promise<Uint8Array | undefined> | Uint8Array | undefined
}

export function folderReader(fs: FileSystem, folder: string): LedgerReader {
  return {
    async read(path) {
      try {
        return await readWhole(fs, join(folder, path))
      } catch (error) {
        if (errorCode(error) === 'ENOENT') return undefined
        throw error
      }
    },
  }
}

/**
 * Reads without giving up the turn: for a program that does nothing else meanwhile, five times cheaper a file than
 * {@link folderReader}. Never in a server.
 */
export function blockingReader(folder: string): { read(path: string): Uint8Array | undefined } {
  return {
    read(path) {
      try {
        return readFileSync(join(folder, path))
      } catch (error) {
        if (errorCode(error) === 'ENOENT') return undefined
        throw error
      }
    },
  }
}

/** Writes files whose content follows from the entries: a crash may leave one torn, the next publishing writes it again. */
export class TileWriter {
  readonly #fs: FileSystem
  readonly #folder: string
  readonly #known = new Set<string>()

  constructor(fs: FileSystem, folder: string) {
    this.#fs = fs
    this.#folder = folder
  }

  /** Writes the files and makes them and their names durable. */
  async write(files: readonly { path: string; bytes: Uint8Array }[]): Promise<void> {
    const folders = new Set(files.map(({ path }) => dirname(join(this.#folder, path))))
    for (const folder of folders) {
      if (this.#known.has(folder)) continue
      await makeFolderDurably(this.#fs, folder)
      this.#known.add(folder)
    }
    // A few at a time, because the disk syncs several for little more than one. All of them end before an error is
    // told: the next publishing must not meet a writer of this one.
    for (let at = 0; at < files.length; at += TOGETHER) {
      const written = await Promise.allSettled(
        files.slice(at, at + TOGETHER).map(({ path, bytes }) => this.#one(join(this.#folder, path), bytes)),
      )
      for (const one of written) if (one.status === 'rejected') throw one.reason
    }
    for (const folder of folders) await syncFolder(this.#fs, folder)
  }

  /** Removes the partial forms of tiles that are now full: readers fall back to the full ones. */
  async dropPartials(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      const partials = join(this.#folder, `${path}.p`)
      for (const name of await this.#namesIn(partials)) await this.#fs.remove(join(partials, name))
    }
  }

  async #namesIn(folder: string): Promise<string[]> {
    try {
      return await this.#fs.list(folder)
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return []
      throw error
    }
  }

  async #one(path: string, bytes: Uint8Array): Promise<void> {
    try {
      const file = await this.#fs.open(path, 'ensure')
      try {
        await writeFully(file, path, [bytes], 0)
        if ((await file.size()) > bytes.length) await file.truncate(bytes.length)
        await datasync(file, path)
      } finally {
        await file.close()
      }
    } catch (error) {
      throw asDiskFull(path, error)
    }
  }
}

const TOGETHER = 4

/** Divides a tile into hashes; undefined when its length is not `width` hashes. */
export function splitHashes(bytes: Uint8Array, width: number): Hash[] | undefined {
  if (bytes.length !== width * 32) return undefined
  return Array.from({ length: width }, (_, i) => bytes.slice(i * 32, i * 32 + 32))
}
