import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, describe, expect, test } from 'vitest'
import { main } from '../frame.ts'

const folder = mkdtempSync(join(tmpdir(), 'nhip-measure-'))
afterAll(() => rmSync(folder, { recursive: true }))
const models = join(import.meta.dirname, '../../../models/frameworks')

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

async function nhip(...args: string[]) {
  const texts = { out: '', err: '' }
  const sink = (to: 'out' | 'err') =>
    new Writable({
      write(chunk, _, done) {
        texts[to] += String(chunk)
        done()
      },
    })
  const code = await main(['measure', ...args], {
    stdout: sink('out'),
    stderr: sink('err'),
    stdin: process.stdin,
  })
  return { code, ...texts }
}

const FRAMEWORK = `framework: t
version: "1"
status: draft
aggregate: points
output: {decimals: 2}
nodes:
  - {code: T, points: 100}
  - {code: x, parent: T, points: 60}
  - {code: y, parent: T, points: 40}
`
const framework = file('t.yaml', FRAMEWORK)
const HEAD = 'unit,item,value,period'

describe('nhip measure compute', () => {
  test('keys stand in the published order; a result a period; units by rank, then code', async () => {
    const data = file('d.csv', `${HEAD}\nB,x,1,2024\nB,y,0.5,2024\nA,x,1,2024\nA,y,0.5,2024\nC,x,0.5,2023\n`)
    const { code, out, err } = await nhip('compute', framework, data, '--json')
    expect([code, err]).toEqual([0, ''])
    const answer = JSON.parse(out)
    expect(Object.keys(answer)).toEqual(['framework', 'engine', 'results', 'warnings'])
    expect(Object.keys(answer.framework)).toEqual(['code', 'version', 'status', 'sha256'])
    expect(answer.results.map((r: { period: string }) => r.period)).toEqual(['2023', '2024'])
    const [first, second] = answer.results
    expect(Object.keys(first)).toEqual(['period', 'units', 'items'])
    expect(Object.keys(first.items[0])).toEqual(['item', 'n', 'missing', 'imputed', 'treatment', 'treated'])
    expect(JSON.stringify(first.units[0])).toBe(
      '{"unit":"C","group":null,"score":0.3,"published":0.3,"points":30,"max":100,"rank":1,"of":1,"state":"incomplete","coverage":0.5,"nodes":' +
        '{"T":{"value":0.3,"points":30,"max":100,"raw":null,"treated":null,"state":"ok","imputed":false},' +
        '"x":{"value":0.5,"points":30,"max":60,"raw":0.5,"treated":0.5,"state":"ok","imputed":false},' +
        '"y":{"value":null,"points":null,"max":40,"raw":null,"treated":null,"state":"missing","imputed":false}}}',
    )
    expect(second.units.map((u: { unit: string; rank: number }) => [u.unit, u.rank])).toEqual([
      ['A', 1],
      ['B', 1],
    ])
  })

  test('the order of rows and a second run change no byte', async () => {
    const rows = ['B,x,0.25,2024', 'A,y,0.1,2024', 'A,x,0.7,2024', 'C,y,1,2024']
    const outs = []
    for (const order of [rows, [...rows].reverse(), rows]) {
      outs.push((await nhip('compute', framework, file('o.csv', [HEAD, ...order].join('\n')), '--json')).out)
    }
    expect(new Set(outs).size).toBe(1)
  })

  test('--period restricts, and an unknown period is refused', async () => {
    const data = file('p.csv', `${HEAD}\nA,x,1,2023\nA,x,0,2024\n`)
    const { out } = await nhip('compute', framework, data, '--period', '2024', '--json')
    expect(JSON.parse(out).results.map((r: { period: string }) => r.period)).toEqual(['2024'])
    expect(await nhip('compute', framework, data, '--period', '2030', '--json')).toMatchObject({
      code: 2,
      out: '',
    })
  })

  test('items that the framework does not know are warned of', async () => {
    const { code, out } = await nhip(
      'compute',
      framework,
      file('u.csv', `${HEAD}\nA,x,1,\nA,note,see below,\n`),
      '--json',
    )
    const codes = JSON.parse(out).warnings.map((w: { code: string; item?: string }) =>
      `${w.code} ${w.item ?? ''}`.trim(),
    )
    expect([code, codes]).toEqual([0, ['unknown-item note', 'item-without-data y', 'draft']])
  })

  test.each([
    ['a duplicate', `${HEAD}\nA,x,1,\nA,x,1,\n`, 'u.csv:3:5: error duplicate'],
    ['an unreadable number', `${HEAD}\nA,x,"1,5",\n`, 'u.csv:2:5: error unreadable-number'],
    ['a blank unit', `${HEAD}\n,x,1,\n`, 'u.csv:2:1: error blank-unit'],
    ['a value outside 0..1 under points', `${HEAD}\nA,x,1.5,\n`, 'error value-out-of-range'],
  ])('%s: exit 2, the place on stderr, nothing on stdout', async (_, text, message) => {
    const { code, out, err } = await nhip('compute', framework, file('u.csv', text), '--json')
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(message)
  })

  test('a framework with faults is not computed with', async () => {
    const broken = file('b.yaml', FRAMEWORK.replace('points: 60', 'points: 50'))
    const { code, err } = await nhip('compute', broken, file('d2.csv', `${HEAD}\nA,x,1,\n`))
    expect(code).toBe(2)
    expect(err).toContain('points-sum')
  })

  test('for people: rank, unit, score with a comma', async () => {
    const { out } = await nhip(
      'compute',
      framework,
      file('v.csv', `${HEAD}\nĐà Nẵng,x,1,2024\nĐà Nẵng,y,0.5,2024\n`),
    )
    expect(out).toBe('t (t@1), 2024\n      1/1  Đà Nẵng  0,80\n')
  })
})

describe('nhip measure check', () => {
  test('a sound file: exit 0 and the counts', async () => {
    const { code, out } = await nhip('check', join(models, 'hdi-2022.yaml'), '--json')
    const answer = JSON.parse(out)
    expect(Object.keys(answer)).toEqual(['ok', 'framework', 'nodes', 'leaves', 'problems'])
    expect([code, answer.ok, answer.nodes, answer.leaves, answer.problems]).toEqual([0, true, 8, 4, []])
  })

  test('a fault: exit 1 with path, line and both languages', async () => {
    const { code, out } = await nhip(
      'check',
      file('w.yaml', FRAMEWORK.replace('points: 60', 'points: 50')),
      '--json',
    )
    const answer = JSON.parse(out)
    expect([code, answer.ok]).toEqual([1, false])
    expect(answer.problems).toMatchObject([
      { severity: 'error', code: 'points-sum', line: 7, path: 'nodes[0].points', value: '100' },
    ])
    expect(Object.keys(answer.problems[0]).slice(0, 8)).toEqual([
      'severity',
      'code',
      'file',
      'line',
      'column',
      'path',
      'value',
      'message',
    ])
  })

  test('no file: exit 2', async () => {
    expect(await nhip('check', join(folder, 'none.yaml'))).toMatchObject({ code: 2, out: '' })
    expect(await nhip('check')).toMatchObject({ code: 2 })
  })

  test('every file of models/frameworks passes', async () => {
    for (const name of [
      'hdi-2022',
      'dti-922-province-2022',
      'index-766-2022',
      'papi-2011',
      'asem-2018',
      'pci-2005',
      'pci-2007',
      'dti-commune-illustrative',
    ]) {
      expect(await nhip('check', join(models, `${name}.yaml`))).toMatchObject({ code: 0, err: '' })
    }
  })
})

describe('nhip measure explain', () => {
  test('a sentence and the tree, in Vietnamese', async () => {
    const data = file('e.csv', `${HEAD}\nA,x,1,\nA,y,0.5,\nB,x,0.5,\n`)
    const { code, out } = await nhip('explain', framework, data, '--unit', 'B')
    expect(code).toBe(0)
    expect(out).toBe(
      'T (B) = 30/100 điểm; tổng điểm các chỉ số con: x 30/60 điểm; còn thiếu 1 chỉ tiêu; xếp hạng 2 trên 2.\n\n' +
        'T: 0,3 (30/100) – tổng điểm các chỉ số con\n  x: 0,5 (30/60) – 0,5\n  y: – – thiếu số liệu\n',
    )
  })

  test('an unknown unit or node: exit 2', async () => {
    const data = file('e2.csv', `${HEAD}\nA,x,1,\n`)
    expect((await nhip('explain', framework, data, '--unit', 'Z')).code).toBe(2)
    expect((await nhip('explain', framework, data, '--unit', 'A', '--node', 'z')).code).toBe(2)
  })
})
