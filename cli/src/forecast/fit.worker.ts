import { parentPort } from 'node:worker_threads'
import { type ForecastOptions, type Prepared, prepareSeries } from '@nhip/forecast/prepare'
import type { Series } from '@nhip/forecast/series'

/** A batch of series to prepare. */
export interface Task {
  readonly series: readonly Series[]
  readonly peers: readonly number[]
  readonly options: ForecastOptions
}

parentPort?.on('message', (task: Task) => {
  const prepared: Prepared[] = task.series.map((s, i) => prepareSeries(s, task.options, task.peers[i]))
  parentPort?.postMessage(prepared)
})

parentPort?.postMessage('ready')
