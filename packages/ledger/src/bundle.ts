/** Entries of a bundle: for each a big-endian uint16 length, then its bytes (C2SP tlog-tiles). */
export function formatBundle(entries: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(entries.reduce((sum, entry) => sum + 2 + entry.length, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const entry of entries) {
    view.setUint16(at, entry.length)
    bytes.set(entry, at + 2)
    at += 2 + entry.length
  }
  return bytes
}

/** Where an entry stands in its bundle: from byte `start` to before byte `end`. */
export interface EntrySpan {
  start: number
  end: number
}

/** The places of the entries of a bundle; undefined when the bytes do not divide into entries. */
export function bundleSpans(bytes: Uint8Array): EntrySpan[] | undefined {
  const spans: EntrySpan[] = []
  let at = 0
  while (at < bytes.length) {
    if (at + 2 > bytes.length) return undefined
    const start = at + 2
    at = start + (bytes[start - 2] as number) * 256 + (bytes[start - 1] as number)
    if (at > bytes.length) return undefined
    spans.push({ start, end: at })
  }
  return spans
}

/** Reads a bundle; undefined when the bytes do not divide into entries. */
export function parseBundle(bytes: Uint8Array): Uint8Array[] | undefined {
  return bundleSpans(bytes)?.map(({ start, end }) => bytes.slice(start, end))
}
