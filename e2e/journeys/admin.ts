import type { Page } from 'playwright-core'
import { accessible, fitsWidth } from '../accessible.ts'
import { administrator } from '../api.ts'
import { listen } from '../browser.ts'
import { equal, type Journey, must } from '../journey.ts'
import { signInAs } from './sign-in-as.ts'

/** An administrator adds an account limited to one commune; whoever signs in with it sees and does only that. */
export const admin: Journey = {
  name: 'admin',
  async run({ browser, page, base, width, picture }) {
    const username = `xa.${width}.${Date.now().toString(36)}`
    await signInAs(page, base, '/admin/units', administrator)

    // Units over time: a province as it is and the one it came from.
    await page.getByLabel('Tìm theo tên hoặc mã').fill('tinh ha tay')
    await page.getByText('Không có đơn vị nào khớp').waitFor()
    await page.getByLabel('Vào ngày').fill('2007-01-01')
    await page.getByRole('link', { name: /Tỉnh Hà Tây/ }).click()
    await page.getByRole('heading', { level: 2, name: 'Tỉnh Hà Tây' }).waitFor()
    await page.getByRole('heading', { level: 3, name: 'Trở thành' }).waitFor()
    await page.getByRole('link', { name: 'Thành phố Hà Nội', exact: true }).first().click()
    await page.getByRole('heading', { level: 2, name: 'Thành phố Hà Nội' }).waitFor()
    await accessible(page, 'units')
    await fitsWidth(page, 'units')
    await picture('admin-units', { fullPage: true })

    // A new office in it, as a legal act says: shown first, then carried out.
    const office = `Ban Quản lý ${username}`
    await page.getByRole('button', { name: 'Thay đổi theo văn bản' }).click()
    await page.getByText('Thêm đơn vị trực thuộc').click()
    await page.getByLabel('Tên mới').fill(office)
    await page.getByLabel('Mã', { exact: true }).fill(username)
    await page.getByLabel('Căn cứ pháp lý').fill('12/QĐ-UBND')
    await page.getByRole('button', { name: 'Xem kết quả trước' }).click()
    await page.getByText('1 đơn vị bắt đầu').waitFor()
    await accessible(page, 'change of a unit')
    await fitsWidth(page, 'change of a unit')
    await picture('admin-unit-order', { fullPage: true })
    await page.getByRole('button', { name: 'Ghi nhận thay đổi' }).click()
    await page.getByText('Đã ghi nhận').waitFor()
    await page.getByLabel('Vào ngày').fill('2099-01-01')
    await page.getByLabel('Tìm theo tên hoặc mã').fill(office)
    await page.getByRole('link', { name: new RegExp(office) }).click()
    await page.getByText('12/QĐ-UBND').waitFor()

    // The new account.
    await page.getByRole('link', { name: 'Tài khoản', exact: true }).click()
    await page.getByRole('button', { name: 'Thêm tài khoản' }).click()
    await page.getByLabel('Họ và tên').fill('Cán bộ phường Ba Đình')
    await page.getByLabel('Tên đăng nhập').fill(username)
    await page.getByRole('button', { name: 'Tạo ngẫu nhiên' }).click()
    const password = await page.getByLabel('Mật khẩu ban đầu').inputValue()
    must(/^[a-z0-9]{4}(-[a-z0-9]{4}){3}$/.test(password), `the made-up password is ${password}`)
    await page.getByRole('combobox', { name: 'Trong đơn vị' }).fill('ba dinh')
    await page.getByRole('option', { name: 'Phường Ba Đình, Thành phố Hà Nội' }).click()
    await accessible(page, 'new account')
    await fitsWidth(page, 'new account')
    await picture('admin-add-user', { fullPage: true })
    await page.getByRole('button', { name: 'Tạo tài khoản' }).click()
    await page.getByRole('heading', { level: 2, name: 'Cán bộ phường Ba Đình' }).waitFor()
    await page.getByText('Cán bộ · Phường Ba Đình').first().waitFor()
    await picture('admin-user', { fullPage: true })

    // The audit names who, what, and what changed.
    await page.goto(`${base}/admin/audit?action=user.create&text=${username}`)
    await page
      .getByRole('link', { name: /^Xem thay đổi: Tạo tài khoản/ })
      .first()
      .click()
    await page.getByRole('heading', { level: 2, name: /^Tạo tài khoản ·/ }).waitFor()
    await page.getByRole('cell', { name: username, exact: true }).waitFor()
    await accessible(page, 'audit')
    await fitsWidth(page, 'audit')
    await picture('admin-audit', { fullPage: true })
    for (const part of ['roles', 'tokens?new=1', 'approvals', 'jobs']) {
      await page.goto(`${base}/admin/${part}`)
      await page.getByRole('heading', { level: 2 }).first().waitFor()
      await page.locator('main [role=status][aria-label]').waitFor({ state: 'detached' })
      // What axe finds there does not hang on the width.
      if (width > 500) await accessible(page, part)
      await fitsWidth(page, part)
      await picture(`admin-${part.replace(/\W.*/, '')}`, { fullPage: true })
    }

    // Two datasets that only their owners read: one of this commune, one of another.
    const owners = { own: 'Ba Đình', other: 'Hồng Hà' }
    const codes = { own: `rieng-${username}`, other: `khac-${username}` }
    for (const which of ['own', 'other'] as const) {
      const made = await page.request.post(`${base}/api/datasets`, {
        headers: { origin: base },
        data: {
          code: codes[which],
          name: { vi: `Số liệu riêng của phường ${owners[which]} ${username}`, en: '' },
          class: 'restricted',
          owner: await unitCalled(page, base, `Phường ${owners[which]}`),
          autoCreate: true,
        },
      })
      equal(`the dataset of ${owners[which]}`, made.status(), 201)
    }

    // The new officer, in a browser of their own.
    const context = await browser.newContext({
      viewport: page.viewportSize() ?? { width, height: 900 },
      locale: 'vi-VN',
    })
    const ownPassword = `mot-cau-dai-${username}`
    try {
      const officer = await context.newPage()
      const heard = listen(officer)
      await signInAs(officer, base, '/account', { username, password })
      await changePassword(officer, password, ownPassword)
      await officer.getByRole('row', { name: /nơi này/ }).waitFor()
      await accessible(officer, 'account')
      await fitsWidth(officer, 'account')
      await officer.goto(`${base}/catalogue`)
      await officer.getByLabel('Tìm bộ dữ liệu').fill(username)
      await officer.getByRole('link', { name: new RegExp(`riêng của phường Ba Đình ${username}`) }).waitFor()
      equal(
        'datasets of others in sight',
        await officer.getByRole('link', { name: /riêng của phường Hồng Hà/ }).count(),
        0,
      )
      const reading = (dataset: string) =>
        officer.request.post(`${base}/api/observations`, {
          headers: { origin: base },
          data: {
            dataset,
            observations: [
              {
                entity: `urn:nhip:Test:${username}`,
                property: `thu-${username.replaceAll('.', '-')}`,
                at: new Date().toISOString(),
                value: 1,
              },
            ],
          },
        })
      equal('a value for the own commune', (await reading(codes.own)).status(), 200)
      const elsewhere = (await reading(codes.other)).status()
      must(elsewhere === 403 || elsewhere === 404, `a value for another commune: ${elsewhere}`)
      const other = await officer.request.get(`${base}/api/datasets/${codes.other}`)
      equal('the dataset of another commune', other.status(), 404)
      const users = await officer.request.get(`${base}/api/users`)
      equal('the list of accounts', users.status(), 403)

      await officer.goto(`${base}/admin/users`)
      await officer.getByText('Bạn không mở được phần này').waitFor()
      await officer.getByText(/không có quyền “Xem tài khoản”/).waitFor()
      await accessible(officer, 'a part that is closed')
      await fitsWidth(officer, 'a part that is closed')
      must(heard.complaints.length === 0, `console of the new account: ${heard.complaints[0]}`)
    } finally {
      await context.close()
    }

    // Nobody is offered what is refused for one's own account.
    await page.goto(`${base}/admin/users?user=${administrator.username}`)
    await page.getByText('Không ai tự sửa quyền của mình').waitFor()
    equal(
      'buttons to lock oneself out',
      await page.getByRole('button', { name: 'Khóa tài khoản' }).count(),
      0,
    )

    await page.goto(`${base}/account`)
    await page.getByRole('row', { name: /nơi này/ }).waitFor()
    await fitsWidth(page, 'account')
    await picture('account', { fullPage: true })

    // Disabled: the account is out.
    await page.goto(`${base}/admin/users?user=${username}`)
    await page.getByRole('button', { name: 'Khóa tài khoản' }).click()
    await page.getByRole('button', { name: 'Khóa', exact: true }).click()
    await page.getByRole('button', { name: 'Mở khóa' }).waitFor()
    const refused = await fetch(`${base}/api/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: base },
      body: JSON.stringify({ username, password: ownPassword }),
    })
    equal('sign-in of a disabled account', refused.status, 401)
  },
}

/** On the page of one's own account. */
async function changePassword(page: Page, from: string, to: string): Promise<void> {
  await page.getByLabel('Mật khẩu hiện tại').fill(from)
  await page.getByLabel('Mật khẩu mới', { exact: true }).fill(to)
  await page.getByLabel('Nhập lại mật khẩu mới').fill(to)
  await page.getByRole('button', { name: 'Đổi mật khẩu' }).click()
  await page.getByText('Đã đổi mật khẩu').waitFor()
}

/** The id of a unit of today by its full name; of several, one in Hà Nội. */
async function unitCalled(page: Page, base: string, name: string): Promise<string> {
  const answer = await page.request.get(`${base}/api/units?q=${encodeURIComponent(name)}&limit=100`)
  const { items } = (await answer.json()) as { items: { id: string; name: string; parent: string | null }[] }
  const found = items.find((unit) => unit.name === name && unit.parent?.startsWith('urn:nhip:unit:01@'))
  must(found !== undefined, `no unit is called ${name}`)
  return found.id
}
