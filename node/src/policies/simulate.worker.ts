import { parentPort, workerData } from 'node:worker_threads'
import { Runner, SimulationRefused } from '@nhip/policy/simulate/runner'
import type { RunnerSetup, Task } from '@nhip/policy/simulate/task'

const runner = new Runner(workerData as RunnerSetup)

parentPort?.on('message', (task: Task) => {
  try {
    parentPort?.postMessage({ result: runner.run(task) })
  } catch (error) {
    if (!(error instanceof SimulationRefused)) throw error
    parentPort?.postMessage({ problems: error.problems })
  }
})

parentPort?.postMessage('ready')
