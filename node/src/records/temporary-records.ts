import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { chown, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Records } from './contract.ts'
import { allMigrations } from './migrations/all-migrations.ts'
import { type OpenRecordsOptions, openRecords } from './open.ts'

/** Records in a temporary folder, for tests of this and of later rooms. */
export interface TemporaryRecords {
  records: Records
  folder: string
  /** Closes the records and removes the folder. */
  end(): Promise<void>
}

/** Kept with the dependencies, so that the temporary folder of a run can go when the run ends. */
const kept = fileURLToPath(new URL('../../../node_modules/.cache/nhip', import.meta.url))

/**
 * Making a cluster takes seconds, copying one a tenth of that: the first test of a schema makes a template that all later
 * ones copy. Its name holds the hash of the schema and of the engine.
 */
async function template(): Promise<string> {
  const hash = createHash('sha256')
  for (const step of allMigrations) hash.update(step.sql)
  hash.update(readFileSync(new URL(import.meta.resolve('@electric-sql/pglite'))).subarray(0, 4096))
  const path = join(kept, `records-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(path)) return path
  await mkdir(kept, { recursive: true })
  const made = await mkdtemp(join(kept, 'records-new-'))
  await (await openRecords({ folder: made })).close()
  // Of several test processes the first mover wins; the others throw theirs away.
  await rename(made, path).catch(() => rm(made, { recursive: true, force: true }))
  return path
}

/** A migrated, empty cluster in a new folder; the caller opens and removes it. */
export async function temporaryCluster(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nhip-records-test-'))
  // A third of the work of the one that others need not wait for.
  cpSync(await template(), folder, { recursive: true })
  return folder
}

/** Embedded records, migrated and empty. */
export async function temporaryRecords(options: Partial<OpenRecordsOptions> = {}): Promise<TemporaryRecords> {
  const folder = await temporaryCluster()
  const records = await openRecords({ ...options, folder })
  return {
    records,
    folder,
    async end() {
      await records.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A database server of its own, for the tests that must hold on both drivers. */
export interface TemporaryServer {
  /** Connection URL of a new, empty database. */
  database(): Promise<string>
  /** Kills the server with SIGKILL and starts it again; resolves when it answers. */
  crash(): Promise<void>
  end(): Promise<void>
}

interface Account {
  uid: number
  gid: number
}

/** Postgres refuses to run as root: an unprivileged account of this computer, or undefined when not needed. */
function unprivileged(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of ['postgres', 'nobody']) {
    const fields = lines.find((line) => line.startsWith(`${name}:`))?.split(':')
    if (fields) return { uid: Number(fields[2]), gid: Number(fields[3]) }
  }
  throw new Error('running as root, and there is no account "postgres" or "nobody" to run Postgres as')
}

/** A port of this computer that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

function answers(url: string): Promise<boolean> {
  return connectOnce(url).then(
    () => true,
    () => false,
  )
}

async function connectOnce(url: string): Promise<void> {
  const pg = (await import('pg')).default
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 })
  client.on('error', () => undefined)
  await client.connect()
  await client.end()
}

async function createDatabase(url: string, name: string): Promise<string> {
  const pg = (await import('pg')).default
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`CREATE DATABASE "${name}"`)
  await client.end()
  const made = new URL(url)
  made.pathname = `/${name}`
  return made.href
}

let databases = 0
const newName = () => `nhip_test_${process.pid}_${Date.now()}_${++databases}`

/**
 * The server named by `TEST_DATABASE_URL`, else a `postgres` of this computer in a temporary folder, else the
 * reason why there is none.
 */
export async function temporaryServer(): Promise<TemporaryServer | string> {
  // With this condition on the command line Node hands ES modules to the driver's own require().
  if (process.execArgv.includes('import'))
    return 'this process runs with --conditions import, which pg does not bear'
  const given = process.env.TEST_DATABASE_URL
  if (given) {
    return {
      database: () => createDatabase(given, newName()),
      crash: () => Promise.reject(new Error('a server that others gave is not killed')),
      async end() {},
    }
  }
  const bin = postgresFolder()
  if (bin === undefined) return 'no TEST_DATABASE_URL and no postgres on this computer'
  const account = unprivileged()
  const folder = await mkdtemp(join(tmpdir(), 'nhip-postgres-'))
  if (account) await chown(folder, account.uid, account.gid)
  const data = join(folder, 'data')
  const as = account ?? {}
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'nhip', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'],
    {
      ...as,
      cwd: folder,
      stdio: 'ignore',
    },
  )
  const port = await freePort()
  const url = `postgres://nhip@127.0.0.1:${port}/postgres`
  const start = async () => {
    const settings = [
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      `unix_socket_directories=`,
      '-c',
      'max_connections=40',
    ]
    const child = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...settings], {
      ...as,
      cwd: folder,
      stdio: 'ignore',
    })
    for (let i = 0; i < 300 && !(await answers(url)); i++) await sleep(50)
    return child
  }
  let child = await start()
  const kill = async (signal: NodeJS.Signals) => {
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await gone
  }
  return {
    database: () => createDatabase(url, newName()),
    async crash() {
      await kill('SIGKILL')
      child = await start()
    },
    async end() {
      await kill('SIGINT')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Where `initdb` and `postgres` stand together, looked for on the PATH and where Debian puts them. */
function postgresFolder(): string | undefined {
  const versions = ['18', '17', '16', '15'].map((version) => `/usr/lib/postgresql/${version}/bin`)
  const folders = [...versions, ...(process.env.PATH ?? '').split(':')]
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))
}
