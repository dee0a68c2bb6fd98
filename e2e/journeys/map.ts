import { accessible, fitsWidth } from '../accessible.ts'
import { type Journey, must } from '../journey.ts'
import { colouredPixels } from '../pixels.ts'

/** The map of a real figure: today's provinces, those of its time, the archipelagos, one unit by pointer and by list. */
export const map: Journey = {
  name: 'map',
  async run({ browser, page, base, picture }) {
    await page.goto(`${base}/map?property=population`)
    const drawn = page.locator('[data-map-ready="yes"]')
    await drawn.waitFor()
    const look = async (what: string) => {
      await page.locator('[data-map-ready="yes"]').waitFor()
      await drawn.scrollIntoViewIfNeeded()
      const found = await colouredPixels(browser, await drawn.screenshot())
      must(found.share > 0.03, `${what}: only ${(found.share * 100).toFixed(2)} % of the map has a colour`)
      must(found.colours >= 4, `${what}: the map has ${found.colours} colours`)
    }
    await look('today')
    for (const name of ['Quần đảo Hoàng Sa', 'Quần đảo Trường Sa']) {
      const label = drawn.locator('[data-archipelago]', { hasText: name })
      must(await label.isVisible(), `${name} is not on the map`)
      const box = await label.boundingBox()
      const frame = await drawn.boundingBox()
      must(
        box !== null &&
          frame !== null &&
          box.x >= frame.x - 1 &&
          box.x + box.width <= frame.x + frame.width + 1 &&
          box.y + box.height <= frame.y + frame.height + 1,
        `${name} is cut off at the edge of the map`,
      )
    }
    await accessible(page, 'map')
    await fitsWidth(page, 'map')
    await page.evaluate('window.scrollTo(0, 0)')
    await picture('map')

    const rows = page.getByRole('region', { name: 'Dân số' }).locator('tbody tr')
    const now = await rows.count()
    must(now === 34, `today's list has ${now} provinces`)
    const hanoi = page.getByRole('button', { name: /Hà Nội$/ })
    await hanoi.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Xem chuỗi số liệu' }).waitFor()
    must(/[?&]unit=/.test(page.url()), `the chosen unit is not in the address ${page.url()}`)

    await page.goto(`${base}/map?property=poverty-rate&view=as_then`)
    await page.locator('[data-map-ready="yes"]').waitFor()
    await look('as then')
    await page.getByRole('button', { name: 'Tỉnh Hà Giang' }).waitFor()
    await picture('map-then', { fullPage: true })
  },
}
