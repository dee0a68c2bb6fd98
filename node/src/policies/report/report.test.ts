import { DecimalText } from '@nhip/policy/simulate/exact-json'
import { describe, expect, it } from 'vitest'
import type { ReportDocument } from './document.ts'
import { digits, percent, shown } from './figures.ts'
import { pagesOf } from './pages.ts'
import { wordsOfPdf } from './read-pdf.fixture.ts'
import { readWorkbook } from './read-workbook.fixture.ts'
import { workbookOf } from './workbook.ts'

const number = (text: string) => new DecimalText(text)

describe('a number for people', () => {
  it.each([
    ['1234567.8', '1.234.567,8', '1,234,567.8'],
    ['-90071992547409931', '−90.071.992.547.409.931', '−90,071,992,547,409,931'],
    ['0', '0', '0'],
  ])('%s', (text, vi, en) => {
    expect([digits(number(text), 'vi'), digits(number(text), 'en')]).toEqual([vi, en])
  })
  it('a share, and a fraction', () => {
    expect(percent(number('0.0456'), 'vi')).toBe('4,56 %')
    expect(percent(number('-0.5'), 'en')).toBe('−50.00 %')
    expect(shown(number('0.3695065237985038'), 'number', 'vi')).toBe('0,3695')
    expect(shown(number('4e-7'), 'number', 'vi')).toBe('0,0000')
  })
})

describe('one section', () => {
  const alphabet = 'ăâđêôơư ắằẳẵặ ấầẩẫậ éèẻẽẹ ếềểễệ íìỉĩị óòỏõọ ốồổỗộ ớờởỡợ úùủũụ ứừửữự ýỳỷỹỵ ĂÂĐÊÔƠƯ ₫'
  const long = 'a'.repeat(400)
  const report: ReportDocument = {
    lang: 'vi',
    title: 'Thử',
    subtitle: alphabet,
    label: 'MÔ PHỎNG',
    certificate: 'c'.repeat(64),
    made: '2026-11-22T01:02:03Z',
    sections: [
      {
        title: 'Bảng & hình',
        notes: ['<chú thích>'],
        bars: {
          title: 'Cột',
          bars: [
            { label: 'Được', value: 2, shown: '2' },
            { label: 'Mất', value: -1, shown: '−1' },
          ],
        },
        tables: [
          {
            title: 'Bảng',
            table: {
              columns: [
                { title: 'Tên', kind: 'words' },
                { title: 'Tiền', kind: 'number' },
              ],
              rows: [
                ['"Hà Nội" & <Huế>', number('90071992547409931')],
                [long, null],
                ['ở ngoài bảng chữ: 漢', number('-0.25')],
                ...Array.from({ length: 60 }, (_, i) => [`dòng ${i}`, number(String(i))]),
              ],
            },
          },
        ],
      },
    ],
  }

  it('as a sheet: signs escaped, digits kept', async () => {
    const sheets = await readWorkbook(await workbookOf(report))
    const rows = sheets.get('Bảng &amp; hình') ?? []
    expect(rows.slice(0, 3).map(([cell]) => cell?.text)).toEqual([alphabet, 'MÔ PHỎNG', '<chú thích>'])
    expect(rows[6]).toEqual([
      { kind: 'inlineStr', text: '"Hà Nội" & <Huế>' },
      { kind: 'n', text: '90071992547409931' },
    ])
  })

  it('as pages: every letter drawn, long words cut, heads repeated', async () => {
    const { pages, text } = wordsOfPdf(await pagesOf(report))
    expect(pages).toBe(3)
    const said = text.replace(/\s/g, '')
    expect(said).toContain(alphabet.replace(/\s/g, ''))
    expect(said).toContain('"HàNội"&<Huế>')
    expect(said).toContain('90.071.992.547.409.931')
    expect(said.match(/a{20,}/g)?.join('').length).toBe(400)
    expect(said).toContain('ởngoàibảngchữ:?')
    expect(said.split('TênTiền').length - 1).toBe(pages)
  })
})
