import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { smallModels } from '../../../node/src/policies/small-models.fixture.ts'
import { main } from '../frame.ts'

const home = mkdtempSync(join(tmpdir(), 'nhip-simulate-'))
const at = (...names: string[]): string => join(home, ...names)

async function nhip(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const texts = { out: '', err: '' }
  const stream = (key: 'out' | 'err'): PassThrough => {
    const through = new PassThrough()
    through.on('data', (bytes) => {
      texts[key] += String(bytes)
    })
    return through
  }
  const code = await main(args, {
    stdout: stream('out'),
    stderr: stream('err'),
    stdin: new PassThrough().end(),
  })
  await new Promise((resolve) => setImmediate(resolve))
  return { code, ...texts }
}

beforeAll(async () => {
  smallModels(home)
  const made = await nhip(
    'policy',
    'population',
    'synth',
    '--spec',
    at('populations', 'viet-nam', 'spec.yaml'),
    '--seed',
    '3',
    '--share',
    '0.0001',
    '--out',
    at('pop'),
    '--json',
  )
  expect(JSON.parse(made.out)).toMatchObject({ ok: true, synthetic: true, seed: 3 })
})
afterAll(() => rmSync(home, { recursive: true }))

const run = [
  'policy',
  'simulate',
  at('policies', 'thu-nhap-ho-gia-dinh'),
  '--population',
  at('pop'),
  '--period',
  '2026-07',
  '--base',
  'luat-thue-cu',
]
const quick = [...run, '--analyses', 'paths,emtr,invariants', '--json']

/** A report without what may differ: how long it took and on how many threads. */
function comparable(text: string): unknown {
  const { timing, certificate, ...report } = JSON.parse(text)
  expect(timing.ms).toBeGreaterThan(0)
  return { ...report, result: certificate.result_sha256 }
}

describe('nhip policy simulate', { timeout: 240_000 }, () => {
  test('the same bits for one thread and two, and for other chunks', async () => {
    const first = await nhip(...quick, '--jobs', '1')
    expect(first.code).toBe(0)
    const report = JSON.parse(first.out)
    expect(report).toMatchObject({ synthetic: true, reform: [], base: ['luat-thue-cu'] })
    expect(report.budget[0]).toMatchObject({ variable: 'income_tax' })
    // The new law lowers the tax and nobody loses by it.
    expect(report.budget[0].difference).toBeLessThan(0)
    expect(report.winners.persons.lose).toBe(0)
    const other = await nhip(...quick, '--jobs', '1', '--chunk', '500')
    const two = await nhip(...quick, '--jobs', '2', '--chunk', '77')
    expect(comparable(other.out)).toEqual(comparable(first.out))
    expect(comparable(two.out)).toEqual(comparable(first.out))
  })

  test('a certificate is reproduced; a changed byte of law, population or certificate is refused', async () => {
    const quiet = [...run, '--analyses', 'paths', '--jobs', '1']
    expect((await nhip(...quiet, '--out', at('out'))).code).toBe(0)
    const replay = [...quiet, '--replay', at('out', 'certificate.json'), '--json']
    expect(await nhip(...replay)).toMatchObject({ code: 0 })

    const file = at('policies', 'thu-nhap-ho-gia-dinh', 'parameters/tax/self_deduction.yaml')
    const law = readFileSync(file, 'utf8')
    writeFileSync(file, law.replace('15500000', '15500001'))
    const changed = await nhip(...replay)
    writeFileSync(file, law)
    expect(changed.code).toBe(1)
    expect(JSON.parse(changed.out).problems.map(({ path }: { path?: string }) => path)).toContain(
      '/bundle/parameters/tax/self_deduction.yaml',
    )

    const parquet = readFileSync(at('pop', 'persons.parquet'))
    const broken = Buffer.from(parquet)
    broken[1_000] = (broken[1_000] as number) ^ 1
    writeFileSync(at('pop', 'persons.parquet'), broken)
    const other = await nhip(...replay)
    writeFileSync(at('pop', 'persons.parquet'), parquet)
    expect(other.code).toBe(2)

    const certificate = readFileSync(at('out', 'certificate.json'), 'utf8')
    writeFileSync(at('out', 'certificate.json'), certificate.replace('"2026-07"', '"2026-08"'))
    expect(JSON.parse((await nhip(...replay)).out)).toMatchObject({
      ok: false,
      problems: [{ code: 'certificate.changed' }],
    })
  })

  test('check counts the people a gap meets; diff says what a change costs', async () => {
    const table = at('policies', 'thu-nhap-ho-gia-dinh', 'decisions/khuyet-tat.dmn')
    const whole = readFileSync(table, 'utf8')
    // The row of those without a disability now speaks of the severely disabled: the others fall into a gap.
    writeFileSync(table, whole.replace('>"none"</text></inputEntry>', '>"severe"</text></inputEntry>'))
    const { code, out } = await nhip(
      'policy',
      'check',
      at('policies', 'thu-nhap-ho-gia-dinh'),
      '--population',
      at('pop'),
      '--json',
    )
    writeFileSync(table, whole)
    expect(code).toBe(1)
    const people = (wanted: string): number[] =>
      JSON.parse(out)
        .findings.filter((one: { code: string }) => one.code === wanted)
        .map((one: { people: number }) => one.people)
    const report = JSON.parse((await nhip(...run, '--analyses', '', '--jobs', '1', '--json')).out)
    const [without] = people('table.gap') as [number]
    const severe = people('table.overlap')
    expect(severe).toHaveLength(3)
    const together = severe.reduce((sum, n) => sum + n, without)
    expect(together).toBeLessThanOrEqual(report.persons)
    expect(together).toBeGreaterThan(0.99 * report.persons)
    expect(without).toBeGreaterThan(0.9 * report.persons)

    const compare = [
      'policy',
      'diff',
      at('policies', 'thu-nhap-ho-gia-dinh'),
      '--reform',
      'luat-thue-cu',
      '--population',
      at('pop'),
    ]
    const { changes, impact } = JSON.parse((await nhip(...compare, '--period', '2026-07', '--json')).out)
    expect(changes.length).toBeGreaterThan(0)
    const tax = (lines: { variable: string }[]) => lines.find(({ variable }) => variable === 'income_tax')
    expect(impact).toMatchObject({ synthetic: true, period: '2026-07', persons: report.persons })
    // What the new law takes away the old one gives back.
    expect(tax(impact.budget)).toMatchObject({
      base: report.budget[0].reform,
      reform: report.budget[0].base,
    })
    expect(impact.winners.by_decile).toHaveLength(10)
    expect((await nhip(...compare, '--period', '2026-07')).out).toContain('TỔNG HỢP')
  })

  test('several populations give a spread, and the report says what it rests on', async () => {
    const { code, out } = await nhip(
      'policy',
      'simulate',
      at('policies', 'thu-nhap-ho-gia-dinh'),
      '--synth',
      at('populations', 'viet-nam', 'spec.yaml'),
      '--seeds',
      '1-2',
      '--share',
      '0.0001',
      '--period',
      '2026-07',
      '--base',
      'luat-thue-cu',
      '--analyses',
      '',
      '--jobs',
      '1',
    )
    expect(code).toBe(0)
    expect(out).toContain('TỔNG HỢP')
    expect(out).toContain('Khoảng trên 2 hạt giống (không phải khoảng tin cậy)')
    expect(out).toContain('Xác suất có lương đóng bảo hiểm')
  })

  test.each([
    [['--period', '2026-13'], '2026-13'],
    [['--backend', 'gpu'], 'gpu'],
    [['--analyses', 'emtr,magic'], 'magic'],
    [['--emtr', 'gross_salary', '--step', '1.5'], '1.5'],
    [['--population', at('nowhere')], 'nowhere'],
  ])('%s is said to be wrong', async (args, value) => {
    const { code, err } = await nhip(...run, ...args)
    expect(code).toBe(2)
    expect(err).toContain(value)
  })
})
