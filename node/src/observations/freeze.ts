import { join } from 'node:path'
import { makeFolderDurably } from '@nhip/durable/replace-file'
import { manifestBytes } from './manifest.ts'
import { draftSegment, unsealed } from './seal.ts'
import type { State } from './state.ts'

/**
 * The store as it stood at one moment, as a lake alone: the sealed segments and, as further segments, the rows that are
 * in none yet. A store without its database file is built again from such a lake.
 */
export interface FrozenLake {
  lastSeq: number
  /** Name below `observations/`, and where the bytes are now. Sealed files never change; the others are in the scratch folder. */
  files: { name: string; path: string; bytes: number }[]
  /** The list of the segments, `observations/manifest`. */
  manifest: Uint8Array
}

/** Writes the unsealed rows up to a number into `scratch`. Nothing may be sealed or taken out of the table meanwhile. */
export async function freezeLake(state: State, lastSeq: number, scratch: string): Promise<FrozenLake> {
  const { lake } = state
  const segments = [...lake.segments]
  const files = segments.map(({ file, bytes }) => ({ name: file, path: lake.path(file), bytes }))
  await makeFolderDurably(lake.fs, scratch)
  for (const rows of await unsealed(state, true, lastSeq)) {
    const path = join(scratch, `segment-${rows.seqMin}.parquet`)
    const segment = await draftSegment(state, rows, path, segments)
    segments.push(segment)
    files.push({ name: segment.file, path, bytes: segment.bytes })
  }
  return { lastSeq, files, manifest: manifestBytes(segments) }
}
