import { readdirSync, statSync } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'

async function syncPath(path: string, dataOnly: boolean): Promise<void> {
  const file = await open(path, 'r')
  try {
    await (dataOnly ? file.datasync() : file.sync())
  } finally {
    await file.close()
  }
}

interface Waiting {
  resolve: () => void
  reject: (error: unknown) => void
}

/**
 * Puts the write-ahead log of an embedded cluster on disk, because PGlite makes no sync call of its own. Commits
 * that arrive while one sync runs share the next one.
 *
 * A failed sync is never tried again (the kernel may have dropped the pages): every later call fails with it.
 */
export class WalSync {
  readonly #folder: string
  /** The segment that was the newest at the last sync: everything from it on may have changed since. */
  #from: string
  #to: string
  #waiting: Waiting[] = []
  #running = false
  #failure: Error | undefined

  /**
   * @param cluster the data folder of the cluster
   * @param segment name of the log file written now
   */
  constructor(cluster: string, segment: string) {
    this.#folder = join(cluster, 'pg_wal')
    this.#from = segment
    this.#to = segment
  }

  /** Resolves when all that was written up to now, the newest bytes being in file `segment`, is on disk. */
  durable(segment: string): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure)
    this.#to = segment
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      if (!this.#running) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0)
      const from = this.#from
      const to = this.#to
      try {
        await this.#sync(from, to)
        this.#from = to
        for (const one of group) one.resolve()
      } catch (error) {
        this.#failure = new Error(`the disk did not confirm the write of "${this.#folder}"`, { cause: error })
        for (const one of [...group, ...this.#waiting.splice(0)]) one.reject(this.#failure)
      }
    }
    this.#running = false
  }

  async #sync(from: string, to: string): Promise<void> {
    if (from === to) return syncPath(join(this.#folder, to), true)
    const touched = (await readdir(this.#folder)).filter(
      (name) => name.length === 24 && name >= from && name <= to,
    )
    for (const name of touched) await syncPath(join(this.#folder, name), true)
    await syncPath(this.#folder, false)
  }
}

/** Syncs in flight at once: more only queue in libuv's four threads. */
const PARALLEL = 8

/**
 * Syncs every file under `folder` that changed at or after `since` (milliseconds since 1970), then the folders.
 * The number of files synced.
 */
export async function syncTree(folder: string, since: number): Promise<number> {
  // A thousand files, and a start waits: asking for each in turn without waiting is ten times faster, and the thread
  // that does it has nothing else to do.
  const files: string[] = []
  const folders: string[] = [folder]
  for (let i = 0; i < folders.length; i++) {
    const at = folders[i] as string
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name)
      if (entry.isDirectory()) folders.push(path)
      else if (entry.isFile() && statSync(path).mtimeMs >= since) files.push(path)
    }
  }
  const changed = folders.filter((path) => statSync(path).mtimeMs >= since)
  await inParallel(files, syncIfThere)
  await inParallel(changed, syncIfThere)
  return files.length
}

/** What the engine has removed meanwhile needs no sync. */
async function syncIfThere(path: string): Promise<void> {
  try {
    await syncPath(path, false)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

async function inParallel(paths: readonly string[], sync: (path: string) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async () => {
    while (next < paths.length) await sync(paths[next++] as string)
  }
  await Promise.all(Array.from({ length: PARALLEL }, lane))
}
