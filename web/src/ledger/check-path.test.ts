import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { checkPath } from './check-path.ts'

/** The tree of eight leaves that the tests of Certificate Transparency share. */
const leaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'))
const sha = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest()

function tree(from: number, to: number): Buffer {
  if (to - from === 1) return sha(Buffer.of(0), leaves[from] as Buffer)
  const middle = from + split(to - from)
  return sha(Buffer.of(1), tree(from, middle), tree(middle, to))
}
function pathTo(index: number, from: number, to: number): Buffer[] {
  if (to - from === 1) return []
  const middle = from + split(to - from)
  return index < middle
    ? [...pathTo(index, from, middle), tree(middle, to)]
    : [...pathTo(index, middle, to), tree(from, middle)]
}
function split(n: number): number {
  let size = 1
  while (size * 2 < n) size *= 2
  return size
}
const claim = (index: number, size: number) => ({
  index,
  size,
  bytes: (leaves[index] as Buffer).toString('base64'),
  path: pathTo(index, 0, size).map((hash) => hash.toString('base64')),
  root: tree(0, size).toString('base64'),
})

describe('the path from an entry to the signed root, walked in the browser', () => {
  it('ends in the root that Certificate Transparency publishes for these leaves', () => {
    expect(tree(0, 8).toString('hex')).toBe(
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    )
  })

  it('fits for every entry of every size', async () => {
    for (let size = 1; size <= 8; size++)
      for (let index = 0; index < size; index++) expect(await checkPath(claim(index, size))).toBe('fits')
  })

  it('does not fit another entry, place, size, path or root', async () => {
    const good = claim(5, 7)
    expect(await checkPath({ ...good, bytes: claim(4, 7).bytes })).toBe('fits-not')
    expect(await checkPath({ ...good, index: 4 })).toBe('fits-not')
    expect(await checkPath({ ...good, index: 9 })).toBe('fits-not')
    expect(await checkPath({ ...good, path: good.path.slice(1) })).toBe('fits-not')
    expect(await checkPath({ ...good, path: [...good.path, good.root] })).toBe('fits-not')
    expect(await checkPath({ ...good, root: claim(5, 8).root })).toBe('fits-not')
  })
})
