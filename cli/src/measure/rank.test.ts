import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { UsageError } from '../verb.ts'
import { run } from '../verbs/measure.ts'

const folder = mkdtempSync(join(tmpdir(), 'nhip-rank-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function measure(args: string[], json = true): Promise<{ code: number; out: string; err: string }> {
  const text = { out: '', err: '' }
  const sink = (key: 'out' | 'err') =>
    new Writable({
      write(chunk, _, done) {
        text[key] += String(chunk)
        done()
      },
    })
  const io = { stdout: sink('out'), stderr: sink('err'), stdin: new PassThrough(), lang: 'vi' as const, json }
  return { code: await run(args, io), ...text }
}

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const tree = (version: string, weight: number) => `framework: demo
version: "${version}"
status: draft
normalise: {method: minmax, range: [1, 100]}
nodes:
  - {code: Index}
  - {code: A, parent: Index, weight: ${weight}}
  - {code: B, parent: Index}
  - {code: a1, parent: A}
  - {code: a2, parent: A}
  - {code: b1, parent: B}
`
const framework = write('f.yaml', tree('1', 1))
const units = Array.from({ length: 15 }, (_, u) => `u${String(u).padStart(2, '0')}`)
const value = (u: number, i: number, year: number) => ((u * 7 + i * 11 + year * (u % 3)) % 23) + u / 8
const table = (years: number[], se: boolean) =>
  `unit,item,period,value${se ? ',se' : ''}\n${years
    .flatMap((year) =>
      units.flatMap((unit, u) =>
        ['a1', 'a2', 'b1'].map(
          (item, i) => `${unit},${item},${2024 + year},${value(u, i, year)}${se ? ',0.4' : ''}`,
        ),
      ),
    )
    .join('\n')}\n`
const data = write('d.csv', table([0], true))

describe('nhip measure rank', () => {
  const args = ['rank', framework, data, '--draws', '120', '--seed', '3', '--sobol', '24']
  it('gives identical bytes alone and on worker threads', async () => {
    const hashes = new Set<string>()
    for (const jobs of ['1', '2']) {
      const { code, out } = await measure([...args, '--jobs', jobs])
      expect(code).toBe(0)
      hashes.add(createHash('sha256').update(out).digest('hex'))
    }
    expect(hashes.size).toBe(1)
  })
  it('answers with the keys in their order', async () => {
    const answer = JSON.parse((await measure(args)).out)
    expect(Object.keys(answer)).toEqual([
      'framework',
      'engine',
      'results',
      'uncertainty',
      'sensitivity',
      'warnings',
    ])
    expect(answer.uncertainty).toEqual({
      draws: 120,
      seed: 3,
      level: 0.9,
      factors: ['weights'],
      declared: false,
    })
    const [first] = answer.results[0].units
    expect(Object.keys(first)).toEqual(
      'unit group score published points max rank of state coverage interval rank_set first tied_group p_above_next'.split(
        ' ',
      ),
    )
    expect(Object.keys(first.interval)).toEqual(['lo', 'median', 'hi', 'mean'])
    expect(Object.keys(first.rank_set)).toEqual(['lo', 'hi'])
    expect(answer.sensitivity).toMatchObject([
      { factor: 'weights', first: expect.any(Array), total: expect.any(Array) },
    ])
  })
  it('prints the ranking with its groups for people', async () => {
    const { out } = await measure(args, false)
    expect(out).toMatch(
      /Khoảng hạng 90 % qua 120 lần rút, thay đổi: trọng số \(±25 %, bộ chỉ số không khai báo\)/,
    )
    expect(out).toMatch(/ 1\/15 {2}u\d\d/)
  })
  it('refuses options that cannot be', async () => {
    for (const wrong of [
      ['--draws', '0'],
      ['--level', '90'],
      ['--seed', 'x'],
      ['--jobs', '1.5'],
    ])
      await expect(measure(['rank', framework, data, ...wrong])).rejects.toThrow(UsageError)
  })
})

describe('nhip measure change', () => {
  const later = write('d2.csv', table([1], false))
  const other = write('f2.yaml', tree('2', 3))
  it('takes the change apart; the parts sum to it', async () => {
    const { code, out } = await measure(['change', framework, data, other, later, '--unit', 'u04'])
    expect(code).toBe(0)
    const answer = JSON.parse(out)
    expect(Object.keys(answer).slice(0, 3)).toEqual(['from', 'to', 'parts'])
    expect(Object.keys(answer.parts)).toEqual(['data', 'method', 'membership', 'boundary', 'not_comparable'])
    for (const one of [answer, answer.rank]) {
      const sum = (Object.values(one.parts) as number[]).reduce((a, b) => a + b)
      expect(sum).toBeCloseTo(one.to - one.from, 9)
    }
    expect(answer.warnings.map((w: { code: string }) => w.code)).toContain('crosswalk-assumed')
  })
  it('uses the crosswalk it is given', async () => {
    const row = (code: string, kind: string) => `  - {from: ${code}, to: ${code}, kind: ${kind}}\n`
    const crosswalk = write(
      'c.yaml',
      `from: demo@1\nto: demo@2\nrows:\n${row('a1', 'same')}${row('a2', 'replaced')}${row('b1', 'same')}`,
    )
    const { out } = await measure([
      'change',
      framework,
      data,
      other,
      later,
      '--unit',
      'u04',
      '--crosswalk',
      crosswalk,
    ])
    expect(JSON.parse(out).not_comparable).toEqual(['a2', 'a2'])
  })
  it('ends with 2 for a unit that is not there', async () => {
    const { code, err } = await measure(['change', framework, data, other, later, '--unit', 'nobody'])
    expect(code).toBe(2)
    expect(err).toMatch(/"nobody" không có điểm/)
  })
})

describe('nhip measure improve', () => {
  const years = write('d3.csv', table([0, 1], false))
  it('lists gains and a plan, and how far the others moved', async () => {
    const answer = JSON.parse((await measure(['improve', framework, years, '--unit', 'u04'])).out)
    expect(answer).toMatchObject({ unit: 'u04', period: '2025', of: 15 })
    expect(answer.items.length).toBeGreaterThan(0)
    expect(answer.plan.score).toBeCloseTo(answer.score + answer.plan.gain, 9)
    expect(answer.peers).toMatchObject({ from: '2024', units: 14 })
  })
  it('reads efforts, and says which line it cannot', async () => {
    const effort = write('e.csv', 'item,effort\na1,1\na2,5\nb1,2\n')
    const { out } = await measure([
      'improve',
      framework,
      years,
      '--unit',
      'u04',
      '--effort',
      effort,
      '--budget',
      '2',
    ])
    expect(JSON.parse(out).plan.effort).toBeLessThanOrEqual(2)
    const { code, err } = await measure([
      'improve',
      framework,
      years,
      '--unit',
      'u04',
      '--effort',
      write('w.csv', 'item,effort\na1,much\n'),
    ])
    expect(code).toBe(2)
    expect(err).toMatch(/:2/)
  })
})
