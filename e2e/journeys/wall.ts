import type { Page } from 'playwright-core'
import { accessible, fitsWidth } from '../accessible.ts'
import { get, officer, until } from '../api.ts'
import { equal, type Journey, must } from '../journey.ts'

/**
 * The night operator's screen: what needs action and the key figures, told as they happen; it says that the node is
 * away and comes back by itself.
 */
export const wall: Journey = {
  name: 'wall',
  async run({ page, base, width, picture, restart, expectConsole }) {
    const large = width > 500
    if (large) await page.setViewportSize({ width: 3840, height: 2160 })
    await until('the history of the demo', () => historyIsThere(base), 120)
    await page.goto(`${base}/?wall=1`)
    await page.locator('article').first().getByText('Dữ liệu mô phỏng').waitFor()
    await page.locator('[data-live="live"]').waitFor()
    await page.getByRole('heading', { name: 'Cần xử lý' }).waitFor()
    equal('navigation on a wall', await page.getByRole('navigation').count(), 0)
    equal('buttons on a wall', await page.getByRole('button').count(), 0)
    await accessible(page, 'wall')
    await fitsWidth(page, 'wall')
    await picture('wall', { fullPage: !large })
    if (!large) return
    const over = (await page.evaluate('document.documentElement.scrollHeight - window.innerHeight')) as number
    must(over <= 0, `the wall is ${over} px higher than its screen: nobody is there to scroll`)

    await toldLive(page, base, 777)
    if (restart) {
      expectConsole(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|503/)
      await page.evaluate('window.notReloaded = true')
      await restart.stop()
      await page.getByText(/^Mất kết nối từ/).waitFor()
      await page.getByText(/^Mất kết nối với máy chủ/).waitFor()
      await picture('wall-lost')
      await restart.start()
      await page.locator('[data-live="live"]').waitFor({ timeout: 30_000 })
      await page.getByText(/^Mất kết nối/).waitFor({ state: 'detached' })
      equal('the same page as before', await page.evaluate('window.notReloaded'), true)
      await toldLive(page, base, 888)
    }

    await page.setViewportSize({ width: 1440, height: 900 })
    await page.goto(`${base}/map?property=pm25&wall=1`)
    await page.locator('[data-map-ready="yes"]').waitFor()
    await page.getByRole('heading', { name: 'Cần xử lý' }).waitFor()
    equal('navigation on a map wall', await page.getByRole('navigation').count(), 0)
    await accessible(page, 'map on a wall')
    await picture('wall-map')
  },
}

async function historyIsThere(base: string): Promise<boolean> {
  const { items } = await get<{ items: { kind: string }[] }>(base, '/api/jobs?state=done&limit=100')
  return items.some(({ kind }) => kind === 'seed.demo-city')
}

/** A reading that is sent now stands on the wall at once, without the page asking for it. */
async function toldLive(page: Page, base: string, value: number): Promise<void> {
  const asked: string[] = []
  const note = (request: { url(): string }) => {
    if (request.url().includes('/api/latest')) asked.push(request.url())
  }
  // What a page reads anew after a connection comes within seconds.
  await page.waitForTimeout(2_000)
  page.on('request', note)
  await send(base, value)
  const card = page.locator('article', { hasText: 'Bụi mịn PM2.5' })
  await card.getByText(`${value},0`).waitFor({ timeout: 5_000 })
  page.off('request', note)
  equal('requests for newest values', asked.join(', '), '')
}

async function send(base: string, value: number): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const login = await fetch(`${base}/api/login`, { method: 'POST', headers, body: JSON.stringify(officer) })
  const cookie = login.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  const reading = {
    entity: 'urn:nhip:AirStation:mau-003',
    property: 'pm25',
    at: new Date().toISOString(),
    value,
  }
  const answer = await fetch(`${base}/api/observations`, {
    method: 'POST',
    headers: { ...headers, cookie },
    body: JSON.stringify({ dataset: 'demo-air', observations: [reading] }),
  })
  must(answer.ok, `POST /api/observations: ${answer.status} ${await answer.text()}`)
}
