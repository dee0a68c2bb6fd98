import { parentPort } from 'node:worker_threads'
import { type DrawTask, runDrawTask } from '@nhip/measure/rank/draw-task'

parentPort?.on('message', (task: DrawTask) => {
  const answer = runDrawTask(task)
  parentPort?.postMessage(answer, [answer.ranks.buffer])
})

parentPort?.postMessage('ready')
