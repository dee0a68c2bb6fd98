import { useCallback, useState } from 'react'
import type { Files } from './lab-messages.ts'

const keyOf = (policy: string) => `nhip-lab/${policy}`

/** Files of a bundle that were changed here. They outlive a reload of the page, not the closing of its tab. */
export function useEdits(policy: string | undefined) {
  const [state, setState] = useState<{ of: string | undefined; edited: Files }>({ of: undefined, edited: {} })
  const edited = state.of === policy ? state.edited : recall(policy)
  const change = useCallback(
    (next: Files) => {
      setState({ of: policy, edited: next })
      if (policy === undefined) return
      try {
        if (Object.keys(next).length === 0) window.sessionStorage.removeItem(keyOf(policy))
        else window.sessionStorage.setItem(keyOf(policy), JSON.stringify(next))
      } catch {
        // Storage may be switched off or full; the changes then last as long as the page.
      }
    },
    [policy],
  )
  return [edited, change] as const
}

const recalled = new Map<string, { text: string | null; files: Files }>()

/** The same object for the same kept text, so that nothing is worked out again for an equal answer. */
function recall(policy: string | undefined): Files {
  if (policy === undefined) return nothing
  let text: string | null = null
  try {
    text = window.sessionStorage.getItem(keyOf(policy))
  } catch {
    return nothing
  }
  const known = recalled.get(policy)
  if (known && known.text === text) return known.files
  const files = text === null ? nothing : readFiles(text)
  recalled.set(policy, { text, files })
  return files
}

const nothing: Files = {}

/** What was kept, if it has the shape of files by path. */
export function readFiles(text: string): Files {
  try {
    const data: unknown = JSON.parse(text)
    if (typeof data !== 'object' || data === null || Array.isArray(data)) return nothing
    return Object.fromEntries(Object.entries(data).filter(([, value]) => typeof value === 'string'))
  } catch {
    return nothing
  }
}
