import type { FileSystem, OpenFile, OpenMode } from './file-system.ts'

/** The operations that change something, by the names of the interface's methods. */
export type FaultPoint =
  | 'open'
  | 'write'
  | 'truncate'
  | 'datasync'
  | 'sync'
  | 'rename'
  | 'link'
  | 'remove'
  | 'makeFolder'
  | 'syncFolder'

export interface Fault {
  /** Which operation; `any` counts all of them. */
  on: FaultPoint | 'any'
  /** The how-manieth of them since the start, counted from 1. */
  nth: number
  /**
   * - `short`: a write puts down half of its bytes and says so (no error). Only for writes.
   * - `crash`: nothing is done; this and every later operation throws {@link Crashed}.
   * - `torn`: a write puts down half of its bytes, then as `crash`; other operations as `crash`.
   * - `crash-after`: the operation is done, but its caller never hears of it; then as `crash`.
   * - anything else: the operation throws an error with this code and does nothing.
   */
  fault: 'short' | 'crash' | 'torn' | 'crash-after' | 'EIO' | 'ENOSPC' | 'EDQUOT'
  /** How many operations in a row it hits; default 1, `Infinity` for ever. */
  times?: number
}

/** Thrown by every operation from a simulated crash on: the process is dead. */
export class Crashed extends Error {
  override readonly name = 'Crashed'
}

function nodeError(code: string, what: string): Error {
  return Object.assign(new Error(`${code}: injected fault, ${what}`), { code })
}

function half(buffers: readonly Uint8Array[]): Uint8Array[] {
  let rest = Math.floor(buffers.reduce((sum, b) => sum + b.length, 0) / 2)
  const kept: Uint8Array[] = []
  for (const b of buffers) {
    kept.push(b.subarray(0, rest))
    rest -= Math.min(rest, b.length)
  }
  return kept.filter((b) => b.length > 0)
}

/** A file system with planned faults over another one. For tests of everything that claims to survive them. */
export class FaultyFileSystem implements FileSystem {
  readonly #inner: FileSystem
  readonly #faults: readonly Fault[]
  readonly #counts = new Map<FaultPoint | 'any', number>()
  #crashed = false

  constructor(inner: FileSystem, faults: readonly Fault[] = []) {
    this.#inner = inner
    this.#faults = faults
  }

  /** How many operations of a kind were asked for so far: lets a test crash at each of them in turn. */
  count(on: FaultPoint | 'any' = 'any'): number {
    return this.#counts.get(on) ?? 0
  }

  get crashed(): boolean {
    return this.#crashed
  }

  #alive(): void {
    if (this.#crashed) throw new Crashed('the simulated process is dead')
  }

  #next(point: FaultPoint): Fault['fault'] | undefined {
    this.#alive()
    let hit: Fault['fault'] | undefined
    for (const on of [point, 'any'] as const) {
      const n = this.count(on) + 1
      this.#counts.set(on, n)
      hit ??= this.#faults.find((f) => f.on === on && n >= f.nth && n < f.nth + (f.times ?? 1))?.fault
    }
    return hit
  }

  async #act<T>(point: FaultPoint, act: () => Promise<T>, partly?: () => Promise<T>): Promise<T> {
    const fault = this.#next(point)
    switch (fault) {
      case undefined:
        return act()
      case 'short':
        return (partly ?? act)()
      case 'torn':
      case 'crash-after':
        this.#crashed = true
        if (fault === 'crash-after') await act()
        else await partly?.()
        throw new Crashed(`crashed at ${point}`)
      case 'crash':
        this.#crashed = true
        throw new Crashed(`crashed at ${point}`)
      default:
        throw nodeError(fault, point)
    }
  }

  async open(path: string, mode: OpenMode): Promise<OpenFile> {
    this.#alive()
    const file = await (mode === 'read'
      ? this.#inner.open(path, mode)
      : this.#act('open', () => this.#inner.open(path, mode)))
    return {
      read: (into, position) => {
        this.#alive()
        return file.read(into, position)
      },
      write: (buffers, position) =>
        this.#act(
          'write',
          () => file.write(buffers, position),
          () => file.write(half(buffers), position),
        ),
      truncate: (length) => this.#act('truncate', () => file.truncate(length)),
      size: () => {
        this.#alive()
        return file.size()
      },
      datasync: () => this.#act('datasync', () => file.datasync()),
      sync: () => this.#act('sync', () => file.sync()),
      // A dead process closes its files too, so that tests leave no handle behind.
      close: () => file.close(),
    }
  }

  rename(from: string, to: string): Promise<void> {
    return this.#act('rename', () => this.#inner.rename(from, to))
  }
  link(from: string, to: string): Promise<void> {
    return this.#act('link', () => this.#inner.link(from, to))
  }
  remove(path: string): Promise<void> {
    return this.#act('remove', () => this.#inner.remove(path))
  }
  makeFolder(path: string): Promise<void> {
    return this.#act('makeFolder', () => this.#inner.makeFolder(path))
  }
  syncFolder(path: string): Promise<void> {
    return this.#act('syncFolder', () => this.#inner.syncFolder(path))
  }
  async list(path: string): Promise<string[]> {
    this.#alive()
    return this.#inner.list(path)
  }
  async stat(path: string): ReturnType<FileSystem['stat']> {
    this.#alive()
    return this.#inner.stat(path)
  }
  async space(path: string): ReturnType<FileSystem['space']> {
    this.#alive()
    return this.#inner.space(path)
  }
}
