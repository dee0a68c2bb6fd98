import { join } from 'node:path'
import { readWhole } from '@nhip/durable/file-system'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import { bundlePath, TILE_WIDTH, tilePath, tilesOf } from '@nhip/ledger/tile-path'
import type { NodeLedger } from '../exchange/node-ledger.ts'
import { bytesPart, filePart, filesUnder } from './parts.ts'
import type { Part } from './write-archive.ts'

/** A ledger folder as of one head. */
export interface LedgerCopy {
  size: number
  origin: string
  parts(): AsyncGenerator<Part>
}

/**
 * What of a ledger folder belongs to its newest head. Called while the pump is held: the files of the right edge, which
 * the next head replaces, are read at once; full tiles and bundles never change and are read when their turn comes.
 *
 * The tail is left out: a head covers all that was appended, so everything is in tiles and bundles.
 */
export async function copyLedger(folder: string, { ledger }: NodeLedger): Promise<LedgerCopy> {
  const { size } = ledger.state()
  const edge: Part[] = []
  const whole: string[] = []
  const sort = async (path: string, width: number) => {
    if (width === TILE_WIDTH) whole.push(path)
    else edge.push(bytesPart(path, await readWhole(nodeFileSystem, join(folder, path))))
  }
  if (size > 0)
    edge.push(bytesPart('checkpoint', await readWhole(nodeFileSystem, join(folder, 'checkpoint'))))
  for (const tile of tilesOf(size)) {
    await sort(tilePath(tile), tile.width)
    if (tile.level === 0) await sort(bundlePath(tile.index, tile.width), tile.width)
  }
  async function* parts(): AsyncGenerator<Part> {
    for (const part of edge) yield { ...part, name: `ledger/${part.name}` }
    for (const path of whole) yield await demand(folder, path)
    for await (const path of filesUnder(folder, (path) => isBeside(path, size))) {
      const part = await filePart(`ledger/${path}`, join(folder, path))
      if (part) yield part
    }
  }
  return { size, origin: ledger.origin, parts }
}

async function demand(folder: string, path: string): Promise<Part> {
  const part = await filePart(`ledger/${path}`, join(folder, path))
  if (!part) throw new Error(`the ledger has lost its file "${path}"`)
  return part
}

/** Keys, kept heads and stamps; not those of heads that came after the copied one. */
function isBeside(path: string, size: number): boolean {
  if (path.includes('.tmp-')) return false
  const [top] = path.split('/')
  if (top === 'tile' || top === 'tail' || top === 'checkpoint' || top === 'quarantine') return false
  const of = /^(?:heads|stamps)\/(\d+)\./.exec(path)
  return of === null || Number(of[1]) <= size
}
