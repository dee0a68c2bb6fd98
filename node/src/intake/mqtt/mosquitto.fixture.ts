import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import mqtt from 'mqtt'
import { freePort } from '../../records/temporary-records.ts'

/** The program, or null where it is not installed. */
export function mosquittoProgram(): string | null {
  const found = spawnSync('sh', ['-c', 'PATH=$PATH:/usr/sbin:/usr/local/sbin; command -v mosquitto'], {
    encoding: 'utf8',
  })
  return found.status === 0 ? found.stdout.trim() : null
}

/** A mosquitto on a free port of this computer, everybody let in. */
export class Mosquitto {
  readonly url: string
  readonly #folder: string
  #child: ChildProcess

  private constructor(url: string, folder: string, child: ChildProcess) {
    this.url = url
    this.#folder = folder
    this.#child = child
  }

  /** @param lines further lines of its configuration */
  static async start(program: string, lines: readonly string[] = []): Promise<Mosquitto> {
    const folder = mkdtempSync(join(tmpdir(), 'nhip-mosquitto-'))
    const port = await freePort()
    const settings = [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      'max_queued_messages 0',
      'user root',
      ...lines,
    ]
    writeFileSync(join(folder, 'mosquitto.conf'), `${settings.join('\n')}\n`)
    const child = spawn(program, ['-c', join(folder, 'mosquitto.conf')], { stdio: 'ignore' })
    const broker = new Mosquitto(`mqtt://127.0.0.1:${port}`, folder, child)
    for (let attempt = 0; ; attempt += 1) {
      const client = await mqtt.connectAsync(broker.url, { reconnectPeriod: 0 }).catch((error: unknown) => {
        if (attempt > 100) throw error
      })
      if (client) {
        await client.endAsync()
        return broker
      }
      await wait(50)
    }
  }

  get pid(): number {
    return this.#child.pid!
  }

  async stop(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()))
    this.#child.kill('SIGTERM')
    await ended
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
