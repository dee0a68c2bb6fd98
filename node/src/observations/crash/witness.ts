import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { programArguments } from '../../thread.ts'
import { openObservations } from '../open.ts'
import { batch, ROWS } from './writer.ts'

/** Keeps, outside the process that is killed, which batches that process said were stored. */
export class Witness {
  readonly #folder: string
  readonly #acknowledged = new Set<number>()
  readonly errors: string[] = []
  #child: ChildProcess | null = null
  #exited: Promise<void> = Promise.resolve()
  #checkedSeq = 0
  readonly #stored = new Map<number, number>()
  slowestOpenMs = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  get acknowledged(): number {
    return this.#acknowledged.size
  }

  /** Starts a writer at the first batch that was not acknowledged; resolves when it has the store open. */
  async start(options: string[] = [], shell?: string): Promise<void> {
    let first = 0
    while (this.#acknowledged.has(first)) first++
    const writer = programArguments(new URL('./writer.ts', import.meta.url))
    const node = [process.execPath, ...writer, this.#folder, String(first), ...options]
    const [command, ...args] = shell ? ['sh', '-c', `${shell}; exec "$0" "$@"`, ...node] : node
    const child = spawn(command!, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    this.#exited = new Promise((resolve) => child.once('exit', () => resolve()))
    createInterface({ input: child.stderr! }).on('line', (line) => {
      if (this.errors.length < 500) this.errors.push(line)
    })
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: child.stdout! }).on('line', (line) => {
        if (line === 'open') resolve()
        else this.#acknowledged.add(Number(line.slice(4)))
      })
      child.once('exit', (code) =>
        reject(new Error(`writer ended with ${code}: ${this.errors.slice(-5).join('\n')}`)),
      )
    })
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name)
  }

  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL')
    await this.#exited
    // Lines that were in the pipe when the process died still count: they were written after the commit.
    await new Promise((resolve) => setTimeout(resolve, 30))
  }

  /** Waits until so many batches are acknowledged. */
  async until(count: number, withinMs: number): Promise<void> {
    const end = Date.now() + withinMs
    while (this.#acknowledged.size < count) {
      if (Date.now() > end)
        throw new Error(
          `${this.#acknowledged.size} of ${count} batches after ${withinMs} ms: ${this.errors.slice(-5).join('\n')}`,
        )
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  /** Opens the store as the next start would and counts: nothing acknowledged is missing, nothing is there twice. */
  async check(deep = false): Promise<void> {
    const began = performance.now()
    const store = await openObservations({ folder: this.#folder, threads: 1, memory: '256MB', hotDays: 0 })
    this.slowestOpenMs = Math.max(this.slowestOpenMs, performance.now() - began)
    try {
      let recorded = 0
      for (;;) {
        const page = await store.bySource('crash', { limit: 20_000, afterSeq: this.#checkedSeq })
        for (const row of page) {
          assert.equal(row.seq, this.#checkedSeq + 1, 'seq has a gap')
          assert.ok(row.recordedAt >= recorded, 'time of receipt went back')
          recorded = row.recordedAt
          this.#checkedSeq = row.seq
          this.#stored.set(row.value!, (this.#stored.get(row.value!) ?? 0) + 1)
        }
        if (page.length < 20_000) break
      }
      for (const [n, rows] of this.#stored)
        assert.equal(rows, ROWS, `batch ${n} is stored ${rows / ROWS} times`)
      for (const n of this.#acknowledged)
        assert.ok(this.#stored.has(n), `batch ${n} was acknowledged and is lost`)
      if (deep) {
        const some = [...this.#acknowledged].at(-1) ?? 0
        const row = batch(some)[0]!
        const { points } = await store.series({
          ...row,
          from: row.from,
          to: row.from + 1,
          resolution: 'raw',
          aggregation: 'mean',
        })
        assert.deepEqual(
          points.map((p) => [p.value, p.versions]),
          [[some, 1]],
        )
        assert.deepEqual(await store.rebuild(), { equal: true, differences: [] })
        assert.deepEqual((await store.verify()).problems, [])
      }
    } finally {
      await store.close()
    }
  }
}
