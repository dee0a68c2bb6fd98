import type { Worker } from 'node:worker_threads'
import type { Problem } from '@nhip/canonical/problem'
import { SimulationRefused } from '@nhip/policy/simulate/runner'
import type { RunnerSetup, SimulationPool, Task, TaskResult } from '@nhip/policy/simulate/task'
import { startThread } from './thread.ts'

/** Worker threads that share one population. Close it when the simulation has ended. */
export class WorkerPool implements SimulationPool {
  readonly size: number
  readonly #workers: Promise<Worker>[]
  readonly #free: Worker[] = []
  readonly #waiting: ((worker: Worker) => void)[] = []

  constructor(setup: RunnerSetup, jobs: number) {
    this.size = jobs
    this.#workers = Array.from({ length: jobs }, () => start(setup))
    for (const worker of this.#workers) void worker.then((w) => this.#release(w)).catch(() => {})
  }

  async run(task: Task): Promise<TaskResult> {
    // A worker that could not start is said once, by whoever asks first.
    await this.#workers[0]
    const worker = this.#free.pop() ?? (await new Promise<Worker>((resolve) => this.#waiting.push(resolve)))
    try {
      return await ask(worker, task)
    } finally {
      this.#release(worker)
    }
  }

  async close(): Promise<void> {
    const ended = await Promise.allSettled(this.#workers)
    await Promise.all(ended.flatMap((one) => (one.status === 'fulfilled' ? [one.value.terminate()] : [])))
  }

  #release(worker: Worker): void {
    const next = this.#waiting.shift()
    if (next) next(worker)
    else this.#free.push(worker)
  }
}

function start(workerData: RunnerSetup): Promise<Worker> {
  const worker = startThread('simulate', workerData)
  return new Promise((resolve, reject) => {
    const ended = (code: number): void =>
      reject(new Error(`a simulation worker ended with code ${code} before it was ready`))
    worker.once('error', reject)
    worker.once('exit', ended)
    worker.once('message', () => {
      worker.off('error', reject)
      worker.off('exit', ended)
      resolve(worker)
    })
  })
}

function ask(worker: Worker, task: Task): Promise<TaskResult> {
  return new Promise((resolve, reject) => {
    const done = (answer: { result?: TaskResult; problems?: readonly Problem[] }): void => {
      end()
      if (answer.result) resolve(answer.result)
      else reject(new SimulationRefused(answer.problems ?? []))
    }
    const failed = (error: Error): void => {
      end()
      reject(error)
    }
    const gone = (code: number): void => failed(new Error(`a simulation worker ended with code ${code}`))
    const end = (): void => {
      worker.off('message', done)
      worker.off('error', failed)
      worker.off('exit', gone)
    }
    worker.on('message', done)
    worker.on('error', failed)
    worker.on('exit', gone)
    worker.postMessage(task)
  })
}
