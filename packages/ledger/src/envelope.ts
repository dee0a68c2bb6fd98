import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { canonicalBytes } from '@nhip/canonical/canonical-json'

/** Commitment to a payload that stays outside: HMAC-SHA-256 keyed with a random 32-byte salt over its canonical JSON. */
export interface Commitment {
  alg: 'hmac-sha256'
  /** Lower-case hexadecimal. */
  value: string
}

export interface HashRef {
  alg: 'sha-256' | 'sha-512'
  value: string
  salted?: true
}

/** What one entry says; stored as canonical JSON (RFC 8785). It holds statements about a record, never the record. */
export interface Envelope {
  v: 1
  /** UUIDv7 */
  id: string
  /** 16 random bytes in hexadecimal: a short entry cannot be guessed from its public leaf hash. */
  nonce: string
  /** Order number of the audit row it came from: appended exactly once across crashes. */
  outbox: number
  /** The node's claim, with offset. Order is the index; time is proved by stamps. */
  time: string
  node: string
  /** Actor; people are pseudonyms of this node. */
  who: string
  onBehalfOf?: string
  purpose: string
  legalBasis?: string
  action: string
  object: { type: string; id: string; version?: string; commitment?: Commitment }
  request?: HashRef
  reply?: HashRef
  /** `ok`, a problem's code, or an HTTP status as text. */
  result?: string
  policy?: { id: string; version: string; outcome: 'permit' | 'deny' }
  agreement?: { id: string; version: number }
  meter?: { calls?: number; rows?: number; bytes?: number }
  links?: { rel: string; log: string; index: number }[]
}

const SALT_BYTES = 32

/** A salt for one payload. Its length is fixed: HMAC pads short keys, so two lengths could give one commitment. */
export function newSalt(): Uint8Array {
  return new Uint8Array(randomBytes(SALT_BYTES))
}

export function newNonce(): string {
  return randomBytes(16).toString('hex')
}

/**
 * Commits to a payload. Whoever holds payload and salt can show what was meant; whoever destroys the salt leaves an
 * entry that stays provable and says nothing.
 * @throws {RangeError} when the salt has not 32 bytes
 * @throws {NotCanonical} when the payload is not JSON that has one canonical text
 */
export function commit(payload: unknown, salt: Uint8Array): Commitment {
  if (salt.length !== SALT_BYTES)
    throw new RangeError(`invalid salt: ${salt.length} bytes, want ${SALT_BYTES}`)
  return {
    alg: 'hmac-sha256',
    value: createHmac('sha256', salt).update(canonicalBytes(payload)).digest('hex'),
  }
}

/** Whether the commitment is to this payload under this salt. */
export function opens(commitment: Commitment, payload: unknown, salt: Uint8Array): boolean {
  const expected = Buffer.from(commit(payload, salt).value, 'hex')
  const actual = Buffer.from(commitment.value, 'hex')
  return actual.length === expected.length && timingSafeEqual(actual, expected)
}

/** The bytes of an entry. @throws {NotCanonical} */
export function envelopeBytes(envelope: Envelope): Uint8Array {
  return canonicalBytes(envelope)
}

/** Reads an entry back; undefined when it is not an envelope of version 1 in canonical form. */
export function parseEnvelope(entry: Uint8Array): Envelope | undefined {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(entry)) as Partial<Envelope>
    if (value?.v !== 1 || typeof value.outbox !== 'number' || typeof value.action !== 'string')
      return undefined
    // Another text of the same value would be another entry: only the canonical one counts.
    return Buffer.compare(canonicalBytes(value), entry) === 0 ? (value as Envelope) : undefined
  } catch {
    return undefined
  }
}
