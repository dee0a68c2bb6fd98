import { accessible } from '../accessible.ts'
import { equal, type Journey } from '../journey.ts'

/** The overview on a wall of 4K: dark, large, without controls. */
export const wall: Journey = {
  name: 'wall',
  async run({ page, base, width, picture }) {
    if (width > 500) await page.setViewportSize({ width: 3840, height: 2160 })
    await page.goto(`${base}/?wall=1`)
    await page.locator('article').first().getByText('Dữ liệu mô phỏng').waitFor()
    await page.getByRole('img', { name: /^Bản đồ:/ }).waitFor()
    equal('navigation on a wall', await page.getByRole('navigation').count(), 0)
    await accessible(page, 'wall')
    await picture('wall')
  },
}
