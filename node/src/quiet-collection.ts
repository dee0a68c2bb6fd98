import { performance } from 'node:perf_hooks'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What Node calls `gc` when it is asked for. */
type Collect = (options: { type: 'major'; execution: 'async'; flavor: 'last-resort' }) => Promise<void>

const LOOK_EVERY_MS = 5_000
/** Share of the time that the thread of a quiet node works at most. */
const QUIET = 0.1
/** Collecting takes a tenth of a second: it has to be worth it. */
const WORTH_BYTES = 64 * 1024 ** 2

/**
 * Gives memory back once the node has had nothing to do for some seconds. V8 collects when something is allocated: left
 * to itself, a node that was busy in the evening keeps what it needed then all night.
 *
 * @param everyMs how long it must have been quiet
 * @returns how to end it
 */
export function collectWhenQuiet(everyMs: number = LOOK_EVERY_MS): () => void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as Collect
  let seen = performance.eventLoopUtilization()
  let left = Number.NEGATIVE_INFINITY
  const look = async () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, seen)
    seen = now
    if (utilization > QUIET || getHeapStatistics().used_heap_size - left < WORTH_BYTES) return
    await collect({ type: 'major', execution: 'async', flavor: 'last-resort' })
    left = getHeapStatistics().used_heap_size
  }
  const timer = setInterval(() => void look(), everyMs)
  timer.unref()
  return () => clearInterval(timer)
}
