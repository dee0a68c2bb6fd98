import { dirname, join } from 'node:path'
import type { FileStat, FileSystem, OpenFile, OpenMode } from './file-system.ts'

// A disk writes a sector whole or not at all.
const SECTOR = 512

type Change = { kind: 'write'; position: number; bytes: Uint8Array } | { kind: 'truncate'; length: number }

interface Inode {
  kind: 'file' | 'folder'
  now: Uint8Array
  durable: Uint8Array
  /** What happened to the content since the last sync, oldest first. */
  unsynced: Change[]
  names: Map<string, Inode>
  durableNames: Map<string, Inode>
  unsyncedNames: { name: string; inode: Inode | undefined }[]
  modified: number
}

function nodeError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: simulated disk, '${path}'`), { code })
}

function newInode(kind: Inode['kind']): Inode {
  const none = new Uint8Array()
  return {
    kind,
    now: none,
    durable: none,
    unsynced: [],
    names: new Map(),
    durableNames: new Map(),
    unsyncedNames: [],
    modified: 0,
  }
}

function applied(content: Uint8Array, change: Change): Uint8Array {
  if (change.kind === 'truncate') {
    const cut = new Uint8Array(change.length)
    cut.set(content.subarray(0, change.length))
    return cut
  }
  const grown = new Uint8Array(Math.max(content.length, change.position + change.bytes.length))
  grown.set(content)
  grown.set(change.bytes, change.position)
  return grown
}

/**
 * A disk in memory that can lose power. It keeps what a sync has promised apart from what merely stands in the
 * page cache, so that a test can cut the power after every single operation:
 *
 * - content that was not synced may be there, partly there by whole sectors in any order, or not at all;
 * - names (new files, renames, removals) since the folder's last sync may be there up to some point, in order;
 * - what was synced is there.
 *
 * {@link kill} ends the process only: the page cache, and so every write, stays.
 */
export class SimulatedDisk implements FileSystem {
  readonly #root = newInode('folder')
  readonly #capacity: number
  #clock = 0
  #life = 0

  /** @param capacity bytes of content it holds; a write beyond is short, then fails with ENOSPC */
  constructor(capacity = Number.POSITIVE_INFINITY) {
    this.#capacity = capacity
  }

  /** Ends the process: open files are closed, all content stays. */
  kill(): void {
    this.#life++
  }

  /**
   * Cuts the power: what was not synced may be lost.
   * @param random numbers in [0, 1) that choose what survives
   */
  powerCut(random: () => number): void {
    this.#life++
    const seen = new Set<Inode>()
    const visit = (inode: Inode) => {
      if (seen.has(inode)) return
      seen.add(inode)
      if (inode.kind === 'file') this.#settleContent(inode, random)
      else {
        const kept = Math.floor(random() * (inode.unsyncedNames.length + 1))
        for (const { name, inode: target } of inode.unsyncedNames.slice(0, kept)) {
          if (target) inode.durableNames.set(name, target)
          else inode.durableNames.delete(name)
        }
        inode.unsyncedNames = []
        inode.names = new Map(inode.durableNames)
        for (const target of inode.names.values()) visit(target)
      }
    }
    visit(this.#root)
  }

  #settleContent(inode: Inode, random: () => number): void {
    let content = inode.durable
    for (const change of inode.unsynced) {
      const fate = random()
      if (fate < 1 / 3) continue
      if (fate > 2 / 3 || change.kind === 'truncate') {
        content = applied(content, change)
        continue
      }
      for (let at = 0; at < change.bytes.length; at += SECTOR) {
        if (random() < 0.5) continue
        const bytes = change.bytes.subarray(at, at + SECTOR)
        content = applied(content, { kind: 'write', position: change.position + at, bytes })
      }
    }
    inode.now = content
    inode.durable = content
    inode.unsynced = []
  }

  #used(inode: Inode = this.#root): number {
    let sum = inode.now.length
    for (const target of inode.names.values()) sum += this.#used(target)
    return sum
  }

  #find(path: string): Inode | undefined {
    let at: Inode | undefined = this.#root
    for (const name of path.split('/').filter((part) => part !== '' && part !== '.')) {
      at = at?.names.get(name)
      if (!at) return undefined
    }
    return at
  }

  #folderOf(path: string): { folder: Inode; name: string } {
    const folder = this.#find(dirname(path))
    if (folder?.kind !== 'folder') throw nodeError('ENOENT', path)
    return { folder, name: path.slice(path.lastIndexOf('/') + 1) }
  }

  #name(folder: Inode, name: string, inode: Inode | undefined): void {
    if (inode) folder.names.set(name, inode)
    else folder.names.delete(name)
    folder.unsyncedNames.push({ name, inode })
  }

  async open(path: string, mode: OpenMode): Promise<OpenFile> {
    let inode = this.#find(path)
    if (inode && mode === 'create') throw nodeError('EEXIST', path)
    if (!inode) {
      if (mode === 'read' || mode === 'update') throw nodeError('ENOENT', path)
      const { folder, name } = this.#folderOf(path)
      inode = newInode('file')
      inode.modified = ++this.#clock
      this.#name(folder, name, inode)
    }
    return this.#openFile(path, inode, mode)
  }

  #openFile(path: string, inode: Inode, mode: OpenMode): OpenFile {
    const life = this.#life
    const check = (writing: boolean) => {
      if (life !== this.#life || (writing && mode === 'read')) throw nodeError('EBADF', path)
    }
    const change = (what: Change) => {
      inode.now = applied(inode.now, what)
      inode.unsynced.push(what)
      inode.modified = ++this.#clock
    }
    const settle = async () => {
      check(false)
      inode.durable = inode.now
      inode.unsynced = []
    }
    return {
      async read(into, position) {
        check(false)
        const part = inode.now.subarray(position, position + into.length)
        into.set(part)
        return part.length
      },
      write: async (buffers, position) => {
        check(true)
        const bytes = Uint8Array.from(Buffer.concat(buffers))
        const growth = Math.max(0, position + bytes.length - inode.now.length)
        const missing = Math.max(0, this.#used() + growth - this.#capacity)
        const room = bytes.length - missing
        if (room <= 0 && bytes.length > 0) throw nodeError('ENOSPC', path)
        change({ kind: 'write', position, bytes: bytes.subarray(0, room) })
        return room
      },
      async truncate(length) {
        check(true)
        change({ kind: 'truncate', length })
      },
      async size() {
        check(false)
        return inode.now.length
      },
      datasync: settle,
      sync: settle,
      async close() {},
    }
  }

  async rename(from: string, to: string): Promise<void> {
    const source = this.#folderOf(from)
    const inode = source.folder.names.get(source.name)
    if (!inode) throw nodeError('ENOENT', from)
    const target = this.#folderOf(to)
    this.#name(target.folder, target.name, inode)
    this.#name(source.folder, source.name, undefined)
  }

  async link(from: string, to: string): Promise<void> {
    const inode = this.#find(from)
    if (!inode) throw nodeError('ENOENT', from)
    const { folder, name } = this.#folderOf(to)
    if (folder.names.has(name)) throw nodeError('EEXIST', to)
    this.#name(folder, name, inode)
  }

  async remove(path: string): Promise<void> {
    const { folder, name } = this.#folderOf(path)
    if (folder.names.get(name)?.kind !== 'file') throw nodeError('ENOENT', path)
    this.#name(folder, name, undefined)
  }

  async makeFolder(path: string): Promise<void> {
    const parent = dirname(path)
    if (parent !== path && !this.#find(parent)) await this.makeFolder(parent)
    if (this.#find(path)) return
    const { folder, name } = this.#folderOf(path)
    this.#name(folder, name, newInode('folder'))
  }

  async list(path: string): Promise<string[]> {
    const inode = this.#find(path)
    if (inode?.kind !== 'folder') throw nodeError('ENOENT', join(path))
    return [...inode.names.keys()].sort()
  }

  async stat(path: string): Promise<FileStat | undefined> {
    const inode = this.#find(path)
    return inode && { kind: inode.kind, size: inode.now.length, modified: inode.modified }
  }

  async syncFolder(path: string): Promise<void> {
    const inode = this.#find(path)
    if (inode?.kind !== 'folder') throw nodeError('ENOENT', path)
    inode.durableNames = new Map(inode.names)
    inode.unsyncedNames = []
  }

  async space(): Promise<{ free: number; total: number }> {
    return { free: this.#capacity - this.#used(), total: this.#capacity }
  }
}
