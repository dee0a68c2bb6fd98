import { existsSync } from 'node:fs'
import { cp, mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { syncTree } from './wal-sync.ts'

/** Whether the folder holds a cluster: the engine writes this file when it makes one. */
export function hasCluster(folder: string): boolean {
  return existsSync(join(folder, 'PG_VERSION'))
}

/**
 * Puts a new cluster at `folder`, whole or not at all: it is made under another name, synced, then renamed.
 *
 * @param make makes a cluster in an empty folder
 * @param template a closed cluster to copy instead, when it is there
 */
export async function newCluster(
  folder: string,
  make: (at: string) => Promise<void>,
  template?: string,
): Promise<void> {
  const above = dirname(folder)
  const unfinished = join(above, `${basename(folder)}.new`)
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(above, { recursive: true })
  if (template !== undefined && hasCluster(template)) await cp(template, unfinished, { recursive: true })
  else await make(unfinished)
  await syncTree(unfinished, 0)
  // An empty folder of that name may be there already; anything in it is not ours to remove.
  await rename(unfinished, folder)
  const parent = await open(above, 'r')
  try {
    await parent.sync()
  } finally {
    await parent.close()
  }
}
