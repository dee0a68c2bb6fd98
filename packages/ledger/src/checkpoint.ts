import type { Hash } from './merkle.ts'
import {
  ED25519,
  formatNote,
  fromBase64,
  type Note,
  NoteError,
  parseNote,
  type SignerKey,
  signNote,
  toBase64,
  type VerifierKey,
  verifiedSignatures,
} from './note.ts'

/** A statement about a log: its first `size` entries have this root (C2SP tlog-checkpoint). */
export interface Checkpoint {
  origin: string
  size: number
  root: Hash
}

/** A checkpoint with the note it came in. */
export interface Head extends Checkpoint {
  note: Note
}

/** The text that is signed: origin, decimal size, base64 root. We write no extension lines: Merkle proofs do not cover them. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  if (origin === '' || /\s/u.test(origin)) throw new NoteError(`invalid origin: "${origin}"`)
  return `${origin}\n${size}\n${toBase64(root)}\n`
}

/** Reads the text of a checkpoint. Extension lines are read over. */
export function parseCheckpointText(text: string): Checkpoint {
  const [origin, size, root] = text.split('\n')
  if (!origin || size === undefined || root === undefined)
    throw new NoteError('not a checkpoint: fewer than three lines')
  if (!/^(0|[1-9][0-9]*)$/.test(size) || !Number.isSafeInteger(Number(size)))
    throw new NoteError(`not a tree size: "${size.slice(0, 40)}"`)
  const hash = fromBase64(root)
  if (hash.length !== 32) throw new NoteError(`not a root hash: ${hash.length} bytes`)
  return { origin, size: Number(size), root: hash }
}

export function parseHead(source: string): Head {
  const note = parseNote(source)
  return { ...parseCheckpointText(note.text), note }
}

/** Signs a checkpoint with the log's key, whose name is the origin. */
export function signCheckpoint(checkpoint: Checkpoint, key: SignerKey): Head {
  if (key.name !== checkpoint.origin || key.type !== ED25519) {
    throw new NoteError(`the key "${key.name}" does not sign for the origin "${checkpoint.origin}"`)
  }
  const text = checkpointText(checkpoint)
  return { ...checkpoint, note: { text, signatures: [signNote(text, key)] } }
}

export function formatHead(head: Head): string {
  return formatNote(head.note)
}

/**
 * Reads a head and demands a signature of the log by one of the keys.
 * @throws {NoteError} when none of the keys named after the origin signed it
 */
export function openHead(source: string, keys: readonly VerifierKey[]): Head {
  const head = parseHead(source)
  if (!verifiedSignatures(head.note, keys).some((key) => key.name === head.origin)) {
    throw new NoteError(`no signature of ${head.origin} by a known key`)
  }
  return head
}
