import { join } from 'node:path'
import { type FileSystem, readWhole } from '@nhip/durable/file-system'
import { replaceFile } from '@nhip/durable/replace-file'
import { damaged } from './errors.ts'
import type { SegmentInfo } from './observations.ts'

/** A segment as the table `segment` and the manifest hold it. */
export interface Segment extends SegmentInfo {
  bytes: number
  /** Span of `valid_from`, epoch milliseconds: readers skip segments by it. */
  validMin: number
  validMax: number
  /** Newest time of receipt. */
  recordedMax: number
}

const FORMAT = 1

/** The list of segments beside the lake: what is needed to start again when the database file is gone. */
export async function readManifest(fs: FileSystem, folder: string): Promise<Segment[] | undefined> {
  const path = join(folder, 'manifest')
  if (!(await fs.stat(path))) return undefined
  const text = new TextDecoder().decode(await readWhole(fs, path))
  try {
    const parsed = JSON.parse(text) as { format: number; segments: Segment[] }
    if (parsed.format !== FORMAT || !Array.isArray(parsed.segments))
      throw new Error(`format ${parsed.format}`)
    return parsed.segments
  } catch (error) {
    throw damaged(
      {
        vi: `Tệp kê "${path}" của kho quan trắc không đọc được (${String(error)}). Hãy khôi phục từ bản sao lưu.`,
        en: `The manifest "${path}" of the store of observations cannot be read (${String(error)}). Restore it from a backup.`,
      },
      path,
    )
  }
}

export async function writeManifest(
  fs: FileSystem,
  folder: string,
  segments: readonly Segment[],
): Promise<void> {
  await replaceFile(fs, join(folder, 'manifest'), manifestBytes(segments))
}

export function manifestBytes(segments: readonly Segment[]): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify({ format: FORMAT, segments }, null, 1)}\n`)
}
