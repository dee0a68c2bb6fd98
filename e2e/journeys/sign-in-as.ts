import type { Page } from 'playwright-core'
import { officer } from '../api.ts'

/** Signs somebody in, the officer of the demo without saying whom, and goes on to a page. */
export async function signInAs(page: Page, base: string, next: string, who = officer): Promise<void> {
  await page.goto(`${base}/sign-in?next=${encodeURIComponent(next)}`)
  await page.getByLabel('Tên đăng nhập').fill(who.username)
  await page.getByLabel('Mật khẩu', { exact: true }).fill(who.password)
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.pathname === next)
}
