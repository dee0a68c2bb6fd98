import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { run as detect } from '../verbs/detect.ts'
import { run as forecast } from '../verbs/forecast.ts'

const folder = mkdtempSync(join(tmpdir(), 'nhip-forecast-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function call(
  verb: typeof forecast,
  args: string[],
  json = true,
): Promise<{ code: number; out: string; err: string }> {
  const text = { out: '', err: '' }
  const sink = (key: 'out' | 'err') =>
    new Writable({
      write(chunk, _, done) {
        text[key] += String(chunk)
        done()
      },
    })
  const code = await verb(args, {
    stdout: sink('out'),
    stderr: sink('err'),
    stdin: new PassThrough(),
    lang: 'vi',
    json,
  })
  return { code, ...text }
}

const path = (name: string): string => join(folder, name)
function write(name: string, text: string): string {
  writeFileSync(path(name), text)
  return path(name)
}

/** A score file of `count` quarterly series; `salt` changes the test column alone. */
function scoreFile(count: number, salt: number): string {
  const lines = ['id|group|frequency|horizon|train|test']
  for (let i = 0; i < count; i++) {
    const value = (t: number): string =>
      (100 + i + t + 10 * Math.sin(t * 1.5708 + i) + 3 * Math.sin(t * t + i)).toFixed(3)
    const train = Array.from({ length: 28 }, (_, t) => value(t)).join(' ')
    const test = Array.from({ length: 4 }, (_, t) =>
      (Number(value(28 + t)) + salt * (t + 1)).toFixed(2),
    ).join(' ')
    lines.push(`s${i}|G|4|4|${train}|${test}`)
  }
  return `${lines.join('\n')}\n`
}

describe('nhip forecast score', () => {
  it('the test column does not reach the models, whatever the number of jobs', async () => {
    const a = write('a.txt', scoreFile(220, 0))
    const b = write('b.txt', scoreFile(220, 1000))
    const first = await call(forecast, ['score', a, '--forecasts', path('a.csv')])
    const second = await call(forecast, ['score', b, '--forecasts', path('b.csv'), '--jobs', '2'])
    expect([first.code, second.code]).toEqual([0, 0])
    expect(readFileSync(path('a.csv'), 'utf8')).toBe(readFileSync(path('b.csv'), 'utf8'))
    const report = JSON.parse(first.out)
    expect(report.groups[0]).toMatchObject({
      group: 'G',
      frequency: 4,
      scoringPeriod: 4,
      horizon: 4,
      series: 220,
      fallbacks: 0,
      scaleZero: 0,
    })
    expect(report.all.group).toBe('ALL')
    expect(JSON.parse(second.out).all.smape).not.toBe(report.all.smape)
    // The same forecasts from a file score the same.
    const again = JSON.parse((await call(forecast, ['score', a, '--from', path('a.csv')])).out)
    expect(again.all.owa).toBeCloseTo(report.all.owa, 12)
  })
  it('a limit that is not met is exit 1, a broken file exit 2 with line and column', async () => {
    const a = write('c.txt', scoreFile(5, 0))
    expect((await call(forecast, ['score', a, '--max-owa', '0.0001'])).code).toBe(1)
    const bad = write('bad.txt', 'id|group|frequency|horizon|train|test\na|G|1|2|1 2 3,5|4 5\n')
    const { code, out, err } = await call(forecast, ['score', bad])
    expect(code).toBe(2)
    expect(JSON.parse(out).problems[0]).toMatchObject({
      code: 'score-not-a-number',
      line: 2,
      column: 5,
      value: '3,5',
    })
    expect(err).toContain('dòng 2, cột 5: "3,5" không phải là số')
  })
})

describe('nhip forecast FILE', () => {
  const rows = Array.from(
    { length: 48 },
    (_, t) =>
      `${2022 + Math.floor(t / 12)}-${String((t % 12) + 1).padStart(2, '0')},${(200 + t + 40 * Math.sin((t * Math.PI) / 6) + ((t * 7919) % 11)).toFixed(1)}`,
  )
  it('reads a CSV in any order, with a byte order mark and Windows line ends, and dates what it says', async () => {
    const file = write('m.csv', `\uFEFFtime,value\r\n${[...rows].reverse().join('\r\n')}\r\n`)
    const { code, out } = await call(forecast, [
      file,
      '--format',
      'csv',
      '--horizon',
      '3',
      '--frequency',
      'M',
      '--limit',
      '400',
      '--direction',
      'above',
    ])
    expect(code).toBe(0)
    const { series } = JSON.parse(out)
    expect(series).toHaveLength(1)
    expect(series[0].steps.map((s: { period: string }) => s.period)).toEqual([
      '2026-01',
      '2026-02',
      '2026-03',
    ])
    for (const s of series[0].steps)
      expect(
        s.lower95 <= s.lower80 && s.lower80 <= s.point && s.point <= s.upper80 && s.upper80 <= s.upper95,
      ).toBe(true)
    expect(series[0].warning).toMatchObject({ limit: 400, mode: 'by', calibrated: false })
    expect(series[0].hygiene.map((h: { code: string }) => h.code)).toContain('out-of-order')
    expect(series[0].sentence.vi).toMatch(/Sai số thấp hơn|đoán đơn giản/)
  })
  it('answers every series, refusals included', async () => {
    const file = write('s.txt', 'xa|1 2 3 4 5 6 7 8 9 10\nngan|4\nthieu|NA NA NA\n')
    const { code, out } = await call(forecast, [
      file,
      '--format',
      'series',
      '--horizon',
      '2',
      '--frequency',
      'A',
    ])
    expect(code).toBe(0)
    const { series } = JSON.parse(out)
    expect(series.map((s: { id: string; show: string }) => [s.id, s.show])).toEqual([
      ['xa', 'line'],
      ['ngan', 'none'],
      ['thieu', 'none'],
    ])
    expect(series[1].error).toMatchObject({ code: 'too-short', message: { vi: 'chuỗi có ít hơn 3 giá trị' } })
    expect(out).not.toMatch(/NaN|Infinity/)
  })
  it('names every wrong option, and a value that is no number with its line', async () => {
    const wrong = await call(forecast, [
      path('s.txt'),
      '--format',
      'xml',
      '--horizon',
      '0',
      '--frequency',
      'Z',
    ])
    expect(wrong.code).toBe(2)
    expect(JSON.parse(wrong.out).problems.map((p: { code: string }) => p.code)).toEqual([
      'format-invalid',
      'horizon-invalid',
      'frequency-invalid',
    ])
    const file = write('x.csv', 'time,value\n2024-01,1\n2024-02,"12,5"\n2024-13,3\n')
    const { code, out } = await call(forecast, [
      file,
      '--format',
      'csv',
      '--horizon',
      '2',
      '--frequency',
      'M',
    ])
    expect(code).toBe(2)
    expect(JSON.parse(out).problems.map((p: { code: string; line: number }) => [p.code, p.line])).toEqual([
      ['not-a-number', 3],
      ['time-invalid', 4],
    ])
  })
})

describe('nhip detect', () => {
  const stream = (rows: number): string =>
    `timestamp,value\n${Array.from({ length: rows }, (_, t) => `${new Date(1.7e12 + 3.6e6 * t).toISOString().slice(0, 19).replace('T', ' ')},${(100 + 20 * Math.sin((t * Math.PI) / 12) + ((t * 31) % 7) + (t === 900 ? 200 : 0)).toFixed(2)}`).join('\n')}\n`
  it('one row out for one row in, and the first rows of a cut file are the same', async () => {
    const whole = (await call(detect, [write('d.csv', stream(1000))], false)).out.trim().split('\n')
    const cut = (await call(detect, [write('e.csv', stream(700))], false)).out.trim().split('\n')
    expect(whole).toHaveLength(1001)
    expect(whole.slice(0, 701)).toEqual(cut)
    const { alerts, rows, stateBytes } = JSON.parse((await call(detect, [path('d.csv')])).out)
    expect(rows).toBe(1000)
    expect(stateBytes).toBeLessThanOrEqual(2048)
    expect(alerts).toHaveLength(1)
    expect(alerts[0].direction).toBe('up')
  })
  it('scores a folder by windows, by single times, and result files of others', async () => {
    const { mkdirSync } = await import('node:fs')
    mkdirSync(path('data'), { recursive: true })
    mkdirSync(path('results'), { recursive: true })
    write('data/x.csv', stream(1000))
    const at = stream(1000).split('\n')[901]!.split(',')[0]!
    write('data/labels.json', JSON.stringify({ 'x.csv': [at], 'gone.csv': [] }))
    const own = await call(detect, ['score', path('data')])
    expect(own.code).toBe(0)
    expect(own.err).toContain('gone.csv')
    expect(JSON.parse(own.out)).toMatchObject({ files: 1, windows: 1, rows: 850 })
    const scores = stream(1000)
      .trim()
      .split('\n')
      .map((l, i) => (i === 0 ? `${l},anomaly_score` : `${l},${i === 860 ? 1 : 0}`))
    write('results/other_x.csv', scores.join('\n'))
    const other = JSON.parse((await call(detect, ['score', path('data'), '--results', path('results')])).out)
    expect(other.profiles.standard).toMatchObject({ windowsHit: 1, falsePoints: 0 })
  })
})
