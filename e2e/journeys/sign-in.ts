import { accessible, fitsWidth } from '../accessible.ts'
import { officer } from '../api.ts'
import type { Journey } from '../journey.ts'

/** A wrong password is refused in words, the right one leads back to where the reader came from. */
export const signIn: Journey = {
  name: 'sign-in',
  async run({ page, base, width, picture, expectConsole }) {
    await page.goto(`${base}/sign-in?next=/catalogue`)
    await page.getByRole('heading', { level: 1, name: 'Đăng nhập' }).waitFor()
    await accessible(page, 'sign-in')
    await fitsWidth(page, 'sign-in')
    await picture('sign-in')
    await page.getByLabel('Tên đăng nhập').fill(officer.username)
    if (width > 500) {
      // The browser itself writes a refused request to the console.
      expectConsole(/401 .*api\/login/)
      await page.getByLabel('Mật khẩu', { exact: true }).fill('sai')
      await page.keyboard.press('Enter')
      await page.getByText('không đúng').waitFor()
    }
    await page.getByLabel('Mật khẩu', { exact: true }).fill(officer.password)
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/catalogue$/)
    await page.getByRole('button', { name: 'Đăng xuất' }).click()
    await page.getByRole('link', { name: 'Đăng nhập' }).waitFor()
  },
}
