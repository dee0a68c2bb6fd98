import type { FileSystem } from '@nhip/durable/file-system'
import { checkFreeSpace } from '@nhip/durable/free-space'

const CHECK_EVERY_MS = 2_000
/** Below 5 % of the disk and below 1 GiB, writes are refused before DuckDB finds the disk full. */
const REFUSE_SHARE = 0.05

/** Watches the room on the disk of a folder. */
export class DiskGuard {
  readonly #fs: FileSystem
  readonly #folder: string
  readonly #timer: NodeJS.Timeout
  #full = false

  constructor(fs: FileSystem, folder: string) {
    this.#fs = fs
    this.#folder = folder
    this.#timer = setInterval(() => void this.check().catch(() => undefined), CHECK_EVERY_MS)
    this.#timer.unref()
  }

  get full(): boolean {
    return this.#full
  }

  /** Looks now; whether there is room. */
  async check(): Promise<boolean> {
    const { state } = await checkFreeSpace(this.#fs, this.#folder, { refuseShare: REFUSE_SHARE })
    this.#full = state === 'refuse'
    return !this.#full
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
