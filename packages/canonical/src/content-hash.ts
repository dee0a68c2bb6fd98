import { createHash } from 'node:crypto'
import { canonicalJson } from './canonical-json.ts'

/**
 * SHA-256 over the canonical JSON (RFC 8785) of a value, as 64 lower-case hexadecimal digits.
 * Equal JSON values have equal hashes whatever the order of their keys.
 *
 * @throws {NotCanonical} when the value has no canonical form.
 */
export function contentHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value), 'utf8').digest('hex')
}
