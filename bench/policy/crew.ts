import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { type Counts, cutsOf, emptyTally, type TenthTally } from './distribution.ts'
import type { Ask, Source } from './worker.ts'

/** A change of income counts from so much. */
const THRESHOLD = 1_000

export interface Report {
  readonly totals: ReadonlyMap<string, bigint>
  readonly cuts: readonly number[]
  readonly tenths: TenthTally
  readonly ms: number
}

/** Worker threads, each with people of its own. */
export class Crew {
  readonly #threads: readonly Worker[]

  private constructor(threads: readonly Worker[]) {
    this.#threads = threads
  }

  /** Starts a thread for each source and waits until all have their people. */
  static async of(sources: readonly Source[]): Promise<Crew> {
    const file = new URL('./worker.ts', import.meta.url).href
    // A worker knows nothing of the loader for TypeScript until it is told.
    const code = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(file)}) })`
    const threads = sources.map((workerData) => new Worker(code, { eval: true, execArgv: [], workerData }))
    await Promise.all(threads.map(message))
    return new Crew(threads)
  }

  /** Base, reform and distribution of everybody, and the milliseconds it took. */
  async report(): Promise<Report> {
    const start = performance.now()
    const totals = new Map<string, bigint>()
    for (const sums of (await this.#ask({ kind: 'incomes' })) as [string, bigint][][])
      for (const [id, sum] of sums) totals.set(id, (totals.get(id) ?? 0n) + sum)
    const cuts = await cutsOf(async (prefixes) => (await this.#ask({ kind: 'count', prefixes })) as Counts[])
    const tenths = emptyTally()
    for (const part of (await this.#ask({ kind: 'tally', cuts, threshold: THRESHOLD })) as TenthTally[])
      for (const key of Object.keys(tenths) as (keyof TenthTally)[])
        for (let t = 0; t < tenths[key].length; t++) tenths[key][t]! += part[key][t] as number
    return { totals, cuts, tenths, ms: performance.now() - start }
  }

  async end(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()))
  }

  async #ask(ask: Ask): Promise<unknown[]> {
    const answers = this.#threads.map(message)
    for (const thread of this.#threads) thread.postMessage(ask)
    return Promise.all(answers)
  }
}

async function message(worker: Worker): Promise<unknown> {
  const [answer] = await once(worker, 'message')
  return answer
}
