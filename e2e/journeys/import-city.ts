import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { get } from '../api.ts'
import { equal, type Journey } from '../journey.ts'
import { signInAs } from './sign-in-as.ts'

const shared = process.env.NHIP_SHARED ?? fileURLToPath(new URL('../../../shared', import.meta.url))
const file = join(shared, 'data/city/metro-interstate-hourly.csv')

/** A real file of two years of hourly traffic, unedited; one week of it is right to the row. */
export const importCity: Journey = {
  name: 'import-city',
  skip: () => (existsSync(file) ? null : 'no ../shared/data/city/metro-interstate-hourly.csv (NHIP_SHARED)'),
  async run({ page, base, width, picture }) {
    const run = Date.now().toString(36)
    await signInAs(page, base, '/import')
    await page.setInputFiles('input[type=file]', file)
    await page.waitForURL(/\/import\/.+/, { timeout: 60_000 })
    await page.getByRole('heading', { level: 1, name: 'Nhập metro-interstate-hourly.csv' }).waitFor()
    await page.getByText('Tạo bộ dữ liệu mới').click()
    await page.getByLabel('Tên bộ dữ liệu').fill(`Metro ${width} ${run}`)
    await page.getByRole('button', { name: 'Tạo', exact: true }).click()
    const entity = page.getByLabel('Một đối tượng cho cả tệp')
    await page.getByText('Chưa chọn bộ dữ liệu.').waitFor({ state: 'detached' })
    await entity.fill('urn:nhip:TrafficDetector:I-94-301')
    await entity.press('Enter')
    const commit = page.getByRole('button', { name: 'Nhập', exact: true })
    await page.locator('button:enabled', { hasText: /^Nhập$/ }).waitFor()
    await picture('import-city', { fullPage: true })
    await commit.click()
    await page.getByRole('heading', { level: 2, name: 'Đã nhập xong' }).waitFor({ timeout: 120_000 })

    const lines = readFileSync(file, 'utf8').trim().split(/\r?\n/)
    const names = lines[0]!.split(',')
    const volume = names.indexOf('traffic_volume')
    // The file repeats an hour when several kinds of weather were seen; its volume is the same in each row.
    const week = new Map<number, number>()
    for (const line of lines.slice(1)) {
      const cells = line.split(',')
      const day = cells[0]!.slice(0, 10)
      if (day < '2018-01-08' || day > '2018-01-14') continue
      week.set(Date.parse(`${cells[0]!.replace(' ', 'T')}+07:00`), Number(cells[volume]))
    }
    const code = `metro-${width}-${run}`
    const properties = await get<{ items: { code: string }[] }>(
      base,
      `/api/properties?dataset=${code}&limit=100`,
    )
    const property = properties.items.find((p) => /traffic.volume/.test(p.code))?.code
    const query = `property=${property}&entity=urn:nhip:TrafficDetector:I-94-301&dataset=${code}`
    const answer = await get<{ points: { t: string; value: number }[] }>(
      base,
      `/api/series?${query}&from=2018-01-08T00:00:00%2B07:00&to=2018-01-15T00:00:00%2B07:00&resolution=raw`,
    )
    const found = new Map(answer.points.map((point) => [Date.parse(point.t), point.value]))
    equal('hours of the week', found.size, week.size)
    for (const [at, value] of week) equal(new Date(at).toISOString(), found.get(at), value)

    await page.goto(`${base}/series?${query}&from=2018-01-08&to=2018-01-14&resolution=raw`)
    await page.locator(`[data-points="${week.size}"] svg path`).first().waitFor({ state: 'attached' })
    await picture('series-city', { fullPage: true })
  },
}
