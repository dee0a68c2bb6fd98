import type { DrawAnswer, DrawPool } from '@nhip/measure/rank/draw-task'
import { startThread, ThreadPool } from '@nhip/node/thread'

/** Worker threads that run draws and keep their code loaded between them. */
export interface DrawWorkers extends DrawPool {
  close(): Promise<void>
}

export function openDrawPool(workers: number): DrawWorkers {
  const threads = new ThreadPool(workers, () => startThread(import.meta.url, 'draws'))
  return {
    workers,
    run: (task) => threads.run<DrawAnswer>(task),
    close: () => threads.close(),
  }
}
