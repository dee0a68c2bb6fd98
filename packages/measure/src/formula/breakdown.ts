/** Breakdown of a total: the value of all parts together. */
export const TOTAL = '*'

/**
 * Reads a breakdown as data write it: `kenh=truc_tuyen`, several dimensions by `;`. `*` and the empty text are the
 * stored total, without dimensions.
 */
export function parseBreakdown(text: string): ReadonlyMap<string, string> {
  const parts = new Map<string, string>()
  if (text === TOTAL || text === '') return parts
  for (const pair of text.split(';')) {
    const at = pair.indexOf('=')
    if (at < 0) parts.set('', pair.trim())
    else parts.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim())
  }
  return parts
}

/** One text for one breakdown: dimensions in the order of their code points, `*` for the total. */
export function breakdownText(parts: ReadonlyMap<string, string>): string {
  if (parts.size === 0) return TOTAL
  return [...parts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([dimension, value]) => `${dimension}=${value}`)
    .join(';')
}
