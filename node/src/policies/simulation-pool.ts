import type { Problem } from '@nhip/canonical/problem'
import { SimulationRefused } from '@nhip/policy/simulate/runner'
import type { RunnerSetup, SimulationPool, Task, TaskResult } from '@nhip/policy/simulate/task'
import { startThread, ThreadPool } from '../thread.ts'

/** Worker threads that share one population. Close it when the simulation has ended. */
export class WorkerPool implements SimulationPool {
  readonly size: number
  readonly #threads: ThreadPool

  constructor(setup: RunnerSetup, jobs: number) {
    this.size = jobs
    this.#threads = new ThreadPool(jobs, () =>
      startThread(import.meta.url, 'simulate', { workerData: setup }),
    )
  }

  async run(task: Task): Promise<TaskResult> {
    const { result, problems = [] } = await this.#threads.run<{
      result?: TaskResult
      problems?: readonly Problem[]
    }>(task)
    if (!result) throw new SimulationRefused(problems)
    return result
  }

  close(): Promise<void> {
    return this.#threads.close()
  }
}
