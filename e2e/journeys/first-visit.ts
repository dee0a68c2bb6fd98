import { accessible, fitsWidth } from '../accessible.ts'
import { get, until } from '../api.ts'
import { equal, type Journey, must } from '../journey.ts'

/** A visitor opens the address: live figures, each labelled as simulated, and a real figure over the country. */
export const firstVisit: Journey = {
  name: 'first-visit',
  async run({ page, base, width, picture }) {
    await until('the city sends figures', async () => {
      const latest = await get<{ items: unknown[] }>(base, '/api/latest?property=pm25&limit=5').catch(
        () => null,
      )
      return latest !== null && latest.items.length > 0
    })
    await until('the published figures are loaded', async () => {
      const periods = await get<{ items: unknown[] }>(base, '/api/periods?property=population&limit=1').catch(
        () => null,
      )
      return periods !== null && periods.items.length > 0
    })
    await page.goto(base)
    equal('language of the page', await page.locator('html').getAttribute('lang'), 'vi')
    await page.getByRole('heading', { level: 1, name: 'Tổng quan' }).waitFor()
    const cards = page.locator('article')
    await cards.first().getByText('Dữ liệu mô phỏng').waitFor()
    must((await cards.count()) >= 5, `expected at least 5 cards, found ${await cards.count()}`)
    await cards.first().locator('svg[role="img"] path').first().waitFor()
    const map = page.getByRole('img', { name: /^Bản đồ:/ })
    await map.scrollIntoViewIfNeeded()
    await map.getByText('Quần đảo Hoàng Sa', { exact: false }).waitFor()
    await map.getByText('Quần đảo Trường Sa', { exact: false }).waitFor()
    equal('provinces drawn', await map.locator('g > path:first-child').count(), 34)
    const fills = await Promise.all(
      (await map.locator('g > path:first-child').all()).map((path) => path.getAttribute('fill')),
    )
    const colours = new Set(fills).size
    must(colours >= 4, `the national map has ${colours} colours`)
    await page.getByText('không có giá trị pháp lý').first().waitFor()
    await accessible(page, 'overview')
    await fitsWidth(page, 'overview')
    await page.evaluate('window.scrollTo(0, 0)')
    await page.waitForTimeout(800)
    await picture('overview')
    if (width < 500) await picture('overview-whole', { fullPage: true })
  },
}
