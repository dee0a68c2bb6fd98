import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { nodeFlags } from '../../scripts/node-flags.mjs'

// Run as `npm start` runs it.
const NHIP = fileURLToPath(new URL('../../cli/bin/nhip.mjs', import.meta.url))
export const TOKEN = 'benchmark-token-of-no-worth'

/** The one line that a node prints when it is ready. */
interface Ready {
  url: string
  mqtt: string | null
}

/** A real node in a process of its own, on a free port and an empty folder. */
export class BenchNode {
  readonly url: string
  readonly mqtt: string | null
  readonly startedMs: number
  readonly #child: ChildProcess
  readonly #ended: Promise<void>

  private constructor(child: ChildProcess, ended: Promise<void>, ready: Ready, startedMs: number) {
    this.#child = child
    this.#ended = ended
    this.url = ready.url
    this.mqtt = ready.mqtt
    this.startedMs = startedMs
  }

  /** @param flags further flags of `nhip serve` */
  static async start(data: string, flags: readonly string[] = []): Promise<BenchNode> {
    const began = performance.now()
    const child = spawn(
      process.execPath,
      [...nodeFlags, NHIP, 'serve', '--data', data, '--port', '0', '--profile', 'empty', ...flags],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, NHIP_BOOTSTRAP_TOKEN: TOKEN, NHIP_LOG: 'warn', NHIP_READY: '1' },
      },
    )
    const errors: string[] = []
    createInterface({ input: child.stderr! }).on('line', (line) => errors.push(line))
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    const ready = await new Promise<Ready>((resolve, reject) => {
      createInterface({ input: child.stdout! }).on('line', (line) => {
        if (line.startsWith('{')) resolve(JSON.parse(line) as Ready)
      })
      child.once('exit', (code) =>
        reject(new Error(`the node ended with ${code}\n${errors.slice(-10).join('\n')}`)),
      )
    })
    return new BenchNode(child, ended, ready, performance.now() - began)
  }

  get pid(): number {
    return this.#child.pid!
  }

  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${TOKEN}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.#child.kill(signal)
    await this.#ended
  }
}

export const bearer = `Bearer ${TOKEN}`
