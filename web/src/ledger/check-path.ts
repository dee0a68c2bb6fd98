/** What the browser itself found when it hashed the entry and walked the path to the signed root. */
export type PathVerdict = 'fits' | 'fits-not' | 'cannot'

export interface PathClaim {
  index: number
  size: number
  /** Base64: bytes of the entry, hashes from its side to the root, the root. */
  bytes: string
  path: readonly string[]
  root: string
}

/**
 * Walks from an entry to the root of the tree (RFC 9162 §2.1.3.2), so that the page does not merely repeat what the
 * server says. `cannot` where the browser gives no hashes: pages that came neither over TLS nor from this computer.
 */
export async function checkPath({ index, size, bytes, path, root }: PathClaim): Promise<PathVerdict> {
  if (!globalThis.crypto?.subtle) return 'cannot'
  if (index < 0 || index >= size) return 'fits-not'
  let hash = await sha256(Uint8Array.of(0), decode(bytes))
  let position = index
  let last = size - 1
  for (const step of path) {
    if (last === 0) return 'fits-not'
    const sibling = decode(step)
    if (position % 2 === 1 || position === last) {
      hash = await sha256(Uint8Array.of(1), sibling, hash)
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2)
        last = Math.floor(last / 2)
      }
    } else {
      hash = await sha256(Uint8Array.of(1), hash, sibling)
    }
    position = Math.floor(position / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && encode(hash) === root ? 'fits' : 'fits-not'
}

async function sha256(...parts: Uint8Array[]): Promise<Uint8Array> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', joined))
}

function decode(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
}

function encode(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}
