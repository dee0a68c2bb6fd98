import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type ResourceLimits, Worker } from 'node:worker_threads'

/** The compiled form of a source file where it is known to be no older: those who have just compiled everything say so. */
function compiledJustNow(source: string): URL | null {
  if (process.env.NHIP_COMPILED !== '1') return null
  return new URL(source.replace(/\/src\/(?!.*\/src\/)/, '/dist/').replace(/\.ts$/, '.js'))
}

/** What Node is given to run a source file of the program as a process of its own. */
export function programArguments(source: URL): string[] {
  const compiled = compiledJustNow(source.href)
  if (compiled) return [fileURLToPath(compiled)]
  return ['--import', 'tsx', '--conditions=nhip-source', fileURLToPath(source)]
}

export interface ThreadOptions {
  workerData?: unknown
  resourceLimits?: ResourceLimits
}

/**
 * Starts `name.worker` beside the module whose `import.meta.url` is given: the compiled file, or its TypeScript source
 * where the program runs from sources (development, tests). Hooks of the main thread do not reach workers, so there the
 * loader is registered inside; that takes longer than most threads of tests live, hence `NHIP_COMPILED=1`.
 */
export function startThread(beside: string, name: string, options: ThreadOptions = {}): Worker {
  if (!beside.endsWith('.ts')) return new Worker(new URL(`./${name}.worker.js`, beside), options)
  const file = new URL(`./${name}.worker.ts`, beside).href
  const compiled = compiledJustNow(file)
  // The conditions of the process name sources.
  if (compiled) return new Worker(compiled, { ...options, execArgv: [] })
  const loader = new URL(
    'dist/esm/api/index.mjs',
    pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json')),
  ).href
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
