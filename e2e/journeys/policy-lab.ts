import { accessible, fitsWidth } from '../accessible.ts'
import { equal, type Journey, must } from '../journey.ts'

const analyst = { username: 'canbo', password: 'trinh-dien-canbo' }

/** An analyst raises a deduction: told of a slip at the cell, then who gains, what it costs, what changed, and one household's reasons. */
export const policyLab: Journey = {
  name: 'policy-lab',
  async run({ page, base, width, picture }) {
    await page.goto(`${base}/policy-lab?period=2026-08&parameter=tax.self_deduction`)
    const value = page.getByLabel('Giá trị, Các mức theo thời gian dòng 3')
    await value.waitFor()
    await page.getByRole('heading', { name: 'Ai được, ai mất' }).waitFor({ timeout: 60_000 })
    await page.getByText('Chưa sửa gì').waitFor()
    await accessible(page, 'policy lab')
    await fitsWidth(page, 'policy lab')

    await value.fill('18 triệu')
    await page.locator('input[aria-invalid="true"]').first().waitFor()
    const said = await value.getAttribute('aria-describedby')
    must(said !== null, 'the cell does not name what is wrong with it')
    must(
      (await page.locator(`[id="${said}"]`).textContent())?.includes('18 triệu') ?? false,
      'the error does not name the value',
    )
    await page.getByText('Luật đang có lỗi').waitFor()
    await accessible(page, 'policy lab with a wrong cell')
    await picture('policy-lab-wrong-cell')

    await value.fill('25000000')
    await page.getByText('Không có lỗi').waitFor()
    const changes = page.getByRole('region', { name: 'So hai phiên bản (1 thay đổi)' })
    await changes.waitFor()
    must((await changes.textContent())?.includes('Điều 10 khoản 1') ?? false, 'the change names no article')
    equal('the old text', await changes.locator('del').textContent(), '15500000 (secondary)')
    equal('the new text', await changes.locator('ins').textContent(), '25000000 (secondary)')

    const budget = page.getByRole('region', { name: 'Ngân sách, tháng 2026-08' })
    const tax = budget
      .getByRole('row')
      .filter({ hasText: 'Thuế thu nhập cá nhân tạm tính' })
      .locator('td')
      .last()
    await budget
      .getByRole('cell', { name: /^-[\d.,]+ tỷ ₫$/ })
      .first()
      .waitFor({ timeout: 60_000 })
    must(/^-[\d.,]+ tỷ ₫$/.test((await tax.textContent()) ?? ''), 'a higher deduction does not lower the tax')
    const movers = page.getByRole('region', { name: 'Ai được, ai mất' })
    must(/Được thêm[\d.]*[1-9][\d.]* người/.test((await movers.textContent()) ?? ''), 'nobody gains')
    must(/Bị giảm0 người/.test((await movers.textContent()) ?? ''), 'somebody loses by a higher deduction')
    equal('tenths', await movers.getByRole('row').count(), 11)

    const household = page.getByRole('region', { name: 'Nhìn vào một hộ' })
    await household.getByRole('img', { name: 'Thu nhập của hộ theo' }).waitFor()
    must((await household.textContent())?.includes('Được nhiều nhất: +') ?? false, 'no household gains')
    must(/Điều \d+/.test((await household.textContent()) ?? ''), 'the explanation names no article')
    await page.getByRole('img', { name: 'Tỷ lệ người có thu nhập hộ thay đổi, theo tỉnh' }).waitFor()
    await accessible(page, 'policy lab with results')
    await fitsWidth(page, 'policy lab with results')
    await picture('policy-lab', { fullPage: true })

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Tải CSV' }).click(),
    ])
    equal('name of the file', download.suggestedFilename(), 'thu-nhap-ho-gia-dinh-2026-08.csv')

    await page.getByText('Bảng quyết định', { exact: true }).click()
    const cell = page.getByLabel('Tuổi, dòng 3')
    await cell.fill('[18..60)')
    await page.getByText('Ví dụ:').filter({ visible: true }).first().waitFor()
    await cell.press('ArrowDown')
    equal(
      'the cell after an arrow down',
      await page.evaluate('document.activeElement.getAttribute("aria-label")'),
      'Tuổi, dòng 4',
    )
    await accessible(page, 'decision table')
    await fitsWidth(page, 'decision table')
    await picture('policy-lab-table')
    await page.getByRole('button', { name: 'Trả lại bản đang lưu' }).click()

    if (width < 500) return
    await page.getByRole('region', { name: 'Cả dân số' }).getByRole('link', { name: 'Đăng nhập' }).click()
    await page.getByLabel('Tên đăng nhập').fill(analyst.username)
    await page.getByLabel('Mật khẩu', { exact: true }).fill(analyst.password)
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname === '/policy-lab')
    const server = page.getByRole('region', { name: 'Cả dân số' })
    await server.getByRole('button', { name: 'Chạy trên máy chủ' }).click()
    await page.getByText('Đang xem kết quả của máy chủ').waitFor({ timeout: 120_000 })
    await page.getByText('Chứng nhận (SHA-256').waitFor()
    must(
      /^-[\d.,]+ tỷ ₫$/.test((await tax.textContent()) ?? ''),
      'the node simulated another law than the one on the page',
    )
    await accessible(page, 'policy lab with the whole population')
    await picture('policy-lab-server', { fullPage: true })
  },
}
