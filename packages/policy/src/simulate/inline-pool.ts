import { Runner } from './runner.ts'
import type { RunnerSetup, SimulationPool } from './task.ts'

/** Carries out all tasks on the calling thread; between two of them others get their turn, so that a cancel is heard. */
export function inlinePool(setup: RunnerSetup): SimulationPool {
  const runner = new Runner(setup)
  return {
    size: 1,
    async run(task) {
      await new Promise((resolve) => setTimeout(resolve, 0))
      return runner.run(task)
    },
  }
}
