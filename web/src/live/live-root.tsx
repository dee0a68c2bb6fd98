import type { Ready } from '@nhip/node/notify/contract'
import { hashKey, type QueryKey, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useMe } from '../identity/me.ts'
import { applyEvents } from './apply-events.ts'
import type { StreamEvent } from './event-stream.ts'
import { live } from './live.ts'

/** What comes within this time is put on the page together. */
const TOGETHER_MS = 100
/** Lists that events say have changed are read anew this often at most. */
const REREAD_MS = 3_000
/** After a restart of the node its readers come back spread over this time. */
const SPREAD_MS = 1_500

/** Connects the pages' data with the live stream. Draws nothing. */
export function LiveRoot() {
  const queries = useQueryClient()
  const me = useMe()
  const who = me.data === undefined ? undefined : (me.data?.username ?? null)

  useEffect(() => {
    let heard: StreamEvent[] = []
    const due = new Map<string, QueryKey>()
    const timers = new Map<string, ReturnType<typeof setTimeout>>()
    const once = (name: string, ms: number, work: () => void) => {
      if (timers.has(name)) return
      timers.set(
        name,
        setTimeout(() => {
          timers.delete(name)
          work()
        }, ms),
      )
    }
    const reread = () => {
      for (const queryKey of due.values()) void queries.invalidateQueries({ queryKey })
      due.clear()
    }
    const apply = () => {
      const events = heard
      heard = []
      for (const key of applyEvents(queries, events)) due.set(hashKey(key), key)
      if (due.size > 0) once('reread', REREAD_MS, reread)
    }
    const stop = live.hear((events) => {
      heard.push(...events)
      once('apply', TOGETHER_MS, apply)
      for (const { name, data } of events) {
        // What was read before the stream was open may have changed in between.
        if (name === 'ready' && !(data as Ready).resumed) {
          const now = Date.now()
          void queries.invalidateQueries({
            predicate: ({ state }) => state.dataUpdatedAt > 0 && state.dataUpdatedAt < now - 1000,
          })
        }
        if (name === 'reset') once('reset', Math.random() * SPREAD_MS, () => void queries.invalidateQueries())
      }
    })
    live.start()
    const leave = ({ persisted }: PageTransitionEvent) => persisted || live.stop()
    window.addEventListener('pagehide', leave)
    return () => {
      stop()
      for (const timer of timers.values()) clearTimeout(timer)
      window.removeEventListener('pagehide', leave)
    }
  }, [queries])

  // Whoever signs in or out may see other things.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `who` is the reason
  useEffect(() => live.restart(), [who])
  return null
}
