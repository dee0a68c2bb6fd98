import type { Page } from 'playwright-core'
import { ZipFile } from 'yazl'
import { accessible, fitsWidth } from '../accessible.ts'
import { type Journey, must } from '../journey.ts'
import { signInAs } from './sign-in-as.ts'

/** What an office has: one row a province, the number as it is written in Vietnam. */
const header = ['Mã tỉnh', 'Kỳ', 'Tỷ lệ hồ sơ đúng hạn (%)']
const rows = [
  ['01', '2025-12', '97,4'],
  ['31', '2025-12', '98,1'],
  ['48', '2025-12', '99,2'],
  ['79', '2025-12', '95,8'],
  ['92', '2025-12', '96,6'],
]
const most = 12

/** A file to a value on the map in at most twelve clicks, once as CSV and once as a workbook. */
export const importToCard: Journey = {
  name: 'import-to-card',
  async run({ page, base, width, picture }) {
    const run = Date.now().toString(36)
    await countClicks(page)
    await signInAs(page, base, '/')
    const files = [
      { name: 'dung-han.csv', mimeType: 'text/csv', buffer: Buffer.from(csv(), 'utf8') },
      {
        name: 'dung-han.xlsx',
        mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        buffer: await workbook(),
      },
    ]
    for (const file of files) {
      const began = Date.now()
      await page.goto(`${base}/`)
      await page.evaluate("sessionStorage.setItem('clicks', '0')")
      await page.getByRole('navigation').getByRole('link', { name: 'Nhập dữ liệu' }).click()
      const [chooser] = await Promise.all([
        page.waitForEvent('filechooser'),
        page.getByText('Chọn tệp trên máy').click(),
      ])
      await chooser.setFiles(file)
      await page.getByRole('heading', { level: 1, name: `Nhập ${file.name}` }).waitFor()
      await page.getByText('Tạo bộ dữ liệu mới').click()
      await page.getByLabel('Tên bộ dữ liệu').fill(`Đúng hạn ${file.name.slice(-4)} ${width} ${run}`)
      await page.getByRole('button', { name: 'Tạo', exact: true }).click()
      // Enabled again once the file is read for the new dataset.
      await page.locator('button:enabled', { hasText: /^Nhập$/ }).click()
      await page.getByRole('heading', { level: 2, name: 'Đã nhập xong' }).waitFor({ timeout: 120_000 })
      await page.getByRole('link', { name: 'Xem trên bản đồ' }).click()
      await page.getByRole('button', { name: 'Thành phố Đà Nẵng' }).click()
      await page.getByRole('row', { name: /Đà Nẵng 99,2/ }).waitFor()
      await page.getByRole('link', { name: 'Xem chuỗi số liệu' }).waitFor()
      const clicks = Number(await page.evaluate("sessionStorage.getItem('clicks')"))
      const seconds = (Date.now() - began) / 1000
      process.stdout.write(`        ${file.name}: ${clicks} clicks, ${seconds.toFixed(1)} s\n`)
      must(clicks > 4 && clicks <= most, `${file.name} took ${clicks} clicks of ${most}`)
      must(seconds < 300, `${file.name} took ${seconds.toFixed(0)} s`)
      await fitsWidth(page, 'map of the imported file')
      await picture(`import-to-card-${file.name.slice(-4).replace('.', '')}`)
    }
    await accessible(page, 'map of the imported file')
  },
}

/** Counts what a hand does: clicks with a pointer, not those that a key or the program makes. */
async function countClicks(page: Page): Promise<void> {
  await page.addInitScript(`addEventListener('click', (event) => {
    if (event.isTrusted && event.detail > 0)
      sessionStorage.setItem('clicks', String(Number(sessionStorage.getItem('clicks')) + 1))
  }, true)`)
}

function csv(): string {
  return `\ufeff${[header, ...rows].map((row) => row.join(';')).join('\r\n')}\r\n`
}

/** A workbook as small as the format allows: one sheet, codes as text, numbers as numbers. */
async function workbook(): Promise<Buffer> {
  const text = (value: string) => `<c t="inlineStr"><is><t>${value}</t></is></c>`
  const number = (value: string) => `<c><v>${value.replace(',', '.')}</v></c>`
  const sheet = [header, ...rows]
    .map((row, i) => {
      const cells = row.map((cell, column) => (i > 0 && column > 0 ? number(cell) : text(cell)))
      return `<row r="${i + 1}">${cells.join('')}</row>`
    })
    .join('')
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const packaged = 'http://schemas.openxmlformats.org/package/2006'
  const spreadsheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
  const parts = {
    '[Content_Types].xml': `<Types xmlns="${packaged}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${spreadsheet}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${spreadsheet}.worksheet+xml"/></Types>`,
    '_rels/.rels': `<Relationships xmlns="${packaged}/relationships"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="Đúng hạn" sheetId="1" r:id="r1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${packaged}/relationships"><Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="${main}"><sheetData>${sheet}</sheetData></worksheet>`,
  }
  const zip = new ZipFile()
  for (const [name, xml] of Object.entries(parts))
    zip.addBuffer(Buffer.from(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>${xml}`, 'utf8'), name)
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
