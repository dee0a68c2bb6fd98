import { refuse } from './problem.ts'

/** The entity tag of a row version (RFC 9110 §8.8.3), always strong. */
export function etag(version: string | number): string {
  return `"${version}"`
}

/**
 * Demands that the writer has seen the stored version: 428 without `If-Match`, 412 with the stored representation when
 * the tag is another. `*` and weak tags are refused: a mutation names what it changes.
 */
export function demandMatch(header: string | undefined, version: string | number, current: unknown): void {
  if (header === undefined) throw refuse(428, 'if-match-required')
  const tags = header.split(',').map((tag) => tag.trim())
  if (!tags.includes(etag(version)))
    throw refuse(412, 'stale-version', { current, headers: { etag: etag(version) } })
}
