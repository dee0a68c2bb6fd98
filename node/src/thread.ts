import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type ResourceLimits, Worker } from 'node:worker_threads'

/** Whether files beside `beside` are run as compiled: it is, or those who started the program have just compiled all. */
const runsCompiled = (beside: string): boolean => !beside.endsWith('.ts') || process.env.NHIP_COMPILED === '1'

const compiled = (beside: string, name: string): URL =>
  new URL(`./${name}.js`, beside.replace(/\/src\/(?!.*\/src\/)/, '/dist/'))

export interface ThreadOptions {
  workerData?: unknown
  resourceLimits?: ResourceLimits
}

/** What Node is given to run the module `name` beside the one whose `import.meta.url` is given as a process of its own. */
export function programArguments(beside: string, name: string): string[] {
  if (runsCompiled(beside)) return [fileURLToPath(compiled(beside, name))]
  return ['--import', 'tsx', '--conditions=nhip-source', fileURLToPath(new URL(`./${name}.ts`, beside))]
}

/**
 * Starts `name.worker` beside the module whose `import.meta.url` is given: the compiled file, or its TypeScript source
 * where the program runs from sources (development, tests). Hooks of the main thread do not reach workers, so there the
 * loader is registered inside; that takes longer than most threads of tests live, so those who have just compiled
 * everything say so with `NHIP_COMPILED=1`.
 */
export function startThread(beside: string, name: string, options: ThreadOptions = {}): Worker {
  // A process that runs from sources hands its condition on to threads that do not say otherwise.
  if (runsCompiled(beside))
    return new Worker(
      compiled(beside, `${name}.worker`),
      beside.endsWith('.ts') ? { ...options, execArgv: [] } : options,
    )
  const loader = new URL(
    'dist/esm/api/index.mjs',
    pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json')),
  ).href
  const file = new URL(`./${name}.worker.ts`, beside).href
  const code = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(file)}) }).catch((e) => { setImmediate(() => { throw e }) })`
  // With tsx among the thread's own arguments too, both registrations wait for each other for ever.
  return new Worker(code, { ...options, eval: true, execArgv: ['--conditions', 'nhip-source'] })
}

/** The thread once it has said its first word: it has loaded its code. @throws when it fails or ends before */
export async function ready(worker: Worker): Promise<Worker> {
  await answer(worker)
  return worker
}

/** Gives a thread that is doing nothing else one piece of work. @throws when it fails or ends instead of answering */
export function ask<T>(worker: Worker, task: unknown): Promise<T> {
  const answered = answer<T>(worker)
  worker.postMessage(task)
  return answered
}

/** The next thing a thread says. */
function answer<T>(worker: Worker): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      worker.off('message', heard)
      worker.off('error', failed)
      worker.off('exit', gone)
    }
    const heard = (said: T): void => {
      end()
      resolve(said)
    }
    const failed = (error: unknown): void => {
      end()
      reject(error)
    }
    const gone = (code: number): void =>
      failed(new Error(`a worker thread ended with code ${code} before it answered`))
    worker.on('message', heard)
    worker.on('error', failed)
    worker.on('exit', gone)
  })
}

interface Turn {
  resolve: (worker: Worker) => void
  reject: (error: unknown) => void
}

/** Threads that are alike; each works on one task at a time. When one fails, so do all tasks that have not ended. */
export class ThreadPool {
  readonly #workers: Promise<Worker>[]
  readonly #free: Worker[] = []
  readonly #waiting: Turn[] = []
  #failure: { error: unknown } | null = null

  constructor(size: number, start: () => Worker) {
    this.#workers = Array.from({ length: size }, () => ready(start()))
    for (const worker of this.#workers)
      worker.then(
        (w) => this.#release(w),
        (error: unknown) => this.#fail(error),
      )
  }

  async run<T>(task: unknown): Promise<T> {
    if (this.#failure) throw this.#failure.error
    const worker =
      this.#free.pop() ??
      (await new Promise<Worker>((resolve, reject) => this.#waiting.push({ resolve, reject })))
    try {
      const answered = await ask<T>(worker, task)
      this.#release(worker)
      return answered
    } catch (error) {
      this.#fail(error)
      throw error
    }
  }

  async close(): Promise<void> {
    const started = await Promise.allSettled(this.#workers)
    await Promise.all(started.flatMap((one) => (one.status === 'fulfilled' ? [one.value.terminate()] : [])))
  }

  #release(worker: Worker): void {
    const next = this.#waiting.shift()
    if (next) next.resolve(worker)
    else this.#free.push(worker)
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }
}
