import { accessible, fitsWidth } from '../accessible.ts'
import { type Journey, must } from '../journey.ts'

/** The list of datasets: real ones with their source, simulated ones labelled. */
export const catalogue: Journey = {
  name: 'catalogue',
  async run({ page, base, picture }) {
    await page.goto(`${base}/catalogue`)
    await page.getByRole('heading', { level: 2 }).first().waitFor()
    const count = await page.getByRole('heading', { level: 2 }).count()
    must(count >= 8, `the catalogue lists ${count} datasets`)
    await page.getByLabel('Tìm bộ dữ liệu').fill('dan so')
    await page
      .getByRole('heading', { level: 2, name: /Dân số/ })
      .first()
      .waitFor()
    must(
      (await page.getByRole('heading', { level: 2 }).count()) < count,
      'the search does not narrow the list',
    )
    await accessible(page, 'catalogue')
    await fitsWidth(page, 'catalogue')
    await picture('catalogue')
  },
}
