import { createHash } from 'node:crypto'
import { altered, BackupError, truncated } from './backup-error.ts'
import {
  FORMAT,
  MANIFEST,
  type Manifest,
  OPENING,
  type Opening,
  parseManifest,
  parseOpening,
  SEAL,
} from './manifest.ts'
import { BLOCK, END, padding, readTarHeader, type TarEntry } from './tar.ts'

/** A part while it is being read; whoever gets it takes in its content before the next one comes. */
export interface ReadPart extends TarEntry {
  content: AsyncIterable<Uint8Array>
}

type Source = AsyncIterable<Uint8Array>

/** A manifest of any length that a node can have; beyond it the length itself must be wrong. */
const MAX_TEXT = 256 * 1024 ** 2

/** Reads the parts of an archive in order, strictly. @throws {BackupError} `backup-truncated`, `backup-altered` */
export async function* readParts(source: Source): AsyncGenerator<ReadPart> {
  const bytes = new Bytes(source)
  let name = OPENING
  for (;;) {
    const header = await bytes.take(BLOCK, name)
    if (header.every((byte) => byte === 0)) break
    const entry = readTarHeader(header)
    if (!entry) throw altered(name, { vi: 'phần đầu không đúng', en: 'its header is not right' })
    name = entry.name
    yield { ...entry, content: bytes.run(entry.bytes, name) }
    // What the reader left, if anything, then the filling up to a whole block.
    await bytes.finishRun()
    if ((await bytes.take(padding(entry.bytes).length, name)).some((byte) => byte !== 0))
      throw altered(name, { vi: 'có byte lạ ở cuối phần', en: 'there are bytes behind its end' })
  }
  if ((await bytes.take(END.length - BLOCK, name)).some((byte) => byte !== 0) || !(await bytes.atEnd()))
    throw altered(name, { vi: 'có byte lạ ở cuối tệp', en: 'there are bytes behind the end of the file' })
}

/** What stands at the head of a backup. @throws {BackupError} `backup-format` when it is none that can be read */
export async function readOpening(part: ReadPart): Promise<Opening> {
  const opening = part.name === OPENING ? parseOpening(await text(part)) : undefined
  if (!opening)
    throw new BackupError('backup-format', {
      vi: 'Tệp này không phải là bản sao lưu của Nhịp.',
      en: 'This file is not a backup of Nhịp.',
    })
  if (opening.format !== FORMAT)
    throw new BackupError('backup-format', {
      vi: `Bản sao lưu có định dạng ${opening.format} (chương trình ${opening.program}); chương trình này đọc định dạng ${FORMAT}.`,
      en: `The backup has format ${opening.format} (program ${opening.program}); this program reads format ${FORMAT}.`,
    })
  return opening
}

/**
 * Reads a whole archive and compares every part with its hash.
 *
 * @param onPart told each part when it has been read
 * @throws {BackupError} naming the first part that is not what was written
 */
export async function verifyArchive(
  source: Source,
  onPart: (part: TarEntry) => void = () => undefined,
): Promise<Manifest> {
  const read: Manifest['parts'] = []
  let opening: Opening | undefined
  let manifest: Manifest | undefined
  let sealed = false
  try {
    for await (const part of readParts(source)) {
      if (sealed) throw altered(part.name, { vi: 'đứng sau bản kê', en: 'it stands behind the manifest' })
      if (!opening) {
        const bytes = await text(part)
        opening = await readOpening({ ...part, content: once(bytes) })
        read.push({ name: part.name, bytes: part.bytes, sha256: sha256(bytes) })
      } else if (part.name === MANIFEST) {
        const bytes = await text(part)
        manifest = parseManifest(bytes)
        if (!manifest) throw altered(MANIFEST, { vi: 'không đọc được', en: 'it cannot be read' })
        compare(read, manifest.parts)
        read.push({ name: MANIFEST, bytes: part.bytes, sha256: sha256(bytes) })
      } else if (part.name === SEAL) {
        const said = new TextDecoder().decode(await text(part))
        if (said !== `${read.at(-1)?.sha256}\n` || !manifest)
          throw altered(MANIFEST, { vi: 'khác với mã băm của nó', en: 'it is not what its hash says' })
        sealed = true
      } else {
        const hash = createHash('sha256')
        for await (const chunk of part.content) hash.update(chunk)
        read.push({ name: part.name, bytes: part.bytes, sha256: hash.digest('hex') })
      }
      onPart(part)
    }
  } catch (error) {
    // A first block that is no header: whatever it is, nobody wrote it as a backup.
    if (!opening && error instanceof BackupError && error.code === 'backup-altered')
      throw await readOpening({ name: '', bytes: 0, content: once(new Uint8Array()) }).catch(
        (e: unknown) => e,
      )
    throw error
  }
  if (!manifest || !sealed) throw truncated(manifest ? SEAL : MANIFEST)
  return manifest
}

function compare(read: Manifest['parts'], said: Manifest['parts']): void {
  for (const [at, part] of said.entries()) {
    const found = read[at]
    if (found?.name !== part.name)
      throw altered(part.name, { vi: 'phần này không còn ở đó', en: 'it is not in its place' })
    if (found.bytes !== part.bytes || found.sha256 !== part.sha256)
      throw altered(part.name, {
        vi: `SHA-256 là ${found.sha256}, bản kê ghi ${part.sha256}`,
        en: `its SHA-256 is ${found.sha256}, the manifest says ${part.sha256}`,
      })
  }
  const extra = read[said.length]
  if (extra)
    throw altered(extra.name, { vi: 'bản kê không nêu phần này', en: 'the manifest does not name it' })
}

/** A small part as a whole. */
export async function text({ name, bytes, content }: ReadPart): Promise<Uint8Array> {
  if (bytes > MAX_TEXT) throw altered(name, { vi: `dài ${bytes} byte`, en: `it is ${bytes} bytes long` })
  const chunks: Uint8Array[] = []
  for await (const chunk of content) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** A stream of bytes, taken in pieces of a known length. */
class Bytes {
  readonly #source: AsyncIterator<Uint8Array>
  #chunk: Uint8Array = new Uint8Array()
  #run = { left: 0, name: '' }

  constructor(source: Source) {
    this.#source = source[Symbol.asyncIterator]()
  }

  async #more(): Promise<boolean> {
    while (this.#chunk.length === 0) {
      const next = await this.#source.next()
      if (next.done) return false
      this.#chunk = next.value
    }
    return true
  }

  async atEnd(): Promise<boolean> {
    return !(await this.#more())
  }

  /** Exactly so many bytes. @throws {BackupError} `backup-truncated` naming the part being read */
  async take(count: number, name: string): Promise<Uint8Array> {
    const taken: Uint8Array[] = []
    let left = count
    while (left > 0) {
      if (!(await this.#more())) throw truncated(name)
      taken.push(this.#chunk.subarray(0, left))
      const n = Math.min(left, this.#chunk.length)
      this.#chunk = this.#chunk.subarray(n)
      left -= n
    }
    return taken.length === 1 && taken[0] ? taken[0] : Buffer.concat(taken)
  }

  /** So many bytes as they come. */
  run(count: number, name: string): AsyncIterable<Uint8Array> {
    this.#run = { left: count, name }
    return this.#chunks()
  }

  async *#chunks(): AsyncGenerator<Uint8Array> {
    while (this.#run.left > 0) {
      if (!(await this.#more())) throw truncated(this.#run.name)
      const chunk = this.#chunk.subarray(0, this.#run.left)
      this.#chunk = this.#chunk.subarray(chunk.length)
      this.#run.left -= chunk.length
      yield chunk
    }
  }

  async finishRun(): Promise<void> {
    for await (const _chunk of this.#chunks()) {
      // Passed over.
    }
  }
}
