import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'

const PAGE = 8192
/** Pages of one file of a table; the next file goes on counting. */
const SEGMENT_PAGES = 131_072
const READ_PAGES = 32
const LANES = 32
const PRIME = 16_777_619

/** Where each of the 32 sums begins (PostgreSQL, src/include/storage/checksum_impl.h). */
const BASE = Uint32Array.from([
  0x5b1f36e9, 0xb8525960, 0x02ab50aa, 0x1de66d2a, 0x79ff467a, 0x9bb9f8a3, 0x217e7cd2, 0x83e13d2c, 0xf8d4474f,
  0xe39eb970, 0x42c6ae16, 0x993216fa, 0x7b093b5d, 0x98daff3c, 0xf718902a, 0x0b1c9cdb, 0xe58f764b, 0x187636bc,
  0x5d7b3bb1, 0xe73de7de, 0x92bec979, 0xcca6c0b2, 0x304a0979, 0x85aa43d4, 0x783125bb, 0x6ca8eaa2, 0xe407eac6,
  0x4b5cfc3e, 0x9fbf8c76, 0x15ca20be, 0xf2ca9fd3, 0x959bd756,
])

/** A page whose content is not what its checksum says. */
export interface BadPage {
  /** Path in the cluster's folder. */
  file: string
  /** Number of the page in the file. */
  page: number
}

/**
 * Compares every page of a closed, embedded cluster with its checksum, as `pg_checksums --check` does: tables, indexes
 * and what belongs to them, whether or not a query would come across them.
 */
export async function* badPages(cluster: string): AsyncGenerator<BadPage> {
  const folders = ['global']
  for (const name of await readdir(join(cluster, 'base'))) folders.push(`base/${name}`)
  for (const folder of folders) {
    for (const name of (await readdir(join(cluster, folder))).sort()) {
      const found = /^\d+(?:_(?:fsm|vm|init))?(?:\.(\d+))?$/.exec(name)
      if (!found) continue
      const first = Number(found[1] ?? 0) * SEGMENT_PAGES
      yield* badPagesOf(join(cluster, folder, name), `${folder}/${name}`, first)
    }
  }
}

async function* badPagesOf(path: string, file: string, first: number): AsyncGenerator<BadPage> {
  const handle = await open(path, 'r')
  try {
    const buffer = new Uint8Array(READ_PAGES * PAGE)
    for (let page = 0; ; ) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, page * PAGE)
      if (bytesRead === 0) return
      for (let at = 0; at < bytesRead; at += PAGE, page++) {
        if (at + PAGE > bytesRead || !isSound(buffer.subarray(at, at + PAGE), first + page))
          yield { file, page }
      }
    }
  } finally {
    await handle.close()
  }
}

/** @param number of the page, counted over all files of its table */
export function isSound(page: Uint8Array, number: number): boolean {
  const view = new DataView(page.buffer, page.byteOffset, PAGE)
  // `pd_upper` is 0 on a page that has been added and not yet filled.
  if (view.getUint16(14, true) === 0) return page.every((byte) => byte === 0)
  return view.getUint16(8, true) === checksum(view, number)
}

function checksum(page: DataView, number: number): number {
  const sums = Uint32Array.from(BASE)
  for (let at = 0; at < PAGE; at += 4) {
    // The stored checksum, at byte 8, counts as zero.
    const value = at === 8 ? page.getUint16(10, true) << 16 : page.getUint32(at, true)
    const lane = (at / 4) % LANES
    sums[lane] = mixed(sums[lane] as number, value)
  }
  let result = number
  for (const sum of sums) result ^= mixed(mixed(sum, 0), 0)
  return ((result >>> 0) % 65_535) + 1
}

function mixed(sum: number, value: number): number {
  const both = sum ^ value
  return Math.imul(both, PRIME) ^ (both >>> 17)
}
