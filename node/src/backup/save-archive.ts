import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { sync, syncFolder, writeFully } from '@nhip/durable/checked-write'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import { BackupError } from './backup-error.ts'
import type { Manifest } from './manifest.ts'
import { verifyArchive } from './read-archive.ts'

export interface SaveOptions {
  /** Ends the saving; nothing stays behind. */
  signal?: AbortSignal
  onProgress?: (bytes: number) => void
}

/**
 * Writes an archive to a file that is not there yet, reads it back, and only then gives it its name. A file of that name
 * is therefore whole and on disk; what a crash leaves is called `<name>.part` and is taken away by the next attempt.
 *
 * @throws {BackupError} `not-empty` when the file exists, `backup-truncated` when the bytes ended early
 * @throws {DiskFull}
 */
export async function saveArchive(
  bytes: AsyncIterable<Uint8Array>,
  file: string,
  { signal, onProgress }: SaveOptions = {},
): Promise<Manifest> {
  const fs = nodeFileSystem
  if (await fs.stat(file))
    throw new BackupError('not-empty', {
      vi: `Đã có tệp "${file}". Hãy chọn tên khác: bản sao lưu cũ không bị ghi đè.`,
      en: `There is a file "${file}" already. Choose another name: an older backup is never overwritten.`,
    })
  const part = `${file}.part`
  await rm(part, { force: true })
  try {
    const written = await fs.open(part, 'create')
    try {
      let at = 0
      for await (const chunk of bytes) {
        signal?.throwIfAborted()
        at += await writeFully(written, part, [chunk], at)
        onProgress?.(at)
      }
      await sync(written, part)
    } finally {
      await written.close()
    }
    const manifest = await verifyArchive(createReadStream(part))
    signal?.throwIfAborted()
    await fs.rename(part, file)
    await syncFolder(fs, dirname(file))
    return manifest
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}
