import type { Page } from 'playwright-core'
import { officer } from '../api.ts'

/** Signs the officer of the demo in and goes on to a page. */
export async function signInAs(page: Page, base: string, next: string): Promise<void> {
  await page.goto(`${base}/sign-in?next=${encodeURIComponent(next)}`)
  await page.getByLabel('Tên đăng nhập').fill(officer.username)
  await page.getByLabel('Mật khẩu', { exact: true }).fill(officer.password)
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.pathname === next)
}
