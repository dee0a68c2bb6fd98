import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { main } from '../frame.ts'

let folder = ''
const at = (name: string): string => join(folder, name)

async function nhip(...words: string[]) {
  const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()]
  stdin.end()
  const code = await main(['measure', ...words], { stdout, stderr, stdin })
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') }
}

const files = {
  'khung.yaml': `framework: thu
version: "1"
status: illustrative
normalise: {method: none}
aggregate: {method: arithmetic}
output: {decimals: 1}
rank: {order: desc, ties: min}
nodes:
  - {code: T}
  - {code: a, parent: T}
  - {code: b, parent: T}
`,
  'lieu.csv': 'unit,item,value,published\nX,a,10,2024\nX,b,5,2024\nY,a,9,2024\nY,b,5,2024\nY,b,8,2025\n',
  'quy-tac.yaml':
    'ruleset: thu\nversion: "1"\nrules:\n  - {rule: tran, when: b > 7, severity: error, message: {vi: Quá trần, en: Above the limit}}\n',
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nhip-publication-'))
  for (const [name, text] of Object.entries(files)) await writeFile(at(name), text)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('nhip measure quality', () => {
  test('findings as JSON, exit 1 when one is an error; what had not been published is not looked at', async () => {
    const now = await nhip('quality', at('lieu.csv'), '--rules', at('quy-tac.yaml'), '--json')
    expect(now.code).toBe(1)
    expect(JSON.parse(now.out)).toEqual({
      ok: false,
      findings: [
        {
          severity: 'error',
          code: 'rule',
          value: '8',
          message: { vi: 'Quá trần', en: 'Above the limit' },
          rule: 'tran',
          unit: 'Y',
          item: 'b',
        },
      ],
    })
    const then = await nhip(
      'quality',
      at('lieu.csv'),
      '--rules',
      at('quy-tac.yaml'),
      '--as-published',
      '2024',
      '--json',
    )
    expect([then.code, then.out]).toEqual([0, '{"ok":true,"findings":[]}\n'])
  })

  test('without rules it says what is missing, exit 2', async () => {
    const { code, err } = await nhip('quality', at('lieu.csv'))
    expect(code).toBe(2)
    expect(err).toContain('--rules')
  })
})

describe('nhip measure edition and diff', () => {
  test('the same bytes in another folder; the printed hash is that of edition.json; Parquet beside it', async () => {
    await mkdir(at('khac'))
    const first = await nhip(
      'edition',
      at('khung.yaml'),
      at('lieu.csv'),
      '--as-published',
      '2024',
      '--out',
      at('e1'),
      '--json',
    )
    const again = await nhip(
      'edition',
      at('khung.yaml'),
      at('lieu.csv'),
      '--as-published',
      '2024',
      '--out',
      at('khac/e1'),
      '--json',
    )
    expect(first.code).toBe(0)
    expect(again.out).toBe(first.out)
    const bytes = await readFile(at('khac/e1/edition.json'))
    const answer = JSON.parse(first.out) as { edition: { asPublished: string }; sha256: string }
    expect(Object.keys(answer)).toEqual(['edition', 'sha256'])
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(answer.sha256)
    for (const name of ['inputs.parquet', 'results.parquet'])
      expect((await readFile(at(`e1/${name}`))).subarray(0, 4).toString()).toBe('PAR1')
  })

  test('what differs, why, and whose rank moved: exit 1; nothing: exit 0', async () => {
    await nhip('edition', at('khung.yaml'), at('lieu.csv'), '--as-published', '2025', '--out', at('e2'))
    const { code, out } = await nhip('diff', at('e1'), at('e2'), '--json')
    expect(code).toBe(1)
    expect(out).toBe(
      '{"changes":[{"unit":"Y","node":"T","before":7,"after":8.5,"cause":"data"},{"unit":"Y","node":"b","before":5,"after":8,"cause":"data"}],"ranks":[{"unit":"X","before":1,"after":2},{"unit":"Y","before":2,"after":1}]}\n',
    )
    const same = await nhip('diff', at('e1'), at('e1/edition.json'), '--json')
    expect([same.code, same.out]).toEqual([0, '{"changes":[],"ranks":[]}\n'])
    expect((await nhip('diff', at('e1'), at('lieu.csv'))).code).toBe(2)
  })
})

test('nhip measure convert: there and back through both other forms, byte for byte', async () => {
  for (const [from, to, form] of [
    ['lieu.csv', 'a.sdmx', 'sdmx-csv'],
    ['a.sdmx', 'b.json', 'json'],
    ['b.json', 'c.csv', 'csv'],
  ] as const)
    expect((await nhip('convert', at(from), at(to), '--format', form)).code).toBe(0)
  expect(await readFile(at('c.csv'), 'utf8')).toBe(files['lieu.csv'])
  expect((await nhip('convert', at('lieu.csv'), at('x'), '--format', 'xlsx')).code).toBe(2)
})

test('nhip measure map: two provinces that became one, on the map of today', async () => {
  await writeFile(at('dan.csv'), 'unit,item,period,value\n89,dan_so,2016,2159900\n91,dan_so,2016,1776700\n')
  const units = join(import.meta.dirname, '../../../models/admin-units')
  const { code, out } = await nhip(
    'map',
    at('dan.csv'),
    '--units',
    units,
    '--view',
    'as_now',
    '--shares',
    'equal',
  )
  expect(code).toBe(0)
  expect(out).toBe('unit,item,value,period,status\nurn:nhip:unit:91@2025-07-01,dan_so,3936600,2016,A\n')
})
