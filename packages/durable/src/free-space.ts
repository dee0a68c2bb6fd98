import type { FileSystem } from './file-system.ts'

export interface SpaceRules {
  /** Warn below this share of the disk; default 0.10. */
  warnShare?: number
  /** Refuse new work below this share of the disk; default 0.02. */
  refuseShare?: number
  /** Never refuse while this many bytes are free, however large the disk; default 1 GiB. */
  enoughBytes?: number
}

export interface SpaceState {
  free: number
  total: number
  state: 'ok' | 'low' | 'refuse'
}

/**
 * How much room the disk of `path` has, and whether to go on: work is refused *before* the disk is full, so that
 * stores can still end in good order.
 */
export async function checkFreeSpace(
  fs: FileSystem,
  path: string,
  rules: SpaceRules = {},
): Promise<SpaceState> {
  const { free, total } = await fs.space(path)
  const warn = (rules.warnShare ?? 0.1) * total
  const refuse = (rules.refuseShare ?? 0.02) * total
  const enough = rules.enoughBytes ?? 1024 ** 3
  const state = free < Math.min(refuse, enough) ? 'refuse' : free < Math.min(warn, 10 * enough) ? 'low' : 'ok'
  return { free, total, state }
}
