import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { writeFully } from '@nhip/durable/checked-write'
import type { FileSystem } from '@nhip/durable/file-system'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import { makeFolderDurably, publishFile } from '@nhip/durable/replace-file'
import { RecordsError, type Tx } from './contract.ts'

/** A file in the store, by the SHA-256 of its content. */
export interface StoredBlob {
  sha256: string
  bytes: number
}

/** The content is larger than the caller allows. */
export class BlobTooLarge extends Error {
  override readonly name = 'BlobTooLarge'
  readonly limit: number

  constructor(limit: number) {
    super(`the file is larger than ${limit} bytes`)
    this.limit = limit
  }
}

/**
 * Evidence files, uploads, reports: `blobs/<aa>/<sha256>`, each stored once whatever its name. A file is on disk
 * before its row can be written, so a row always has its file; a file without a row is left by a crash and harmless.
 */
export class Blobs {
  readonly #folder: string
  readonly #temporary: string
  readonly #fs: FileSystem

  /**
   * @param folder of the blobs
   * @param temporary a folder on the same disk, emptied at start
   */
  constructor(folder: string, temporary: string, fs: FileSystem = nodeFileSystem) {
    this.#folder = folder
    this.#temporary = temporary
    this.#fs = fs
  }

  #path(sha256: string): string {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new RecordsError('parameter', `invalid SHA-256: "${sha256}"`)
    return join(this.#folder, sha256.slice(0, 2), sha256)
  }

  /**
   * Stores content durably and says what it is called. The same content twice is one file.
   * @throws {DiskFull} nothing stored
   * @throws {BlobTooLarge} beyond `limit` bytes, nothing stored
   */
  async put(
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    limit = Infinity,
  ): Promise<StoredBlob> {
    await makeFolderDurably(this.#fs, this.#temporary)
    const temporary = join(this.#temporary, `blob-${randomUUID()}`)
    const hash = createHash('sha256')
    let bytes = 0
    try {
      const file = await this.#fs.open(temporary, 'create')
      try {
        for await (const chunk of content) {
          if (bytes + chunk.length > limit) throw new BlobTooLarge(limit)
          hash.update(chunk)
          bytes += await writeFully(file, temporary, [chunk], bytes)
        }
      } finally {
        await file.close()
      }
      const sha256 = hash.digest('hex')
      const path = this.#path(sha256)
      if ((await this.#fs.stat(path))?.size === bytes) await this.#fs.remove(temporary)
      else {
        await makeFolderDurably(this.#fs, join(this.#folder, sha256.slice(0, 2)))
        await publishFile(this.#fs, temporary, path)
      }
      return { sha256, bytes }
    } catch (error) {
      await this.#fs.remove(temporary).catch(() => undefined)
      throw error
    }
  }

  /** Enters a stored file in the index, in the caller's transaction. Entering it twice is one row. */
  async enter(tx: Tx, blob: StoredBlob, mediaType: string): Promise<void> {
    await tx.db
      .insertInto('blob')
      .values({ sha256: blob.sha256, bytes: blob.bytes, media_type: mediaType, created_at: tx.at })
      .onConflict((conflict) => conflict.column('sha256').doNothing())
      .execute()
  }

  /** Is the file there? */
  async has(sha256: string): Promise<boolean> {
    return (await this.#fs.stat(this.#path(sha256))) !== undefined
  }

  /** The path of a file, for readers that want one (a parser, DuckDB). */
  path(sha256: string): string {
    return this.#path(sha256)
  }

  /** The content as a stream; errors with ENOENT when there is none. */
  read(sha256: string): Readable {
    return createReadStream(this.#path(sha256))
  }

  /** Re-hashes a file: false when it is missing or not what its name says. */
  async verify(sha256: string): Promise<boolean> {
    if (!(await this.has(sha256))) return false
    const hash = createHash('sha256')
    for await (const chunk of this.read(sha256)) hash.update(chunk as Uint8Array)
    return hash.digest('hex') === sha256
  }
}
