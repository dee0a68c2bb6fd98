import { accessible, fitsWidth } from '../accessible.ts'
import { equal, type Journey, must } from '../journey.ts'

/** A live series with its chart, table and source; then a real one with the versions of a year. */
export const series: Journey = {
  name: 'series',
  async run({ page, base, picture }) {
    await page.goto(`${base}/series?property=pm25&range=1d`)
    const chart = page.locator('[data-points] svg path')
    await chart.first().waitFor({ state: 'attached' })
    must((await chart.count()) > 3, 'the chart has no line')
    await page.getByText('Dữ liệu mô phỏng').first().waitFor()
    const rows = page.locator('table tbody tr')
    must((await rows.count()) > 20, `the table has ${await rows.count()} rows`)
    await accessible(page, 'series')
    await fitsWidth(page, 'series')
    await picture('series', { fullPage: true })

    const property = page.getByRole('combobox', { name: 'Chỉ tiêu' })
    await property.click()
    await property.fill('ty le ho ngheo')
    await page.getByRole('option', { name: 'Tỷ lệ hộ nghèo' }).click()
    await page.getByRole('heading', { level: 2, name: /Tỷ lệ hộ nghèo/ }).waitFor()
    await page
      .getByRole('rowheader', { name: /^Năm \d{4}$/ })
      .first()
      .waitFor()
    must(page.url().includes('property=poverty-rate'), `the property is not in the address ${page.url()}`)
    await page
      .getByRole('button', { name: /^(Xem|\d+ phiên bản)$/ })
      .first()
      .click()
    await page.getByRole('heading', { name: /^Các phiên bản của Năm/ }).waitFor()
    await page.getByText('Đang dùng').waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Tải CSV' }).click(),
    ])
    must(download.suggestedFilename().endsWith('.csv'), `the file is called ${download.suggestedFilename()}`)
    equal('download', await download.failure(), null)
  },
}
