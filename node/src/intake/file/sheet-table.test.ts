import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { UnreadableFile } from './csv-scanner.ts'
import { openTable } from './open-table.ts'
import { writeSheetTable } from './sheet-table.ts'
import { type RawWorkbook, writeWorkbook } from './workbook.fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'nhip-xlsx-'))
afterAll(() => rmSync(folder, { recursive: true }))
let count = 0

async function file(book: RawWorkbook): Promise<string> {
  count += 1
  const path = join(folder, `${count}.xlsx`)
  await writeWorkbook(path, book)
  return path
}

async function table(book: RawWorkbook, sheet?: string) {
  const path = await file(book)
  const answer = await writeSheetTable(path, `${path}.csv`, sheet)
  return { ...answer, lines: readFileSync(`${path}.csv`, 'utf8').split('\n').slice(0, -1) }
}

async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'read',
    (error: UnreadableFile) => error.problem.code,
  )
}

describe('a sheet as text', () => {
  test('dates are ISO, percentages and codes look as they are shown, numbers have a point', async () => {
    const { lines } = await table({
      formats: ['dd/mm/yyyy', '0.0%', '00000', 'dd/mm/yyyy hh:mm', '#,##0.00 "đ"', '[Red]0'],
      sheets: [
        {
          name: 'Số liệu',
          rows: [
            ['ngày', 'tỷ lệ', 'mã', 'lúc', 'tiền', 'số'],
            [
              { v: '46000', s: 1 },
              { v: '0.955', s: 2 },
              { v: '4', s: 3 },
              { v: '46000.5', s: 4 },
              { v: '1234.5', s: 5 },
              { v: '1.234', s: 6 },
            ],
            [
              { v: '59', s: 1 },
              { v: '0.30000000000000004', s: 0 },
              { v: '1E-3' },
              { v: '0.25', s: 4 },
              -7,
              1e21,
            ],
          ],
        },
      ],
    })
    expect(lines).toEqual([
      'ngày,tỷ lệ,mã,lúc,tiền,số',
      // 1.234 gets a fourth digit: as text it would be a number that can be read two ways.
      '2025-12-09,95.5%,00004,2025-12-09T12:00:00,1234.5,1.2340',
      '1900-02-28,0.30000000000000004,0.001,06:00:00,-7,1e+21',
    ])
  })

  test('a row whose last cells are empty is as wide as the others', async () => {
    const { lines } = await table({
      sheets: [
        {
          name: 'a',
          rows: [
            ['trạm', 'số', 'ghi chú'],
            ['A', 1],
            ['B', 2, 'mưa'],
          ],
        },
      ],
    })
    expect(lines).toEqual(['trạm,số,ghi chú', 'A,1,', 'B,2,mưa'])
  })

  test('dates of a workbook that counts from 1904', async () => {
    const { lines } = await table({
      date1904: true,
      formats: ['yyyy-mm-dd'],
      sheets: [{ name: 'a', rows: [['d'], [{ v: '44538', s: 1 }]] }],
    })
    expect(lines[1]).toBe('2025-12-09')
  })

  test('shared texts with runs and reading aids, truth values, errors, quotes and line breaks', async () => {
    const { lines } = await table({
      strings: [
        '<si><t>Hà Nội</t></si>',
        '<si><r><t>Thừa </t></r><r><t>Thiên</t></r><rPh><t>x</t></rPh></si>',
      ],
      sheets: [
        {
          name: 'a',
          rows: [
            [
              { t: 's', v: '0' },
              { t: 's', v: '1' },
              { t: 'b', v: '1' },
              { t: 'e', v: '#N/A' },
            ],
            ['một, "hai"', 'dòng 1\ndòng 2', { t: 'str', f: 'A1', v: 'Hà Nội' }, null],
          ],
        },
      ],
    })
    expect(lines).toEqual(['Hà Nội,Thừa Thiên,TRUE,#N/A', '"một, ""hai""",dòng 1 dòng 2,Hà Nội,'])
  })

  test('a line is a row of the sheet, also below rows that are not in the file', async () => {
    const { lines } = await table({ sheets: [{ name: 'a', rows: [['tên'], [], [], ['x']] }] })
    expect(lines).toEqual(['tên', '', '', 'x'])
  })

  test('merged cells repeat their value, but for a title over the whole table', async () => {
    const { lines } = await table({
      sheets: [
        {
          name: 'a',
          rows: [
            ['Bảng 1. Dân số', null, null],
            ['tỉnh', 'xã', 'người'],
            ['Hà Nội', 'A', 1],
            [null, 'B', 2],
          ],
          merges: ['A1:C1', 'A3:A4'],
        },
      ],
    })
    expect(lines).toEqual(['Bảng 1. Dân số', 'tỉnh,xã,người', 'Hà Nội,A,1', 'Hà Nội,B,2'])
  })

  test('hidden sheets are named, not read; any sheet can be asked for', async () => {
    const sheets = [
      { name: 'Nháp', state: 'hidden', rows: [['cũ']] },
      { name: 'Chính', rows: [['mới']] },
    ]
    const first = await table({ sheets })
    expect([first.sheet, first.lines, first.warnings[0]?.code]).toEqual(['Chính', ['mới'], 'sheets-hidden'])
    expect((await table({ sheets }, 'Nháp')).lines).toEqual(['cũ'])
    expect(await refusal(table({ sheets }, 'Không có'))).toBe('sheet-unknown')
  })

  test('a formula gives its saved value; one without a value is told by its place', async () => {
    const { lines, warnings } = await table({
      sheets: [
        {
          name: 'a',
          rows: [
            ['x', 'y'],
            [{ f: '1+1', v: '2' }, { f: '1+2' }],
          ],
        },
      ],
    })
    expect(lines[1]).toBe('2,')
    expect(warnings).toMatchObject([{ code: 'formula-without-value', value: 'B2' }])
  })
})

describe('what is no workbook', () => {
  const good = { sheets: [{ name: 'a', rows: [['x'], [1]] }] }

  test('a cut-off archive', async () => {
    const path = await file(good)
    truncateSync(path, 300)
    expect(await refusal(openTable(path, folder))).toBe('workbook-broken')
  })

  test('an archive of something else, broken XML, cells beyond the last column, rows out of order', async () => {
    expect(await refusal(table({ ...good, parts: { 'xl/workbook.xml': '<workbook/>' } }))).toBe(
      'workbook-missing',
    )
    const sheet = (xml: string) => table({ ...good, parts: { 'xl/worksheets/sheet1.xml': xml } })
    expect(await refusal(sheet('<worksheet><sheetData><row'))).toBe('workbook-broken')
    expect(await refusal(sheet('<worksheet><row r="1"><c r="ZZZZ1"><v>1</v></c></row></worksheet>'))).toBe(
      'too-many-columns',
    )
    expect(await refusal(sheet('<worksheet><row r="2"><c/></row><row r="1"><c/></row></worksheet>'))).toBe(
      'workbook-broken',
    )
    expect(await refusal(sheet('<worksheet><row r="1048577"><c r="A1048577"/></row></worksheet>'))).toBe(
      'too-many-rows',
    )
  })

  test('an archive that unpacks to hundreds of megabytes', async () => {
    const path = await file({ ...good, parts: { 'xl/media/zeros.bin': Buffer.alloc(30 * 1024 * 1024) } })
    expect(await refusal(openTable(path, folder))).toBe('workbook-too-large')
  })

  test('entities that grow are not known', async () => {
    const bomb =
      '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet><row r="1"><c t="str"><v>&b;</v></c></row></worksheet>'
    expect(await refusal(table({ ...good, parts: { 'xl/worksheets/sheet1.xml': bomb } }))).toBe(
      'workbook-broken',
    )
  })

  test('the binary format of Excel 97, and so every encrypted file', async () => {
    const path = join(folder, 'old.xls')
    writeFileSync(path, Buffer.from('d0cf11e0a1b11ae10000', 'hex'))
    expect(await refusal(openTable(path, folder))).toBe('workbook-old')
  })
})
