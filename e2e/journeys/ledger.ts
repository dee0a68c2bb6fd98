import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { accessible, fitsWidth } from '../accessible.ts'
import { get } from '../api.ts'
import { equal, type Journey, must } from '../journey.ts'

const auditor = { username: 'quantri', password: 'trinh-dien-quantri' }
const program = fileURLToPath(new URL('../../cli/bin/nhip.mjs', import.meta.url))

/** The ledger: found by words, opened to its proof, and the receipt checked by another program. */
export const ledger: Journey = {
  name: 'ledger',
  async run({ page, base, width, picture }) {
    await page.goto(`${base}/ledger`)
    await page.getByText('Số mục', { exact: true }).first().waitFor()
    must(
      (await page.getByRole('table').count()) === 0,
      'entries, which name people, are shown to whoever has not signed in',
    )
    await page.getByRole('main').getByRole('link', { name: 'Đăng nhập' }).click()
    await page.getByLabel('Tên đăng nhập').fill(auditor.username)
    await page.getByLabel('Mật khẩu', { exact: true }).fill(auditor.password)
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname === '/ledger')

    await page.getByRole('table').waitFor()
    await page.getByLabel('Người thực hiện').fill('QuanTri')
    await page.getByLabel('Hành động').fill('login.')
    await page.getByRole('button', { name: 'Tìm', exact: true }).click()
    const row = page.getByRole('row').filter({ hasText: 'Đăng nhập' }).first()
    await row.waitFor()
    must((await row.textContent())?.includes('Quản trị (trình diễn)') ?? false, 'the actor has no name')
    await accessible(page, 'ledger')
    await fitsWidth(page, 'ledger')
    await picture('ledger', { fullPage: true })

    await row.getByRole('link').click()
    await page.getByText('Trình duyệt này đã tự tính lại').waitFor()
    await page.getByText('Nội dung trong hồ sơ khớp với mục').waitFor()
    await accessible(page, 'ledger entry')
    await fitsWidth(page, 'ledger entry')
    await picture('ledger-entry', { fullPage: true })

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Tải biên nhận' }).click(),
    ])
    const folder = mkdtempSync(join(tmpdir(), 'nhip-receipt-'))
    try {
      const file = join(folder, download.suggestedFilename())
      await download.saveAs(file)
      const { vkey } = await get<{ vkey: string }>(base, '/api/ledger')
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [program, 'ledger', 'verify', file, '--key', vkey, '--json'],
        { env: { ...process.env, NHIP_READY: '1' } },
      )
      const verdict = JSON.parse(stdout) as { ok: boolean; index: number; entry: string }
      equal(`receipt at ${width} px`, verdict.ok, true)
      must(verdict.entry.includes('"action":"login.open"'), 'the receipt is of another entry')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
