import type { Problem } from '@nhip/canonical/problem'
import { problemItem } from './problem.ts'

// In the text of well-formed JSON, an escape that is not itself escaped.
const unstorable = /(?<!\\)(?:\\\\)*(\\u(?:0000|d[89a-f][0-9a-f]{2}))/i

/**
 * What is wrong with JSON that holds U+0000 or half a surrogate pair, as text or as a name: no database keeps such
 * text, and what is changed on its way in would come back as something else. Null for any other.
 *
 * @param text the JSON as it was sent
 * @param value what it says
 */
export function unstorableText(text: string, value: unknown): Problem | null {
  // Only an escape can bring them in, and most requests have none.
  if (!text.includes('\\u')) return null
  const found = unstorable.exec(JSON.stringify(value) ?? '')
  return found && problemItem('text-unstorable', { escape: found[1]! }, { value: found[1]! })
}
