import { readFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import type { Page } from 'playwright-core'
import { accessible, fitsWidth } from '../accessible.ts'
import { officer } from '../api.ts'
import { equal, type Journey, must } from '../journey.ts'

/**
 * An analyst raises a deduction: told of a slip at the cell, then who gains, what it costs, what changed, one household's reasons, and
 * the cliff that a slip of the pen in the scale would make. Then the node works it out over five draws of the population, and the
 * report is taken along.
 */
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

    const budget = page.getByRole('region', { name: 'Ngân sách, tháng 2026-08' })
    const lost = budget.getByRole('cell', { name: /^-[\d.,]+ tỷ ₫$/ }).first()
    const since = performance.now()
    await value.fill('25000000')
    await lost.waitFor({ timeout: 60_000 })
    answeredSoon(performance.now() - since, await page.getByText('ngay trong trình duyệt').textContent())
    await page.getByText('Không có lỗi').waitFor()
    const changes = page.getByRole('region', { name: 'So hai phiên bản (1 thay đổi)' })
    await changes.waitFor()
    must((await changes.textContent())?.includes('Điều 10 khoản 1') ?? false, 'the change names no article')
    equal('the old text', await changes.locator('del').textContent(), '15500000 (secondary)')
    equal('the new text', await changes.locator('ins').textContent(), '25000000 (secondary)')

    const tax = budget
      .getByRole('row')
      .filter({ hasText: 'Thuế thu nhập cá nhân tạm tính' })
      .locator('td')
      .last()
    must(/^-[\d.,]+ tỷ ₫$/.test((await tax.textContent()) ?? ''), 'a higher deduction does not lower the tax')
    const movers = page.getByRole('region', { name: 'Ai được, ai mất' })
    must(/Được thêm[\d.]*[1-9][\d.]* người/.test((await movers.textContent()) ?? ''), 'nobody gains')
    must(/Bị giảm0 người/.test((await movers.textContent()) ?? ''), 'somebody loses by a higher deduction')
    equal('tenths', await movers.getByRole('row').count(), 11)

    const household = page.getByRole('region', { name: 'Nhìn vào một hộ' })
    await household.getByRole('img', { name: 'Thu nhập của hộ theo' }).waitFor()
    must((await household.textContent())?.includes('Được nhiều nhất: +') ?? false, 'no household gains')
    must(/Điều \d+/.test((await household.textContent()) ?? ''), 'the explanation names no article')
    const rates = page.getByRole('region', { name: 'Thuế suất biên và vách thu nhập' })
    await rates.getByText('Không có vách').waitFor()
    await page.getByRole('img', { name: 'Tỷ lệ người có thu nhập hộ thay đổi, theo tỉnh' }).waitFor()
    await accessible(page, 'policy lab with results')
    await fitsWidth(page, 'policy lab with results')
    await picture('policy-lab', { fullPage: true })

    await page.getByRole('combobox', { name: 'Tham số' }).selectOption('tax.monthly_scale')
    await page.getByLabel('Giá trị, Bậc 5, thuế suất dòng 2').fill('3.5')
    await rates.getByText('quá ngưỡng Tiền lương chịu thuế').waitFor()
    must(/trên 100 %[1-9]/.test((await rates.textContent()) ?? ''), 'nobody has a marginal rate above 100 %')
    await rates.getByRole('button', { name: 'Xem hộ này' }).first().click()
    await household.getByText('Vạch đứng là mức hiện nay').waitFor()
    equal('the household that is shown', await household.getByLabel('Hộ nào').inputValue(), 'stated')
    await picture('policy-lab-cliff')
    await page.getByRole('button', { name: 'Trả lại bản đang lưu' }).click()

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

    const server = page.getByRole('region', { name: 'Cả dân số' })
    await server.getByRole('link', { name: 'Đăng nhập' }).click()
    await page.getByLabel('Tên đăng nhập').fill(officer.username)
    await page.getByLabel('Mật khẩu', { exact: true }).fill(officer.password)
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname === '/policy-lab')
    await server.getByLabel('Quy mô').selectOption('0.001')
    // Once is enough to see that the span comes; each draw of the population takes its time.
    const spans = width > 500
    if (!spans) await server.getByLabel('Số lần rút dân số').selectOption('1')
    await server.getByText('Tổng cộng').waitFor()
    const usual = await passes(page)
    await server.getByLabel('Tham số và dòng không tác dụng').check()
    must((await passes(page)) > usual, 'a further analysis costs nothing')
    await server.getByRole('button', { name: 'Chạy trên máy chủ' }).click()
    await page.getByText('Đang xem kết quả của máy chủ').waitFor({ timeout: 120_000 })
    await page.getByText('Chứng nhận (SHA-256').waitFor()
    must(
      /^-[\d.,]+ tỷ ₫$/.test((await tax.textContent()) ?? ''),
      'the node simulated another law than the one on the page',
    )
    if (spans) await spanIsNamed(page)
    await page.getByRole('region', { name: 'Khiếm khuyết của luật' }).getByText('giữ được').waitFor()
    await page.getByText('không công thức nào đọc').first().waitFor()
    await accessible(page, 'policy lab with the whole population')
    await fitsWidth(page, 'policy lab with the whole population')
    await picture('policy-lab-server', { fullPage: true })
    equal('the spreadsheet begins with', (await beginning(page, 'Tải XLSX')).slice(0, 2), 'PK')
    equal('the pages begin with', await beginning(page, 'Tải PDF'), '%PDF')
  },
}

/**
 * What a change takes until it is seen, the pause for typing included. A second is allowed for the work on processors that do nothing
 * else, so that others at work on the machine are taken into account, and told.
 */
function answeredSoon(ms: number, said: string | null): void {
  const worked = Number(/trong ([\d.]+) ms/.exec(said ?? '')?.[1]?.replaceAll('.', ''))
  const load = Math.max(1, (loadavg()[0] ?? 0) / availableParallelism())
  process.stdout.write(
    `        a changed deduction is seen after ${ms.toFixed(0)} ms, ${worked} of them work, with ${load.toFixed(1)} tasks for each processor\n`,
  )
  must(worked < 1_000 * load, `the sample took ${worked} ms`)
}

/** The node's five draws give a lowest and a highest value, and the page says what that is not. */
async function spanIsNamed(page: Page): Promise<void> {
  const spread = page.getByRole('region', { name: 'Dao động qua 5 hạt giống' })
  must((await spread.textContent())?.includes('không phải khoảng tin cậy') ?? false, 'the span is not named')
  const gini = await spread.getByRole('row').filter({ hasText: 'Hệ số Gini' }).textContent()
  must(/ đến /.test(gini ?? ''), 'the Gini coefficient has no span')
}

/** The passes over the population that the page says a run would take. */
async function passes(page: Page): Promise<number> {
  const said = await page.getByText('Tổng cộng').textContent()
  return Number(/Tổng cộng (\d+) lượt/.exec(said ?? '')?.[1])
}

/** The first bytes of a file that a link gives. */
async function beginning(page: Page, name: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name }).click(),
  ])
  return readFileSync(await download.path())
    .subarray(0, 4)
    .toString('latin1')
}
