import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { computePipeline } from '../compute/compute.ts'
import { prepareAll } from '../compute/pipeline.ts'
import { readData } from '../data/read-data.ts'
import { loadFramework } from '../framework/load.ts'
import { asPublished } from './as-published.ts'
import { type EditionDocument, freezeEdition } from './edition.ts'
import { diffEditions } from './edition-diff.ts'

const framework = (weight = 1, range = 'minmax'): string => `framework: thu
version: "1"
status: illustrative
normalise: {method: ${range}, range: [0, 100]}
aggregate: {method: arithmetic}
output: {decimals: 2}
rank: {order: desc, ties: min}
nodes:
  - {code: T}
  - {code: a, parent: T, weight: ${weight}}
  - {code: b, parent: T}
`
const data = `unit,item,value,published
X,a,10,2024
X,b,5,2024
Y,a,20,2024
Y,b,1,2024
Z,a,15,2024
Z,b,3,2024
Z,b,3.5,2025
`

function freeze(
  text: string,
  day: string,
  yaml = framework(),
): { document: EditionDocument; json: string; sha256: string } {
  const loaded = loadFramework({ path: 'thu.yaml', text: yaml, read: () => null })
  expect(loaded.problems.filter((p) => p.severity === 'error')).toEqual([])
  const read = readData(text, { asPublished: day })
  const scores = prepareAll(loaded.framework!, read.data!.panels).map(computePipeline)
  return freezeEdition(loaded.framework!, asPublished(read.data!.rows, day), scores, { asPublished: day })
}

describe('an edition', () => {
  test('has the same bytes and hash whatever the order of the rows, and its hash is that of its bytes', () => {
    const [head, ...rows] = data.trimEnd().split('\n')
    const one = freeze(data, '2025')
    const two = freeze(`${[head, ...rows.reverse()].join('\r\n')}\r\n`, '2025')
    expect(two.json).toBe(one.json)
    expect(createHash('sha256').update(one.json).digest('hex')).toBe(one.sha256)
  })

  test('holds what was published by its day; published values are rounded', () => {
    const { document } = freeze(data, '2024')
    expect(document.results[0]!.units.map((u) => [u.unit, u.score, u.rank])).toEqual([
      ['X', 50, 1],
      ['Y', 50, 1],
      ['Z', 50, 1],
    ])
    expect(document.edition).toMatchObject({ number: 1, kind: 'provisional', asPublished: '2024' })
    expect(freeze(data, '2025').document.results[0]!.units[2]).toMatchObject({
      unit: 'Z',
      score: 56.25,
      rank: 1,
    })
  })
})

describe('the difference between two editions', () => {
  test('a revised figure: the unit by its data, and everybody whose rank moved', () => {
    const { changes, ranks } = diffEditions(freeze(data, '2024').document, freeze(data, '2025').document)
    expect(changes).toEqual([
      { unit: 'Z', node: 'T', before: 50, after: 56.25, cause: 'data' },
      { unit: 'Z', node: 'b', before: 50, after: 62.5, cause: 'data' },
    ])
    expect(ranks).toEqual([
      { unit: 'X', before: 1, after: 2 },
      { unit: 'Y', before: 1, after: 2 },
    ])
  })

  test('a new extreme moves others by nothing of their own: peers', () => {
    const { changes } = diffEditions(
      freeze(data, '2025').document,
      freeze(data.replace('Y,a,20', 'Y,a,30'), '2025').document,
    )
    expect(changes.find((c) => c.unit === 'Z' && c.node === 'a')).toMatchObject({ cause: 'peers' })
  })

  test('another weight is the method; a unit that came is membership', () => {
    const method = diffEditions(freeze(data, '2025').document, freeze(data, '2025', framework(3)).document)
    expect(new Set(method.changes.map((c) => c.cause))).toEqual(new Set(['method']))
    const more = diffEditions(
      freeze(data, '2025').document,
      freeze(`${data}W,a,12,2024\nW,b,2,2024\n`, '2025').document,
    )
    expect(more.changes).toContainEqual({
      unit: 'W',
      node: 'a',
      before: null,
      after: 20,
      cause: 'membership',
    })
    expect(more.ranks).toContainEqual({ unit: 'W', before: null, after: 4 })
  })

  test('an edition does not differ from itself', () => {
    const { document } = freeze(data, '2025')
    expect(diffEditions(document, document)).toEqual({ changes: [], ranks: [] })
  })
})
