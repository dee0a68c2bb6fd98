import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type FolderLock, FolderLocked, lockFolder } from '@nhip/durable/folder-lock'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import { replaceFile } from '@nhip/durable/replace-file'
import { exitCodes, Stop } from './stop.ts'

export type Profile = 'demo' | 'empty'

/** What `DIR/node-id` keeps of a node for its whole life. */
export interface NodeIdentity {
  id: string
  profile: Profile
  /** Signs page cursors. */
  secret: string
  createdAt: string
}

/** A data folder that this process holds. */
export interface DataFolder {
  path: string
  node: NodeIdentity
  /** Tells other programs of this computer where the node listens; removed when it stops. */
  announce(url: string, token: string): Promise<void>
  /** Ends the hold, last of all. */
  release(): Promise<void>
}

const announcement = 'node.json'

/**
 * Takes a data folder for this process, making it when it is not there.
 *
 * @throws {Stop} 3 when another process holds it, 2 when it belongs to another profile
 */
export async function takeDataFolder(path: string, profile: Profile | undefined): Promise<DataFolder> {
  for (const inner of ['', 'imports', 'blobs']) mkdirSync(join(path, inner), { recursive: true })
  const lock = await take(path)
  try {
    rmSync(join(path, 'tmp'), { recursive: true, force: true })
    mkdirSync(join(path, 'tmp'), { recursive: true })
    const node = await identityOf(path, profile)
    return {
      path,
      node,
      async announce(url, token) {
        const file = join(path, announcement)
        rmSync(file, { force: true })
        writeFileSync(file, JSON.stringify({ url, token, pid: process.pid }), { mode: 0o600, flag: 'wx' })
      },
      async release() {
        rmSync(join(path, announcement), { force: true })
        await lock.release()
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function take(path: string): Promise<FolderLock> {
  try {
    return await lockFolder(path, { program: 'nhip' })
  } catch (error) {
    if (error instanceof FolderLocked) {
      const who = error.holder ? `pid ${error.holder.pid}, ${error.holder.host}` : '?'
      throw new Stop(
        exitCodes.folderInUse,
        {
          vi: `Thư mục ${path} đang do một tiến trình khác dùng (${who}).`,
          en: `Folder ${path} is in use by another process (${who}).`,
        },
        error,
      )
    }
    throw error
  }
}

async function identityOf(path: string, profile: Profile | undefined): Promise<NodeIdentity> {
  const file = join(path, 'node-id')
  if (existsSync(file)) {
    const known = JSON.parse(readFileSync(file, 'utf8')) as NodeIdentity
    if (profile !== undefined && profile !== known.profile)
      throw new Stop(exitCodes.unusable, {
        vi: `Thư mục ${path} thuộc về hồ sơ "${known.profile}", không mở bằng "${profile}" được.`,
        en: `Folder ${path} belongs to profile "${known.profile}" and cannot be opened as "${profile}".`,
      })
    return known
  }
  const made: NodeIdentity = {
    id: randomUUID(),
    profile: profile ?? 'empty',
    secret: randomBytes(32).toString('base64'),
    createdAt: new Date().toISOString(),
  }
  await write(file, made)
  return made
}

async function write(file: string, content: unknown): Promise<void> {
  await replaceFile(nodeFileSystem, file, new TextEncoder().encode(`${JSON.stringify(content)}\n`))
}

/** Where a node that runs on a folder listens, and the key it left there for whoever may read the folder. */
export function announced(path: string): { url: string; token: string } | null {
  try {
    return JSON.parse(readFileSync(join(path, announcement), 'utf8')) as { url: string; token: string }
  } catch {
    return null
  }
}
