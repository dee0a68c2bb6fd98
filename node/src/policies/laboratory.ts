import type { Message } from '@nhip/canonical/problem'
import { SimulationRefused } from '@nhip/policy/simulate/runner'
import { startThread } from '../thread.ts'
import type { Order, Tidings } from './orders.ts'

/** Heap of a thread; columns lie outside of it. A law that needs more ends its thread and not the node. */
const HEAP_MB = 1_536

type Ended = Exclude<Tidings, { fraction: number }>

export interface Watching {
  /** Aborted, the thread is ended at once, and with it the threads it started. */
  signal?: AbortSignal
  /** How far it is, 0 to 1, never falling. */
  onProgress?: (fraction: number, stage: Message) => void
}

/**
 * Has an order carried out on a thread of its own.
 * @throws {SimulationRefused} when a law or population cannot be used
 * @throws the signal's reason when aborted
 */
export function carryOut(order: Order, { signal, onProgress }: Watching = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const thread = startThread(import.meta.url, 'lab', {
      workerData: order,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    })
    let furthest = 0
    const end = (settle: () => void): void => {
      signal?.removeEventListener('abort', abort)
      thread.removeAllListeners()
      // What a thread says while it is being ended concerns nobody.
      thread.on('error', () => {})
      void thread.terminate()
      settle()
    }
    const abort = (): void => end(() => reject(signal?.reason))
    signal?.addEventListener('abort', abort, { once: true })
    thread.on('message', (tidings: Tidings) => {
      if ('fraction' in tidings) {
        furthest = Math.max(furthest, tidings.fraction)
        onProgress?.(furthest, tidings.stage)
      } else if ('problems' in tidings && order.kind !== 'check')
        end(() => reject(new SimulationRefused(tidings.problems)))
      else end(() => resolve(tidings))
    })
    thread.on('error', (error) => end(() => reject(error)))
    thread.on('exit', (code) =>
      end(() => reject(new Error(`the laboratory's thread ended with code ${code} and without an answer`))),
    )
  })
}
