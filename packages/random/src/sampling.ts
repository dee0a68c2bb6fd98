import type { RandomStream } from './stream.ts'

/** Shuffles in place (Fisher-Yates): every order is equally likely. Returns the same array. */
export function shuffle<T extends { readonly length: number; [index: number]: unknown }>(
  stream: RandomStream,
  items: T,
): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = stream.integer(0, i)
    const kept = items[i]
    items[i] = items[j]
    items[j] = kept
  }
  return items
}

/**
 * `count` different integers from 0 to `size` − 1, ascending; every subset is equally likely. Memory grows with
 * `count`, not with `size`. Source: R. Floyd, in Bentley, Comm. ACM 30 (1987) 754.
 * @throws {RangeError} unless 0 ≤ count ≤ size
 */
export function sampleIndices(stream: RandomStream, size: number, count: number): number[] {
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(count) || count < 0 || count > size) {
    throw new RangeError(`invalid sample: ${count} of ${size}`)
  }
  const chosen = new Set<number>()
  for (let j = size - count; j < size; j++) {
    const t = stream.integer(0, j)
    chosen.add(chosen.has(t) ? j : t)
  }
  return [...chosen].sort((a, b) => a - b)
}

/** `count` items drawn without replacement, in the order they have in `items`. */
export function sample<T>(stream: RandomStream, items: readonly T[], count: number): T[] {
  return sampleIndices(stream, items.length, count).map((i) => items[i] as T)
}

/** One item, each equally likely. @throws {RangeError} on an empty list */
export function choose<T>(stream: RandomStream, items: readonly T[]): T {
  if (items.length === 0) throw new RangeError('invalid choice: the list is empty')
  return items[stream.integer(0, items.length - 1)] as T
}
