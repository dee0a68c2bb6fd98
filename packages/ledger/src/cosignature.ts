import { sign as signBytes } from 'node:crypto'
import {
  COSIGNATURE_ED25519,
  type Note,
  NoteError,
  type NoteSignature,
  type SignerKey,
  type VerifierKey,
  verifyEd25519,
} from './note.ts'

/** That a witness saw a head, and when by its clock (C2SP tlog-cosignature, Ed25519, `cosignature/v1`). */
export interface Cosigned {
  key: VerifierKey
  /** Seconds since 1970. */
  time: number
}

/** Cosigns the text of a note at `time`, in seconds. */
export function cosign(text: string, time: number, key: SignerKey): NoteSignature {
  if (key.type !== COSIGNATURE_ED25519) throw new NoteError(`the key "${key.name}" is no cosignature key`)
  if (!Number.isSafeInteger(time) || time < 0)
    throw new RangeError(`invalid time: ${time} is not a count of seconds`)
  const bytes = Buffer.alloc(72)
  bytes.writeBigUInt64BE(BigInt(time))
  bytes.set(signBytes(null, message(text, time), key.privateKey), 8)
  return { name: key.name, keyId: key.keyId, bytes: new Uint8Array(bytes) }
}

/**
 * The cosignatures of a note by known keys; others are left out.
 * @throws {NoteError} on a failing cosignature of a known key
 */
export function verifiedCosignatures(note: Note, keys: readonly VerifierKey[]): Cosigned[] {
  const found: Cosigned[] = []
  for (const signature of note.signatures) {
    const key = keys.find(
      (k) => k.type === COSIGNATURE_ED25519 && k.name === signature.name && k.keyId === signature.keyId,
    )
    if (!key || found.some((item) => item.key === key)) continue
    const time =
      signature.bytes.length === 72 ? Number(Buffer.from(signature.bytes).readBigUInt64BE(0)) : Number.NaN
    if (
      !Number.isSafeInteger(time) ||
      !verifyEd25519(key, message(note.text, time), signature.bytes.slice(8))
    ) {
      throw new NoteError(`the cosignature of ${key.name} does not fit the note`)
    }
    found.push({ key, time })
  }
  return found
}

function message(text: string, time: number): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${time}\n${text}`)
}
