import { join } from 'node:path'
import { certify, type SimulationInputs } from '@nhip/policy/certificate'
import { synthesise } from '@nhip/policy/population/synth/synthesise'
import { exactJson } from '@nhip/policy/simulate/exact-json'
import type { LawSource } from '@nhip/policy/simulate/request'
import { DEFAULT_THRESHOLD } from '@nhip/policy/simulate/request'
import { simulate } from '@nhip/policy/simulate/simulate'
import { beforeAll, expect, test } from 'vitest'
import { readBundleFolder } from '../bundle-folder.ts'
import { openSpec } from '../population-folder.ts'
import { pagesOf } from './pages.ts'
import { wordsOfPdf } from './read-pdf.fixture.ts'
import { readWorkbook } from './read-workbook.fixture.ts'
import { simulationReport } from './simulation-report.ts'
import { workbookOf } from './workbook.ts'

const models = join(import.meta.dirname, '../../../../models')
const provinceOf = (code: string) => (code === '01' ? 'Thành phố Hà Nội' : `Tỉnh mã ${code}`)
const options = { period: '2026-07', as_known: null, threshold: DEFAULT_THRESHOLD, margin: null }
let stored = ''

beforeAll(async () => {
  const files = await readBundleFolder(join(models, 'policies', 'thu-nhap-ho-gia-dinh'))
  const { opened } = await openSpec(join(models, 'populations', 'viet-nam', 'spec.yaml'))
  if (!opened) throw new Error('the specification must open')
  const population = synthesise(opened.spec, opened.tables, {
    seed: 1,
    share: 0.00005,
    specSha256: opened.sha256,
  })
  const base: LawSource = { files, reforms: [{ id: 'luat-thue-cu' }] }
  const result = await simulate(
    { base, reform: { files, reforms: [] }, period: '2026-07', population },
    { analyses: ['emtr'] },
  )
  const inputs: SimulationInputs = {
    bundle: { 'policy.yaml': 'ab'.repeat(32) },
    base: [],
    reform: [],
    population: [],
    options: { ...options, analyses: ['emtr'] },
  }
  const certificate = certify([result], inputs, { started: '2026-11-22T01:02:03Z', ms: 5 })
  const law = {
    titles: { income_tax: { vi: 'Thuế thu nhập cá nhân', en: 'Income tax' } },
    reforms: { 'luat-thue-cu': { vi: 'Luật thuế cũ', en: 'The old tax law' } },
    sources: [],
    changes: [
      {
        kind: 'parameter.changed',
        path: 'parameters.tax.self_deduction',
        from: '2026-01-01',
        title: { vi: 'Giảm trừ cho người nộp thuế', en: 'Allowance' },
        before: '11000000',
        after: '15500000',
        reference: {
          source: 'nq',
          number: '110/2025/UBTVQH15',
          title: { vi: '', en: '' },
          article: 'Điều 1 khoản 1',
        },
      },
    ],
  }
  // A sum that no double holds, so that a digit lost on the way is seen.
  const huge = exactJson({
    ...result,
    spread: null,
    timing: { ms: 5, jobs: 1, backend: 'kernel' },
    certificate,
    law,
  })
  stored = huge.replace(/"budget":\[\{"variable":"income_tax","sign":"revenue","base":\d+/, (m) =>
    m.replace(/\d+$/, '90071992547409931'),
  )
}, 60_000)

const report = (lang: 'vi' | 'en') => simulationReport(stored, lang, provinceOf)

test('the workbook: a sheet a section, words in Vietnamese, amounts with all their digits as numbers', async () => {
  const sheets = await readWorkbook(await workbookOf(report('vi')))
  expect([...sheets.keys()].slice(0, 4)).toEqual([
    'Tóm tắt',
    'Thu chi',
    'Được và mất',
    'Bất bình đẳng và nghèo',
  ])
  const money = sheets.get('Thu chi') ?? []
  expect(money.find(([name]) => name?.text === 'Thuế thu nhập cá nhân')?.[2]).toEqual({
    kind: 'n',
    text: '90071992547409931',
  })
  const places = money.flatMap(([name]) => (name?.text.startsWith('T') ? [name.text] : []))
  expect(places).toContain('Thành phố Hà Nội')
  for (const rows of sheets.values())
    expect(rows[1]?.[0]?.text).toBe('MÔ PHỎNG TRÊN DÂN SỐ TỔNG HỢP: không phải số liệu thống kê')
  expect(
    sheets
      .get('Tóm tắt')
      ?.flat()
      .map((cell) => cell?.text),
  ).toContain('Luật thuế cũ')
  expect(
    sheets
      .get('Căn cứ pháp lý')
      ?.flat()
      .map((cell) => cell?.text),
  ).toContain('110/2025/UBTVQH15, Điều 1 khoản 1')
  const english = await readWorkbook(await workbookOf(report('en')))
  expect([...english.keys()].slice(0, 2)).toEqual(['Summary', 'Money'])
})

test('the pages: every letter of Vietnamese is in the font, and the certificate stands on them', async () => {
  const document = report('vi')
  const { pages, text } = wordsOfPdf(await pagesOf(document))
  expect(pages).toBeGreaterThan(3)
  expect(text).not.toContain('\ufffd')
  const said = text.replace(/\s/g, '')
  for (const words of [
    'Báo cáo mô phỏng chính sách',
    'Thuế thu nhập cá nhân',
    '90.071.992.547.409.931',
    'Thành phố Hà Nội',
    'Giảm trừ cho người nộp thuế',
    '110/2025/UBTVQH15, Điều 1 khoản 1',
    'Kiểu hộ',
    document.certificate,
  ])
    expect(said.toLowerCase()).toContain(words.replace(/\s/g, '').toLowerCase())
  expect(said.split('MÔPHỎNGTRÊNDÂNSỐTỔNGHỢP').length - 1).toBe(pages + 1)
})

test('the same result gives the same bytes, whenever and wherever it is printed', async () => {
  const zone = process.env.TZ
  const both = async () => [await workbookOf(report('vi')), await pagesOf(report('vi'))]
  const first = await both()
  process.env.TZ = 'America/Lima'
  const again = await both()
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
  expect(again.map((bytes, i) => bytes.equals(first[i] as Buffer))).toEqual([true, true])
})
