import { createHash } from 'node:crypto'
import { MANIFEST, type Manifest, SEAL } from './manifest.ts'
import { END, padding, tarHeader } from './tar.ts'

/** One file of an archive. Its length is said before its content, as tar wants it. */
export interface Part {
  name: string
  bytes: number
  content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
  /** Lets go of what the content needs, when it was not read to its end. */
  close?(): Promise<void>
}

/**
 * The bytes of an archive: the parts as they come, then the manifest with the hash of each, then the hash of the manifest.
 * Nothing is kept in memory but names and hashes.
 *
 * @param manifest asked once, when all parts have gone out
 * @param sealed told the SHA-256 of the manifest: the one number that stands for the whole archive
 * @throws {Error} when a part is longer or shorter than it said: a file changed while it was being copied
 */
export async function* writeArchive(
  parts: AsyncIterable<Part>,
  manifest: (parts: Manifest['parts']) => Manifest,
  sealed: (sha256: string) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  const written: Manifest['parts'] = []
  for await (const part of parts) {
    yield tarHeader(part)
    const hash = createHash('sha256')
    let bytes = 0
    for await (const chunk of part.content) {
      hash.update(chunk)
      bytes += chunk.length
      yield chunk
    }
    if (bytes !== part.bytes)
      throw new Error(`part "${part.name}" of the backup has ${bytes} bytes, ${part.bytes} were announced`)
    yield padding(bytes)
    written.push({ name: part.name, bytes, sha256: hash.digest('hex') })
  }
  const text = new TextEncoder().encode(`${JSON.stringify(manifest(written), null, 1)}\n`)
  yield* whole(MANIFEST, text)
  const seal = createHash('sha256').update(text).digest('hex')
  yield* whole(SEAL, new TextEncoder().encode(`${seal}\n`))
  yield END
  sealed(seal)
}

function* whole(name: string, content: Uint8Array): Generator<Uint8Array> {
  yield tarHeader({ name, bytes: content.length })
  yield content
  yield padding(content.length)
}
