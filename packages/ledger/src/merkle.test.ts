import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CompactRange,
  consistencyProof,
  EMPTY_ROOT,
  type Hash,
  inclusionProof,
  leafHash,
  type Node,
  nodeHash,
  rootHash,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts'

const hex = (hash: Uint8Array) => Buffer.from(hash).toString('hex')
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))

/** The eight entries of the reference tree in RFC 6962's test data (Certificate Transparency, known-answer vectors). */
const entries = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map(bytes)
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

/** A tree in memory, and RFC 9162's definition of its root written down literally as the oracle. */
function tree(leaves: readonly Uint8Array[]) {
  const nodes = new Map<string, Hash>()
  const range = new CompactRange()
  for (const entry of leaves)
    range.append(leafHash(entry), ({ level, index }, hash) => nodes.set(`${level}/${index}`, hash))
  const read = ({ level, index }: Node) => {
    const hash = nodes.get(`${level}/${index}`)
    if (!hash) throw new Error(`no node ${level}/${index}`)
    return hash
  }
  return { range, read }
}
function definition(leaves: readonly Uint8Array[]): Hash {
  if (leaves.length === 0) return EMPTY_ROOT
  if (leaves.length === 1) return leafHash(leaves[0] as Uint8Array)
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return nodeHash(definition(leaves.slice(0, k)), definition(leaves.slice(k)))
}
const numbered = (n: number) => Array.from({ length: n }, (_, i) => new TextEncoder().encode(`mục ${i}`))

describe('the Merkle tree of RFC 9162', () => {
  it('gives the published roots', () => {
    expect(hex(EMPTY_ROOT)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    roots.forEach((root, i) => {
      expect(hex(tree(entries.slice(0, i + 1)).range.root())).toBe(root)
    })
  })

  it('equals the definition for every size, and proves every leaf and every earlier size', async () => {
    const leaves = numbered(70)
    for (let size = 0; size <= 70; size++) {
      const { range, read } = tree(leaves.slice(0, size))
      const root = definition(leaves.slice(0, size))
      expect(hex(range.root())).toBe(hex(root))
      expect(hex(await rootHash(size, read))).toBe(hex(root))
      for (let i = 0; i < size; i++) {
        const path = await inclusionProof(i, size, read)
        expect(verifyInclusion(i, size, leafHash(leaves[i] as Uint8Array), path, root)).toBe(true)
        if (i + 1 < size)
          expect(verifyInclusion(i + 1, size, leafHash(leaves[i] as Uint8Array), path, root)).toBe(false)
      }
      for (let old = 0; old <= size; old++) {
        const path = await consistencyProof(old, size, read)
        expect(verifyConsistency(old, size, definition(leaves.slice(0, old)), root, path)).toBe(true)
      }
    }
  })

  it('refuses a proof in which anything was changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 200 }),
        fc.nat(),
        fc.nat(),
        fc.nat({ max: 255 }),
        fc.integer({ min: 1, max: 255 }),
        async (size, a, b, at, flip) => {
          const leaves = numbered(size)
          const { range, read } = tree(leaves)
          const index = a % size
          const old = 1 + (b % (size - 1))
          const path = await inclusionProof(index, size, read)
          const steps = await consistencyProof(old, size, read)
          const leaf = leafHash(leaves[index] as Uint8Array)
          const broken = (proof: Hash[]) => {
            const copy = proof.map((hash) => hash.slice())
            const hash = copy[at % copy.length] as Hash
            hash[at % 32] = (hash[at % 32] as number) ^ flip
            return copy
          }
          expect(verifyInclusion(index, size, leaf, broken(path), range.root())).toBe(false)
          expect(verifyInclusion(index, size, leaf, path.slice(1), range.root())).toBe(false)
          expect(verifyInclusion(index, size, leaf, [...path, leaf], range.root())).toBe(false)
          const oldRoot = definition(leaves.slice(0, old))
          expect(verifyConsistency(old, size, oldRoot, range.root(), broken(steps))).toBe(false)
          expect(
            verifyConsistency(
              old,
              size,
              leaf.map((x) => x ^ 1),
              range.root(),
              steps,
            ),
          ).toBe(false)
        },
      ),
      { numRuns: 100 },
    )
  })

  it('goes on from a stored edge', () => {
    const leaves = numbered(40)
    const { range } = tree(leaves.slice(0, 23))
    const again = new CompactRange(23, range.hashes)
    for (const entry of leaves.slice(23)) again.append(leafHash(entry))
    expect(hex(again.root())).toBe(hex(definition(leaves)))
    expect(() => new CompactRange(23, [])).toThrow('size 23 needs 4 hashes')
  })
})
