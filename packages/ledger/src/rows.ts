import { type Hash, type Node, nodeHash } from './merkle.ts'
import { TILE_WIDTH, tileOfNode } from './tile-path.ts'

/** Reads the hashes of a full tile that is on disk. */
export type FullTileReader = (level: number, index: number) => Promise<Hash[]>

/** A full tile that the last append closed. */
export interface ClosedTile {
  level: number
  index: number
  hashes: Hash[]
}

/**
 * The rows of stored hashes of a growing tree: row 0 are leaves, row L the subtrees of 256^L leaves. Only what is not
 * yet a full tile on disk is kept in memory; older hashes are read from full tiles.
 */
export class Rows {
  /** Full tiles read lately, each as its small tree: hashes, their parents, and so on up to the root. */
  readonly #read = new Map<string, Promise<Hash[][]>>()
  #rows: { index: number; hashes: Hash[] }[] = []
  /** Full tiles that are not on disk yet, by level and index. */
  readonly #waiting = new Map<string, ClosedTile>()
  readonly #readFull: FullTileReader
  #size: number

  /** Starts from the partial tiles of a tree of `size` leaves, lowest row first. */
  constructor(readFull: FullTileReader, size = 0, partials: readonly (readonly Hash[])[] = []) {
    this.#readFull = readFull
    this.#size = size
    for (let level = 0, row = size; row > 0; level++, row = Math.floor(row / TILE_WIDTH)) {
      const hashes = partials[level] ?? []
      if (hashes.length !== row % TILE_WIDTH) {
        throw new RangeError(
          `invalid row ${level}: ${hashes.length} hashes, size ${size} needs ${row % TILE_WIDTH}`,
        )
      }
      this.#rows.push({ index: Math.floor(row / TILE_WIDTH), hashes: [...hashes] })
    }
  }

  get size(): number {
    return this.#size
  }

  /** Hashes of each row that are not in a full tile, lowest row first. */
  partials(): { level: number; index: number; hashes: readonly Hash[] }[] {
    return this.#rows.map(({ index, hashes }, level) => ({ level, index, hashes }))
  }

  append(leaf: Hash): void {
    this.#size++
    this.#push(0, leaf)
  }

  #push(level: number, hash: Hash): void {
    let row = this.#rows[level]
    if (!row) {
      row = { index: 0, hashes: [] }
      this.#rows[level] = row
    }
    row.hashes.push(hash)
    if (row.hashes.length < TILE_WIDTH) return
    this.#waiting.set(`${level}/${row.index}`, { level, index: row.index, hashes: row.hashes })
    this.#push(level + 1, fold(row.hashes))
    row.index++
    row.hashes = []
  }

  /** Full tiles to be written; each stays readable from memory until {@link written} names it. */
  closed(): ClosedTile[] {
    return [...this.#waiting.values()]
  }

  written(tile: ClosedTile): void {
    this.#waiting.delete(`${tile.level}/${tile.index}`)
  }

  /** Hash of a complete subtree. @throws {RangeError} when the tree has no such subtree yet */
  async node({ level, index }: Node): Promise<Hash> {
    if ((index + 1) * 2 ** level > this.#size)
      throw new RangeError(`no complete subtree ${level}/${index} in ${this.#size} entries`)
    const place = tileOfNode(level, index)
    const row = this.#rows[place.level]
    if (row?.index === place.index) return fold(row.hashes.slice(place.first, place.first + place.count))
    const waiting = this.#waiting.get(`${place.level}/${place.index}`)
    if (waiting) return fold(waiting.hashes.slice(place.first, place.first + place.count))
    const levels = await this.#tile(place.level, place.index)
    return levels[Math.log2(place.count)]?.[place.first / place.count] as Hash
  }

  #tile(level: number, index: number): Promise<Hash[][]> {
    const key = `${level}/${index}`
    const known = this.#read.get(key)
    // Taken out and put back: the map then runs from the tile unused longest to the one used last.
    if (known) this.#read.delete(key)
    const tile = known ?? this.#readFull(level, index).then(levelsOf)
    this.#read.set(key, tile)
    tile.catch(() => this.#read.delete(key))
    if (this.#read.size > MAX_CACHED_TILES) this.#read.delete(this.#read.keys().next().value as string)
    return tile
  }
}

/** About 16 MB. */
const MAX_CACHED_TILES = 1024

function levelsOf(hashes: Hash[]): Hash[][] {
  const levels = [hashes]
  for (let row = hashes; row.length > 1; ) {
    row = above(row)
    levels.push(row)
  }
  return levels
}

function above(row: readonly Hash[]): Hash[] {
  return Array.from({ length: row.length / 2 }, (_, i) =>
    nodeHash(row[2 * i] as Hash, row[2 * i + 1] as Hash),
  )
}

/** Root of a complete subtree from its 2^k hashes. */
export function fold(hashes: readonly Hash[]): Hash {
  let row = hashes
  while (row.length > 1) row = above(row)
  return row[0] as Hash
}
