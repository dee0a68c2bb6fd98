import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { parseHead } from './checkpoint.ts'
import { ClaimScan, type StampedSize } from './claims.ts'
import { blockingReader } from './folder.ts'
import { TILE_WIDTH } from './tile-path.ts'
import { type Finding, type Verification, type VerifyOptions, verifyLedger } from './verify.ts'
import type { VerifyAnswer, VerifyTask, VerifyWorkerData } from './verify.worker.ts'

export interface VerifyFolderOptions extends Omit<VerifyOptions, 'onBundle' | 'bundles'> {
  /** Verified stamps: times that entries claim must lie between them. */
  stamps?: readonly StampedSize[]
  /** Threads that read and hash; default by size up to 8, more than there are cores, because reading waits for the disk. 0: none. */
  workers?: number
}

/** Bundles a task: 16,384 entries. */
const TASK = 64

/**
 * Verifies a whole log in a folder: hashes, tiles, root, earlier heads, and what entries claim of themselves. It blocks
 * its thread while it reads: for a program that does nothing else meanwhile.
 */
export async function verifyFolder(folder: string, options: VerifyFolderOptions = {}): Promise<Verification> {
  const { stamps = [], workers: asked, ...rest } = options
  const reader = blockingReader(folder)
  const claims = new ClaimScan(stamps, options.limit)
  const whole = Math.floor(sizeOf(reader.read('checkpoint')) / TILE_WIDTH)
  const workers = asked ?? Math.min(8, availableParallelism() + Math.ceil(whole / 8000))
  const pool =
    workers > 0 && whole >= 2 * TASK ? new Pool({ folder, stamps }, workers, whole, claims) : undefined
  try {
    const verdict = await verifyLedger(reader, {
      ...rest,
      onBundle: claims.onBundle,
      ...(pool ? { bundles: pool } : {}),
    })
    const findings: Finding[] = [...verdict.findings, ...claims.findings]
    return { ...verdict, findings, ok: findings.every(({ severity }) => severity !== 'error') }
  } finally {
    await pool?.close()
  }
}

function sizeOf(note: Uint8Array | undefined): number {
  try {
    return note ? parseHead(new TextDecoder().decode(note)).size : 0
  } catch {
    // The verifier says what is wrong with it.
    return 0
  }
}

/** Hands tasks out in order, a few ahead of the one that is asked for. */
class Pool {
  readonly count: number
  readonly #claims: ClaimScan
  readonly #workers: Worker[]
  readonly #answers: Promise<VerifyAnswer>[] = []
  readonly #busy = new Map<Worker, Promise<unknown>>()
  #next = 0
  #current: VerifyAnswer | undefined

  constructor(data: VerifyWorkerData, workers: number, count: number, claims: ClaimScan) {
    this.count = count
    this.#claims = claims
    this.#workers = Array.from({ length: workers }, () => startWorker(data))
    for (const worker of this.#workers) worker.setMaxListeners(0)
  }

  /** Root of a whole bundle; undefined where it wants a closer look. Asked for one after another. */
  async root(bundle: number): Promise<Uint8Array | undefined> {
    if (bundle % TASK === 0) {
      while (this.#answers.length < 2 * this.#workers.length && this.#next * TASK < this.count) this.#ask()
      this.#current = await this.#answers.shift()
      if (this.#current) this.#claims.join(this.#current.claims)
    }
    const place = bundle % TASK
    return this.#current?.sound[place] === 1
      ? this.#current.roots.subarray(place * 32, place * 32 + 32)
      : undefined
  }

  #ask(): void {
    const first = this.#next * TASK
    const worker = this.#workers[this.#next % this.#workers.length] as Worker
    this.#next++
    const task: VerifyTask = { first, count: Math.min(TASK, this.count - first) }
    // One task a worker at a time: the message that comes is then the answer to it.
    const before = this.#busy.get(worker) ?? Promise.resolve()
    const answer = before.then(() => answerOf(worker, task))
    this.#busy.set(worker, answer)
    // A failure is met when its turn comes, or never, when the check ends before.
    answer.catch(() => undefined)
    this.#answers.push(answer)
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
  }
}

function answerOf(worker: Worker, task: VerifyTask): Promise<VerifyAnswer> {
  return new Promise((resolve, reject) => {
    const end = () => {
      worker.off('message', heard)
      worker.off('error', failed)
      worker.off('exit', ended)
    }
    const heard = (answer: VerifyAnswer) => {
      end()
      resolve(answer)
    }
    const failed = (error: unknown) => {
      end()
      reject(error)
    }
    const ended = (code: number) => failed(new Error(`a verifying thread ended with code ${code}`))
    worker.on('message', heard)
    worker.on('error', failed)
    worker.on('exit', ended)
    worker.postMessage(task)
  })
}

function startWorker(data: VerifyWorkerData): Worker {
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('./verify.worker.js', import.meta.url), { workerData: data })
  // From source, hooks of the main thread do not reach a worker: the loader is registered inside.
  const loader = new URL(
    'dist/esm/api/index.mjs',
    pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json')),
  ).href
  const file = new URL('./verify.worker.ts', import.meta.url).href
  const code = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(file)}) }).catch((e) => { setImmediate(() => { throw e }) })`
  return new Worker(code, { eval: true, execArgv: ['--conditions', 'nhip-source'], workerData: data })
}
