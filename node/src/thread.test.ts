import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { ask, ready, ThreadPool } from './thread.ts'

const thread = (code: string) =>
  new Worker(`const { parentPort } = require('node:worker_threads'); ${code}`, { eval: true })
const doubling = () =>
  thread("parentPort.on('message', (n) => parentPort.postMessage(2 * n)); parentPort.postMessage('ready')")

it('a thread that ends instead of answering is an error, not a wait for ever', async () => {
  const worker = await ready(
    thread("parentPort.on('message', () => process.exit(3)); parentPort.postMessage('ready')"),
  )
  await expect(ask(worker, 1)).rejects.toThrow('ended with code 3')
  await expect(ready(thread('process.exit(4)'))).rejects.toThrow('ended with code 4')
  await expect(ready(thread("throw new Error('broken')"))).rejects.toThrow('broken')
})

it('more tasks than threads wait their turn', async () => {
  const pool = new ThreadPool(2, doubling)
  expect(await Promise.all([1, 2, 3, 4, 5].map((n) => pool.run(n)))).toEqual([2, 4, 6, 8, 10])
  await pool.close()
})

it('a pool whose threads do not start says so to whoever asks', async () => {
  const pool = new ThreadPool(1, () => thread('process.exit(5)'))
  await expect(pool.run(1)).rejects.toThrow('ended with code 5')
  await pool.close()
})
