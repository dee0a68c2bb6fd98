import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { afterAll, expect, it } from 'vitest'
import { formula } from './formula.ts'

const folder = mkdtempSync(join(tmpdir(), 'nhip-formula-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const data = join(folder, 'so-lieu.csv')
writeFileSync(
  data,
  `unit,item,value,period,breakdown,published
A,dung_han,300,2026-01,,2026-02-05
A,den_han,310,2026-01,,2026-02-05
A,dung_han,112,2026-02,,2026-03-05
A,den_han,125,2026-02,,2026-03-05
A,den_han,120,2026-02,,2026-04-05
A,den_han,70,2026-02,kenh=truc_tuyen,2026-04-05
`,
)
const definitions = join(folder, 'dinh-nghia.yaml')
writeFileSync(
  definitions,
  `items:
  - {code: dung_han, uom: hồ sơ, name: {vi: Hồ sơ đúng hạn, en: Cases on time}}
  - {code: den_han, uom: hồ sơ, name: {vi: Hồ sơ đến hạn, en: Cases due}}
`,
)

async function call(args: string[], json = false): Promise<{ code: number; out: string; err: string }> {
  const text = { out: '', err: '' }
  const sink = (key: 'out' | 'err') =>
    new Writable({
      write(chunk, _, done) {
        text[key] += String(chunk)
        done()
      },
    })
  const io = { stdout: sink('out'), stderr: sink('err'), stdin: new PassThrough(), lang: 'vi' as const, json }
  return { code: await formula(args, io), ...text }
}

it('says what a formula comes to, from the newest vintage, with the lines it was read from', async () => {
  const { code, out } = await call([
    'percent(dung_han, den_han)',
    data,
    '--unit',
    'A',
    '--definitions',
    definitions,
  ])
  expect(code).toBe(0)
  expect(out).toContain('= 112 hồ sơ đúng hạn ÷ 120 hồ sơ đến hạn = 93,3 %.')
  expect(out).toContain('Hồ sơ đến hạn: 120 hồ sơ (dòng 6)')
})

it('answers as published on a day, and for programs', async () => {
  const args = ['den_han - previous(den_han)', data, '--unit', 'A', '--as-published', '2026-03-31']
  const { out } = await call(args, true)
  expect(JSON.parse(out)).toMatchObject({ unit: 'A', period: '2026-02', value: { ok: -185 }, uom: null })
  const part = JSON.parse((await call(['den_han[kenh = "truc_tuyen"]', data, '--unit', 'A'], true)).out)
  expect(part.tree).toMatchObject({ value: { ok: 70 }, observations: ['7'] })
})

it('prints the query that says the same', async () => {
  const { out } = await call(['dung_han / den_han', data, '--unit', 'A', '--sql'])
  expect(out).toMatch(/^WITH RECURSIVE grid AS/)
  expect(out).toContain('state_0')
})

it('refuses with the place, exit 2', async () => {
  const { code, err } = await call(['dung_han + khong_co', data, '--unit', 'A'])
  expect(code).toBe(2)
  expect(err).toContain('1:12: error unknown-item: không có tên "khong_co" trong phạm vi này')
})
