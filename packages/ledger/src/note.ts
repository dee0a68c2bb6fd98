import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from 'node:crypto'

/** C2SP signed-note: a text and lines of signatures under it. Signature types this file knows. */
export const ED25519 = 0x01
export const COSIGNATURE_ED25519 = 0x04

/** More signatures than this in one note are refused, so that a note cannot be made to cost much. */
const MAX_SIGNATURES = 64
const MAX_NOTE_BYTES = 1024 * 1024

export interface NoteSignature {
  name: string
  /** First four bytes of SHA-256 over name, newline, type and key, as a big-endian number. */
  keyId: number
  /** What follows the key id: for Ed25519 the 64 signature bytes, for a cosignature a time before them. */
  bytes: Uint8Array
}

export interface Note {
  /** The signed text, its last newline included. */
  text: string
  signatures: NoteSignature[]
}

/** A public key in the form notes use: `name+keyid+base64(type ‖ key)`. */
export interface VerifierKey {
  name: string
  keyId: number
  type: number
  publicKey: Uint8Array
}

export interface SignerKey extends VerifierKey {
  privateKey: KeyObject
}

export class NoteError extends Error {
  override name = 'NoteError'
}

/**
 * Reads a signed note (C2SP signed-note): text, blank line, one or more signature lines.
 * @throws {NoteError} on anything that is not exactly that form
 */
export function parseNote(source: string): Note {
  if (Buffer.byteLength(source) > MAX_NOTE_BYTES)
    throw new NoteError(`note larger than ${MAX_NOTE_BYTES} bytes`)
  const end = source.lastIndexOf('\n\n')
  if (end < 0) throw new NoteError('note without a blank line before its signatures')
  const text = source.slice(0, end + 1)
  const rest = source.slice(end + 2)
  if (!rest.endsWith('\n')) throw new NoteError('note does not end with a newline')
  checkText(text)
  const lines = rest.slice(0, -1).split('\n')
  if (lines.length > MAX_SIGNATURES) throw new NoteError(`note with more than ${MAX_SIGNATURES} signatures`)
  return { text, signatures: lines.map(parseSignatureLine) }
}

/** Reads one line `— name base64(keyId ‖ signature)`. */
export function parseSignatureLine(line: string): NoteSignature {
  const match = /^— (\S+) (\S+)$/u.exec(line)
  if (!match?.[1] || !match[2] || match[1].includes('+'))
    throw new NoteError(`not a signature line: "${line.slice(0, 120)}"`)
  const blob = fromBase64(match[2])
  if (blob.length < 5) throw new NoteError(`signature too short: "${line.slice(0, 120)}"`)
  return {
    name: match[1],
    keyId: new DataView(blob.buffer, blob.byteOffset).getUint32(0),
    bytes: blob.slice(4),
  }
}

export function formatSignature({ name, keyId, bytes }: NoteSignature): string {
  const blob = Buffer.alloc(4 + bytes.length)
  blob.writeUInt32BE(keyId)
  blob.set(bytes, 4)
  return `— ${name} ${blob.toString('base64')}\n`
}

export function formatNote({ text, signatures }: Note): string {
  checkText(text)
  return `${text}\n${signatures.map(formatSignature).join('')}`
}

/** Signs a text with an Ed25519 key of type 0x01. */
export function signNote(text: string, key: SignerKey): NoteSignature {
  checkText(text)
  const bytes = new Uint8Array(signBytes(null, Buffer.from(text), key.privateKey))
  return { name: key.name, keyId: key.keyId, bytes }
}

/**
 * The signatures of a note that one of the given keys made. Unknown names, ids and types are left out, as the
 * specification wants; a signature that names a known key and fails makes the whole note bad.
 * @throws {NoteError} on a failing signature of a known key
 */
export function verifiedSignatures(note: Note, keys: readonly VerifierKey[]): VerifierKey[] {
  const found: VerifierKey[] = []
  for (const signature of note.signatures) {
    const key = keys.find(
      (k) => k.type === ED25519 && k.name === signature.name && k.keyId === signature.keyId,
    )
    if (!key || found.includes(key)) continue
    if (!verifyEd25519(key, Buffer.from(note.text), signature.bytes)) {
      throw new NoteError(`the signature of ${key.name} does not fit the note`)
    }
    found.push(key)
  }
  return found
}

/** Whether `signature` is this key's over `message`. */
export function verifyEd25519(key: VerifierKey, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false
  return verifyBytes(null, message, publicKeyObject(key.publicKey), signature)
}

/** Encodes a public key as `name+keyid+base64`. */
export function formatVerifierKey(key: VerifierKey): string {
  const id = key.keyId.toString(16).padStart(8, '0')
  return `${key.name}+${id}+${Buffer.from([key.type, ...key.publicKey]).toString('base64')}`
}

/**
 * Reads `name+keyid+base64`.
 * @throws {NoteError} when the parts are wrong or the key id does not belong to the key
 */
export function parseVerifierKey(text: string): VerifierKey {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text.trim())
  if (!match?.[1] || !match[2] || !match[3])
    throw new NoteError(`not a verifier key: "${text.slice(0, 120)}"`)
  const blob = fromBase64(match[3])
  const key = verifierKey(match[1], blob[0] ?? 0, blob.slice(1))
  if (key.publicKey.length !== 32)
    throw new NoteError(`a key of ${key.publicKey.length} bytes: "${text.slice(0, 120)}"`)
  if (key.keyId !== Number.parseInt(match[2], 16))
    throw new NoteError(`key id ${match[2]} does not belong to the key of ${match[1]}`)
  return key
}

export function verifierKey(name: string, type: number, publicKey: Uint8Array): VerifierKey {
  checkName(name)
  const id = createHash('sha256').update(`${name}\n`).update(Uint8Array.of(type)).update(publicKey).digest()
  return { name, type, publicKey, keyId: id.readUInt32BE(0) }
}

/** A key that signs, from the 32-byte Ed25519 seed (RFC 8032). */
export function signerKey(name: string, type: number, seed: Uint8Array): SignerKey {
  if (seed.length !== 32) throw new NoteError(`a seed of ${seed.length} bytes, want 32`)
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  return { ...verifierKey(name, type, new Uint8Array(spki.subarray(-32))), privateKey }
}

/** Encodes a signing key as `PRIVATE+KEY+name+keyid+base64(type ‖ seed)`, the form of Go's note package. */
export function formatSignerKey(name: string, type: number, seed: Uint8Array): string {
  const { keyId } = signerKey(name, type, seed)
  const id = keyId.toString(16).padStart(8, '0')
  return `PRIVATE+KEY+${name}+${id}+${Buffer.from([type, ...seed]).toString('base64')}`
}

/** Reads the form of {@link formatSignerKey}. @throws {NoteError} without ever repeating the secret part */
export function parseSignerKey(text: string): SignerKey {
  const match = /^PRIVATE\+KEY\+([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text.trim())
  if (!match?.[1] || !match[2] || !match[3]) throw new NoteError('not a signing key')
  const blob = Buffer.from(match[3], 'base64')
  const key = signerKey(match[1], blob[0] ?? 0, new Uint8Array(blob.subarray(1)))
  if (key.keyId !== Number.parseInt(match[2], 16)) {
    throw new NoteError(`key id ${match[2]} does not belong to the signing key of ${match[1]}`)
  }
  return key
}

// DER around a raw Ed25519 key (RFC 8410 §4 and §7): Node takes keys in no shorter form on every supported version.
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI = Buffer.from('302a300506032b6570032100', 'hex')

/** Parsing a key costs OpenSSL more than using it. */
const keyObjects = new WeakMap<Uint8Array, KeyObject>()

function publicKeyObject(raw: Uint8Array): KeyObject {
  const known = keyObjects.get(raw)
  if (known) return known
  const made = parsePublicKey(raw)
  keyObjects.set(raw, made)
  return made
}

function parsePublicKey(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' })
}

/** Strict standard base64: what does not encode back to the same text is refused. */
export function fromBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) throw new NoteError(`not base64: "${text.slice(0, 120)}"`)
  return new Uint8Array(bytes)
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

function checkName(name: string): void {
  if (name === '' || /[\s+]/u.test(name))
    throw new NoteError(`invalid key name: "${name}" is empty or holds a space or a plus sign`)
}

function checkText(text: string): void {
  if (!text.endsWith('\n')) throw new NoteError('the signed text does not end with a newline')
  for (const char of text) {
    const code = char.codePointAt(0) as number
    if ((code < 0x20 && code !== 0x0a) || (code >= 0xd800 && code <= 0xdfff)) {
      throw new NoteError(`the signed text holds U+${code.toString(16).padStart(4, '0').toUpperCase()}`)
    }
  }
}
