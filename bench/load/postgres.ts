import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { freePort } from './free-port.ts'

/** A plain Postgres in a folder of its own, with the settings it comes with; for comparison in the same run. */
export class BenchPostgres {
  readonly pool: pg.Pool
  readonly version: string
  readonly #child: ChildProcess

  private constructor(pool: pg.Pool, version: string, child: ChildProcess) {
    this.pool = pool
    this.version = version
    this.#child = child
  }

  /** Starts it, or says why it cannot. Postgres refuses to run as root, so as root it runs as `nobody`. */
  static async start(folder: string): Promise<BenchPostgres | { skipped: string }> {
    const which = spawnSync('sh', ['-c', 'command -v postgres'], { encoding: 'utf8' })
    if (which.status !== 0) return { skipped: 'no postgres on the path' }
    const bin = dirname(execFileSync('readlink', ['-f', which.stdout.trim()], { encoding: 'utf8' }).trim())
    const data = join(folder, 'postgres')
    mkdirSync(data, { recursive: true })
    const user = process.getuid?.() === 0 ? ids('nobody') : undefined
    if (user) {
      chmodSync(folder, 0o755)
      chownSync(data, user.uid, user.gid)
    }
    const as = user ? { uid: user.uid, gid: user.gid } : {}
    const env = { ...process.env, HOME: data, LC_ALL: 'C' }
    execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'bench', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
      stdio: 'ignore',
      env,
      ...as,
    })
    const port = await freePort()
    const child = spawn(
      join(bin, 'postgres'),
      ['-D', data, '-p', String(port), '-k', data, '-c', 'listen_addresses=127.0.0.1'],
      { stdio: 'ignore', env, ...as },
    )
    const pool = new pg.Pool({ host: '127.0.0.1', port, user: 'bench', database: 'postgres', max: 16 })
    // The server says goodbye to each connection when it is stopped; that is no fault of the run.
    pool.on('error', () => undefined)
    for (let attempt = 0; ; attempt++) {
      try {
        const { rows } = await pool.query<{ server_version: string }>('SHOW server_version')
        return new BenchPostgres(pool, rows[0]!.server_version, child)
      } catch (error) {
        if (attempt > 100) throw error
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
  }

  async stop(): Promise<void> {
    await this.pool.end()
    const ended = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()))
    this.#child.kill('SIGINT')
    await ended
  }
}

function ids(user: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

export const OBSERVATION_TABLE = `CREATE TABLE observation (entity text NOT NULL, property text NOT NULL, at timestamptz NOT NULL, value double precision,
  recorded_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (entity, property, at))`
