import { RandomStream } from '@nhip/random/stream'
import { describe, expect, it } from 'vitest'
import { checkModel } from './check-model.ts'
import { modelOf, type TableSpec } from './model.fixture.ts'

const X = { name: 'x', type: 'number' }
const Limit = { name: 'Limit', type: 'number' }

function said(table: TableSpec): string[] {
  return checkModel(modelOf([table]))
    .findings.filter(({ severity }) => severity !== 'info')
    .map(({ code, rules, proved, region }) =>
      [code, rules.join('+'), JSON.stringify(region ?? {}), proved ? '' : 'not proved'].join(' ').trim(),
    )
}
/** The second column is there so that the limit is an input of the decision. */
const withLimit = (rules: string[][], more: Partial<TableSpec> = {}) =>
  said({ inputs: [X, Limit], rules: rules.map(([cell = '-', out = '1']) => [cell, '-', out]), ...more })

describe('cells that compare two inputs', () => {
  it.each([
    [['< Limit', '>= Limit']],
    [['< Limit', '= Limit', '> Limit']],
    [['< Limit', 'not(< Limit)']],
    [['!= Limit', '= Limit']],
    [['< 2 * Limit', '>= 2 * Limit']],
    [['< 0', '? >= 0 and ? < Limit', '? >= 0 and ? >= Limit']],
  ])('%s leave nothing out and do not meet', (cells) => {
    expect(withLimit(cells.map((cell, i) => [cell, String(i)]))).toEqual([])
  })
  it('a case between the two is left out', () => {
    expect(
      withLimit([
        ['< Limit', '1'],
        ['> Limit', '2'],
      ]),
    ).toEqual(['table.gap  {"x = Limit":"true"}'])
  })
  it('both hold at the limit', () => {
    expect(
      withLimit([
        ['<= Limit', '1'],
        ['>= Limit', '2'],
      ]),
    ).toEqual(['table.overlap 1+2 {"x = Limit":"true"}'])
  })
  it('a rule that an earlier one takes whole', () => {
    expect(
      withLimit(
        [
          ['<= Limit', '1'],
          ['< Limit', '2'],
          ['-', '3'],
        ],
        { policy: 'FIRST' },
      ),
    ).toEqual(['table.masked 2+1 {"x < Limit":"true"}'])
  })
  it('bounds that exclude each other are no overlap', () => {
    const table = (values: string): TableSpec => ({
      inputs: [
        { ...X, values: '[0..100]' },
        { ...Limit, values },
      ],
      rules: [
        ['< 50', '-', '1'],
        ['? >= 50 and ? < Limit', '-', '2'],
        ['? >= Limit', '-', '3'],
      ],
    })
    expect(said(table('[60..100]'))).toEqual([])
    expect(said(table('[40..100]'))).toEqual(['table.overlap 1+3 {"x":"[0..50)","x >= Limit":"true"}'])
  })
  it('what may be null, and tests that are no product, stay open', () => {
    expect(
      withLimit([
        ['null', '0'],
        ['< Limit', '1'],
        ['>= Limit', '2'],
      ]).every((line) => line.endsWith('not proved')),
    ).toBe(true)
    expect(
      withLimit([
        ['< 0, > Limit', '1'],
        ['? >= 0 and ? <= Limit', '2'],
      ]).every((line) => line.endsWith('not proved')),
    ).toBe(true)
  })
  it('40 random tables over five values each agree with trying all of them', () => {
    const stream = new RandomStream('relations')
    const pick = <T>(items: readonly T[]) => items[Math.floor(stream.uniform() * items.length)] as T
    const values = [1, 2, 3, 4, 5]
    const xs: Record<string, (x: number, y: number) => boolean> = {
      '-': () => true,
      '< y': (x, y) => x < y,
      '<= y': (x, y) => x <= y,
      '= y': (x, y) => x === y,
      '>= y': (x, y) => x >= y,
      '!= y': (x, y) => x !== y,
      'not(> y)': (x, y) => x <= y,
      '? > 1 and ? < y': (x, y) => x > 1 && x < y,
      '[2..y]': (x, y) => x >= 2 && x <= y,
      '< 3': (x) => x < 3,
      '[3..5)': (x) => x >= 3 && x < 5,
    }
    const ys: Record<string, (y: number) => boolean> = {
      '-': () => true,
      '<= 2': (y) => y <= 2,
      '> 2': (y) => y > 2,
      '4': (y) => y === 4,
    }
    for (let n = 0; n < 40; n++) {
      const rows = Array.from({ length: 2 + (n % 3) }, () => [pick(Object.keys(xs)), pick(Object.keys(ys))])
      const hits = values.flatMap((x) =>
        values.map((y) =>
          rows.flatMap(([a = '-', b = '-'], r) => (xs[a]?.(x, y) && ys[b]?.(y) ? [r + 1] : [])),
        ),
      )
      const truth = new Set(hits.some((hit) => hit.length === 0) ? ['gap'] : [])
      for (const hit of hits)
        for (const a of hit) for (const b of hit) if (a < b) truth.add(`overlap ${a}+${b}`)
      const inputs = ['x', 'y'].map((name) => ({ name, type: 'number', values: '1,2,3,4,5' }))
      const { findings } = checkModel(modelOf([{ inputs, rules: rows }]))
      const found = findings
        .filter(({ code }) => code === 'table.gap' || code === 'table.overlap')
        .map(({ code, rules, proved }) => ({
          name: [code.slice('table.'.length), rules.join('+')].join(' ').trim(),
          proved,
        }))
      const text = JSON.stringify(rows)
      for (const { name, proved } of found) if (proved) expect([text, ...truth]).toContain(name)
      // What inputs can bring about is shown, and with a case.
      for (const name of truth)
        expect([text, ...found.filter(({ proved }) => proved).map((one) => one.name)]).toContain(name)
    }
  })
})
