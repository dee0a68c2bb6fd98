import { equal, type Journey, must } from '../journey.ts'

/** English at one press, kept over a reload, and back. */
export const languages: Journey = {
  name: 'languages',
  async run({ page, base, picture }) {
    await page.goto(base)
    await page.getByRole('heading', { level: 1, name: 'Tổng quan' }).waitFor()
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    equal('language of the page', await page.locator('html').getAttribute('lang'), 'en')
    await page.reload()
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    await page.getByText('Simulated data').first().waitFor()
    await picture('overview-english')
    for (const path of ['/map', '/series', '/import', '/catalogue', '/sign-in']) {
      await page.goto(base + path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      const text = await page.locator('nav, h1, label, legend, main button').allInnerTexts()
      const left = text.filter((one) => /(Chỉ tiêu|Đối tượng|Bản đồ|Nhập|Danh mục|Đăng nhập)/.test(one))
      must(left.length === 0, `${path} still says ${left.join(', ')}`)
    }
    await page.getByRole('button', { name: 'Tiếng Việt' }).click()
    await page.getByRole('heading', { level: 1, name: 'Đăng nhập' }).waitFor()
  },
}
