/** Hashes in a full tile, and entries in a full bundle (C2SP tlog-tiles). */
export const TILE_WIDTH = 256
const TILE_HEIGHT = 8

/** A row of at most 256 hashes: those of the complete subtrees of 256^level leaves, from `256 × index` on. */
export interface Tile {
  level: number
  index: number
  width: number
}

/** `tile/<L>/<N>[.p/<W>]` */
export function tilePath({ level, index, width }: Tile): string {
  return `tile/${level}/${spread(index)}${partial(width)}`
}

/** `tile/entries/<N>[.p/<W>]` */
export function bundlePath(index: number, width: number): string {
  return `tile/entries/${spread(index)}${partial(width)}`
}

/** Reads a path of either kind; undefined for anything else. */
export function parseTilePath(
  path: string,
): ({ kind: 'hashes' } & Tile) | { kind: 'entries'; index: number; width: number } | undefined {
  const match = /^tile\/(entries|0|[1-9][0-9]?)\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/.exec(
    path,
  )
  if (!match?.[1] || !match[2]) return undefined
  const groups = match[2].split('/').map((group) => group.replace('x', ''))
  if (groups.length > 1 && groups[0] === '000') return undefined
  const index = groups.reduce((n, group) => n * 1000 + Number(group), 0)
  const width = match[3] === undefined ? TILE_WIDTH : Number(match[3])
  if (!Number.isSafeInteger(index) || (match[3] !== undefined && width >= TILE_WIDTH)) return undefined
  if (match[1] === 'entries') return { kind: 'entries', index, width }
  return Number(match[1]) > 63 ? undefined : { kind: 'hashes', level: Number(match[1]), index, width }
}

/** All tiles of hashes of a tree of `size` entries, the partial ones at the right edge with their width. */
export function* tilesOf(size: number): Generator<Tile> {
  for (let level = 0, row = size; row > 0; level++, row = Math.floor(row / TILE_WIDTH)) {
    const full = Math.floor(row / TILE_WIDTH)
    for (let index = 0; index < full; index++) yield { level, index, width: TILE_WIDTH }
    if (row % TILE_WIDTH > 0) yield { level, index: full, width: row % TILE_WIDTH }
  }
}

/**
 * Where the hash of the subtree (`level`, `index`) is found: in which row of tiles, and from which hash on how many
 * must be put together, because only every eighth level is stored.
 */
export function tileOfNode(
  level: number,
  index: number,
): { level: number; index: number; first: number; count: number } {
  const row = Math.floor(level / TILE_HEIGHT)
  const count = 2 ** (level - row * TILE_HEIGHT)
  const start = index * count
  return { level: row, index: Math.floor(start / TILE_WIDTH), first: start % TILE_WIDTH, count }
}

function spread(index: number): string {
  const digits = String(index)
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0')
  const groups = padded.match(/[0-9]{3}/g) ?? []
  return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/')
}

function partial(width: number): string {
  return width === TILE_WIDTH ? '' : `.p/${width}`
}
