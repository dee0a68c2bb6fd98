import { accessible, fitsWidth } from '../accessible.ts'
import { get, until } from '../api.ts'
import { equal, type Journey, must } from '../journey.ts'
import { signInAs } from './sign-in-as.ts'

/** A steward writes a rule, is led by it to a doubtful value, and rejects that value: what it was stays readable. */
export const steward: Journey = {
  name: 'steward',
  async run({ page, base, width, picture }) {
    const run = `${width}-${Date.now().toString(36)}`
    const code = `tram-${run}`
    const entity = `urn:nhip:AirStation:${run}`
    const headers = { origin: base }
    await signInAs(page, base, '/catalogue')
    const made = await page.request.post(`${base}/api/datasets`, {
      headers,
      data: { code, name: { vi: `Trạm đo ${run}`, en: '' }, autoCreate: true },
    })
    equal('the dataset is made', made.status(), 201)
    await page.goto(`${base}/catalogue?q=${run}`)
    await accessible(page, 'list of datasets')
    await fitsWidth(page, 'list of datasets')
    await picture('steward-list')

    // The rule: first wrong, told at its place; then right, and saved as a version.
    await page.getByRole('link', { name: `Trạm đo ${run}` }).click()
    await page.getByRole('link', { name: 'Cam kết dữ liệu' }).click()
    await page.getByRole('button', { name: 'Sửa cam kết' }).click()
    await page.getByText('Theo nhịp đều').click()
    await page.getByLabel('Cứ sau', { exact: true }).fill('5')
    await page.getByLabel('Đơn vị thời gian của Cứ sau').selectOption('minute')
    await page.getByRole('button', { name: 'Thêm quy tắc' }).click()
    await page.getByLabel('Mã quy tắc').fill('qua-cao')
    await page.getByLabel('Nghi vấn khi').fill('value > 300 an status = "A"')
    await page.getByLabel('Thông báo tiếng Việt').fill('PM2.5 cao khác thường')
    await page
      .getByRole('button', { name: /^Tới dòng 1, cột \d+/ })
      .first()
      .waitFor()
    await page
      .getByText(/chỗ cần sửa/)
      .first()
      .waitFor()
    await accessible(page, 'contract with a wrong rule')
    await fitsWidth(page, 'contract with a wrong rule')
    await picture('steward-wrong-rule', { fullPage: true })
    await page.getByLabel('Nghi vấn khi').fill('value > 300 and status = "A"')
    await page.getByText('Cam kết hợp lệ').waitFor()
    await page.getByLabel('Lý do thay đổi').fill('Trạm hay báo nhầm khi mất điện')
    await page.getByRole('button', { name: 'Lưu thành bản mới' }).click()
    await page.getByRole('button', { name: 'Sửa cam kết' }).waitFor()
    await page.getByRole('cell', { name: 'value > 300 and status = "A"' }).waitFor()
    await page.getByText('5 phút một lần').waitFor()
    await page.getByText('Trạm hay báo nhầm khi mất điện').waitFor()
    if (width > 500) await accessible(page, 'contract')
    await picture('steward-contract', { fullPage: true })

    // Twelve readings, one of them doubtful.
    const last = Math.floor(Date.now() / 300_000) * 300_000
    const values = [41, 40, 43, 42, 44, 480, 43, 42, 41, 40, 42, 43]
    const sent = await page.request.post(`${base}/api/observations`, {
      headers,
      data: {
        dataset: code,
        observations: values.map((value, i) => ({
          entity,
          property: 'pm25',
          at: new Date(last - (values.length - 1 - i) * 300_000).toISOString(),
          value,
          uom: 'ug/m3',
        })),
      },
    })
    equal('the readings are taken in', sent.status(), 200)
    await until('the finding of the rule', async () => {
      const found = await get<{ items: { rule: string }[] }>(base, `/api/findings?dataset=${code}&open=true`)
      return found.items.some(({ rule }) => rule === 'qua-cao')
    })

    // From the finding to the value, and the decision.
    await page.getByRole('link', { name: 'Phát hiện' }).click()
    await page.getByRole('cell', { name: 'qua-cao' }).waitFor()
    if (width > 500) await accessible(page, 'findings')
    await fitsWidth(page, 'findings')
    await picture('steward-findings')
    await page.getByRole('link', { name: 'Tới giá trị' }).click()
    await page.locator('[data-points="12"] svg').waitFor()
    await page.getByRole('heading', { level: 2, name: /^Các phiên bản của/ }).waitFor()
    await page.getByRole('cell', { name: '480,0', exact: true }).first().waitFor()
    await picture('steward-value', { fullPage: true })
    await page.getByText('Loại', { exact: true }).click()
    await page.getByLabel('Lý do (bắt buộc)').fill('Mất điện lúc đo, trạm bên cạnh 43')
    await page.getByRole('button', { name: 'Loại', exact: true }).click()
    await page.getByText('Lý do: Mất điện lúc đo, trạm bên cạnh 43').waitFor()
    await page.getByText('Đã loại').first().waitFor()
    await accessible(page, 'a rejected value')
    await fitsWidth(page, 'a rejected value')
    await picture('steward-rejected', { fullPage: true })

    const query = `dataset=${code}&property=pm25&entity=${encodeURIComponent(entity)}`
    const hour = await get<{ points: { value: number | null; max?: number }[] }>(
      base,
      `/api/series?${query}&resolution=hour`,
    )
    must(
      hour.points.every((point) => (point.max ?? point.value ?? 0) < 100),
      `the rejected value still counts: ${JSON.stringify(hour.points)}`,
    )
    const rows = await get<{ items: { value: number | null; quality?: string[] }[] }>(
      base,
      `/api/observations?${query}&versions=all&limit=100`,
    )
    equal('versions kept of twelve values', rows.items.length, 13)
    await page.goto(`${base}/catalogue/${code}/findings`)
    await page.getByText('Không có phát hiện nào').waitFor()
    await page.getByRole('link', { name: 'Chất lượng' }).click()
    await page.getByText(/^Cả khoảng: [\d,]+ trên 100$/).waitFor()
    if (width > 500) await accessible(page, 'score')
    await fitsWidth(page, 'score')
    await picture('steward-score')
  },
}
