import { useCallback } from 'react'
import { useSearchParams } from 'wouter'

/** What a page shows lives in its address, so that a link carries the whole view. An empty value removes the name. */
export type ViewChange = Record<string, string | null | undefined>

/** The address's view and a way to change parts of it. `step: true` makes the change one that "back" undoes. */
export function useUrlView(): [URLSearchParams, (change: ViewChange, options?: { step?: boolean }) => void] {
  const [view, setView] = useSearchParams()
  const change = useCallback(
    (parts: ViewChange, { step = false } = {}) => {
      setView((now) => changed(now, parts), { replace: !step })
    },
    [setView],
  )
  return [view, change]
}

/** A copy of `now` with the parts changed. */
export function changed(now: URLSearchParams, parts: ViewChange): URLSearchParams {
  const next = new URLSearchParams(now)
  for (const [name, value] of Object.entries(parts)) {
    if (value === null || value === undefined || value === '') next.delete(name)
    else next.set(name, value)
  }
  return next
}
