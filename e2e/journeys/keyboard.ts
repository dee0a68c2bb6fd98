import { equal, type Journey, must } from '../journey.ts'

const focused = `(() => {
  const at = document.activeElement
  const style = at ? getComputedStyle(at) : null
  return { text: at?.textContent?.trim() ?? '', id: at?.id ?? '', outline: style ? parseFloat(style.outlineWidth) : 0 }
})()`
type Focus = { text: string; id: string; outline: number }

/** The skip link comes first, the focus can be seen, and the pages are reached without a pointer. */
export const keyboard: Journey = {
  name: 'keyboard',
  async run({ page, base }) {
    await page.goto(base)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.keyboard.press('Tab')
    const first = (await page.evaluate(focused)) as Focus
    must(first.text.startsWith('Bỏ qua'), `the first stop is "${first.text}"`)
    must(first.outline >= 2, `the focus ring is ${first.outline} px`)
    await page.keyboard.press('Enter')
    equal('after the skip link', ((await page.evaluate(focused)) as Focus).id, 'main')

    await page.getByRole('link', { name: 'Bản đồ', exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Bản đồ' }).waitFor()
    const then = page.getByRole('radio', { name: 'Hiện nay' })
    await then.focus()
    await page.keyboard.press('ArrowLeft')
    await page.waitForURL(/view=as_then/)
    await page.goBack()
  },
}
