import { accessible, fitsWidth } from '../accessible.ts'
import { get } from '../api.ts'
import { equal, type Journey, must } from '../journey.ts'
import { signInAs } from './sign-in-as.ts'

const stations = [
  ['Cầu Giấy', '21,0362', '105,7906', ['41,2', '38,7', '36,0', '35,5', '33,9', '31,4']],
  ['Hàng Đậu', '21,0411', '105,8492', ['52,0', '51,3', '12,5,0', '47,7', '45,0', '44,2']],
] as const

/** As an office exports it: semicolons, decimal commas, days first; the ninth reading is mistyped. */
const text = [
  'trạm;thời gian;vĩ độ;kinh độ;PM2.5',
  ...stations.flatMap(([name, lat, lon, values]) =>
    values.map(
      (value, hour) => `${name};01/11/2026 ${String(8 + hour).padStart(2, '0')}:00;${lat};${lon};${value}`,
    ),
  ),
  '',
].join('\r\n')

/** A file of one's own: preview with the wrong cell named, the other rows taken in, seen in the series, taken back. */
export const importOwn: Journey = {
  name: 'import-own',
  async run({ page, base, width, picture }) {
    const run = Date.now().toString(36)
    const name = `Thử nhập ${width} ${run}`
    await signInAs(page, base, '/import')
    await accessible(page, 'import')
    await fitsWidth(page, 'import')
    await picture('import-file')
    await page.setInputFiles('input[type=file]', {
      name: 'quan-trac.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(text, 'utf8'),
    })
    await page.waitForURL(/\/import\/.+/)
    await page.getByRole('heading', { level: 1, name: 'Nhập quan-trac.csv' }).waitFor()
    await page.getByText('dấu chấm phẩy').waitFor()
    await page.getByText('Tạo bộ dữ liệu mới').click()
    await page.getByLabel('Tên bộ dữ liệu').fill(name)
    await page.getByRole('button', { name: 'Tạo', exact: true }).click()
    const commit = page.getByRole('button', { name: 'Nhập', exact: true })
    await page.locator('button:enabled', { hasText: /^Nhập$/ }).waitFor()
    await accessible(page, 'import preview')
    await fitsWidth(page, 'import preview')
    await picture('import-preview', { fullPage: true })

    await commit.click()
    // On a first start the history of the demo is still being made, and jobs wait for one another.
    await page.getByText('Chưa ghi gì: có dòng bị từ chối').waitFor({ timeout: 120_000 })
    await page.getByRole('cell', { name: /"12,5,0"/ }).waitFor()
    await accessible(page, 'import report')
    await picture('import-refused', { fullPage: true })
    await page.getByText('Bỏ các dòng đó, ghi phần còn lại').click()
    await commit.click()
    await page.getByRole('heading', { level: 2, name: 'Đã nhập xong' }).waitFor({ timeout: 60_000 })
    await picture('import-done', { fullPage: true })
    const code = `thu-nhap-${width}-${run}`
    const latest = await get<{ items: { value: number }[] }>(base, `/api/latest?dataset=${code}&limit=50`)
    equal(
      'newest values',
      latest.items
        .map((item) => item.value)
        .sort((a, b) => a - b)
        .join(' '),
      '31.4 44.2',
    )

    await page.getByRole('link', { name: 'Xem chuỗi số liệu' }).click()
    await page.locator('[data-points="6"] svg').waitFor()
    await page.goBack()
    await page.getByRole('button', { name: 'Hoàn tác lần nhập này' }).click()
    await page.getByRole('button', { name: 'Rút lại' }).click()
    await page.getByText('Đã hoàn tác', { exact: true }).waitFor()
    const after = await get<{ items: { value: number | null; status: string }[] }>(
      base,
      `/api/latest?dataset=${code}&limit=50`,
    )
    must(
      after.items.every((item) => item.status === 'X' && item.value === null),
      `after the undo: ${JSON.stringify(after.items)}`,
    )
  },
}
