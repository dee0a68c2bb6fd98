import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { DrawAnswer, DrawPool, DrawTask } from '@nhip/measure/rank/draw-task'

/** Worker threads that run draws; each takes one task at a time and keeps its code loaded between them. */
export interface DrawWorkers extends DrawPool {
  close(): Promise<void>
}

/** Starts `workers` threads and waits until each has loaded its code. */
export async function openDrawPool(workers: number): Promise<DrawWorkers> {
  const all = await Promise.all(Array.from({ length: workers }, start))
  const idle = [...all]
  const waiting: ((worker: Worker) => void)[] = []
  const release = (worker: Worker): void => {
    const next = waiting.shift()
    if (next) next(worker)
    else idle.push(worker)
  }
  return {
    workers,
    async run(task) {
      const worker = idle.pop() ?? (await new Promise<Worker>((resolve) => waiting.push(resolve)))
      try {
        return await ask(worker, task)
      } finally {
        release(worker)
      }
    },
    async close() {
      await Promise.all(all.map((worker) => worker.terminate()))
    },
  }
}

/** From its TypeScript source, in tests: hooks of the main thread do not reach workers, so the loader is registered inside. */
function fromSource(): Worker {
  const loader = new URL(
    'dist/esm/api/index.mjs',
    pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json')),
  ).href
  const file = new URL('./draws.worker.ts', import.meta.url).href
  const code = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(file)}) }).catch((e) => { setImmediate(() => { throw e }) })`
  return new Worker(code, { eval: true, execArgv: ['--conditions', 'nhip-source'] })
}

function start(): Promise<Worker> {
  const worker = import.meta.url.endsWith('.ts')
    ? fromSource()
    : new Worker(new URL('./draws.worker.js', import.meta.url))
  return new Promise((resolve, reject) => {
    const ended = (code: number): void =>
      reject(new Error(`a worker of the draws ended with code ${code} before it was ready`))
    worker.once('error', reject)
    worker.once('exit', ended)
    worker.once('message', () => {
      worker.off('error', reject)
      worker.off('exit', ended)
      resolve(worker)
    })
  })
}

function ask(worker: Worker, task: DrawTask): Promise<DrawAnswer> {
  return new Promise((resolve, reject) => {
    const done = (answer: DrawAnswer): void => {
      worker.off('error', reject)
      resolve(answer)
    }
    worker.once('error', reject)
    worker.once('message', done)
    worker.postMessage(task)
  })
}
