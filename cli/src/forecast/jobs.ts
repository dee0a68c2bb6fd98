import type { Worker } from 'node:worker_threads'
import { countPeers } from '@nhip/forecast/forecast'
import { type ForecastOptions, type Prepared, prepareSeries } from '@nhip/forecast/prepare'
import type { Series } from '@nhip/forecast/series'
import { ready, startThread } from '@nhip/node/thread'
import type { Task } from './fit.worker.ts'

/** Series a message; small enough that a stuck one is found soon. */
const BATCH = 100
/** A batch that takes longer is halved until the series that stops it is alone. */
const PATIENCE = 60_000

/** Progress, at most once a second. */
export type Progress = (done: number, of: number) => void

/**
 * Prepares all series, in this thread for one job, else in that many workers. The answer has the order of `series` and is the same for
 * any number of jobs.
 */
export async function prepareAll(
  series: readonly Series[],
  options: ForecastOptions,
  jobs: number,
  progress: Progress = () => {},
): Promise<Prepared[]> {
  const peers = countPeers(series)
  const peersOf = (s: Series): number => peers.get(s.pool) ?? 0
  if (jobs <= 1 || series.length < 2 * BATCH) {
    let said = Date.now()
    return series.map((s, i) => {
      if (Date.now() - said > 1000) {
        said = Date.now()
        progress(i, series.length)
      }
      return prepareSeries(s, options, peersOf(s))
    })
  }
  const out: Prepared[] = []
  const queue: [from: number, to: number][] = []
  for (let i = 0; i < series.length; i += BATCH) queue.push([i, Math.min(series.length, i + BATCH)])
  queue.reverse()
  let done = 0
  let said = Date.now()
  const work = async (): Promise<void> => {
    let worker = await start()
    try {
      for (let range = queue.pop(); range; range = queue.pop()) {
        const [from, to] = range
        const batch = series.slice(from, to)
        const task: Task = { series: batch, peers: batch.map(peersOf), options }
        const answer = await ask(worker, task)
        if (answer) {
          for (let i = from; i < to; i++) out[i] = answer[i - from]!
          done += to - from
        } else {
          await worker.terminate()
          worker = await start()
          if (to - from === 1) {
            out[from] = failed(series[from]!, options)
            done++
          } else {
            const middle = (from + to) >> 1
            queue.push([middle, to], [from, middle])
          }
        }
        if (Date.now() - said > 1000) {
          said = Date.now()
          progress(done, series.length)
        }
      }
    } finally {
      await worker.terminate()
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))
  return out
}

const resourceLimits = { maxOldGenerationSizeMb: 256 }

/** A worker that has loaded its code. One that cannot even start is a fault of ours, not of a series: it throws. */
function start(): Promise<Worker> {
  const worker = startThread(import.meta.url, 'fit', { resourceLimits })
  worker.setMaxListeners(0)
  return ready(worker)
}

/** The worker's answer; null if it died or took too long. */
function ask(worker: Worker, task: Task): Promise<Prepared[] | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => end(null), PATIENCE)
    const end = (answer: Prepared[] | null): void => {
      clearTimeout(timer)
      worker.off('message', end)
      worker.off('error', dead)
      worker.off('exit', dead)
      resolve(answer)
    }
    const dead = (): void => end(null)
    worker.on('message', end)
    worker.on('error', dead)
    worker.on('exit', dead)
    worker.postMessage(task)
  })
}

/** The poison series: its values are kept, no model is asked again. */
function failed(s: Series, options: ForecastOptions): Prepared {
  const plain = prepareSeries({ ...s, y: new Float64Array(0) }, options, 0)
  return { ...plain, hygiene: [{ code: 'failed' }] }
}
