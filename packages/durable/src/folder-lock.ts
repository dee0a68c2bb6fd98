import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { syncFolder, writeFully } from './checked-write.ts'
import { DurableError } from './durable-error.ts'
import { errorCode, type FileSystem, readWhole } from './file-system.ts'
import { nodeFileSystem } from './node-file-system.ts'

/** What stands in a lock file. */
export interface LockHolder {
  pid: number
  /** When that process started, as text that no other process of this host shares; '' where the host cannot say. */
  started: string
  host: string
  program: string
  /** Tells two locks of the same process apart. */
  nonce: string
}

/** Another process holds the folder. `holder` is undefined while a lock file is just being written. */
export class FolderLocked extends DurableError {
  readonly holder: LockHolder | undefined

  constructor(path: string, holder: LockHolder | undefined) {
    const who = holder ? `${holder.program}, pid ${holder.pid}, ${holder.host}` : '?'
    super('locked', path, {
      vi: `Thư mục đang được dùng bởi tiến trình khác (${who}); khóa: "${path}".`,
      en: `The folder is in use by another process (${who}); lock: "${path}".`,
    })
    this.holder = holder
  }
}

/** What a lock asks about processes; a test hands in its own. */
export interface ProcessTable {
  readonly pid: number
  readonly host: string
  /** The start of a process of this host: undefined when there is none, '' when it lives but the start is unknown. */
  startOf(pid: number): string | undefined
}

/**
 * The processes of this host. On Linux the start is the boot's id and the ticks since boot of `/proc/<pid>/stat`
 * field 22, so that a process number in use again, or the same number after a reboot, is told apart.
 */
export const processTable: ProcessTable = {
  pid: process.pid,
  host: hostname(),
  startOf(pid) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
      // The second field is the program's name in parentheses and may itself hold blanks and parentheses.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (fields[0] === 'Z' || fields[0] === 'X') return undefined
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
      return `${boot}:${fields[19] ?? ''}`
    } catch {
      return livesBySignal(pid) ? '' : undefined
    }
  },
}

function livesBySignal(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

export interface LockOptions {
  /** Name of the program, shown to whoever is refused; default `nhip`. */
  program?: string
  /** Name of the file in the folder; default `lock`. */
  name?: string
  fs?: FileSystem
  processes?: ProcessTable
}

/** A lock that is held. */
export interface FolderLock {
  readonly path: string
  readonly holder: LockHolder
  /** False when the lock file is gone or another's: then stop writing at once. */
  stillHeld(): Promise<boolean>
  /** Removes the lock file. A second call does nothing. */
  release(): Promise<void>
}

// A crash between creating the file and writing it leaves it empty; younger than this it may be a live start.
const UNREADABLE_IS_STALE_MS = 10_000
const ATTEMPTS = 20

async function readHolder(fs: FileSystem, path: string): Promise<LockHolder | 'gone' | 'unreadable'> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(await readWhole(fs, path)))
    return isHolder(value) ? value : 'unreadable'
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 'gone'
    if (error instanceof SyntaxError) return 'unreadable'
    throw error
  }
}

function isHolder(value: unknown): value is LockHolder {
  if (typeof value !== 'object' || value === null) return false
  const v = value as Record<string, unknown>
  const texts = [v.started, v.host, v.program, v.nonce]
  return Number.isInteger(v.pid) && texts.every((text) => typeof text === 'string')
}

function isStale(holder: LockHolder, processes: ProcessTable): boolean {
  if (holder.host !== processes.host) return false
  const started = processes.startOf(holder.pid)
  if (started === undefined) return true
  return started !== '' && holder.started !== '' && started !== holder.started
}

/**
 * Takes a folder for this process, or refuses at once.
 *
 * The lock is a file made with `wx` that holds {@link LockHolder}. It is stale when its process is gone or the
 * process of that number started at another time; then it is moved to a unique name (one mover wins) and `wx` is
 * tried again. A lock of another host is never stale.
 *
 * @throws {FolderLocked} code `locked`
 */
export async function lockFolder(folder: string, options: LockOptions = {}): Promise<FolderLock> {
  const fs = options.fs ?? nodeFileSystem
  const processes = options.processes ?? processTable
  const path = join(folder, options.name ?? 'lock')
  const holder: LockHolder = {
    pid: processes.pid,
    started: processes.startOf(processes.pid) ?? '',
    host: processes.host,
    program: options.program ?? 'nhip',
    nonce: randomUUID(),
  }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (await create(fs, path, holder)) {
      await syncFolder(fs, folder)
      // Whoever judged an older lock stale may have moved this one away between its look and its move.
      const now = await readHolder(fs, path)
      if (typeof now === 'object' && now.nonce === holder.nonce) return held(fs, path, holder)
      continue
    }
    const other = await readHolder(fs, path)
    if (other === 'gone') continue
    if (other === 'unreadable') {
      const stat = await fs.stat(path)
      if (stat && Date.now() - stat.modified > UNREADABLE_IS_STALE_MS) await moveAway(fs, path, undefined)
      else await sleep(50)
      continue
    }
    if (!isStale(other, processes)) throw new FolderLocked(path, other)
    await moveAway(fs, path, other.nonce)
  }
  throw new FolderLocked(path, undefined)
}

async function create(fs: FileSystem, path: string, holder: LockHolder): Promise<boolean> {
  let file: Awaited<ReturnType<FileSystem['open']>>
  try {
    file = await fs.open(path, 'create')
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
  try {
    await writeFully(file, path, [new TextEncoder().encode(`${JSON.stringify(holder)}\n`)], 0)
    await file.sync()
  } catch (error) {
    await fs.remove(path).catch(() => undefined)
    throw error
  } finally {
    await file.close()
  }
  return true
}

async function moveAway(fs: FileSystem, path: string, nonce: string | undefined): Promise<void> {
  const aside = `${path}.stale-${randomUUID()}`
  try {
    await fs.rename(path, aside)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return
    throw error
  }
  const moved = await readHolder(fs, aside)
  const expected =
    nonce === undefined ? moved === 'unreadable' : typeof moved === 'object' && moved.nonce === nonce
  // Another taker was faster and this is its live lock: put it back, unless a third has taken the place.
  if (!expected) await fs.link(aside, path).catch(() => undefined)
  await fs.remove(aside)
}

function held(fs: FileSystem, path: string, holder: LockHolder): FolderLock {
  let released = false
  const mine = async () => {
    const now = await readHolder(fs, path)
    return typeof now === 'object' && now.nonce === holder.nonce
  }
  return {
    path,
    holder,
    stillHeld: async () => !released && (await mine()),
    async release() {
      if (released) return
      released = true
      if (await mine()) await fs.remove(path)
    },
  }
}
