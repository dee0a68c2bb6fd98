import { describe, expect, it } from 'vitest'
import { type ChangeParts, change } from './change.ts'
import { frameworkOf, panelOf } from './small-framework.fixture.ts'

const head = (version: string, more = '') => `framework: test
version: "${version}"
status: draft
normalise: {method: minmax, range: [1, 100]}
${more}`
const nodes = (w = 1) => `nodes:
  - {code: Index}
  - {code: A, parent: Index, weight: ${w}}
  - {code: B, parent: Index}
  - {code: a1, parent: A}
  - {code: a2, parent: A}
  - {code: b1, parent: B}
`
const first = frameworkOf(head('1') + nodes())
const same = new Map(['a1', 'a2', 'b1'].map((code) => [code, code]))
const sum = (parts: ChangeParts) => Object.values(parts).reduce((a, b) => a + b)

const data1 = panelOf(first, 'unit,a1,a2,b1\nx,1,5,3\ny,2,2,9\nz,7,1,4\nw,3,3,3\n')
const data2 = panelOf(first, 'unit,a1,a2,b1\nx,4,5,3\ny,2,3,9\nz,7,1,4\nw,3,3,3.5\n')

describe('change between editions', () => {
  it('is all data when only the figures moved, shared out per item exactly', () => {
    const found = change({ framework: first, panel: data1 }, { framework: first, panel: data2 }, 'x', same)
    expect(found.parts.method).toBe(0)
    expect(found.parts.membership).toBe(0)
    expect(found.parts.boundary).toBe(0)
    expect(found.parts.not_comparable).toBe(0)
    expect(found.parts.data).toBeCloseTo(found.to - found.from, 9)
    expect(found.data.method).toBe('linear')
    expect(found.data.items.reduce((s, i) => s + i.score, 0)).toBeCloseTo(found.parts.data, 9)
    // Item b1 of x did not move and neither did its minimum and maximum.
    expect(found.data.items.find((i) => i.item === 'b1')!.score).toBeCloseTo(0, 12)
    // a1 rose from 1 to 4 while the range narrowed from 1..7 to 2..7: (40.6 − 1) / 4.
    expect(found.data.items.find((i) => i.item === 'a1')!.score).toBeCloseTo((99 * 0.4) / 4, 9)
  })

  it('sums to the change for score and rank when everything changes at once', () => {
    const second = frameworkOf(
      `${head('2', 'aggregate: {method: geometric}\n')}${nodes(3)}  - {code: b2, parent: B}\n`,
    )
    const panel = panelOf(second, 'unit,a1,a2,b1,b2\nx,4,5,3,5\ny,2,3,9,1\nv,9,4,4,3\nw,3,3,3.5,9\n')
    const found = change({ framework: first, panel: data1 }, { framework: second, panel }, 'x', same)
    expect(sum(found.parts)).toBeCloseTo(found.to - found.from, 9)
    expect(sum(found.rank.parts)).toBeCloseTo(found.rank.to - found.rank.from, 9)
    expect(found.notComparable).toEqual(['b2'])
    expect(found.parts.method).not.toBe(0)
    expect(found.parts.membership).not.toBe(0)
    expect(found.parts.not_comparable).not.toBe(0)
    expect(found.data.method).toBe('exact')
    expect(found.data.items.reduce((s, i) => s + i.score, 0)).toBeCloseTo(found.parts.data, 9)
    expect(found.data.items.reduce((s, i) => s + i.rank!, 0)).toBeCloseTo(found.rank.parts.data, 9)
  })

  it('follows renamed items through the crosswalk', () => {
    const renamed = frameworkOf((head('2') + nodes()).replaceAll('b1', 'c9'))
    const panel = panelOf(renamed, 'unit,a1,a2,c9\nx,1,5,3\ny,2,2,9\nz,7,1,4\nw,3,3,3\n')
    const pairs = new Map([...same, ['b1', 'c9']])
    const found = change({ framework: first, panel: data1 }, { framework: renamed, panel }, 'x', pairs)
    expect(found.notComparable).toEqual([])
    for (const part of Object.values(found.parts)) expect(part).toBeCloseTo(0, 12)
  })

  it('gives the map its part when the data of both maps are known', () => {
    const merged = panelOf(first, 'unit,a1,a2,b1\nx,2,4,6\nz,7,1,4\nw,3,3,3\n')
    const later = panelOf(first, 'unit,a1,a2,b1\nx,3,4,6\nz,7,1,4\nw,3,3,3\n')
    const back = panelOf(first, 'unit,a1,a2,b1\nx,2,5,3\ny,3,3,9\nz,7,1,4\nw,3,3,3\n')
    const found = change(
      { framework: first, panel: data1, onOtherMap: merged },
      { framework: first, panel: later, onOtherMap: back },
      'x',
      same,
    )
    expect(found.parts.boundary).not.toBe(0)
    expect(found.parts.membership).toBe(0)
    expect(sum(found.parts)).toBeCloseTo(found.to - found.from, 9)
  })

  it('samples orders when there are too many main indices and no sum', () => {
    const leaves = Array.from({ length: 12 }, (_, i) => `x${i}`)
    const wide = frameworkOf(
      `${head('1', 'aggregate: {method: geometric}\n')}nodes:\n  - {code: Index}\n${leaves.map((c) => `  - {code: ${c}, parent: Index}\n`).join('')}`,
    )
    const table = (shift: number) =>
      panelOf(
        wide,
        `unit,${leaves}\n${['p', 'q', 'r', 's'].map((u, k) => `${u},${leaves.map((_, i) => ((i * 7 + k * 5 + shift * (i % 3) * (k + 1)) % 11) + k * 0.1)}`).join('\n')}\n`,
      )
    const found = change(
      { framework: wide, panel: table(0) },
      { framework: wide, panel: table(1) },
      'q',
      new Map(leaves.map((c) => [c, c])),
      { pairs: 16 },
    )
    expect(found.data.method).toBe('sampled')
    expect(found.data.items.reduce((s, i) => s + i.score, 0)).toBeCloseTo(found.parts.data, 9)
    expect(Math.max(...found.data.items.map((i) => i.standard_error))).toBeGreaterThan(0)
  })

  it('says so when the unit is not in both', () => {
    expect(() =>
      change({ framework: first, panel: data1 }, { framework: first, panel: data2 }, 'q', same),
    ).toThrow(/"q"/)
  })
})
