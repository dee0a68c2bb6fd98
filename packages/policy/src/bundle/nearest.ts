import type { Message } from '@nhip/canonical/problem'

/** Of the known words the one a mistyped word most likely means, with at most a third of its letters different. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let found: string | undefined
  let least = Math.max(2, Math.ceil(word.length / 3)) + 1
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= least) continue
    const d = distance(word.toLowerCase(), candidate.toLowerCase())
    if (d < least) {
      least = d
      found = candidate
    }
  }
  return found
}

/** "Did you mean …?", or the list of what there is when it is short. */
export function suggestion(word: string, known: Iterable<string>): Message | undefined {
  const all = [...known]
  const near = nearest(word, all)
  if (near !== undefined) return { vi: `có phải "${near}"?`, en: `did you mean "${near}"?` }
  if (all.length === 0 || all.length > 12) return undefined
  const list = all.join(', ')
  return { vi: `có thể dùng: ${list}`, en: `there are: ${list}` }
}

/** Levenshtein's, two rows. */
function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (above[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(change, (above[j] as number) + 1, (row[j - 1] as number) + 1))
    }
    above = row
  }
  return above[b.length] as number
}
