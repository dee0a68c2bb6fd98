import { blankEnd, wordEnd } from './scan.ts'

/**
 * A set of names that may hold spaces and the signs `. / - ' + *`, arranged so that the longest one standing at a
 * place of the text is found. White space around signs does not matter; between two words there must be some.
 */
export class NameTrie {
  readonly #root: TrieNode = { next: new Map(), name: null }

  constructor(names: Iterable<string> = []) {
    for (const name of names) this.add(name)
  }

  add(name: string): void {
    let node = this.#root
    for (const atom of atomsOf(name)) {
      let next = node.next.get(atom)
      if (next === undefined) {
        next = { next: new Map(), name: null }
        node.next.set(atom, next)
      }
      node = next
    }
    if (node !== this.#root) node.name = name
  }

  /** The longest name that begins at `at`, with the offset behind it; null when none does. */
  longest(text: string, at: number): { name: string; end: number } | null {
    let node: TrieNode | undefined = this.#root
    let found: { name: string; end: number } | null = null
    let position = at
    while (node !== undefined && node.next.size > 0) {
      const start = position === at ? at : blankEnd(text, position)
      const end = atomEnd(text, start)
      if (end === start) break
      node = node.next.get(text.slice(start, end))
      position = end
      if (node?.name != null) found = { name: node.name, end }
    }
    return found
  }
}

interface TrieNode {
  readonly next: Map<string, TrieNode>
  name: string | null
}

/** The end of the word or single sign at `at`; `at` itself when neither stands there. */
export function atomEnd(text: string, at: number): number {
  const end = wordEnd(text, at)
  return end > at ? end : at < text.length && "./-'+*?".includes(text[at] as string) ? at + 1 : at
}

function atomsOf(name: string): string[] {
  const atoms: string[] = []
  let at = blankEnd(name, 0)
  while (at < name.length) {
    // A declared name may hold what FEEL's grammar does not allow; such a sign is an atom that no text matches.
    const end = Math.max(atomEnd(name, at), at + 1)
    atoms.push(name.slice(at, end))
    at = blankEnd(name, end)
  }
  return atoms
}
