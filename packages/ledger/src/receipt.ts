import { formatHead, type Head, openHead } from './checkpoint.ts'
import { type Cosigned, verifiedCosignatures } from './cosignature.ts'
import { type Hash, leafHash, verifyInclusion } from './merkle.ts'
import { fromBase64, NoteError, toBase64, type VerifierKey } from './note.ts'

/** A proof that can be carried about: the entry, its place, the path to a head, the head (C2SP tlog-proof). */
export interface Receipt {
  index: number
  path: Hash[]
  /** Bytes of the entry. The format does not authenticate them: a verifier must hash them, as {@link verifyReceipt} does. */
  entry?: Uint8Array
  /** The signed head as text. */
  head: string
}

const FIRST_LINE = 'c2sp.org/tlog-proof@v1'

export function formatReceipt({ index, path, entry, head }: Omit<Receipt, 'head'> & { head: Head }): string {
  const lines = [FIRST_LINE]
  if (entry) lines.push(`extra ${toBase64(entry)}`)
  lines.push(`index ${index}`, ...path.map(toBase64))
  return `${lines.join('\n')}\n\n${formatHead(head)}`
}

/** @throws {NoteError} on anything that is not exactly the form */
export function parseReceipt(source: string): Receipt {
  const end = source.indexOf('\n\n')
  if (end < 0) throw new NoteError('not a proof: no blank line')
  const lines = source.slice(0, end).split('\n')
  if (lines.shift() !== FIRST_LINE) throw new NoteError(`not a proof: the first line is not "${FIRST_LINE}"`)
  const extra = lines[0]?.startsWith('extra ') ? fromBase64((lines.shift() as string).slice(6)) : undefined
  const place = /^index (0|[1-9][0-9]*)$/.exec(lines.shift() ?? '')
  if (!place?.[1] || !Number.isSafeInteger(Number(place[1])))
    throw new NoteError('not a proof: no index line')
  const path = lines.map(fromBase64)
  if (path.length > 63 || path.some((hash) => hash.length !== 32))
    throw new NoteError('not a proof: a line that is no hash')
  return { index: Number(place[1]), path, ...(extra ? { entry: extra } : {}), head: source.slice(end + 2) }
}

export interface VerifiedReceipt {
  origin: string
  index: number
  size: number
  entry: Uint8Array
  cosigned: Cosigned[]
}

/**
 * Checks a receipt against the keys of the log and, when given, of witnesses. `entry` replaces the one in the receipt.
 * @throws {NoteError} with the reason: no entry, no signature, or a path that does not lead to the head
 */
export function verifyReceipt(
  source: string,
  trust: { log: readonly VerifierKey[]; witnesses?: readonly VerifierKey[] },
  entry?: Uint8Array,
): VerifiedReceipt {
  const receipt = parseReceipt(source)
  const claimed = entry ?? receipt.entry
  if (!claimed) throw new NoteError('the receipt holds no entry and none was given')
  const head = openHead(receipt.head, trust.log)
  if (!verifyInclusion(receipt.index, head.size, leafHash(claimed), receipt.path, head.root)) {
    throw new NoteError(`the entry is not at index ${receipt.index} under the head of size ${head.size}`)
  }
  const cosigned = verifiedCosignatures(head.note, trust.witnesses ?? [])
  return { origin: head.origin, index: receipt.index, size: head.size, entry: claimed, cosigned }
}
