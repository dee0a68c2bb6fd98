import { rm } from 'node:fs/promises'
import type { Worker } from 'node:worker_threads'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import { RecordsError } from './contract.ts'
import { refused } from './database-error.ts'
import type { Answer, Driver, Frozen, Link } from './driver.ts'
import { compiledEngine, takeEngineThread } from './engine-thread.ts'
import { hasCluster, newCluster } from './new-cluster.ts'
import type { PgliteOpening, PgliteReply, PgliteRequest, PgliteRows } from './pglite-protocol.ts'
import { decoderOf, encodeParameter } from './values.ts'

const CHECKPOINT_AFTER = 256 * 1024 ** 2

/**
 * Room that must be left for a write to begin: four files of the write-ahead log. When the engine cannot make the
 * next one in the middle of a transaction it ends without an answer, so that point is never reached.
 */
const RESERVE = 64 * 1024 ** 2
const LOOK_EVERY_MS = 500

/** An engine that has not answered for so long will not: longer than any maintenance of a full store takes. */
const NO_ANSWER_MS = 10 * 60_000

type Handler = (reply: PgliteReply) => void
type Unnumbered<T> = T extends { id: number } ? Omit<T, 'id'> : never

function answerOf({ columns, rows, affected }: PgliteRows): Answer {
  const decoders = columns.map((column) => decoderOf(column.type))
  return {
    rows: rows.map((row) => {
      const object: Record<string, unknown> = {}
      for (let i = 0; i < columns.length; i++) {
        const text = row[i] as string | null
        object[(columns[i] as { name: string }).name] = text === null ? null : decoders[i]?.(text)
      }
      return object
    }),
    affected: affected === undefined ? undefined : BigInt(affected),
  }
}

class PgliteDriver implements Driver {
  readonly name = 'pglite'
  readonly #worker: Worker
  readonly #handlers = new Map<number, Handler>()
  readonly #turns: (() => void)[] = []
  #busy = false
  #next = 1
  #broken: RecordsError | undefined
  #checkpointDue = false
  #closed = false
  readonly #folder: string
  readonly #reserve: number
  #looked = Number.NEGATIVE_INFINITY
  #free = 0

  constructor(worker: Worker, folder: string, reserve: number) {
    this.#worker = worker
    this.#folder = folder
    this.#reserve = reserve
    worker.on('message', (reply: PgliteReply) => this.#hear(reply))
    worker.on('error', (error) => this.#fail(`the records worker failed: ${error.message}`, error))
    worker.on('exit', (code) => {
      if (!this.#closed) this.#fail(`the records worker ended with code ${code}`)
    })
  }

  #fail(message: string, cause?: unknown): void {
    this.#broken ??= new RecordsError('broken', message, { cause })
    for (const [id, handler] of this.#handlers) handler({ id, kind: 'broken', message })
    this.#handlers.clear()
    for (const turn of this.#turns.splice(0)) turn()
  }

  #hear(reply: PgliteReply): void {
    if (reply.kind === 'ready') return
    if (reply.kind === 'broken') this.#broken ??= new RecordsError('broken', reply.message)
    if (reply.id !== undefined) this.#handlers.get(reply.id)?.(reply)
  }

  /** Sends a request; `hear` gets each reply and says when it has heard the last one by returning true. */
  #ask(request: Unnumbered<PgliteRequest>, hear: (reply: PgliteReply) => boolean): void {
    const id = this.#next++
    const patience = setTimeout(() => this.#fail('the records worker does not answer'), NO_ANSWER_MS)
    this.#handlers.set(id, (reply) => {
      if (!hear(reply)) return
      clearTimeout(patience)
      this.#handlers.delete(id)
    })
    if (this.#broken) {
      this.#handlers.get(id)?.({ id, kind: 'broken', message: this.#broken.message })
      return
    }
    this.#worker.postMessage({ ...request, id } as PgliteRequest)
  }

  #errorOf(reply: PgliteReply): RecordsError {
    if (reply.kind === 'refused') return refused(reply.refusal)
    return (
      this.#broken ?? new RecordsError('broken', `unexpected reply "${reply.kind}" of the records worker`)
    )
  }

  #call(request: Unnumbered<PgliteRequest>): Promise<Extract<PgliteReply, { kind: 'rows' | 'done' }>> {
    return new Promise((resolve, reject) => {
      this.#ask(request, (reply) => {
        if (reply.kind === 'rows' || reply.kind === 'done') resolve(reply)
        else reject(this.#errorOf(reply))
        return true
      })
    })
  }

  #commit(): Promise<{ durable: Promise<void> }> {
    return new Promise((resolve, reject) => {
      let settle: { resolve: () => void; reject: (error: unknown) => void } | undefined
      this.#ask({ kind: 'commit' }, (reply) => {
        if (reply.kind === 'committed') {
          if (reply.walBytes >= CHECKPOINT_AFTER) this.#checkpointDue = true
          const durable = new Promise<void>((done, fail) => {
            settle = { resolve: done, reject: fail }
          })
          resolve({ durable })
          return false
        }
        if (reply.kind === 'durable') settle?.resolve()
        else if (settle) settle.reject(this.#errorOf(reply))
        else reject(this.#errorOf(reply))
        return true
      })
    })
  }

  async acquire(): Promise<Link> {
    if (this.#closed) throw new RecordsError('ended', 'the records are closed')
    if (this.#busy) await new Promise<void>((turn) => this.#turns.push(turn))
    this.#busy = true
    if (this.#broken) {
      this.#release()
      throw this.#broken
    }
    let given = true
    return {
      query: async (sql, parameters) => {
        const reply = await this.#call({ kind: 'query', sql, parameters: parameters.map(encodeParameter) })
        return answerOf((reply as Extract<PgliteReply, { kind: 'rows' }>).answer)
      },
      commit: () => this.#commit(),
      release: () => {
        if (given) this.#release()
        given = false
      },
    }
  }

  #release(): void {
    if (this.#checkpointDue && !this.#broken) {
      this.#checkpointDue = false
      // The worker works in order, so the next transaction simply comes after it.
      this.#call({ kind: 'checkpoint' }).catch(() => undefined)
    }
    const turn = this.#turns.shift()
    if (turn) turn()
    else this.#busy = false
  }

  async demandRoom(): Promise<void> {
    const now = performance.now()
    if (now - this.#looked > LOOK_EVERY_MS) {
      this.#looked = now
      this.#free = (await nodeFileSystem.space(this.#folder)).free
    }
    if (this.#free >= this.#reserve) return
    const left = Math.floor(this.#free / 1024 ** 2)
    throw new RecordsError('disk-full', `the disk of the records has ${left} MB left`, { sqlState: '53100' })
  }

  usable(): boolean {
    return this.#broken === undefined && !this.#closed
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const link = await this.acquire()
    try {
      return await work()
    } finally {
      link.release()
    }
  }

  async checkpoint(): Promise<void> {
    await this.#alone(() => this.#call({ kind: 'checkpoint' }))
  }

  async snapshot(): Promise<Uint8Array> {
    const reply = await this.#alone(() => this.#call({ kind: 'snapshot' }))
    return (reply.kind === 'done' && reply.bytes) || new Uint8Array()
  }

  /** Writers wait for the copy of the files alone: it is read in an engine of its own. */
  async freeze(scratch: string): Promise<Frozen> {
    let copy: Driver | undefined
    let link: Link | undefined
    const end = async () => {
      link?.release()
      await copy?.close()
      await rm(scratch, { recursive: true, force: true })
    }
    try {
      await this.#alone(() => this.#call({ kind: 'copy', to: scratch }))
    } catch (error) {
      await end()
      throw error
    }
    return {
      end,
      async open() {
        copy = await start(scratch, 0)
        link = await copy.acquire()
        await link.query('BEGIN READ ONLY', [])
        return link
      },
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    if (!this.#broken) await this.#alone(() => this.#call({ kind: 'close' }))
    this.#closed = true
    await this.#worker.terminate()
  }
}

/**
 * Opens or makes the embedded cluster in `folder`, in a worker thread of its own. The caller holds the lock of the
 * data folder: PGlite has none, and two processes in one cluster destroy it. Writes are refused while the disk has
 * less than `reserveBytes` free, default 64 MB.
 * @throws {RecordsError} `broken` when the cluster does not open
 */
export async function openPglite(
  folder: string,
  reserveBytes: number = RESERVE,
  template?: string,
): Promise<Driver> {
  // In a thread of its own that ends: making a cluster takes memory that a thread never gives back.
  if (!hasCluster(folder))
    await newCluster(folder, async (at) => (await start(at, reserveBytes)).close(), template)
  return start(folder, reserveBytes)
}

function start(folder: string, reserveBytes: number): Promise<Driver> {
  const worker = takeEngineThread()
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => {
      reject(
        new RecordsError('broken', `the records in "${folder}" do not open: ${String(cause)}`, { cause }),
      )
    }
    const ended = (code: number) => fail(`the worker ended with code ${code}`)
    worker.on('error', fail)
    worker.on('exit', ended)
    worker.once('message', () => {
      worker.off('error', fail)
      worker.off('exit', ended)
      resolve(new PgliteDriver(worker, folder, reserveBytes))
    })
    compiledEngine().then((engine) => worker.postMessage({ folder, engine } satisfies PgliteOpening), fail)
  })
}
