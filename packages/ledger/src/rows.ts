import { type Hash, type Node, nodeHash, parentRow } from './merkle.ts'
import { TILE_WIDTH, tileOfNode } from './tile-path.ts'

/** Reads a full tile that is on disk: 256 hashes, 8,192 bytes. */
export type FullTileReader = (level: number, index: number) => Promise<Uint8Array>

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
  /** Full tiles asked for lately, with the hashes above them. */
  readonly #read = new Map<string, TileTree | Promise<TileTree>>()
  readonly #rows: OpenTile[] = []
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
      const tile = new OpenTile(Math.floor(row / TILE_WIDTH))
      for (const hash of hashes) tile.push(hash)
      this.#rows.push(tile)
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
    const open = this.#rows[level] ?? new OpenTile(0)
    this.#rows[level] = open
    const root = open.push(hash)
    if (!root) return
    const { index, hashes } = open
    this.#waiting.set(`${level}/${index}`, { level, index, hashes: [...hashes] })
    this.#rows[level] = new OpenTile(index + 1)
    this.#push(level + 1, root)
  }

  /** Full tiles to be written; each stays readable from memory until {@link written} names it. */
  closed(): ClosedTile[] {
    return [...this.#waiting.values()]
  }

  written(tile: ClosedTile): void {
    const key = `${tile.level}/${tile.index}`
    this.#waiting.delete(key)
    // Proofs are asked for new entries most of all.
    this.#keep(key, new TileTree(joinHashes(tile.hashes)))
  }

  /** Hash of a complete subtree. @throws {RangeError} when the tree has no such subtree yet */
  async node({ level, index }: Node): Promise<Hash> {
    if ((index + 1) * 2 ** level > this.#size)
      throw new RangeError(`no complete subtree ${level}/${index} in ${this.#size} entries`)
    const place = tileOfNode(level, index)
    const row = this.#rows[place.level]
    if (row?.index === place.index) return row.node(Math.log2(place.count), place.first / place.count)
    const waiting = this.#waiting.get(`${place.level}/${place.index}`)
    if (waiting) return fold(waiting.hashes.slice(place.first, place.first + place.count))
    const tree = await this.#tile(place.level, place.index)
    return tree.node(Math.log2(place.count), place.first / place.count)
  }

  #tile(level: number, index: number): TileTree | Promise<TileTree> {
    const key = `${level}/${index}`
    const known = this.#read.get(key)
    if (known) {
      // Taken out and put back: the map then runs from the tile unused longest to the one used last.
      this.#read.delete(key)
      this.#read.set(key, known)
      return known
    }
    const tile = this.#readFull(level, index).then((bytes) => {
      const tree = new TileTree(bytes)
      if (this.#read.get(key) === tile) this.#read.set(key, tree)
      return tree
    })
    tile.catch(() => this.#read.delete(key))
    this.#keep(key, tile)
    return tile
  }

  #keep(key: string, tree: TileTree | Promise<TileTree>): void {
    this.#read.set(key, tree)
    if (this.#read.size > MAX_CACHED_TILES) this.#read.delete(this.#read.keys().next().value as string)
  }
}

/** 16 KiB each: about 32 MB. */
const MAX_CACHED_TILES = 2048

/** The tile at the right edge, with the hashes above it as they become complete: a proof asks for them again and again. */
class OpenTile {
  readonly index: number
  readonly #rows: Hash[][] = [[]]

  constructor(index: number) {
    this.index = index
  }

  get hashes(): readonly Hash[] {
    return this.#rows[0] as Hash[]
  }

  /** Adds a hash; the root of the tile once it is full. */
  push(hash: Hash): Hash | undefined {
    let made = hash
    for (let level = 0; ; level++) {
      this.#rows[level] ??= []
      const row = this.#rows[level] as Hash[]
      row.push(made)
      if (row.length % 2 === 1) break
      made = nodeHash(row.at(-2) as Hash, made)
    }
    return this.hashes.length === TILE_WIDTH ? made : undefined
  }

  node(level: number, index: number): Hash {
    return this.#rows[level]?.[index] as Hash
  }
}

/** A full tile and, once one of them is asked for, the hashes above it up to its root. */
class TileTree {
  readonly #rows: Uint8Array[]

  constructor(bytes: Uint8Array) {
    this.#rows = [bytes]
  }

  /** Hash of the subtree `index` of 2^level hashes of the tile. */
  node(level: number, index: number): Hash {
    while (this.#rows.length <= level) this.#rows.push(parentRow(this.#rows.at(-1) as Uint8Array))
    return (this.#rows[level] as Uint8Array).slice(index * 32, index * 32 + 32)
  }
}

function above(row: readonly Hash[]): Hash[] {
  return Array.from({ length: row.length / 2 }, (_, i) =>
    nodeHash(row[2 * i] as Hash, row[2 * i + 1] as Hash),
  )
}

export function joinHashes(hashes: readonly Hash[]): Uint8Array {
  const bytes = new Uint8Array(hashes.length * 32)
  for (const [i, hash] of hashes.entries()) bytes.set(hash, i * 32)
  return bytes
}

/** Root of a complete subtree from its 2^k hashes. */
export function fold(hashes: readonly Hash[]): Hash {
  let row = hashes
  while (row.length > 1) row = above(row)
  return row[0] as Hash
}
