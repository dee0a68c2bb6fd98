import { useEffect, useSyncExternalStore } from 'react'
import { LiveClient, type LiveState } from './live-client.ts'

/** The stream of this tab. */
export const live = new LiveClient(
  {
    fetch: (...request) => fetch(...request),
    random: Math.random,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        const go = () => {
          clearTimeout(timer)
          window.removeEventListener('online', go)
          signal.removeEventListener('abort', go)
          resolve()
        }
        const timer = setTimeout(go, ms)
        window.addEventListener('online', go)
        signal.addEventListener('abort', go)
      }),
  },
  navigator.locks && typeof BroadcastChannel === 'function'
    ? { locks: navigator.locks, channel: new BroadcastChannel('nhip.stream') }
    : null,
)

/** Whether figures come as they happen, and since when that has been so. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (changed) => live.watch(changed),
    () => live.state,
  )
}

/** Has values of a property told as long as the caller is on the page. */
export function useLive(dataset: string | null | undefined, property: string | undefined): void {
  useEffect(() => {
    if (!dataset || !property) return
    return live.want({ dataset, property })
  }, [dataset, property])
}
