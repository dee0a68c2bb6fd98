import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { link, mkdir, open, readdir, rename, stat, statfs, unlink } from 'node:fs/promises'
import { errorCode, type FileSystem, type OpenFile, type OpenMode } from './file-system.ts'

const FLAGS: Record<OpenMode, number> = {
  read: constants.O_RDONLY,
  update: constants.O_RDWR,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
  ensure: constants.O_RDWR | constants.O_CREAT,
}

// Linux takes at most this many buffers in one writev.
const MAX_BUFFERS = 1024

function openFile(handle: FileHandle): OpenFile {
  return {
    async read(into, position) {
      return (await handle.read(into, 0, into.length, position)).bytesRead
    },
    async write(buffers, position) {
      if (buffers.length === 1) {
        const only = buffers[0] as Uint8Array
        return (await handle.write(only, 0, only.length, position)).bytesWritten
      }
      return (await handle.writev(buffers.slice(0, MAX_BUFFERS), position)).bytesWritten
    },
    truncate: (length) => handle.truncate(length),
    async size() {
      return (await handle.stat()).size
    },
    datasync: () => handle.datasync(),
    sync: () => handle.sync(),
    close: () => handle.close(),
  }
}

/** The disk of this computer, through `node:fs`. New files are readable by their owner only (0600). */
export const nodeFileSystem: FileSystem = {
  async open(path, mode) {
    return openFile(await open(path, FLAGS[mode], 0o600))
  },
  rename,
  link,
  remove: unlink,
  async makeFolder(path) {
    await mkdir(path, { recursive: true, mode: 0o700 })
  },
  async list(path) {
    return (await readdir(path)).sort()
  },
  async stat(path) {
    try {
      const s = await stat(path)
      return { kind: s.isDirectory() ? 'folder' : 'file', size: s.size, modified: s.mtimeMs }
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined
      throw error
    }
  },
  async syncFolder(path) {
    const handle = await open(path, constants.O_RDONLY)
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
  async space(path) {
    const s = await statfs(path)
    return { free: s.bavail * s.bsize, total: s.blocks * s.bsize }
  },
}
